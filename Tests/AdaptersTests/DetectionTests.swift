import Adapters
import Evidence
import Platform
import TestSupport
import Testing

struct DetectionTests {
  @Test(arguments: [
    ("{\"num_requested_evaluations\": 1, \"evaluations\": []}", "lbm_eval"),
    ("{\"x\": {\"per_task\": 1}, \"tasks\": [], \"benchmark\": \"b\"}", "vla-eval"),
    ("{\"schema\": \"worldflux.bridge/1\", \"source\": \"pi-0.7\"}\n{}\n", "pi-0.7"),
    ("{\"schema\": \"worldflux.bridge/1\", \"source\": \"mine\"}\n{}\n", "worldflux"),
    ("{\"schema_version\": \"worldflux.audit_input.v0_draft\"}\n", "worldflux"),
    ("x\nresults:  ('libero_sim/A', [True], {})\n", "gr00t-n1.7"),
    ("INFO results: ('libero_sim/A', [True], {})\n", "gr00t-n1.7"),
    ("INFO:root:# episodes completed so far: 1\n", "openpi"),
    (",success,duration,video_filename\n0,1.0,3,a\n", "openpi"),
  ])
  func `a format that cannot be read yet is recognised and refused as such`(
    text: String, word: String
  ) throws {
    let error = try #require(try refusal(text, as: "auto"))
    #expect(error.code == .formatNotSupportedYet && error.kind == .refused)
    #expect(error.message.contains("the format \(word) "))
    #expect(error.message.contains("detected by"))
  }

  @Test(arguments: ["openpi", "lbm_eval", "vla-eval", "gr00t-n1.7", "pi-0.7", "cosmos-predict"])
  func `a format that cannot be read yet is refused by name too`(word: String) throws {
    #expect(try refusal("{}", as: word)?.code == .formatNotSupportedYet)
  }

  @Test func `all nine words are listed and only lerobot is readable`() {
    #expect(
      Formats.all.map(\.word) == [
        "lerobot", "openpi", "lbm_eval", "vla-eval", "gr00t-n1.7", "pi-0.7", "embodied-gov-bench",
        "cosmos-predict", "worldflux",
      ])
    #expect(Formats.all.filter(\.isSupported).map(\.word) == ["lerobot"])
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
  ])
  func `what is no evaluation is refused with a reason`(text: String, reason: String) throws {
    #expect(try refusal(text, as: "auto")?.reason == reason)
  }

  @Test func `lerobot's keys are found behind others`() throws {
    let text = lerobotText([("a", 0, [true])])
    let moved = "{\"benchmark\": 1, \"tasks\": 2, " + text.dropFirst()
    #expect(try read(text: moved, as: "auto").format.name == "lerobot")
    #expect(try read(text: "\u{FEFF}" + moved, as: "auto").format.name == "lerobot")
  }

  @Test(arguments: [
    "lbm_eval", "vla-eval", "gr00t-n1.7", "openpi", "worldflux", "pi-0.7", "cosmos-predict",
    "embodied-gov-bench",
  ])
  func `good files of other formats are recognised`(word: String) throws {
    guard let folder = Fixtures.shared("formats/\(word)/good") else { return }
    var recognised = 0
    for name in try names(in: folder) {
      let error = try #require(try refusal(try Fixtures.read(folder + "/" + name), as: "auto"))
      if error.code == .formatNotSupportedYet {
        #expect(error.message.contains("the format \(word) "), "\(name): \(error.message)")
        recognised += 1
      }
    }
    #expect(recognised > 0)
  }
}
