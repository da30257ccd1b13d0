import JSON
import Platform
import TestSupport
import Testing

/// Credentials in every place of what an audit reads: none is in anything that it writes or says.
struct CanaryTests {
  /// The part of every credential that is looked for.
  private static let core = "aB3dE5gH7jK9mN1p"
  private static let body = core + "Q2rS4tU6vW8xY0zA5bC7dE"

  /// One credential of each kind that IMPORT §5 names, for which a prefix or a form is enough.
  private static let secrets = [
    "hf_" + body, "ghp_" + body, "github_pat_" + body + body, "sk-proj-" + body, "sk-ant-" + body,
    "xoxb-" + body, "wfx_" + body, "wbx_" + body, "wfs_" + body,
    "AIza" + String(body.prefix(35)), "https://user:" + body + "@example.org/x",
    "https://example.org/x?X-Amz-Signature=" + body,
    "eyJ" + body + ".eyJ" + body + "." + body,
    "-----BEGIN OPENSSH PRIVATE KEY-----\\n" + body + "\\n-----END OPENSSH PRIVATE KEY-----",
    "aws_secret_access_key=" + body + "ab",
  ]

  private static let token = "hf_" + body

  /// A bridge file: a header, and an episode for each given text in a place that stays private.
  private func bridge(_ texts: [String], edit: (String) -> String = { $0 }) -> String {
    let header =
      "{\"schema\":\"worldflux.bridge/1\",\"source\":\"worldflux\",\"episodes\":\(texts.count * 2),"
      + "\"metric\":\"success_rate\",\"denominator_rule\":\"all_attempted\",\"seed_label\":\"missing\","
      + "\"model\":{\"id\":\"org/m\",\"checkpoint\":\"ckpt\",\"digest\":null},"
      + "\"harness\":{\"name\":\"h\",\"version\":\"1\",\"commit\":null}}"
    var lines = [header]
    for (number, text) in texts.enumerated() {
      let path = text.replacing("\\n", with: "_")
      lines.append(
        "{\"suite\":\"s\",\"task_id\":\"0\",\"episode_index\":\(2 * number),\"outcome\":\"errored\","
          + "\"success\":null,\"failure_reason\":\"lost \(text) at 3\",\"media\":[]}")
      lines.append(
        "{\"suite\":\"s\",\"task_id\":\"0\",\"episode_index\":\(2 * number + 1),"
          + "\"outcome\":\"succeeded\",\"success\":true,\"initial_state\":\"i0\","
          + "\"media\":[{\"path\":\"v/\(path)/a.mp4\",\"role\":\"rollout_video\"}],"
          + "\"extra\":{\"note\":\"\(text)\"}}")
    }
    return edit(lines.joined(separator: "\n") + "\n")
  }

  private func prepared(_ episodes: Int) throws -> Program {
    let program = try Program.prepared()
    let made = try program(
      "claim", "create", "--template", "openpi-libero", "--output", "claim", "--set",
      "slug=a-claim", "--set",
      "protocol.frozen.tasks=[{\"suite\":\"s\",\"task_id\":\"0\",\"name\":null}]", "--set",
      "protocol.frozen.episode_indexes=0-\(max(0, episodes - 1))")
    try #require(made.status == 0, "\(made.err)")
    return program
  }

  /// The places of a canary in bytes, plain and in the codes in which it could hide.
  private func leaks(_ bytes: [UInt8], _ what: String) -> [String] {
    let text = Array(Self.core.utf8)
    var needles = [("plain", text), ("hex", Array(text.map { hex($0) }.joined().utf8))]
    for shift in 0..<3 {
      // The middle of the code does not depend on what stands before and behind.
      let code = Base64.encode(Array(repeating: 0x61, count: shift) + text)
      needles.append(("base64", Array(code.utf8.dropFirst(4).dropLast(4))))
    }
    return needles.compactMap { name, needle in
      bytes.firstRange(of: needle) == nil ? nil : "\(what): \(name)"
    }
  }

  private func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  /// Everything that the program wrote: files with their names, and the objects of the store inflated.
  private func written(_ program: Program) throws -> [UInt8] {
    try program.shell(
      """
      for place in package package2 .wf out; do
        test -e "$place" && find "$place" && find "$place" -type f -exec cat {} +
      done
      git --git-dir=.wf cat-file --batch-all-objects --batch --unordered
      true
      """
    ).outBytes
  }

  @Test func `credentials in private places are in nothing that is written`() throws {
    let texts = Self.secrets
    let program = try prepared(2 * texts.count)
    try FileSystem().write(Array(bridge(texts).utf8), to: program.work + "/run.jsonl")
    let commands: [[String]] = [
      [
        "audit", "worldflux", "run.jsonl", "--claim-package", "claim", "--output", "package",
        "--raw", ".",
      ],
      ["audit", "auto", "run.jsonl", "--claim-package", "claim", "--output", "package2", "--json"],
      ["commit", "package"], ["inspect", "a-claim"], ["verify"], ["verify", "--json"],
      ["show", "a-claim:episode_results.jsonl"], ["show", "a-claim:raw_evidence_manifest.json"],
      ["show", "a-claim:failure_evidence_index.jsonl"], ["log", "a-claim", "--json"],
      ["export", "a-claim", "--format", "html", "--output", "out/page.html"],
      ["export", "a-claim", "--format", "dir", "--output", "out/public", "--public"],
    ]
    _ = try program.shell("mkdir -p out")
    for command in commands {
      let done = try program(arguments: command)
      #expect([0, 3].contains(done.status), "\(command): \(done.out)\(done.err)")
      #expect(leaks(done.outBytes + done.errBytes, command[0]) == [])
    }
    let all = try written(program)
    #expect(all.count > 10_000 && leaks(all, "written") == [])
    // The search itself finds what there is.
    #expect(leaks(Array(bridge(texts).utf8), "input") == ["input: plain"])
    #expect(leaks(Array(Base64.encode(Array(Self.token.utf8)).utf8), "code") == ["code: base64"])
  }

  /// A place of a public field: the audit is refused, and says nothing of the value.
  @Test(arguments: [
    ("suite", "\"suite\":\"s\"", "\"suite\":\"TOKEN\""),
    ("task", "\"task_id\":\"0\"", "\"task_id\":\"TOKEN\""),
    ("model", "\"id\":\"org/m\"", "\"id\":\"TOKEN\""),
    ("initial state", "\"initial_state\":\"i0\"", "\"initial_state\":\"TOKEN\""),
    ("source", "\"source\":\"worldflux\"", "\"source\":\"TOKEN\""),
    ("field", "\"extra\":{", "\"TOKEN\":{"),
    ("rule", "\"all_attempted\"", "\"TOKEN\""), ("outcome", "\"succeeded\"", "\"TOKEN\""),
    ("role", "\"rollout_video\"", "\"TOKEN\""),
    ("digest", "\"digest\":null", "\"digest\":\"TOKEN\""),
    ("time", "\"seed_label\":\"missing\"", "\"seed_label\":\"TOKEN\""),
    ("syntax", "\"outcome\":\"succeeded\"", "\"outcome\":TOKEN"),
    ("metric", "\"success_rate\"", "\"TOKEN\""),
  ])
  func `a credential in a public place is refused without showing it`(
    name: String, old: String, new: String
  ) throws {
    let program = try prepared(2)
    let text = bridge(["x"]) {
      $0.replacing(old, with: new.replacing("TOKEN", with: Self.token))
    }
    #expect(text.contains(Self.token))
    try FileSystem().write(Array(text.utf8), to: program.work + "/run.jsonl")
    for more in [[], ["--json"]] {
      for word in ["worldflux", "auto"] {
        let done = try program(
          arguments: [
            "audit", word, "run.jsonl", "--claim-package", "claim", "--output", "package",
            "--force",
          ] + more)
        #expect(leaks(done.outBytes + done.errBytes, name) == [], "\(done.out)\(done.err)")
        // A metric's name is compared and not copied; everything else is refused.
        if name != "metric" { #expect(done.status == 4, "\(done.out)") }
      }
    }
    #expect(leaks(try written(program), name) == [])
  }

  /// Names of files and folders, options, claims and messages.
  @Test(arguments: [
    (
      "file name",
      "cp run.jsonl 'in TOKEN.jsonl'; $WF audit auto 'in TOKEN.jsonl' --claim-package claim --output package"
    ),
    (
      "folder name",
      "mkdir 'd TOKEN'; cp run.jsonl 'd TOKEN/'; $WF audit auto 'd TOKEN' --claim-package claim --output package"
    ),
    ("missing file", "$WF audit auto 'no TOKEN' --claim-package claim --output package"),
    (
      "two results",
      "mkdir d; cp run.jsonl 'd/TOKEN.jsonl'; cp run.jsonl d/b.jsonl; $WF audit auto d --claim-package claim --output package"
    ),
    (
      "link target",
      "ln -s '/x/TOKEN' v; $WF audit auto run.jsonl --raw . --claim-package claim --output package"
    ),
    (
      "raw name",
      "mkdir v; echo 1 > v/TOKEN.mp4; $WF audit auto run.jsonl --raw . --claim-package claim --output package"
    ),
    (
      "model option",
      "$WF audit auto run.jsonl --model-id TOKEN --claim-package claim --output package"
    ),
    ("output name", "$WF audit auto run.jsonl --claim-package claim --output TOKEN"),
    ("claim's output name", "$WF claim create --template openpi-libero --output 'c TOKEN'"),
    (
      "export's output name",
      "$WF audit auto run.jsonl --claim-package claim --output package; $WF commit package; $WF export --format tar --output TOKEN.tar"
    ),
    (
      "run id",
      "$WF audit auto run.jsonl --client-run-id TOKEN --claim-package claim --output package"
    ),
    (
      "recipe",
      "$WF audit auto run.jsonl --recipe TOKEN --runtime TOKEN --claim-package claim --output package"
    ),
    (
      "claim text",
      "$WF claim create --template openpi-libero --output out --set 'claim_text=It is TOKEN'"
    ),
    ("claim field", "$WF claim create --template openpi-libero --output out --set 'TOKEN=1'"),
    (
      "protocol field",
      "$WF claim create --template openpi-libero --output out --set protocol.frozen.tasks=TOKEN"
    ),
    (
      "hand-written claim",
      "sed -i 's/robot manipulation/TOKEN/' claim/claim.json; $WF claim check claim; $WF claim register claim; $WF audit auto run.jsonl --claim-package claim --output package"
    ),
    ("paper address", "$WF claim from-paper-url 'https://example.org/x?token=TOKEN' --output out"),
    (
      "paper text",
      "echo 'Success is 50% with TOKEN.' > a.txt; $WF claim from-paper-url 2406.09246 --text a.txt --output out"
    ),
    (
      "message",
      "$WF audit auto run.jsonl --claim-package claim --output package; $WF commit package -m 'fix TOKEN'; $WF log a-claim"
    ),
    (
      "label",
      "$WF audit auto run.jsonl --claim-package claim --output package; $WF commit package --tag TOKEN"
    ),
    ("unknown template", "$WF claim create --template TOKEN --output out"),
  ])
  func `a credential in a name, an option or a claim is told and kept nowhere`(
    name: String, line: String
  ) throws {
    let program = try prepared(2)
    try FileSystem().write(Array(bridge(["x"]).utf8), to: program.work + "/run.jsonl")
    for more in ["", " --json"] {
      _ = try program.shell("rm -rf package out d v 'd '* 'in '*")
      let command = line.replacing("TOKEN", with: Self.token).split(separator: ";")
        .map { $0.contains("$WF") ? $0 + more : $0 }.joined(separator: ";")
      let done = try program.shell(String(command))
      let told = done.errBytes + done.outBytes
      #expect(leaks(told, name) == [], "\(done.out)\(done.err)")
    }
    #expect(leaks(try written(program), name) == [])
  }
}
