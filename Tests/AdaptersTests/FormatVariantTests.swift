import Adapters
import Evidence
import Glibc
import Platform
import TestSupport
import Testing

/// How terminals, copies and other systems change what a harness wrote, and what becomes of it.
struct FormatVariantTests {
  private static func fixture(_ path: String) -> String {
    String(decoding: Fixtures.bytes("formats/" + path), as: UTF8.self)
  }

  /// Letters of all tasks, and what a partial file lacks.
  private func outcomes(_ bytes: [UInt8], as word: String) throws -> String {
    do {
      let run = try read(bytes, as: word)
      let letters = run.tasks.map { String(decoding: $0.outcomes, as: UTF8.self) }
      return (run.notes.partial.map { $0.reason + " " } ?? "") + letters.joined(separator: " ")
    } catch let error as AdapterError {
      return error.reason
    }
  }

  private static func eachLine(_ text: String, _ prefix: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : prefix + $0 }.joined(separator: "\n")
  }

  /// Changes that a log may have been through without losing anything.
  private static let harmless: [(name: String, change: @Sendable (String) -> String)] = [
    ("CRLF", { $0.replacing("\n", with: "\r\n") }), ("byte order mark", { "\u{FEFF}" + $0 }),
    ("colours", { $0.replacing("INFO:root:", with: "\u{1B}[32mINFO\u{1B}[0m:root:") }),
    (
      "coloured message",
      { $0.replacing("INFO:root:", with: "INFO:root:\u{1B}[1;38;5;196m") }
    ),
    ("a title of the window", { "\u{1B}]0;eval\u{07}" + $0 }),
    (
      "time stamps",
      { text in
        text.split(separator: "\n", omittingEmptySubsequences: false)
          .map { $0.hasPrefix("INFO") ? "2026-10-01 12:00:00,123 " + $0 : $0 }
          .joined(separator: "\n")
      }
    ),
    ("docker compose", { eachLine($0, "runtime-1        | ") }),
    (
      "docker compose --timestamps", { eachLine($0, "runtime-1 | 2026-10-01T12:00:00.000000001Z ") }
    ),
    ("docker --timestamps", { eachLine($0, "2026-10-01T12:00:00.123456789Z ") }),
    ("srun --label", { eachLine($0, "0: ") }),
    (
      "the server's lines between",
      {
        eachLine($0, "runtime-1  | ").replacing(
          "runtime-1  | INFO:root:",
          with: "openpi_server-1  | INFO:root:Creating server\n"
            + "openpi_server-1  | INFO:websockets.server:connection open\nruntime-1  | INFO:root:")
      }
    ),
    ("other lines between", { $0.replacing("INFO:root:Success", with: "tqdm\nINFO:root:Success") }),
    ("a bar before", { $0.replacing("INFO:root:", with: " 10%|█  | 1/10\rINFO:root:") }),
    ("no last line feed", { $0.last == "\n" ? String($0.dropLast()) : $0 }),
  ]

  @Test(arguments: [
    ("openpi", "openpi/good/libero-goal-3x4.log"),
    ("openpi", "openpi/good/libero-goal-errors.log"),
    ("gr00t-n1.7", "gr00t-n1.7/good/logger-variant.log"),
    ("gr00t-n1.7", "gr00t-n1.7/good/simpler-200-extra.log"),
  ])
  func `what a terminal does to a log changes no outcome`(word: String, path: String) throws {
    let text = Self.fixture(path)
    let plain = try outcomes(Array(text.utf8), as: word)
    #expect(plain.hasPrefix("S") || plain.hasPrefix("F"))
    let names = try read(text: text, as: word).tasks.map(\.name)
    for (name, change) in Self.harmless {
      for format in [word, "auto"] {
        #expect(try outcomes(Array(change(text).utf8), as: format) == plain, "\(name) \(format)")
      }
      let found = try read(text: change(text), as: word).tasks.map(\.name)
      // A colour before the line of a task's name is the only thing that stays with it.
      #expect(found == names, "\(name)")
    }
  }

  @Test(arguments: [
    ("lerobot", "lerobot/good/pusht-10-v0.4.json"), ("lerobot", "lerobot/good/pusht-10-v0.3.json"),
    ("lbm_eval", "lbm_eval/good/results-2026-03-02T09:15:30.250-05:00.json"),
    ("vla-eval", "vla-eval/good/LIBEROBenchmark_libero_goal_aggregate.json"),
    ("worldflux", "worldflux/good/seeded-20-each.jsonl"),
    ("openpi", "openpi/good/droid/eval_09:02AM_July_04_2026.csv"),
  ])
  func `marks and line ends of other systems change no outcome`(word: String, path: String) throws {
    let text = Self.fixture(path)
    let plain = try outcomes(Array(text.utf8), as: word)
    for changed in ["\u{FEFF}" + text, text.replacing("\n", with: "\r\n")] {
      for format in [word, "auto"] {
        #expect(try outcomes(Array(changed.utf8), as: format) == plain)
      }
    }
  }

  @Test(arguments: FormatManualTests.words)
  func `packed and wide files are named, whatever the format`(word: String) throws {
    let starts: [([UInt8], String)] = [
      ([0x1F, 0x8B, 8, 0], "gzip"), (Array("PK\u{3}\u{4}".utf8), "zip"),
      ([0x28, 0xB5, 0x2F, 0xFD], "zstd"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz"),
      (Array("BZh91AY".utf8), "bzip2"), ([0xFF, 0xFE, 0x7B, 0], "UTF-16"),
      ([0xFE, 0xFF, 0, 0x7B], "UTF-16"),
    ]
    for (bytes, name) in starts {
      for format in [word, "auto"] {
        let error = try #require(try refusal(bytes + [0, 1, 2], as: format))
        #expect(error.reason == "invalid_utf8" && error.message.contains(name))
        #expect(error.hint?.isEmpty == false)
      }
    }
  }

  /// Cut anywhere, a file is refused or partial: never more episodes, never another letter.
  @Test(arguments: [
    ("lerobot", "lerobot/good/no-seed-7-v0.3.json"),
    ("openpi", "openpi/good/libero-goal-errors.log"),
    ("openpi", "openpi/good/droid/eval_09:02AM_July_04_2026.csv"),
    ("lbm_eval", "lbm_eval/good/results-2026-03-02T23:59:59.999+00:00.json"),
    ("vla-eval", "vla-eval/good/v1-flat-success.json"),
    ("gr00t-n1.7", "gr00t-n1.7/good/two-tasks-one-log.log"),
    ("worldflux", "worldflux/good/episodes.jsonl"),
  ])
  func `a cut file never passes for a whole one`(word: String, path: String) throws {
    let bytes = Fixtures.bytes("formats/" + path)
    let whole = try read(bytes, as: word)
    let episodes = whole.tasks.reduce(0) { $0 + $1.count }
    for end in stride(from: 0, to: bytes.count - 2, by: max(1, bytes.count / 150)) {
      guard let cut = try? read(Array(bytes[..<end]), as: word) else { continue }
      let count = cut.tasks.reduce(0) { $0 + $1.count }
      // A csv has no end of its own; neither has a log that is one run after the other.
      let isOpenEnded = path.hasSuffix(".csv") || word == "gr00t-n1.7"
      #expect(count < episodes || cut.notes.partial != nil || count == episodes, "\(end)")
      #expect(isOpenEnded || cut.notes.partial != nil, "\(path) cut at \(end)")
      for (one, other) in zip(cut.tasks, whole.tasks) where one.taskID == other.taskID {
        #expect(other.outcomes.starts(with: one.outcomes), "\(path) cut at \(end)")
      }
    }
  }

  // MARK: - Files and folders

  @Test func `a link that the user names is read, whatever its name`() throws {
    let folder = TemporaryFolder()
    let target = Fixtures.path("formats/lerobot/good/pusht-10-v0.4.json")
    symlink(target, folder.path + "/link")
    mkdir(folder.path + "/real", 0o755)
    try write(try Fixtures.read(target), to: folder.path + "/real/eval_info.json")
    symlink(folder.path + "/real", folder.path + "/run")
    let direct = summary(try read(target))
    #expect(summary(try read(folder.path + "/link")) == direct)
    #expect(summary(try read(folder.path + "/run", as: "auto")) == direct)
    symlink("nowhere", folder.path + "/broken")
    symlink("loop", folder.path + "/loop")
    for (name, codes) in [
      ("broken", ["file_not_found"]), ("loop", ["read_failed", "path_invalid"]),
    ] {
      do throws(AdapterError) {
        _ = try read(folder.path + "/" + name)
        Issue.record("\(name) was read")
      } catch {
        #expect(codes.contains(error.reason), "\(error.reason)")
      }
    }
  }

  @Test func `a folder with the results of two harnesses names both`() throws {
    let folder = TemporaryFolder()
    let log = Fixtures.bytes("formats/openpi/good/libero-goal-3x4.log")
    try write(
      Fixtures.bytes("formats/lerobot/good/pusht-10-v0.4.json"), to: folder.path + "/eval_info.json"
    )
    try write(log, to: folder.path + "/logs/libero.log")
    try write(Array("epoch 1\n".utf8), to: folder.path + "/logs/train.log")
    do throws(AdapterError) {
      _ = try read(folder.path, as: "auto")
      Issue.record("one of two was chosen")
    } catch {
      #expect(error.code == .ambiguousInput)
      #expect(error.hint?.contains("eval_info.json (lerobot)") == true)
      #expect(error.hint?.contains("libero.log (openpi)") == true)
    }
    // Named, each is read by itself.
    #expect(try read(folder.path, as: "lerobot").format.name == "lerobot")
    #expect(try read(folder.path, as: "openpi").format.name == "openpi")
  }

  @Test func `a folder with thousands of step files beside the result is read`() throws {
    let folder = TemporaryFolder()
    try write(
      Fixtures.bytes("formats/vla-eval/good/LIBEROBenchmark_libero_goal_aggregate.json"),
      to: folder.path + "/LIBEROBenchmark_libero_goal_aggregate.json")
    for number in 0..<400 {
      try write(
        Array("{\"step\": \(number)}\n".utf8),
        to: folder.path + "/LIBEROBenchmark_libero_goal/task0000_ep\(number)_success.jsonl")
    }
    for word in ["vla-eval", "auto"] {
      #expect(try read(folder.path, as: word).format.name == "vla-eval")
    }
  }

  // MARK: - Credentials in what an error quotes

  @Test func `an error quotes no credential, whole or in part`() throws {
    let token = "hf_" + String(repeating: "aB3dE5gH", count: 5)
    let padding = String(repeating: "x", count: 70)
    let texts = [
      ("worldflux", "{\"schema\":\"\(token)\"}\n"),
      (
        "worldflux",
        BridgeSchemaTests.Base.worldflux.text.replacing("\"worldflux\"", with: "\"\(token)\"")
      ),
      (
        "worldflux",
        BridgeSchemaTests.Base.worldflux.text.replacing("\"suite\":", with: "\"\(token)\":")
      ),
      ("openpi", "INFO:root:Starting episode 1...\nINFO:root:Success: \(padding) \(token)\n"),
      ("gr00t-n1.7", "results:  ('a/b', [\(token)], {})\n"),
      (
        "gr00t-n1.7",
        "results:  ('\(token)', [True], {})\nresults:  ('\(token)', [True], {})\n"
      ),
      ("lerobot", "{\"wrapped \(token)\": {\"per_task\": []}}"),
      (
        "vla-eval",
        "{\"benchmark\": \"b\", \"tasks\": [{\"task\": \"\(token)\", \"episodes\": []},"
          + "{\"task\": \"\(token)\", \"episodes\": []}]}"
      ),
    ]
    for (word, text) in texts {
      for format in [word, "auto"] {
        guard let error = try refusal(text, as: format) else { continue }
        let told = (error.place ?? "") + error.message + (error.hint ?? "")
        #expect(!told.contains("aB3dE5gH"), "\(word): \(told)")
      }
      #expect(try refusal(text, as: word) != nil, "\(text.prefix(60))")
    }
  }
}
