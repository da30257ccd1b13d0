import Adapters
import Evidence
import Platform
import TestSupport
import Testing

struct LargeFileTests {
  /// 40 tasks × 500 episodes, more than a megabyte, so that two threads are at work.
  private static func text(_ seed: UInt64) -> String {
    var generator = SeededGenerator(seed: seed)
    return lerobotText(
      (0..<40).map { task in
        ("suite_\(task / 10)", task % 10, (0..<500).map { _ in Bool.random(using: &generator) })
      })
  }

  @Test func `twenty thousand episodes are read, hashed and counted`() throws {
    let bytes = Array((Self.text(3) + String(repeating: " ", count: 1 << 20)).utf8)
    let run = try read(bytes)
    #expect(run.tasks.count == 40)
    #expect(run.tasks.allSatisfy { $0.count == 500 && $0.sumRewards?.count == 500 })
    #expect(run.inputs.first?.digest == Digest.text(of: bytes))
    #expect(run.notes.warnings.isEmpty)
  }

  @Test func `reading twice gives the same run`() throws {
    let bytes = Array(Self.text(4).utf8)
    #expect(summary(try read(bytes)) == summary(try read(bytes, as: "auto")))
  }

  @Test func `an error late in a large file is found`() throws {
    var text = Self.text(5)
    text = String(repeating: " ", count: 1 << 20) + text
    let range = try #require(text.ranges(of: "true").last)
    text.replaceSubrange(range, with: "0001")
    #expect(try refusal(text)?.reason == "syntax")
  }
}
