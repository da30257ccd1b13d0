import JSON
import Platform
import TestSupport
import Testing

/// The real programs on both sides: `wf` with `wf-net`, and `wf-serve`.
struct PublishingTests {
  private let program: Program
  private let server: ServedFolder
  private let slug = "examplevla-libero-spatial-two-tasks"
  private var env: [String: String] {
    ["SOURCE_DATE_EPOCH": "\(TestPackage.now)", "WF_API_KEY": server.key]
  }
  private var address: String { "http://127.0.0.1:\(server.port)" }

  init() throws {
    program = try Program.prepared()
    server = try ServedFolder()
    let committed = try program("commit", try program.examplePackage())
    try #require(committed.status == 0, "\(committed.err)")
    let signers = try program("key", "show", "--trusted-signer-config")
    for path in [program.work + "/signers.json", server.data + "/trusted-signers.json"] {
      try FileSystem().write(signers.outBytes, to: path, mode: 0o600)
    }
    try FileSystem().write(
      Array(try TestPackage.approval(["password_required": false]).utf8),
      to: program.work + "/approval.json")
  }

  private func wf(_ arguments: String...) throws -> JSONValue {
    let done = try program(arguments: arguments + ["--server", address, "--json"], env: env)
    try #require(done.status == 0, "\(arguments): \(done.out)\(done.err)")
    return try JSONValue.parse(done.outBytes)
  }

  private func publish(_ run: String) throws -> (path: String, share: String, sent: Int64) {
    let answer = try wf(
      "publish", slug, "--approval", "approval.json", "--trusted-signer-config", "signers.json",
      "--cloud-run-id", run, "--confirm-public-share-upload")
    let url = try #require(answer["url"]?.string)
    try #require(url.hasPrefix(address + "/r/wfs_"))
    return (
      String(url.dropFirst(address.utf8.count)), try #require(answer["share_id"]?.string),
      try #require(answer["bytes_sent"]?.int)
    )
  }

  @Test func `a version becomes a page behind a link, until the link is ended`() throws {
    let run = try #require(try wf("share", "run", "run-2026-11-21-a")["cloud_run_id"]?.string)
    let link = try publish(run)
    #expect(link.sent > 10_000)
    let page = try server.wire("GET", link.path)
    #expect(page.status == 200)
    for text in ["WF-6ZQBYP9S", "Inconclusive", "Customer safety review"] {
      #expect(page.text.contains(text))
    }
    let again = try publish(run)
    #expect(again.sent == 0 && again.path == link.path)
    let renewed = try #require(try wf("share", "rotate", link.share)["url"]?.string)
    #expect(try server.wire("GET", link.path).status == 404)
    let path = String(renewed.dropFirst(address.utf8.count))
    #expect(try server.wire("GET", path).status == 200)
    _ = try wf("share", "revoke", link.share)
    #expect(try server.wire("GET", path).status == 404)
    #expect(!server.log.contains("wfs_") && !server.log.contains("run-2026-11-21-a"))
  }
}
