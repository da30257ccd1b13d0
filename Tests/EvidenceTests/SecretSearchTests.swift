import Testing

@testable import Evidence

struct SecretSearchTests {
  private static let body = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY2zA4bC6d"
  private static let hex = "0123456789abcdef0123456789abcdef01234567"
  private let search = SecretSearch(key: [1, 2, 3])

  private func kinds(_ text: String, _ content: SecretSearch.Content = []) -> [String] {
    search.findings(in: Array(text.utf8), content).map(\.kind)
  }

  @Test func `a value counts once in a file, and its first line is given`() {
    let token = "hf_" + Self.body
    let found = search.findings(in: Array("\n\n\(token) x \(token)\nghp_\(Self.body)\n".utf8))
    #expect(found.map(\.kind) == ["hf_token", "github_token"])
    #expect(found.map(\.line) == [3, 4])
    #expect(found.map(\.length) == [token.utf8.count, 44])
    #expect(found[0].keyedDigest != found[1].keyedDigest)
  }

  @Test func `an escape in JSON hides no token and doubles none`() {
    let token = "hf_" + Self.body
    #expect(kinds(#"{"a": "x\n\#(token)"}"#) == [])
    #expect(kinds(#"{"a": "x\n\#(token)"}"#, .json) == ["hf_token"])
    #expect(kinds(#"{"a": "\#(token)", "b": "y\t\#(token)"}"#, .json) == ["hf_token"])
    #expect(kinds(#"{"a": "\u0068f_\#(Self.body)"}"#, .json) == ["hf_token"])
    let key = "-----BEGIN " + #"PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n"#
    #expect(kinds(#"{"k": "\#(key)"}"#, .json) == ["private_key"])
    #expect(
      kinds(#"{"u": "https:\/\/b.example.org\/x?sig=0123456789abcdef01"}"#, .json) == ["signed_url"]
    )
    // The letter of an escape is no part of what follows it.
    for escape in [#"\n"#, #"\t"#, #"\u000a"#, #"\\"#] {
      let text =
        #"{"a": "x\#(escape)https://ana:hunter22x@x.example.org/", "b": "\#(escape)\#(token)"}"#
      #expect(kinds(text, .json).sorted() == ["hf_token", "url_userinfo"], "\(escape)")
    }
    // A text that is cut short is searched all the same.
    #expect(kinds(#"[{"a": "x\n\#(token)"#, .json) == ["hf_token"])
  }

  @Test(arguments: [
    ("DB_PASSWORD=swordfish-1", ["env_assignment"]),
    ("export MY_TOKEN='swordfish-1'", ["env_assignment"]),
    ("my_api_key = swordfish-1", ["env_assignment"]), ("DB_PASSWORD=short", []),
    ("DB_PASSWORD=changeme", []), ("DB_PASSWORD=<secret here>", []), ("API_KEY=${API_KEY}", []),
    ("API_KEY=%KEY_OF_MINE%", []), ("SECRET=your_secret_here", []), ("SECRET=xxxxxxxxxxxx", []),
    ("DEBUG=swordfish-1", []), ("# PASSWORDS", []),
    ("HF_TOKEN=hf_" + body, ["hf_token"]), ("WANDB_API_KEY=" + hex, ["wandb_api_key"]),
    (
      "A_SECRET=swordfish-1\nB_SECRET=swordfish-1\nC_SECRET=swordfish-2",
      ["env_assignment", "env_assignment"]
    ),
  ])
  func `assignments are secrets by their names, in files of the environment`(
    text: String, expected: [String]
  ) {
    #expect(kinds(text, .environment) == expected)
    #expect(!kinds(text).contains("env_assignment"))
  }

  @Test func `passwords of a netrc file are its words behind password`() {
    let text =
      "machine a login b password swordfish\nmachine api.wandb.ai\n login user\n password \(Self.hex)\nmachine c password <none>\n"
    #expect(kinds(text, .netrc) == ["netrc_password", "wandb_api_key"])
    #expect(kinds(text) == ["wandb_api_key"])
  }

  @Test func `binaries are searched for what begins like a secret only`() {
    let text = "\0hf_\(Self.body)\0https://a:hunter22x@x.example.org\0wandb_key=\(Self.hex)"
    #expect(kinds(text, .binary) == ["hf_token"])
    #expect(search.findings(in: Array(text.utf8), .binary).first?.line == nil)
    #expect(Set(kinds(text)) == ["hf_token", "url_userinfo", "wandb_api_key"])
  }

  @Test(arguments: [
    // Digests, ids and seeds are no secrets.
    "sha256:" + hex + "0123456789abcdef01234567", "commit " + hex, hex,
    "550e8400-e29b-41d4-a716-446655440000", "seed: 18446744073709551615", "seed=0x" + hex,
    "run-20261101_120000-ab12cd34", "model.safetensors: " + hex + hex,
    "etag W/\"0123456789abcdef0123456789abcdef\"", "aGVsbG8gd29ybGQsIHRoaXMgaXMgYmFzZTY0IHRleHQ=",
    "wandb: run id ab12cd34 at commit " + hex, "wandb version 0.17.0 key metrics below",
    // What looks like the beginning of one.
    "hf_hub_download(repo_id, filename, revision, local_files_only)", "hf_transfer==0.1.8",
    "hf_" + String(repeating: "x", count: 34), "hf_aB3dE5fG7hJ9", "xhf_" + body,
    "scikit-learn sk-learn-contrib/imbalanced-learn-datasets", "task-" + body, "sk-short",
    "ghost_" + body, "ghp_short", "gho_" + String(repeating: "ab", count: 20),
    "AKIAIOSFODNN7EXAM", "AKIA" + "IOSFODNN7ABCDEFGH", "xAKIA" + "IOSFODNN7ABCDEFG",
    "AIza" + body.prefix(34), "AIza" + body.prefix(36), "xoxb-short",
    "wfx_short", "eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9", "eyJ.eyJ.x",
    // Addresses without a password or a signature.
    "https://ana@git.example.org/x.git", "git@github.com:a/b.git", "ssh://git@host.example/x",
    "https://h.example/x?sig=short", "https://h.example/x?signature=", "s3://bucket/key?sig=" + hex,
    "https://h.example/x?design=0123456789abcdef0123", "https://u:<password>@h.example/",
    "https://u:$PASS@h.example/", "postgres://u:changeme@h.example/db",
    // Public halves, certificates, and words.
    "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "-----BEGIN OPENSSH PUBLIC KEY-----", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI ana",
    "password: hunter22", "token = \"abcdefghijkl\"", "wandb_api_key=", "WANDB_API_KEY=$KEY",
    "aws_secret_access_key = <secret>", "aws_secret_access_key = " + hex.prefix(39),
    "the private key file is missing", "PuTTY-User-Key", "secret_sauce = mayonnaise",
  ])
  func `what is no credential is not taken for one`(text: String) {
    #expect(kinds(text).isEmpty)
    #expect(kinds("{\"a\": \"x\\n\(text)\"}", .json).isEmpty)
    #expect(kinds("\u{0}" + text, .binary).isEmpty)
    #expect(!Redactor.findsSecret(text))
  }

  @Test func `nested addresses are judged by the signature of any`() {
    let signed = "https://a.example.org/?u=https://b.example.org/x?sig=0123456789abcdef01"
    #expect(kinds(signed) == ["signed_url"])
    #expect(kinds("https://a.example.org/?u=https://b.example.org/x?y=0123456789abcdef01") == [])
    #expect(
      kinds("https://a.example.org/x https://b.example.org/?sig=0123456789abcdef01") == [
        "signed_url"
      ])
  }

  @Test(arguments: [
    "http://", "a://b", "-eyJ", ".eyJ", "-----BEGIN ", "a.", "wandb-", "wandb_key ", "-AIza",
    "AKIA-",
    "api.wandb.ai ", "\"\\", "hf_-", "=", "aws_secret_access_key=", "?sig=&", "a@b:", "-----END ",
  ])
  func `text made to be slow is searched in one pass`(piece: String) {
    // Two megabytes: a search that looks ahead without bound takes hours here.
    let count = (2 << 20) / piece.utf8.count
    let text = String(repeating: piece, count: count)
    #expect(search.findings(in: Array(text.utf8), [.json, .environment, .netrc]).count < 3)
  }

  @Test(arguments: [
    ("events.out.tfevents.1700000000.gpu01.12.0", "gpu01"),
    ("events.out.tfevents.1700000000.gpu01.lab.example.12.0", "gpu01.lab.example"),
    ("events.out.tfevents.1700000000.gpu01", "gpu01"), ("events.out.tfevents.17", nil),
    ("notes.txt", nil),
  ])
  func `the host in the name of an event file is found`(name: String, host: String?) {
    #expect(Redactor.hostOfEventFile(name[...]).map(String.init) == host)
  }

  @Test(arguments: [
    ("run-20261101_120000-ab12cd34", "ab12cd34"), ("run-ab12cd34.wandb", "ab12cd34"),
    ("offline-run-20261101_120000-x1", "x1"),
    (String(repeating: "ab", count: 16), String(repeating: "ab", count: 16)),
    ("run-", nil), ("runner-1", nil), ("files", nil),
  ])
  func `the id in the name of a tracker's run is found`(name: String, id: String?) {
    #expect(Redactor.runID(name[...]).map(String.init) == id)
  }

  @Test func `a path is redacted part by part and stays so`() {
    var redactor = Redactor()
    let path = "wandb/run-20261101_120000-ab12/x/events.out.tfevents.1.gpu01.1.0"
    let once = redactor.redact(path: path, isTracker: true)
    #expect(once.text == "wandb/run-20261101_120000-<id:1>/x/events.out.tfevents.1.<host:1>.1.0")
    #expect(once.counts.id == 1 && once.counts.host == 1)
    #expect(redactor.redact(path: once.text, isTracker: true).text == once.text)
    #expect(
      redactor.redact(path: "a/" + "hf_" + Self.body, isTracker: false).text
        == "a/<secret:hf_token>")
  }
}
