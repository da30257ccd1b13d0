import JSON
import Platform
import TestSupport
import Testing

/// Credentials of every kind in every place where people leave them: each is counted, and no byte that
/// is written or shown holds one.
struct ImportCanaryTests {
  // Put together here, so that no scanner takes this file for a leak.
  private static let body = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY2zA4bC6d"
  private static let hex = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"

  /// Kind, the text around, the part that must not be seen again, and whether its beginning alone
  /// gives it away (so that it is found in binaries too).
  private static let kinds: [(kind: String, text: String, canary: String, isKnownByStart: Bool)] = [
    (
      "ssh_private_key",
      "-----BEGIN OPENSSH "
        + "PRIVATE KEY-----\nb3BlbnNzaCanary\n-----END OPENSSH PRIVATE KEY-----",
      "b3BlbnNzaCanary", true
    ),
    (
      "private_key",
      "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEcanary\n-----END RSA PRIVATE KEY-----",
      "MIIEcanary", true
    ),
    (
      "signed_url", "https://b.example.org/x.mp4?a=1&X-Amz-" + "Signature=0123456789abcdefCANARY",
      "0123456789abcdefCANARY", false
    ),
    ("url_userinfo", "https://ana:hunter22canary@git.example.org/x.git", "hunter22canary", false),
    ("worldflux_api_key", "wfx_" + body, "wfx_" + body, true),
    ("hf_token", "hf_" + body, "hf_" + body, true),
    ("github_token", "ghp_" + body, "ghp_" + body, true),
    ("openai_key", "sk-proj-" + body, "sk-proj-" + body, true),
    ("anthropic_key", "sk-ant-api03-" + body, "sk-ant-api03-" + body, true),
    ("google_api_key", "AIza" + body.prefix(35), "AIza" + body.prefix(35), true),
    ("slack_token", "xoxb-" + "123456789012-canarycanary", "canarycanary", true),
    ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOjF9." + body, "eyJjYW5hcnkiOjF9", true),
    ("wandb_api_key", "WANDB_API_" + "KEY=" + hex, hex, false),
    (
      "aws_secret_access_key",
      "aws_secret_access_" + "key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYCANARYKEY0",
      "wJalrXUtnFEMI", false
    ),
    ("aws_access_key_id", "AKIA" + "IOSFODNN7CANARY2", "IOSFODNN7CANARY2", true),
  ]

  private static var block: String { kinds.map(\.text).joined(separator: "\n") + "\n" }

  private static func jsonText(_ text: String) -> String {
    (try? CanonicalJSON.bytes(.string(text))).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// A text in front that puts the credentials over a border of what readers take at once.
  private static func over(_ border: Int) -> String {
    String(repeating: "step 1 loss 0.5\n", count: border / 16) + "x"
  }

  /// Places where the whole block stands as text.
  private static let texts: [String] = [
    "notes.md", "run.log", "out/slurm-1.out", "out/slurm-1.err", "config.yaml", "pyproject.toml",
    "app.ini", "app.cfg", "Dockerfile", "run.sh", "README", "page.html", "table.csv",
    ".bash_history", ".python_history", ".git/config", ".git-credentials", ".hydra/config.yaml",
    ".hydra/overrides.yaml", "multirun/2026-01-01/10-00-00/0/.hydra/hydra.yaml",
    "wandb/run-20260101_100000-ab12cd34/files/config.yaml",
    "wandb/run-20260101_100000-ab12cd34/logs/debug.log", "mlruns/0/meta.yaml", "home/.ssh/id_rsa",
    "home/.aws/credentials", "home/.kube/config", "home/.npmrc", "ds/meta/tasks.jsonl", "x.unknown",
  ]

  private func make(_ program: Program) throws -> (texts: Int, binaries: Int) {
    var texts = 0
    func put(_ name: String, _ bytes: [UInt8]) throws {
      let path = program.work + "/run/" + name
      try FileSystem().makeDirectories(Path.parent(path))
      try FileSystem().write(bytes, to: path)
    }
    func text(_ name: String, _ content: String) throws {
      try put(name, Array(content.utf8))
      texts += 1
    }
    for name in Self.texts { try text(name, Self.block) }
    try text("crlf.log", Self.block.split(separator: "\n").joined(separator: "\r\n"))
    try text("head.log", Self.over(1 << 16) + "\n" + Self.block)
    try text("border.log", Self.over((1 << 16) - 512) + "\n" + Self.block)
    try text("piece.log", Self.over((1 << 20) - 512) + "\n" + Self.block)
    try text("settings.json", "{\"note\": \(Self.jsonText(Self.block))}")
    try text("key.json", "{\(Self.jsonText("x\n" + Self.block)): 1}")
    try text("rows.jsonl", "{\"a\": 1}\n{\"text\": \(Self.jsonText("\t" + Self.block))}\n")
    try text(
      "nb.ipynb",
      "{\"nbformat\": 4, \"cells\": [{\"outputs\": [{\"text\": [\(Self.jsonText("\n" + Self.block))]}]}]}"
    )
    try put("bad-utf8.log", [0xFF, 0xFE, 0x0A] + Array(Self.block.utf8) + [0xC3])
    texts += 1
    let binaries = ["weights.bin", "pic.png", "tb/events.out.tfevents.1.host.1.0", "core"]
    for name in binaries {
      let head: [UInt8] =
        name == "pic.png" ? [0x89] + Array("PNG\r\n\u{1A}\n".utf8) + [0, 0] : [0, 1, 2, 0x0A]
      try put(name, head + Array(Self.block.utf8) + [0])
    }
    return (texts, binaries.count)
  }

  @Test func `every kind is counted in every place, and no byte that is written holds one`() throws
  {
    let program = try Program()
    try FileSystem().makeDirectories(program.work + "/run")
    let places = try make(program)
    for (name, text) in [
      (".env", "DB_PASSWORD=swordfish-canary\n"),
      (".netrc", "machine x.example.org login me password opensesame-canary\n"),
    ] {
      try FileSystem().write(Array(text.utf8), to: program.work + "/run/" + name)
    }
    let tokens = Self.kinds.filter { $0.isKnownByStart && !$0.text.contains("\n") }
    for token in tokens { try FileSystem().makeDirectories(program.work + "/run/d/\(token.text)") }
    let finished = try program.shell(
      "$WF audit import run-folder run --report r.json --audit-input in.json --hash-raw")
    #expect(finished.status == 4, "\(finished.err)")
    let report = try JSONValue.parse(try FileSystem().read(program.work + "/r.json"))
    let counts = report["secrets"]?["by_kind"]
    for (kind, text, _, isKnownByStart) in Self.kinds {
      let names = tokens.contains { $0.text == text } ? 1 : 0
      let expected = places.texts + (isKnownByStart ? places.binaries : 0) + names
      #expect(counts?[kind]?.int == Int64(expected), "\(kind)")
    }
    #expect(counts?["env_assignment"]?.int == 1 && counts?["netrc_password"]?.int == 1)
    #expect(counts?.object?.members.count == Self.kinds.count + 2)
    let json = try program.shell(
      "$WF --json audit import run-folder run --report again.json --force")
    let written = try everything(program, besides: ["run"])
    for output in [written, finished.outBytes + finished.errBytes, json.outBytes + json.errBytes] {
      let text = String(decoding: output, as: UTF8.self)
      for canary in Self.kinds.map(\.canary) + ["swordfish-canary", "opensesame-canary"] {
        #expect(!text.contains(canary), "\(canary.prefix(4))…")
      }
    }
    #expect(!FileSystem().exists(program.work + "/in.json"))
  }

  /// Names and bytes of all files of the working folder but some.
  private func everything(_ program: Program, besides: Set<String>) throws -> [UInt8] {
    var bytes: [UInt8] = []
    for name in try FileSystem().list(program.work).compactMap(\.name)
    where !besides.contains(name) {
      bytes += Array(name.utf8) + [0x0A]
      bytes += try FileSystem().read(program.work + "/" + name)
    }
    return bytes
  }

  // MARK: - What stays private without being a secret

  @Test func `an accepted folder gives away nothing on its way into the store`() throws {
    let program = try Program.prepared()
    let row = { (task: Int, episode: Int) in
      let failed = episode == 1
      return
        "{\"suite\": \"libero_spatial\", \"task_id\": \"\(task)\", \"episode_index\": \(episode), "
        + "\"success\": \(!failed)\(failed ? ", \"error\": \"no /home/canary-person/x on canaryhost.internal for canary@lab.example.org\"" : "")}"
    }
    let rows = (0..<6).map { row($0 / 3, $0 % 3) }.joined(separator: "\n")
    let made = try program.shell(
      """
      set -e
      mkdir -p run/logs run/.hydra run/wandb/run-20260101_100000-canaryid
      cat > run/r.jsonl <<'END'
      {"record": "header", "attempted": 6, "metric_contract": {"name": "success_rate", "kind": "binary_success", "success_rule": "r1"}}
      \(rows)
      END
      echo 'from 203.0.113.77 as canary@lab.example.org' > run/logs/a.log
      printf 'policy: /home/canary-person/p\\nmodel: canaryhost.internal\\n' > run/.hydra/config.yaml
      echo '- path=/home/canary-person/x' > run/.hydra/overrides.yaml
      echo x > run/wandb/run-20260101_100000-canaryid/files
      ln -s /home/canary-person/secret-place run/link
      """)
    try #require(made.status == 0, "\(made.err)")
    let folders = program.work + "/folders"
    try FileSystem().makeDirectories(folders)
    let recipe = try JSONValue.parse(Fixtures.bytes("run-folders/folders.json"))
    for entry in recipe["folders"]?["claim-frozen"]?.array ?? [] {
      try FileSystem().write(
        Array((entry["text"]?.string ?? "").utf8),
        to: program.work + "/folders/" + (entry["path"]?.string ?? ""))
    }
    let done = try program.shell(
      """
      set -e
      $WF audit import run-folder run --claim-package folders --report r.json --audit-input in.json
      $WF audit worldflux in.json --claim-package folders --output pkg
      $WF commit pkg
      $WF inspect pkg; $WF show $($WF claims --json | grep -o '"claim":"[^"]*"' | head -1 | cut -d'"' -f4)
      """)
    try #require(done.status == 0, "\(done.err)\(done.out)")
    let stored = try program.shell(
      "git --git-dir .wf cat-file --batch --batch-all-objects; cat r.json r.md in.json pkg/*; ls -R pkg"
    )
    #expect(stored.outBytes.count > 10_000)
    for canary in [
      "canary-person", "canaryhost", "canary@lab", "203.0.113.77", "secret-place", "canaryid",
    ] {
      #expect(!(done.out + done.err + stored.out).contains(canary), "\(canary)")
    }
  }
}
