import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import Adapters

struct RunFolderWalkTests {
  @Test(arguments: [
    ("*.log", "a.log", true), ("*.log", "x/y/a.log", true), ("*.log", "a.logs", false),
    ("logs/**", "logs/a/b", true), ("logs/**", "logs", true), ("logs/*", "logs/a/b", false),
    ("**/x/*.json", "x/a.json", true), ("**/x/*.json", "a/b/x/a.json", true),
    ("a?c", "abc", true), ("a?c", "ac", false), ("a*b*c", "a-b-b-c", true),
    ("a*b*c", "a-c-b", false), ("", "a", false), ("**", "a/b", true),
  ])
  func `a glob matches what it says`(pattern: String, path: String, matches: Bool) {
    #expect(Glob(pattern).matches(Array(path.utf8)) == matches)
  }

  @Test func `links are classed by their texts and never followed`() throws {
    let made = try MadeRunFolder(["a/b/file.txt": "x"])
    let secret = made.folder.path + "/outside-of-it.txt"
    try write(Array("canary".utf8), to: secret)
    for (name, target) in [
      ("a/in", "b/file.txt"), ("a/up", "../a/b"), ("out", "../outside-of-it.txt"),
      ("absolute", secret), ("broken", "nowhere"), ("a/loop", ".."), ("one", "two"),
      ("two", "one"), ("home", made.path + "/a/b/file.txt"), ("chain", "a/in"),
    ] {
      try made.link(name, to: target)
    }
    let report = try made.look().report.json
    var classes: [String: String] = [:]
    for note in report["notes"]?.array ?? [] where note["note"] == "symlink_not_followed" {
      classes[note["path"]?.string ?? ""] = note["detail"]?.string
    }
    #expect(
      classes == [
        "a/in": "inside", "a/up": "inside", "out": "outside", "absolute": "outside",
        "broken": "broken", "a/loop": "loop", "one": "loop", "two": "loop", "home": "inside",
        "chain": "inside",
      ])
    #expect(!(try written(try made.look()).contains("outside-of-it")))
  }

  @Test func `a folder that became a link is not entered`() throws {
    let made = try MadeRunFolder(["a/f.txt": "x"])
    try made.link("b", to: "a")
    let root = try ForeignFolder(made.path, system: FileSystem())
    #expect(throws: PlatformError.self) { try root.folder(Array("b".utf8)) }
    try made.link("c", to: "a/f.txt")
    #expect(throws: PlatformError.self) { try root.file(Array("c".utf8)) }
  }

  @Test(arguments: ["entries", "depth", "bytes", "candidates", "rows", "candidate_bytes", "time"])
  func `a limit ends the import and is named`(limit: String) throws {
    let made = try MadeRunFolder([
      "a/b/c/d.txt": "0123456789", "one.jsonl": episodeLines(sixRows()),
      "two.jsonl": episodeLines(sixRows()),
    ])
    var options = RunFolderOptions()
    var surroundings = MadeRunFolder.surroundings()
    switch limit {
    case "entries": options.limits.entries = 5
    case "depth": options.limits.depth = 2
    case "bytes": options.limits.bytes = 100
    case "candidates": options.limits.candidates = 1
    case "rows": options.limits.rows = 11
    case "candidate_bytes": options.limits.candidateBytes = 100
    default: surroundings.elapsed = { .seconds(601) }
    }
    let result = try importRunFolder(
      made.path, claim: nil, plan: nil, options: options, surroundings: surroundings,
      files: FileSystem())
    #expect(result.decision.reasons == [.limitsExceeded])
    #expect(result.report.json["limits"]?["hit"]?.string == limit)
    #expect(result.report.json["root"]?["complete"] == false)
  }

  @Test func `just within the limits all is read`() throws {
    let made = try MadeRunFolder(["a/b/c/d.txt": "0123456789", "r.jsonl": episodeLines(sixRows())])
    let reasons = try made.reasons {
      $0.limits.entries = 5
      $0.limits.depth = 3
      $0.limits.rows = 6
      $0.limits.candidates = 1
    }
    #expect(reasons == ["accepted"])
  }

  @Test func `names that are no UTF-8 or clash are remarked and shown safely`() throws {
    let made = try MadeRunFolder(["A.txt": "", "a.txt": "", "\u{E9}.md": ""])
    // The same letter in two code points, which Swift takes for the same text.
    try made.put("e\u{301}.md", "")
    let bytes = Array((made.path + "/").utf8) + [0x78, 0xFF, 0x1B, 0x5B, 0x2E, 0x6D, 0x64, 0]
    let file = bytes.withUnsafeBufferPointer {
      open(
        UnsafeRawPointer($0.baseAddress!).assumingMemoryBound(to: CChar.self), O_CREAT | O_WRONLY,
        0o600)
    }
    #expect(file >= 0)
    close(file)
    let result = try made.look()
    #expect(notes(result).isSuperset(of: ["name_not_utf8", "path_collision"]))
    let text = try written(result)
    #expect(text.contains("x%FF"))
    #expect(!text.contains("\u{1B}"))
    let clashes = (result.report.json["notes"]?.array ?? []).filter {
      $0["note"] == "path_collision"
    }
    #expect(clashes.count == 2)
  }

  @Test func `what is excluded or skipped by name is not opened`() throws {
    let token = "hf_" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY2z"
    let made = try MadeRunFolder([
      "r.jsonl": episodeLines(sixRows()), "private/key.txt": token,
      "node_modules/x/key.txt": token, "__pycache__/key.txt": token, ".venv/key.txt": token,
      ".git/objects/key": token,
    ])
    let result = try made.look { $0.exclude = ["private"] }
    #expect(result.decision.reasons == [.accepted])
    #expect(notes(result).isSuperset(of: ["excluded", "skipped_by_name"]))
    #expect(try made.reasons() == ["secret_in_folder"])
  }

  @Test func `of a git folder only the configuration is searched`() throws {
    let made = try MadeRunFolder([
      "r.jsonl": episodeLines(sixRows()),
      ".git/config": "url = https://ana:" + "hunter22x@git.example.org/x.git\n",
    ])
    let result = try made.look()
    #expect(result.decision.reasons == [.secretInFolder])
    #expect(result.report.secretsByKind.map(\.kind) == ["url_userinfo"])
  }
}
