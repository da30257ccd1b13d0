import Adapters
import Evidence
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

  /// One good file of every format but lerobot.
  static let others: [(word: String, path: String)] = [
    ("openpi", "openpi/good/libero-goal-bars.log"),
    ("openpi", "openpi/good/droid/eval_03:15PM_November_20_2026.csv"),
    ("lbm_eval", "lbm_eval/good/results-2026-03-02T09:15:30.250-05:00.json"),
    ("vla-eval", "vla-eval/good/LIBEROBenchmark_libero_goal_aggregate.json"),
    ("vla-eval", "vla-eval/good/v1-flat-success.json"),
    ("gr00t-n1.7", "gr00t-n1.7/good/behavior-valid.log"),
    ("pi-0.7", "pi-0.7/good/episodes.jsonl"),
    ("embodied-gov-bench", "embodied-gov-bench/good/episodes.jsonl"),
    ("cosmos-predict", "cosmos-predict/good/episodes.jsonl"),
    ("worldflux", "worldflux/good/episodes.jsonl"),
    ("worldflux", "../package-example/audit_input.json"),
  ]

  @Test(arguments: others)
  func `every cut of another format's file is refused or partial`(
    word: String, path: String
  ) throws {
    let bytes = try Fixtures.read(Fixtures.path("formats/" + path))
    let isLog = path.hasSuffix(".log")
    for length in stride(from: 0, to: bytes.count - 1, by: 97) {
      let part = Array(bytes[..<length])
      do {
        let run = try read(part, as: word)
        // A log may be cut and still tell whole episodes; a table may lose whole rows unseen.
        #expect(isLog || path.hasSuffix(".csv"), "\(length) bytes accepted")
        #expect(!isLog || run.notes.partial != nil || word == "gr00t-n1.7", "\(length)")
      } catch let error as AdapterError {
        #expect(!error.message.isEmpty && error.place != nil, "\(length): \(error)")
      }
      _ = try refusal(part, as: "auto")
    }
  }

  @Test(arguments: others)
  func `a changed byte of another format's file never ends the program`(
    word: String, path: String
  ) throws {
    let bytes = try Fixtures.read(Fixtures.path("formats/" + path))
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<300 {
      var mutated = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0...3, using: &generator) {
        case 0:
          mutated[min(place, mutated.count - 1)] = UInt8.random(in: 0...255, using: &generator)
        case 1:
          mutated[min(place, mutated.count - 1)] = UInt8.random(in: 0x20...0x7E, using: &generator)
        case 2: mutated.remove(at: min(place, mutated.count - 1))
        default:
          // A digit more or less is what counters and numbers are sensitive to.
          mutated.insert(
            UInt8.random(in: 0x30...0x39, using: &generator), at: min(place, mutated.count))
        }
      }
      if let error = try refusal(mutated, as: Bool.random(using: &generator) ? "auto" : word) {
        #expect(!error.message.isEmpty)
      }
    }
  }
}
