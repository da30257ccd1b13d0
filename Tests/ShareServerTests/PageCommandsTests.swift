import JSON
import Platform
import ShareServer
import TestSupport
import Testing

/// The commands of the page, taken off it and run as they stand, against a served package.
struct PageCommandsTests {
  /// What stands in the `pre` elements, in their order.
  private static func commands(_ page: String) -> [String] {
    page.split(separator: "<pre").dropFirst().compactMap { part in
      guard let start = part.firstRange(of: "<code>"), let end = part.firstRange(of: "</code>")
      else { return nil }
      return String(part[start.upperBound..<end.lowerBound])
        .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
        .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
    }
  }

  private func run(_ commands: [String], link: String, by program: Program) throws -> Finished {
    let lines =
      [
        "set -eo pipefail; export GIT_CONFIG_GLOBAL=/dev/null; wf() { \"$WF\" \"$@\"; }",
        "rm -rf check; mkdir check; cp signers.json signer.pub check; cd check; LINK=\(link)",
      ] + commands
    return try program.shell(lines.joined(separator: "\n"))
  }

  @Test func `they do what the page says, and notice a changed byte`() throws {
    let program = try Program.prepared()
    let sealed = try SealedPackage(by: program)
    let server = try PageServer()
    let tar = try Fixtures.read(sealed.work + "/package.tar")
    try server.put(tar, at: "package.tar")
    let page = try PageExamples.text(sealed.dto(), files: sealed.shared)
    let commands = Self.commands(page)
    #expect(commands.count == 5)
    let done = try run(commands, link: server.address("share"), by: program)
    #expect(done.status == 0, "\(done.out)\(done.err)")
    let out = done.out + done.err
    for name in SealedPackage.members {
      #expect(out.contains("\n\(name): OK\n"), "\(name) in \(out)")
      #expect(out.contains("\n\(name) OK\n"), "\(name) in \(out)")
    }
    for words in [
      "attestation ok", "\"_type\":\"https://in-toto.io/Statement/v1\"", sealed.fingerprint,
      "Good \"git\" signature", "tree OK",
    ] {
      #expect(out.contains(words), "\(words) in \(out)")
    }
    #expect(!out.contains("DIFFERS"))

    let place = try #require(tar.firstRange(of: Array("ExampleVLA".utf8))?.lowerBound)
    var changed = tar
    changed[place] ^= 1
    try server.put(changed, at: "package.tar")
    let hashes = try #require(commands.first { $0.contains("sha256sum -c") })
    let noticed = try run([commands[0], hashes], link: server.address("share"), by: program)
    #expect(noticed.status != 0 && noticed.out.contains(": FAILED"), "\(noticed.out)")
    let verified = try run([commands[0], commands[1]], link: server.address("share"), by: program)
    #expect(verified.status == 20, "\(verified.out)")
  }
}
