import Adapters
import Evidence
import JSON
import Platform
import TestSupport
import Testing

struct DetectionTests {
  @Test(arguments: [
    "openpi", "lbm_eval", "vla-eval", "gr00t-n1.7", "pi-0.7", "embodied-gov-bench",
    "cosmos-predict", "worldflux", "lerobot",
  ])
  func `every good file is recognised and read as if it had been named`(word: String) throws {
    let folder = Fixtures.path("formats/" + word)
    let table = try JSONValue.parse(try Fixtures.read(folder + "/cases.json"))
    var recognised = 0
    for row in table["cases"]?.array ?? [] where row["outcome"]?.string != "reject" {
      let paths = (row["files"]?.array ?? []).compactMap(\.string).map { folder + "/" + $0 }
      guard paths.allSatisfy(FileSystem().exists) else { continue }
      func run(_ format: String) throws -> SavedRun {
        try readSavedRun(
          format: format, inputs: paths, options: ReadOptions(), files: FileSystem())
      }
      let found = try run("auto")
      #expect(found.format.name == word)
      let known = try #require(Formats.named(word)).detectedBy
      #expect(found.format.detectedBy.contains(where: known.contains), "\(paths)")
      #expect(found.format == (try run(word)).format)
      #expect(summary(found) == summary(try run(word)))
      recognised += 1
    }
    #expect(recognised >= 3)
  }

  @Test func `all nine words are listed, each with its evidence and its files`() {
    #expect(
      Formats.all.map(\.word) == [
        "lerobot", "openpi", "lbm_eval", "vla-eval", "gr00t-n1.7", "pi-0.7", "embodied-gov-bench",
        "cosmos-predict", "worldflux",
      ])
    for format in Formats.all {
      #expect(!format.about.isEmpty && !format.detectedBy.isEmpty && !format.fileNames.isEmpty)
    }
  }

  @Test func `an unknown word is refused with the known ones`() throws {
    let error = try #require(try refusal("{}", as: "lerobto"))
    #expect(error.code == .unknownFormat && error.kind == .usage)
    #expect(error.hint?.contains("lerobot, openpi") == true)
  }

  @Test(arguments: [
    ("", "empty_input"), (" \n\t", "empty_input"), ("{\"a\": 1}", "unrecognised_shape"),
    ("[1, 2]", "unrecognised_shape"), ("hello", "unrecognised_shape"), ("{\"a\": ", "truncated"),
    ("[1, ", "truncated"), ("{'per_task': []}", "syntax"), ("\u{FEFF}", "empty_input"),
    ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "lfs_pointer"),
    ("{\"schema\": \"worldflux.bridge/1\", \"source\": \"mine\"}\n{}\n", "unknown_source"),
    ("{\"schema\": \"worldflux.bridge/2\"}\n", "unknown_schema"),
    ("{\"schema_version\": \"worldflux.audit_input.v0_draft\"}\n", "field_missing"),
  ])
  func `what is no evaluation is refused with a reason`(text: String, reason: String) throws {
    #expect(try refusal(text, as: "auto")?.reason == reason)
  }

  @Test(arguments: [
    (
      "results:  ('a/b', [True], {})\n# episodes completed so far: 1\n",
      ["gr00t-n1.7 (line:results)", "openpi (line:episodes_completed_so_far)"]
    ),
    (
      "{\"benchmark\": 1, \"tasks\": [], \"num_requested_evaluations\": 0, \"evaluations\": []}",
      ["lbm_eval (key:num_requested_evaluations", "vla-eval (key:benchmark"]
    ),
  ])
  func `a content that two formats claim names both`(text: String, words: [String]) throws {
    let error = try #require(try refusal(text, as: "auto"))
    #expect(error.code == .ambiguousShape)
    for word in words { #expect(error.message.contains(word), "\(error.message)") }
  }

  @Test func `inputs of two formats are not one run`() throws {
    let one = Fixtures.path("formats/lerobot/good/pusht-10-v0.4.json")
    let other = Fixtures.path("formats/openpi/good/libero-goal-3x4.log")
    do throws(AdapterError) {
      _ = try readSavedRun(
        format: "auto", inputs: [one, other], options: ReadOptions(), files: FileSystem())
      Issue.record("accepted")
    } catch {
      #expect(error == AdapterError(.ambiguousInput, place: other, message: ""))
      #expect(error.message.contains("openpi") && error.message.contains("lerobot"))
    }
  }

  @Test func `lerobot's keys are found behind others`() throws {
    let text = lerobotText([("a", 0, [true])])
    let moved = "{\"benchmark\": 1, \"tasks\": 2, " + text.dropFirst()
    #expect(try read(text: moved, as: "auto").format.name == "lerobot")
    #expect(try read(text: "\u{FEFF}" + moved, as: "auto").format.name == "lerobot")
  }
}
