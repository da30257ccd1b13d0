import Conformance
import TestSupport
import Testing

struct MirrorCasesTests {
  @Test(.enabled(if: Fixtures.shared("signing/mirror") != nil))
  func `every remote of the fixtures gets the stated outcome`() throws {
    let folder = try #require(Fixtures.shared("signing/mirror"))
    let results = try mirrorCases(folder: folder)
    #expect(results.count == 16)
    for result in results {
      #expect(result.passed, "\(result.name): expected \(result.expected), got \(result.got)")
    }
  }
}
