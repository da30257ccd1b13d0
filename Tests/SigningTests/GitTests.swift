import Platform
import Signing
import TestSupport
import Testing

/// Stock git with our key and our trust file, and our verdict on what git signed.
struct GitTests {
  private let folder = TemporaryFolder()

  @Test func `git signs with a generated key, and both sides find the commit good`() throws {
    let keys = KeyFolder(path: folder.path + "/wf")
    let made = try keys.generateKey(
      randomBytes: { [UInt8](repeating: 6, count: $0) }, now: 1_700_000_000)
    let settings = [
      "-c", "gpg.format=ssh", "-c", "user.signingkey=\(keys.keyPath)",
      "-c", "gpg.ssh.allowedSignersFile=\(keys.trust.path)",
    ]
    let store = folder.path + "/store"
    #expect(try git(["init", "-q", "--object-format=sha256", store]).status == 0)
    let commit = try git(
      settings + ["commit", "-q", "-S", "--allow-empty", "-m", "one"], in: store)
    try #require(commit.status == 0, "\(commit.err)")
    #expect(try git(settings + ["verify-commit", "HEAD"], in: store).status == 0)

    let (payload, armour) = split(try git(["cat-file", "commit", "HEAD"], in: store).outBytes)
    let trust = try keys.trust.read()
    let verdict = verify(armour, of: payload, at: 1_767_225_600, allowedSigners: trust)
    #expect(verdict.isGood && verdict.principal == made.principal)
    let early = verify(armour, of: payload, at: 1_600_000_000, allowedSigners: trust)
    #expect(early.reason == .keyNotYetValid)
    let ours = try signArmoured(message: payload, key: try keys.signer(agent: nil))
    #expect(Array(ours.utf8) == armour)
  }

  /// The commit without its signature header, and the armour in that header.
  private func split(_ body: [UInt8]) -> (payload: [UInt8], armour: [UInt8]) {
    var payload: [String] = []
    var armour: [String] = []
    var isInside = false
    for line in String(decoding: body, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      let name = "gpgsig-sha256 "
      if line.hasPrefix(name) || (isInside && line.hasPrefix(" ")) {
        armour.append(String(line.dropFirst(isInside ? 1 : name.count)))
        isInside = true
      } else {
        payload.append(String(line))
        isInside = false
      }
    }
    return (
      Array(payload.joined(separator: "\n").utf8),
      Array((armour.joined(separator: "\n") + "\n").utf8)
    )
  }
}
