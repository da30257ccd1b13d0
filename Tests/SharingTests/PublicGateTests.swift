import Attestation
import Evidence
import JSON
import Platform
import Sharing
import Signing
import TestSupport
import Testing

struct PublicGateTests {
  @Test func `names are exact and nothing else may lie there`() throws {
    for name in [
      "notes.txt", "Claim.json", "claim.json ", "episode_results.jsonl",
      "raw_evidence_manifest.json", "proof/other", "proof/commit/x", "sub/claim.json",
    ] {
      let package = try SharedPackage()
      try package.write([1], to: name)
      #expect(package.refusal()?.code == .memberNotAllowed, "\(name)")
    }
    let package = try SharedPackage()
    let made = try run(["ln", "-sf", "/etc/hostname", package.path + "/evidence.md"])
    try #require(made.status == 0)
    #expect(package.refusal()?.code == .memberNotAllowed)
  }

  @Test(arguments: SharedName.members + [.envelope])
  func `a file that is not there is missed`(_ name: SharedName) throws {
    let package = try SharedPackage()
    try FileSystem().remove(package.path + "/" + name.rawValue)
    let error = package.refusal()
    #expect(error?.code == (name == .envelope ? .unsigned : .memberMissing))
    #expect(error?.place == name.rawValue)
  }

  @Test(arguments: SharedName.members + [.envelope])
  func `a flipped byte in any file is refused in verification's own word`(
    _ name: SharedName
  ) throws {
    let package = try SharedPackage()
    let path = package.path + "/" + name.rawValue
    var bytes = try Fixtures.read(path)
    let place = bytes.count / 2
    bytes[place] = bytes[place] == 0x61 ? 0x62 : 0x61
    try FileSystem().write(bytes, to: path)
    let error = try #require(package.refusal())
    #expect(error.code == .verificationFailed || error.code == .fieldUnknown, "\(error)")
    #expect(error.kind != .otherSideRefused)
  }

  @Test func `a file over its limit is not read`() throws {
    let package = try SharedPackage()
    let grown = try run(["truncate", "-s", "1048577", package.path + "/claim.json"])
    try #require(grown.status == 0)
    #expect(package.refusal()?.code == .memberTooLarge)
  }

  @Test func `two files of signatures are one too many`() throws {
    let package = try SharedPackage()
    try package.write(Array("{}".utf8), to: "signature.sigstore.json")
    #expect(package.refusal()?.code == .signaturesMany)
  }

  @Test func `only a listed signer counts, in its window and for its claims`() throws {
    let package = try SharedPackage()
    let other = try SharedPackage.signer(6)
    let foreign = ShareTrust.selfSign(
      TrustedSigners([TrustedSigners.Signer(label: "x", key: other.publicKey)]))
    let error = package.refusal(trust: foreign)
    #expect(error?.reason == "signer_not_listed" && error?.kind == .untrusted)
    func configured(_ change: (inout JSONObject) -> Void) throws -> ShareTrust {
      var row: JSONObject = [
        "label": "example signer", "public_key": .string(package.key.publicKey.line()),
        "fingerprint": .string(package.key.publicKey.fingerprint), "valid_after": nil,
        "valid_before": nil,
      ]
      change(&row)
      let file: JSONValue = [
        "schema": "wf.trusted_signers/1", "signers": [.object(row)], "revoked": [],
      ]
      return .selfSign(try TrustedSigners(parsing: try CanonicalJSON.bytes(file)))
    }
    let late = try configured { $0["valid_before"] = "2026-11-20T00:00:00Z" }
    #expect(package.refusal(trust: late)?.reason == "signer_expired")
    let elsewhere = try configured { $0["scopes"] = ["another-*"] }
    #expect(package.refusal(trust: elsewhere)?.reason == "signer_not_allowed")
    let none = try configured { $0["scopes"] = [] }
    #expect(package.refusal(trust: none)?.reason == "signer_not_allowed")
    let here = try configured { $0["scopes"] = ["examplevla-*"] }
    #expect(package.refusal(trust: here) == nil)
  }

  @Test func `a signer's label shows no address of a person`() throws {
    let package = try SharedPackage()
    let trust = ShareTrust.selfSign(
      TrustedSigners([
        TrustedSigners.Signer(label: "Ana ana@lab.example", key: package.key.publicKey)
      ]))
    let share = try package.check(trust: trust)
    #expect(share.signer == "Ana <email> \(package.key.publicKey.fingerprint)")
  }

  @Test func `the name that wf gives a key is nobody's address`() throws {
    let package = try SharedPackage()
    let trust = ShareTrust.selfSign(
      TrustedSigners([
        TrustedSigners.Signer(label: "0a1b2c@keys.invalid", key: package.key.publicKey)
      ]))
    #expect(try package.check(trust: trust).signer.hasPrefix("0a1b2c@keys.invalid SHA256:"))
  }

  @Test func `a Sigstore configuration wants a Sigstore bundle`() throws {
    let package = try SharedPackage()
    let trust = ShareTrust.sigstore(policy: Array("{}".utf8), trustedRoot: [])
    #expect(package.refusal(trust: trust)?.code == .unsigned)
  }

  @Test func `another package than the approved one is refused`() throws {
    let package = try SharedPackage()
    let digest = "sha256:" + String(repeating: "0", count: 64)
    for change: JSONValue in [
      [
        "package_id": "pkg_26CK8653DPXCVNBV3Y6ZQBYP9S", "manifest_digest": .string(digest),
      ],
      [
        "package_id": "pkg_26CK8653DPXCVNBV3Y6ZQBYP9T",
        "manifest_digest": .string(try package.check().manifestDigest),
      ],
    ] {
      let error = package.refusal(approval: try approval(["package": change]))
      #expect(error?.code == .approvalMismatch)
    }
    #expect(package.refusal(approval: try approval()) == nil)
  }

  @Test func `nothing rides along in the envelope`() throws {
    let package = try SharedPackage()
    let path = package.path + "/signature.dsse.json"
    var envelope = try #require(try JSONValue.parse(try Fixtures.read(path)).object)
    envelope["note"] = "CANARY-4-provider-answer"
    try package.write(try CanonicalJSON.bytes(.object(envelope)), to: "signature.dsse.json")
    let error = package.refusal()
    #expect(error?.code == .fieldUnknown && error?.place == "signature.dsse.json")
  }

  @Test func `what is stored reads back the same, and shows no more when somebody edits it`()
    throws
  {
    let share = try SharedPackage().check()
    let again = try VerifiedShare(json: share.json)
    #expect(again == share && again.json == share.json)
    var value = try #require(try JSONValue.parse(Array(share.json.utf8)).object)
    var shown = try #require(value["shown"]?.object)
    shown["purpose"] = "CANARY-16"
    var scope = try #require(shown["scope"]?.object)
    scope["path"] = "/home/ana/CANARY-5"
    shown["scope"] = .object(scope)
    shown["wording"] = ["CANARY-12", "tamper_evident_when_signed"]
    value["shown"] = .object(shown)
    let edited = try VerifiedShare(
      json: String(decoding: try CanonicalJSON.bytes(.object(value)), as: UTF8.self))
    #expect(!edited.json.contains("CANARY"))
    #expect(edited.json.contains("\"other\""))
    for bad in ["", "{}", "[]", "{\"schema\":\"wf.verified_share/1\"}"] {
      #expect(throws: SharingError.self) { try VerifiedShare(json: bad) }
    }
  }
}
