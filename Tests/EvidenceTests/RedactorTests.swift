import Evidence
import JSON
import Testing

@Suite struct RedactorTests {
  private static let body = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY2zA4bC6dE8"

  /// Text, what it becomes, and the kinds that are counted.
  private static let table: [(String, String, String)] = [
    ("mujoco: unstable state in /opt/sim/model.xml", "mujoco: unstable state in <path:1>", "path"),
    ("/home/ana/run/x.mp4 failed", "<path:1> failed", "path"),
    (
      "saved by ana at /home/ana/x, ana again", "saved by <user:1> at <path:1>, <user:1> again",
      "path user user"
    ),
    ("~/models/best.pt", "<path:1>", "path"),
    (#"C:\Users\ana\x.txt"#, "<path:1>", "path"),
    (#"\\server\share\x"#, "<path:1>", "path"),
    ("file:///etc/passwd", "<path:1>", "path"),
    ("left/right/up and and/or", "left/right/up and and/or", ""),
    ("/single and 1 / 2 /", "/single and 1 / 2 /", ""),
    ("(see /a/b, /a/b and /a/c)", "(see <path:1>, <path:1> and <path:2>)", "path path path"),
    ("mail ana.b+c@lab.example.edu now", "mail <email:1> now", "email"),
    ("suite@1.0 and libero@v2.1", "suite@1.0 and libero@v2.1", ""),
    ("ssh ana@gpu01", "ssh <user:1>@<host:1>", "user host"),
    ("gpu01.internal and node7.local", "<host:1> and <host:2>", "host host"),
    ("It ran on gpu01.internal.", "It ran on <host:1>.", "host"),
    ("https://gpu01:8080/data/run", "https://<host:1>:8080/data/run", "host"),
    ("https://huggingface.co/org/model", "https://huggingface.co/org/model", ""),
    ("hf://org/model/x", "hf://org/model/x", ""),
    ("http://10.0.0.7/data/run", "http://<ip:1>/data/run", "ip"),
    ("from 192.168.1.20:5000", "from <ip:1>:5000", "ip"),
    ("version 1.2.3.4-rc and v1.2.3.4", "version 1.2.3.4-rc and v1.2.3.4", ""),
    ("999.1.1.1 and 1.2.3", "999.1.1.1 and 1.2.3", ""),
    ("peer fe80::1%eth0 or [2001:db8::1]:80", "peer <ip:1> or <ip:2>:80", "ip ip"),
    ("2001:db8:0:0:0:0:0:1", "<ip:1>", "ip"),
    ("at 12:34:56 std::vector", "at 12:34:56 std::vector", ""),
    ("mac 00:1b:44:11:3a:b7", "mac <id:1>", "id"),
    ("token hf_\(body)", "token <secret:hf_token>", "secret"),
    ("xhf_\(body)", "xhf_\(body)", ""),
    ("hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", ""),
    ("ghp_\(body)", "<secret:github_token>", "secret"),
    ("github_pat_\(body)\(body)", "<secret:github_token>", "secret"),
    ("sk-proj-\(body)", "<secret:openai_key>", "secret"),
    ("sk-ant-api03-\(body)", "<secret:anthropic_key>", "secret"),
    ("AIza\(body.prefix(35))", "<secret:google_api_key>", "secret"),
    ("AIza\(body.prefix(36))", "AIza\(body.prefix(36))", ""),
    ("xoxb-1234567890-abc", "<secret:slack_token>", "secret"),
    ("wfx_\(body)", "<secret:worldflux_api_key>", "secret"),
    ("wfs_\(body)", "<secret:worldflux_api_key>", "secret"),
    ("eyJhbGciOiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "<secret:jwt>", "secret"),
    ("AKIAIOSFODNN7ABCDEFG", "<secret:aws_access_key_id>", "secret"),
    (
      "aws_secret_access_key = \(body.prefix(40))",
      "aws_secret_access_key = <secret:aws_secret_access_key>", "secret"
    ),
    (
      "WANDB_API_KEY=0123456789abcdef0123456789abcdef01234567",
      "WANDB_API_KEY=<secret:wandb_api_key>", "secret"
    ),
    (
      "machine api.wandb.ai login user password 0123456789abcdef0123456789abcdef01234567",
      "machine api.wandb.ai login user password <secret:wandb_api_key>", "secret"
    ),
    (
      "commit 0123456789abcdef0123456789abcdef01234567",
      "commit 0123456789abcdef0123456789abcdef01234567", ""
    ),
    ("https://ana:hunter22x@git.example.org/x/y", "<secret:url_userinfo>/x/y", "secret"),
    (
      "https://b.example.org/o?X-Amz-Signature=0123456789abcdef0123", "<secret:signed_url>",
      "signed_url"
    ),
    (
      "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY----- rest",
      "<secret:ssh_private_key> rest", "secret"
    ),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "<secret:private_key>", "secret"),
    ("-----BEGIN PUBLIC KEY-----", "-----BEGIN PUBLIC KEY-----", ""),
    ("a\u{1B}[31mred\u{202E}x\n", #"a\u{1b}[31mred\u{202e}x\u{a}"#, ""),
    ("", "", ""),
  ]

  @Test(arguments: table)
  func `a text becomes its redacted form, and the kinds are counted`(
    _ text: String, _ expected: String, _ kinds: String
  ) {
    var redactor = Redactor()
    let (redacted, counts) = redactor.redact(text)
    #expect(redacted == expected)
    var tally: [String: Int] = [:]
    for kind in kinds.split(separator: " ") { tally[String(kind), default: 0] += 1 }
    let counted = counts.json.object?.members.filter { $0.value.int != 0 } ?? []
    #expect(
      Dictionary(uniqueKeysWithValues: counted.map { ($0.key, Int($0.value.int ?? 0)) }) == tally)
  }

  @Test(arguments: table)
  func `redacting twice gives the same text as once`(
    _ text: String, _ expected: String, _ kinds: String
  ) {
    var redactor = Redactor()
    let once = redactor.redact(text).text
    #expect(redactor.redact(once).text == once)
    var other = Redactor()
    #expect(other.redact(once).text == once)
    #expect(other.redact(once).counts.total == 0)
  }

  @Test(arguments: table)
  func `a secret is found exactly where one is redacted`(
    _ text: String, _ expected: String, _ kinds: String
  ) {
    #expect(Redactor.findsSecret(text) == (kinds == "secret" || kinds == "signed_url"))
  }

  @Test func `equal values have equal numbers over all texts of one redactor`() {
    var redactor = Redactor()
    #expect(redactor.redact("/a/b and /a/c").text == "<path:1> and <path:2>")
    #expect(redactor.redact("/a/c").text == "<path:2>")
    #expect(redactor.redact("/a/d").text == "<path:3>")
  }

  @Test func `of paths in the run folder the relative part stays`() {
    var redactor = Redactor(runFolder: "/data/run")
    #expect(redactor.redact("/data/run/videos/a.mp4").text == "<path:1>/videos/a.mp4")
    #expect(redactor.redact("/data/running/a.mp4").text == "<path:2>")
    #expect(redactor.redact("<path:1>/videos/a.mp4").text == "<path:1>/videos/a.mp4")
  }

  @Test func `fields that name a machine are private as a whole`() {
    var redactor = Redactor()
    #expect(redactor.redact("gpu01", field: "hostname").text == "<host:1>")
    #expect(redactor.redact("A-17", field: "serial_number").text == "<id:1>")
    #expect(redactor.redact("<host:1>", field: "host").text == "<host:1>")
    #expect(redactor.redact("gpu01", field: "note").text == "gpu01")
  }

  @Test func `random texts are redacted without a crash, and stably`() {
    let pieces = [
      "/home/u", "/", "a", " ", "@", ".", ":", "\\", "C:", "hf_", Self.body, "1.2.3.4", "::1",
      "<path:1>", "<", ">", "-----BEGIN", " PRIVATE KEY-----", "é", "\u{7}", "https://", "sig=",
      "?", "x@y", "wandb", "password", "~", "eyJ", "[",
    ]
    var generator = SystemLikeGenerator(state: 7)
    for _ in 0..<600 {
      let text = (0..<Int(generator.next() % 9)).map { _ in
        pieces[Int(generator.next() % UInt64(pieces.count))]
      }.joined()
      var redactor = Redactor()
      let once = redactor.redact(text).text
      #expect(redactor.redact(once).text == once, "\(text)")
      #expect(!Redactor.findsSecret(once), "\(text)")
    }
  }
}

/// A small seeded generator, so that a failing text can be found again.
struct SystemLikeGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}
