import JSON
import Platform
import TestSupport
import Testing

/// Two episodes with one recording (STATISTICS §8, I04), through the program and for several formats.
struct DuplicateRawTests {
  struct Format: Sendable, CustomTestStringConvertible {
    var word: String
    /// Makes the folder `out` with the source and distinct recordings at `one` and `two`.
    var make: String
    var one: String
    var two: String
    var tasks: [(suite: String, id: String)]
    var planned: Int
    var testDescription: String { word }
  }

  private static func fixture(_ path: String) -> String { "'\(Fixtures.path(path))'" }

  static let formats = [
    Format(
      word: "lerobot",
      make: "cp -R \(fixture("demo/v1")) out && chmod -R u+w out",
      one: "videos/libero_spatial_0/eval_episode_0.mp4",
      two: "videos/libero_spatial_3/eval_episode_1.mp4",
      tasks: (0..<10).map { ("libero_spatial", String($0)) }, planned: 50),
    Format(
      word: "lbm_eval",
      make: """
        mkdir out && cp \(fixture("formats/lbm_eval/good/results-2026-03-02T09:15:30.250-05:00.json")) out
        for n in 0 1 2; do
          mkdir -p out/pick_and_place_box/demonstration_$n
          echo "<html> $n" > out/pick_and_place_box/demonstration_$n/recording.html
        done
        """,
      one: "pick_and_place_box/demonstration_0/recording.html",
      two: "pick_and_place_box/demonstration_2/recording.html",
      tasks: [("lbm_eval", "pick_and_place_box"), ("lbm_eval", "put_mug_on_saucer")], planned: 5),
    Format(
      word: "openpi",
      make: """
        mkdir out
        printf ',success,duration,video_filename\\n0,1.0,3,video_a\\n1,0.0,5,video_b\\n' > out/eval_x.csv
        echo a > out/video_a.mp4; echo b > out/video_b.mp4
        """,
      one: "video_a.mp4", two: "video_b.mp4", tasks: [("droid", "0")], planned: 2),
    Format(
      word: "worldflux",
      make: """
        mkdir -p out/v
        awk '{ n = NR - 2; sub(/"media":\\[\\]/, "\\"media\\":[{\\"path\\":\\"v/" n ".mp4\\",\\"role\\":\\"rollout_video\\"}]"); print }' \
          \(fixture("formats/worldflux/good/episodes.jsonl")) > out/episodes.jsonl
        for n in 0 1 2 3 4 5 6; do echo "film $n" > out/v/$n.mp4; done
        """,
      one: "v/0.mp4", two: "v/3.mp4",
      tasks: [("libero_spatial", "0"), ("libero_spatial", "1")], planned: 4),
  ]

  private func prepared(_ format: Format) throws -> Program {
    let program = try Program.prepared()
    let tasks = format.tasks.map { suite, id in
      "{\"suite\": \"\(suite)\", \"task_id\": \"\(id)\", \"name\": null}"
    }
    let made = try program(
      "claim", "create", "--template", "openpi-libero", "--output", "claim", "--set",
      "slug=a-claim", "--set", "metric.threshold=0.3", "--set",
      "protocol.frozen.tasks=[\(tasks.joined(separator: ", "))]", "--set",
      "protocol.frozen.episode_indexes=0-\(format.planned - 1)")
    try #require(made.status == 0, "\(made.err)")
    let folder = try program.shell("set -e\n" + format.make)
    try #require(folder.status == 0, "\(folder.err)")
    return program
  }

  private func audit(_ program: Program, _ format: Format) throws -> JSONValue {
    let audited = try program(
      "audit", format.word, "out", "--claim-package", "claim", "--raw", "out", "--output",
      "package", "--force")
    try #require([0, 3].contains(audited.status), "\(audited.err)\(audited.out)")
    let verified = try program("verify", "package", "--recompute", "--raw", "out")
    #expect(verified.status == 0, "\(verified.out)")
    return try JSONValue.parse(try Fixtures.read(program.work + "/package/evidence.json"))
  }

  private func i04(_ evidence: JSONValue) -> JSONValue? {
    (evidence["integrity"]?.array ?? []).first { $0["id"] == "I04" }
  }

  @Test(arguments: formats)
  func `recordings of their own pass, one recording for two episodes does not`(format: Format)
    throws
  {
    let program = try prepared(format)
    #expect(i04(try audit(program, format))?["state"] == "pass")
    for way in ["cp", "ln -f"] {
      _ = try program.shell("\(way) 'out/\(format.one)' 'out/\(format.two)'")
      let evidence = try audit(program, format)
      let check = i04(evidence)
      #expect(check?["state"] == "fail", "\(way)")
      #expect(check?["severity"] == "serious")
      #expect(check?["cap"] == "D")
      #expect(check?["where"]?.string != nil)
      #expect(evidence["grade"]?["letter"] == "D")
      #expect(evidence["verdict"] == "inconclusive" || evidence["verdict"] == "not_auditable")
      let caps = (evidence["grade"]?["caps"]?.array ?? []).compactMap { $0["word"]?.string }
      #expect(caps.contains { $0.hasPrefix("I04") })
      _ = try program.shell("rm 'out/\(format.two)'; echo other > 'out/\(format.two)'")
    }
    // Two films that are both empty are no films of two episodes.
    _ = try program.shell(": > 'out/\(format.one)'; : > 'out/\(format.two)'")
    #expect(i04(try audit(program, format))?["state"] == "fail")
  }

  @Test func `a file of the whole run, or twice of one episode, is no duplicate`() throws {
    let format = try #require(Self.formats.last)
    let program = try prepared(format)
    // The same log for every episode, and the first episode's film under two names.
    let made = try program.shell(
      #"""
      set -e
      sed -i 's#"media":\[{#"media":[{"path":"run.log","role":"log"},{#' out/episodes.jsonl
      sed -i '2s#"media":\[{#"media":[{"path":"v/again.mp4","role":"rollout_video"},{#' out/episodes.jsonl
      echo log > out/run.log; cp out/v/0.mp4 out/v/again.mp4
      """#)
    try #require(made.status == 0, "\(made.err)")
    let evidence = try audit(program, format)
    #expect(i04(evidence)?["state"] == "pass", "\(String(describing: i04(evidence)))")
  }
}
