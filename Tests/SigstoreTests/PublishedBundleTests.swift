import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import Sigstore

/// A package that is signed with Sigstore goes through the real share server to a page: `wf` with
/// `wf-net` on one side, `wf-serve` on the other.
struct PublishedBundleTests {
  private let program: Program
  private let services: AnsweringServer
  private let made: MadeServices
  private let files = FileSystem()
  private let slug = "examplevla-libero-spatial-two-tasks"
  private let now = ["SOURCE_DATE_EPOCH": String(MadeSigstore.now)]

  init() throws {
    program = try Program.prepared()
    let made = MadeServices(sigstore: try MadeSigstore())
    self.made = made
    services = try AnsweringServer { path, body in (try? made.answer(path, body)) ?? (500, []) }
    let package = try program.examplePackage()
    try write(try MadeServices.token(), "token")
    try write(policy(MadeServices.name), "policy.json")
    try files.write(
      CanonicalJSON.bytes(made.sigstore.trustedRoot), to: program.work + "/root.json")
    let signed = try program(
      "attest", package, "--fulcio", services.address(), "--rekor", services.address(),
      "--identity-token", "token", "--sigstore-policy-config", "policy.json", "--output",
      "bundle.json", env: now)
    try #require(signed.status == 0, "\(signed.err)")
    try #require(try program("commit", package).status == 0)
    try approve()
  }

  private func write(_ text: String, _ name: String) throws {
    try files.write(Array(text.utf8), to: program.work + "/" + name, mode: 0o600)
  }

  private func policy(_ subject: String) -> String {
    "{\"schema\":\"wf.sigstore_policy/1\",\"trusted_root\":\"root.json\",\"identities\":"
      + "[{\"issuer\":\"https://login.example\",\"subject\":\"\(subject)\"}]}"
  }

  private func approve() throws {
    let draft = try program("publish", slug, "--write-approval", "draft.json")
    try #require(draft.status == 0, "\(draft.err)")
    var record = try #require(
      try JSONValue.parse(Fixtures.read(program.work + "/draft.json")).object)
    for (field, answer) in [
      ("reviewer_label", "Reviewers"), ("audience", "customer"), ("approver", "Lead"),
      ("revocation_owner", "Team"), ("purpose", "pilot"), ("customer_consent", "given"),
      ("package_bytes", "served"),
      ("redaction_reviewed_at", UTCTime(seconds: MadeSigstore.now - 20).rfc3339),
      ("approved_at", UTCTime(seconds: MadeSigstore.now - 10).rfc3339),
      ("expires_at", UTCTime(seconds: MadeSigstore.now + 86_400).rfc3339),
    ] {
      record[field] = .string(answer)
    }
    record["password_required"] = false
    try files.write(CanonicalJSON.bytes(.object(record)), to: program.work + "/approval.json")
  }

  /// A server that trusts by this policy.
  private func server(_ policy: String) throws -> BundleServer {
    try BundleServer(beside: program, env: now) { data in
      try files.write(Array(policy.utf8), to: data + "/policy.json", mode: 0o600)
      _ = try run(["cp", program.work + "/root.json", data + "/root.json"])
    }
  }

  private func publish(_ server: BundleServer) throws -> Finished {
    let key = now.merging(["WF_API_KEY": server.key]) { $1 }
    let named = try program(
      "share", "run", "run-1", "--server", server.address, "--json", env: key)
    let run = try JSONValue.parse(named.outBytes)["cloud_run_id"]?.string ?? named.err
    return try program(
      "publish", slug, "--approval", "approval.json", "--sigstore-policy-config", "policy.json",
      "--signature", "bundle.json", "--server", server.address, "--cloud-run-id", run,
      "--confirm-public-share-upload", "--json", env: key)
  }

  @Test func `a bundle goes up, is verified there, and the page says who signed`() throws {
    let server = try server(policy(MadeServices.name))
    defer { server.stop() }
    let done = try publish(server)
    try #require(done.status == 0, "\(done.out)\(done.err)")
    let answer = try JSONValue.parse(done.outBytes)
    let url = try #require(answer["url"]?.string)
    let page = try run(["curl", "-fsS", url])
    #expect(page.status == 0, "\(page.err)")
    for words in [
      "WF-6ZQBYP9S", "https://login.example", "signature.sigstore.json", "Sigstore identity",
    ] {
      #expect(page.out.contains(words), "\(words)")
    }
    // The identity itself is nobody's business.
    #expect(!page.out.contains(MadeServices.name))
    let served = try run(["curl", "-fsS", url + "/package/signature.sigstore.json"])
    #expect(served.outBytes == (try Fixtures.read(program.work + "/bundle.json")))
    let api = url.replacing("/r/", with: "/api/public/shares/")
    let dto = try JSONValue.parse(try run(["curl", "-fsS", api]).outBytes)
    #expect(dto["verification"]?["backend"] == "sigstore")
    let checks = dto["verification"]?["checks"]?.array ?? []
    #expect(checks.first { $0["check"] == "signature" }?["state"] == "pass")
  }

  @Test func `the server goes by its own policy, whatever the publisher brings`() throws {
    let stranger = try server(policy("https://other.example/x"))
    defer { stranger.stop() }
    let refused = try publish(stranger)
    #expect(refused.status == 31)
    #expect(try Program.reason(refused) == "identity_mismatch", "\(refused.out)")
  }

  @Test func `a server without a policy, or with a root that is too large, takes no bundle`() throws
  {
    let server = try server(policy(MadeServices.name))
    defer { server.stop() }
    let root = program.folder.path + "/data/root.json"
    try files.write(
      [UInt8](repeating: 0x20, count: TrustedRoot.sizeLimit + 1), to: root, mode: 0o600)
    for _ in 0..<2 {
      let refused = try publish(server)
      #expect(refused.status == 31)
      #expect(try Program.reason(refused) == "policy_missing", "\(refused.out)")
      if files.exists(root) { try files.remove(root) }
    }
  }
}

/// `wf-serve` on loopback, with a workspace that trusts Sigstore identities.
private struct BundleServer {
  let key: String
  let address: String
  private let process: ChildProcess

  /// - Parameter prepare: puts policy.json and its root into the data folder.
  init(
    beside program: Program, env: [String: String], _ prepare: (String) throws -> Void
  ) throws {
    let binary = Path.join(Path.parent(program.binary), "wf-serve")
    let data = program.folder.path + "/data"
    let made = try run(
      [binary, "run", "--init", "--setup-only", "--data", data, "--bind", "127.0.0.1:0"], env: env)
    key = String(made.out.split(whereSeparator: \.isWhitespace).last ?? "")
    try prepare(data)
    let configuration: JSONValue = [
      "schema": "wf.share_server/1", "public_url": nil,
      "workspaces": [
        ["name": "main", "trusted_signers": nil, "sigstore_policy": "policy.json"]
      ],
    ]
    try FileSystem().write(
      try CanonicalJSON.bytes(configuration), to: data + "/server.json", mode: 0o600)
    let port = try freePort()
    address = "http://127.0.0.1:\(port)"
    process = try ChildProcess(
      ["timeout", "-k", "1", "180", "env"] + env.map { "\($0.key)=\($0.value)" }
        + ["bash", "-c", "exec \"$@\" > /dev/null", "bash", binary, "run", "--data", data]
        + ["--bind", "127.0.0.1:\(port)"], complaints: .kept)
    for _ in 0..<500 {
      if try run(["curl", "-fsS", address + "/healthz"]).status == 0 { return }
      usleep(20_000)
    }
    throw ServerFailedToStart(why: process.complaints())
  }

  func stop() { process.end() }
}

private struct ServerFailedToStart: Error {
  let why: String
}
