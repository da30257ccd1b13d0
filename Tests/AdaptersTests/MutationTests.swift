import Adapters
import TestSupport
import Testing

struct MutationTests {
  @Test(arguments: ["pusht-10-v0.4", "ci95-pr4628", "pusht-10-v0.3", "zero-episodes-v0.4"])
  func `every cut of a good file is refused`(name: String) throws {
    let bytes = try Fixtures.read(good(name))
    for length in stride(from: 0, to: bytes.count - 1, by: max(1, bytes.count / 300)) {
      let error = try #require(try refusal(Array(bytes[..<length])), "\(length) bytes accepted")
      #expect(["truncated", "empty_input"].contains(error.reason), "\(length): \(error)")
      #expect(try refusal(Array(bytes[..<length]), as: "auto") != nil)
    }
  }

  @Test(arguments: ["pusht-10-v0.4", "ci95-pr4628", "no-seed-7-v0.3"])
  func `a changed byte is refused or accepted and never more`(name: String) throws {
    let bytes = try Fixtures.read(good(name))
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<600 {
      var mutated = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        mutated[Int.random(in: 0..<bytes.count, using: &generator)] =
          UInt8.random(in: 0...255, using: &generator)
      }
      if let error = try refusal(mutated, as: Bool.random(using: &generator) ? "auto" : "lerobot") {
        #expect(error.place != nil && !error.message.isEmpty)
      }
    }
  }

  @Test func `a flipped outcome is found by the averages`() throws {
    let text = String(decoding: try Fixtures.read(good("pusht-10-v0.4")), as: UTF8.self)
    let range = try #require(text.firstRange(of: "false"))
    let flipped = text[..<range.lowerBound] + "true" + text[range.upperBound...]
    #expect(try refusal(String(flipped))?.code == .aggregateMismatch)
  }

  @Test func `pieces of files put together never crash the reader`() throws {
    let good = try Fixtures.read(good("ci95-pr4628"))
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<300 {
      let a = Int.random(in: 0..<good.count, using: &generator)
      let b = Int.random(in: 0..<good.count, using: &generator)
      _ = try refusal(Array(good[..<a] + good[b...]))
    }
  }
}
