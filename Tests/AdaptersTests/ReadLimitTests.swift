import Adapters
import Evidence
import Glibc
import Platform
import TestSupport
import Testing

/// What is too much is refused with a word, before memory is: with limits lowered to what a test can
/// write, and with a sparse file of the real size.
struct ReadLimitTests {
  private static let files = [
    ("lerobot", "lerobot/good/four-suites-parallel-order-v0.6.json"),
    ("lerobot", "lerobot/good/pusht-10-v0.3.json"),
    ("openpi", "openpi/good/libero-goal-3x4.log"),
    ("openpi", "openpi/good/droid/eval_09:02AM_July_04_2026.csv"),
    ("lbm_eval", "lbm_eval/good/results-2026-03-02T09:15:30.250-05:00.json"),
    ("vla-eval", "vla-eval/good/LIBEROBenchmark_libero_goal_aggregate.json"),
    ("gr00t-n1.7", "gr00t-n1.7/good/two-tasks-one-log.log"),
    ("pi-0.7", "pi-0.7/good/episodes.jsonl"),
    ("embodied-gov-bench", "embodied-gov-bench/good/seeded-20-each.jsonl"),
    ("cosmos-predict", "cosmos-predict/good/episodes.jsonl"),
    ("worldflux", "worldflux/good/episodes.jsonl"),
  ]

  private func reason(_ path: String, _ word: String, _ limits: ReadLimits) -> String? {
    var options = ReadOptions()
    options.limits = limits
    do throws(AdapterError) {
      _ = try read(path, as: word, options: options)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test(arguments: files)
  func `tasks, episodes and bytes over their limit are refused`(word: String, file: String) throws {
    let path = Fixtures.path("formats/" + file)
    let run = try read(path, as: word)
    let episodes = run.tasks.reduce(0) { $0 + $1.count }
    let size = try Fixtures.read(path).count
    for format in [word, "auto"] {
      var limits = ReadLimits()
      limits.tasks = run.tasks.count
      limits.episodes = episodes
      limits.fileBytes = size
      #expect(reason(path, format, limits) == nil, "all that there is, is read")
      limits.tasks -= 1
      #expect(reason(path, format, limits) == "limit_exceeded")
      limits.tasks += 1
      limits.episodes -= 1
      #expect(reason(path, format, limits) == "limit_exceeded")
      limits.episodes += 1
      limits.fileBytes -= 1
      #expect(reason(path, format, limits) == "file_too_large")
    }
  }

  @Test(arguments: [
    ("lerobot", "lerobot/good/pusht-10-v0.4.json"),
    ("openpi", "openpi/good/libero-goal-3x4.log"),
    ("openpi", "openpi/good/droid/eval_09:02AM_July_04_2026.csv"),
    ("lbm_eval", "lbm_eval/good/results-2026-03-02T09:15:30.250-05:00.json"),
    ("vla-eval", "vla-eval/good/LIBEROBenchmark_libero_goal_aggregate.json"),
    ("pi-0.7", "pi-0.7/good/episodes.jsonl"),
  ])
  func `files that episodes name, over their limit, are refused`(word: String, file: String) throws
  {
    let path = Fixtures.path("formats/" + file)
    var limits = ReadLimits()
    limits.references = try read(path, as: word).tasks.reduce(0) { $0 + $1.media.count }
    #expect(limits.references > 1)
    #expect(reason(path, word, limits) == nil)
    limits.references -= 1
    #expect(reason(path, word, limits) == "limit_exceeded")
  }

  @Test(arguments: ["openpi", "gr00t-n1.7"])
  func `a line of a log over its limit is refused`(word: String) throws {
    let file = try #require(Self.files.first { $0.0 == word }).1
    var limits = ReadLimits()
    limits.lineBytes = 20
    #expect(reason(Fixtures.path("formats/" + file), word, limits) == "limit_exceeded")
  }

  @Test(arguments: Formats.all.map(\.word) + ["auto"])
  func `a sparse file of 70 GiB is refused at once`(word: String) throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/huge"
    try write([0x7B], to: path)
    try #require(truncate(path, 70 << 30) == 0)
    #expect(reason(path, word, ReadLimits()) == "file_too_large")
  }

  /// The defaults are those that the manual promises.
  @Test func `two hundred thousand tasks are one too many with one more`() throws {
    let limits = ReadLimits()
    #expect(limits.tasks == 200_000 && limits.episodes == 10_000_000)
    #expect(limits.fileBytes == 1 << 36 && limits.lineBytes == 64 << 20)
  }

  @Test func `an exception of a million lines is kept in part`() throws {
    let text =
      "INFO:root:Task suite: s\nINFO:root:Starting episode 1...\nERROR:root:Caught exception: a\n"
      + String(repeating: "frame\n", count: 100_000)
      + "INFO:root:Success: False\nINFO:root:# episodes completed so far: 1\n"
      + "INFO:root:# successes: 0 (0.0%)\nINFO:root:Current task success rate: 0.0\n"
      + "INFO:root:Total success rate: 0.0\nINFO:root:Total episodes: 1\n"
    let run = try read(text: text, as: "openpi")
    #expect(run.tasks.map { String(decoding: $0.outcomes, as: UTF8.self) } == ["E"])
    #expect(run.tasks.first?.failures[0]?.utf8.count == 4096)
  }
}
