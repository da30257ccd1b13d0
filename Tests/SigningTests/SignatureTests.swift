import Platform
import Signing
import TestSupport
import Testing

struct SignatureTests {
  private let message = Array("what was signed\n".utf8)

  private func check(_ armour: [UInt8], _ trusted: AllowedSigners, at time: Int64 = 1_750_000_000)
    -> Verdict
  {
    verify(armour, of: message, identities: .any, at: time, allowedSigners: trusted)
  }

  @Test func `a signature made here is good and has the bytes that ssh-keygen makes`() throws {
    let signer = try Samples.signer(7)
    let armour = try signArmoured(message: message, key: signer)
    let lines = armour.split(separator: "\n").map(String.init)
    let blob = try #require(Base64.decode(lines.dropFirst().dropLast().joined()))
    #expect(blob.count == 173)
    #expect(lines.dropFirst().dropLast(2).allSatisfy { $0.utf8.count == 70 })
    let verdict = check(Array(armour.utf8), try Samples.trust("a@b", signer.publicKey))
    #expect(verdict.isGood && verdict.principal == "a@b" && verdict.line == 1)
    #expect(verdict.fingerprint == signer.publicKey.fingerprint)
    #expect(verdict.keyType == "ssh-ed25519" && verdict.word == .good)
  }

  @Test func `no bit of a signature can be turned`() throws {
    let signer = try Samples.signer(7)
    let trusted = try Samples.trust("a@b", signer.publicKey)
    let armour = try signArmoured(message: message, key: signer)
    let lines = armour.split(separator: "\n").map(String.init)
    let blob = try #require(Base64.decode(lines.dropFirst().dropLast().joined()))
    func wrap(_ blob: [UInt8]) -> [UInt8] {
      Array(
        "-----BEGIN SSH SIGNATURE-----\n\(Base64.encode(blob))\n-----END SSH SIGNATURE-----\n".utf8)
    }
    #expect(check(wrap(blob), trusted).isGood)
    for bit in 0..<(blob.count * 8) {
      var changed = blob
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!check(wrap(changed), trusted).isGood, "bit \(bit)")
    }
    for count in 0..<blob.count {
      #expect(check(wrap(Array(blob.prefix(count))), trusted).reason == .signatureMalformed)
    }
    for extra in [[0], [0, 0, 0, 0], blob] as [[UInt8]] {
      #expect(check(wrap(blob + extra), trusted).reason == .signatureMalformed)
    }
  }

  @Test func `no byte of the armour can be turned, left out or doubled unseen`() throws {
    let signer = try Samples.signer(7)
    let trusted = try Samples.trust("a@b", signer.publicKey)
    let armour = Array(try signArmoured(message: message, key: signer).utf8)
    for index in armour.indices {
      for mask: UInt8 in [1, 2, 8, 0x20, 0x80] {
        var changed = armour
        changed[index] ^= mask
        #expect(!check(changed, trusted).isGood, "byte \(index) ^ \(mask)")
      }
      var cut = armour
      cut.remove(at: index)
      // a newline between two lines of base64, or the last one, may go
      let mayGo = armour[index] == 0x0A && index > 29
      if !mayGo { #expect(!check(cut, trusted).isGood, "byte \(index) left out") }
    }
    for count in 0..<(armour.count - 1) {
      #expect(check(Array(armour.prefix(count)), trusted).reason == .signatureMalformed)
    }
    #expect(check(Array(armour.dropLast()), trusted).isGood)
  }

  @Test(arguments: ["", "\n", " ", "x"])
  func `what stands before or after the armour spoils it`(text: String) throws {
    let signer = try Samples.signer(7)
    let trusted = try Samples.trust("a@b", signer.publicKey)
    let armour = Array(try signArmoured(message: message, key: signer).utf8)
    let extra = Array(text.utf8)
    #expect(check(extra + armour, trusted).isGood == extra.isEmpty)
    #expect(check(armour + extra, trusted).isGood == extra.isEmpty)
    #expect(check(armour + armour, trusted).reason == .signatureMalformed)
    #expect(
      check([UInt8](repeating: 0x41, count: 20 << 10), trusted).reason == .signatureMalformed)
  }

  @Test func `a signature is bound to its namespace and message`() throws {
    let signer = try Samples.signer(7)
    let trusted = try Samples.trust("a@b", signer.publicKey)
    let armour = Array(try signArmoured(message: message, namespace: "wf-model", key: signer).utf8)
    #expect(check(armour, trusted).reason == .namespaceMismatch)
    let own = verify(
      armour, of: message, namespace: "wf-model", at: 0, allowedSigners: trusted)
    #expect(own.isGood)
    let other = verify(
      armour, of: message + [0], namespace: "wf-model", at: 0, allowedSigners: trusted)
    #expect(other.reason == .bytesChanged && other.word == .bad)
  }

  @Test func `an empty namespace is never signed`() throws {
    let signer = try Samples.signer(7)
    #expect(
      code { _ = try signArmoured(message: [], namespace: "", key: signer) } == .namespaceMismatch)
  }

  @Test func `OpenPGP and X.509 signatures are named with a hint to stock git`() {
    for text in ["-----BEGIN PGP SIGNATURE-----\n", "-----BEGIN SIGNED MESSAGE-----\n"] {
      let error = #expect(throws: SigningError.self) {
        try SSHSignature(armoured: Array(text.utf8))
      }
      #expect(error?.code == .signatureMalformed && error?.hint != nil)
    }
  }

  @Test func `an unreadable revocation list fails closed, but after the signature itself`() throws {
    let signer = try Samples.signer(7)
    let trusted = try Samples.trust("a@b", signer.publicKey)
    let armour = Array(try signArmoured(message: message, key: signer).utf8)
    let list = RevocationList(parsing: Array("not a key\n".utf8))
    let verdict = verify(
      armour, of: message, at: 0, allowedSigners: trusted, revocation: list)
    #expect(verdict.reason == .revocationListMalformed && verdict.word == .revoked)
    let changed = verify(
      armour, of: [], at: 0, allowedSigners: trusted, revocation: list)
    #expect(changed.reason == .bytesChanged)
  }

  @Test func `every reason has its word and its sort`() {
    let words: [SigningError.Code: SignatureWord] = [
      .unsigned: .none, .bytesChanged: .bad, .signatureMalformed: .bad, .hashUnsupported: .bad,
      .namespaceMismatch: .bad, .keyTypeUnsupported: .bad, .keyRevoked: .revoked,
      .revocationListMalformed: .revoked, .signerNotTrusted: .untrusted,
      .principalMismatch: .untrusted, .namespaceNotAllowed: .untrusted,
      .certificateOptionUnsupported: .untrusted, .keyExpired: .expired,
      .keyNotYetValid: .expired, .certificateExpired: .expired, .certificateNotYetValid: .expired,
    ]
    for (code, word) in words { #expect(code.word == word) }
    let kinds: [SigningError.Code: FailureKind] = [
      .bytesChanged: .bytesChanged, .unsigned: .unsigned, .signerNotTrusted: .untrusted,
      .keyRevoked: .expired, .keyExpired: .expired, .keyEncrypted: .wrongKey,
      .agentRefused: .wrongKey, .agentUnavailable: .wrongKey, .agentAnswerInvalid: .bytesChanged,
      .keyMalformed: .invalidInput, .keyPermissions: .invalidInput,
    ]
    for (code, kind) in kinds { #expect(code.kind == kind) }
  }
}
