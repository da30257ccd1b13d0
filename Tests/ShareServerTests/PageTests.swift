import Glibc
import JSON
import Platform
import ShareServer
import TestSupport
import Testing

struct PageTests {
  @Test func `the page of the example is written`() throws {
    let page = try PageExamples.text(try PageExamples.dto())
    if let folder = Surroundings.folder {
      try FileSystem().write(Array(page.utf8), to: folder + "/page.html")
      for a in try ReviewerPage().assets { try FileSystem().write(a.bytes, to: folder + a.path) }
    }
    #expect(page.contains("Inconclusive:"))
  }
}
enum Surroundings {
  static var folder: String? { unsafe getenv("WF_KEEP_PAGES").map { unsafe String(cString: $0) } }
}
