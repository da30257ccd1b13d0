import Conformance
import TestSupport
import Testing

struct GitCasesTests {
  @Test func `every tampered repository gets the stated outcome`() throws {
    let results = try gitCases(folder: Fixtures.path("git"))
    #expect(results.count >= 79)
    for result in results {
      #expect(result.passed, "\(result.name): expected \(result.expected), got \(result.got)")
    }
  }

  @Test func `the runner closes with its two counts and fails where nothing is found`() {
    var lines: [String] = []
    let status = runConformance(["git", Fixtures.path("git")]) { lines.append($0) }
    #expect(status == 0)
    #expect(lines.last?.hasSuffix(" passed, 0 failed") == true)
    #expect(runConformance(["git"]) { _ in } == 64)
    #expect(runConformance(["nonsense", "/"]) { _ in } == 64)
    #expect(runConformance(["git", "/nonexistent"]) { _ in } == 2)
  }
}
