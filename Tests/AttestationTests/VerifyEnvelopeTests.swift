import Attestation
import JSON
import Platform
import Signing
import TestSupport
import Testing

struct VerifyEnvelopeTests {
  private func verify(
    _ envelope: Envelope, by trusted: TrustedSigners, now: Int64 = Samples.now,
    time: TimeDemand = .claimed
  ) throws -> AttestationError.Code? {
    let package = try Samples.package()
    return code { _ = try envelope.verify(by: trusted, of: package, now: now, time: time) }
  }

  @Test func `a signed statement is checked before it is given out, and verifies`() throws {
    let package = try Samples.package()
    let statement = try EvidenceStatement(about: package, now: Samples.now)
    let bytes = try statement.signed(by: Samples.signer(1), about: package, now: Samples.now)
    let found = try Envelope(parsing: bytes).verify(
      by: Samples.trusted(), of: package, now: Samples.now)
    #expect(found.statement == statement && found.label == "lab 1")
    #expect(found.key == (try Samples.signer(1).publicKey) && found.timeSource == .claimed)
    // The same key and package give the same bytes.
    #expect(
      try statement.signed(by: Samples.signer(1), about: package, now: Samples.now) == bytes)
    let future = try EvidenceStatement(about: package, now: Samples.now + 3600)
    #expect(
      code { _ = try future.signed(by: Samples.signer(1), about: package, now: Samples.now) }
        == .timestampInFuture)
  }

  @Test func `one good signature is enough, whatever stands beside it`() throws {
    let envelope = try Samples.envelope(try Samples.payload(), by: [9, 1, 8])
    #expect(try verify(envelope, by: Samples.trusted()) == nil)
    #expect(try verify(envelope, by: Samples.trusted([.init(number: 2)])) == .signerNotListed)
    #expect(
      try verify(
        envelope, by: Samples.trusted([.init(number: 1), .init(number: 8)], revoked: [1])) == nil)
    #expect(try verify(envelope, by: Samples.trusted(revoked: [1])) == .signerRevoked)
  }

  @Test func `a second valid signature for the same bytes does not exist`() throws {
    let good = try Samples.envelope(try Samples.payload())
    let signature = good.signatures[0].bytes
    func verdict(_ bytes: [UInt8]) throws -> AttestationError.Code? {
      try verify(
        Envelope(
          payload: good.payload, payloadType: good.payloadType,
          signatures: [Envelope.Signature(keyID: good.signatures[0].keyID, bytes: bytes)]),
        by: Samples.trusted())
    }
    #expect(try verdict(signature) == nil)
    // S + L, little-endian, behind R
    let order: [UInt8] = [
      0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE,
      0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ]
    var sum = signature
    var carry: UInt16 = 0
    for index in 0..<32 {
      carry += UInt16(signature[32 + index]) + UInt16(order[index])
      sum[32 + index] = UInt8(truncatingIfNeeded: carry)
      carry >>= 8
    }
    #expect(try verdict(sum) == .bytesChanged)
    for length in [0, 32, 63] {
      #expect(try verdict(Array(signature.prefix(length))) == .bytesChanged)
    }
    #expect(try verdict(signature + [0]) == .bytesChanged)
  }

  @Test func `an SSH signature by the same key is none here`() throws {
    let payload = try Samples.payload()
    let key = try Samples.signer(1)
    let armour = try signArmoured(message: payload, namespace: "git", key: key)
    let body = armour.split(separator: "\n").dropFirst().dropLast().joined()
    let blob = try #require(Base64.decode(body))
    let envelope = Envelope(
      payload: payload, payloadType: Envelope.inTotoType,
      signatures: [
        Envelope.Signature(keyID: key.publicKey.fingerprint, bytes: Array(blob.suffix(64)))
      ])
    #expect(try verify(envelope, by: Samples.trusted()) == .bytesChanged)
  }

  @Test func `a hint decides only between two ways to fail`() throws {
    let payload = try Samples.payload()
    for hint in ["", "SHA256:x", try Samples.signer(2).publicKey.fingerprint] {
      let envelope = try Samples.envelope(payload, keyID: { _ in hint })
      #expect(
        try verify(envelope, by: Samples.trusted([.init(number: 1), .init(number: 2)])) == nil)
    }
    let foreign = try Samples.envelope(payload, by: [9], keyID: { _ in nil })
    #expect(try verify(foreign, by: Samples.trusted()) == .signerNotListed)
    let first = try Samples.signer(1).publicKey.fingerprint
    let named = try Samples.envelope(payload, by: [9], keyID: { _ in first })
    #expect(try verify(named, by: Samples.trusted()) == .bytesChanged)
  }

  @Test func `payload type and signatures are looked at before anything else`() throws {
    let payload = try Samples.payload()
    let none = Envelope(payload: payload, payloadType: Envelope.inTotoType, signatures: [])
    #expect(try verify(none, by: Samples.trusted()) == .unsigned)
    let other = Envelope(payload: payload, payloadType: "text/plain", signatures: [])
    #expect(try verify(other, by: Samples.trusted()) == .payloadTypeWrong)
    // What nobody listed has signed is not even read.
    let garbage = try Samples.envelope(Array("{".utf8), by: [9])
    #expect(try verify(garbage, by: Samples.trusted()) == .signerNotListed)
    let signed = try Samples.envelope(Array("{".utf8), by: [1])
    #expect(try verify(signed, by: Samples.trusted()) == .statementMalformed)
  }

  @Test func `both ends of a window belong to it`() throws {
    let envelope = try Samples.envelope(try Samples.payload())
    func verdict(_ after: String?, _ before: String?) throws -> AttestationError.Code? {
      try verify(envelope, by: Samples.trusted([.init(after: after, before: before)]))
    }
    let created = "2026-05-04T10:00:00Z"
    #expect(try verdict(created, created) == nil)
    #expect(try verdict("2026-05-04T10:00:01Z", nil) == .signerNotYetValid)
    #expect(try verdict(nil, "2026-05-04T09:59:59Z") == .signerExpired)
    #expect(try verdict("2026-05-04T12:00:00+02:00", nil) == nil)
  }

  @Test func `a proven time decides where one is demanded, and the present without one`() throws {
    let envelope = try Samples.envelope(try Samples.payload())
    let trusted = try Samples.trusted([
      .init(after: "2026-05-01T00:00:00Z", before: "2026-06-01T00:00:00Z")
    ])
    let day: Int64 = 86_400
    let table: [(Int64, TimeDemand, AttestationError.Code?)] = [
      (Samples.now + 60 * day, .claimed, nil),
      (Samples.now + 60 * day, .proven(nil), .signerExpired),
      (Samples.now + 60 * day, .proven(Samples.now + day), nil),
      (Samples.now + 60 * day, .proven(Samples.now + 60 * day), .signerExpired),
      (Samples.now, .proven(nil), nil),
    ]
    for (index, row) in table.enumerated() {
      #expect(try verify(envelope, by: trusted, now: row.0, time: row.1) == row.2, "row \(index)")
    }
    // A statement that dates itself outside of the window is not saved by the present.
    let early = try Samples.trusted([.init(after: "2026-06-01T00:00:00Z")])
    #expect(
      try verify(envelope, by: early, now: Samples.now + 60 * day, time: .proven(nil))
        == .signerNotYetValid)
    let found = try envelope.verify(
      by: trusted, of: Samples.package(), now: Samples.now, time: .proven(Samples.now))
    #expect(found.timeSource == .proven)
  }

  @Test func `scopes are patterns of slugs with a star`() throws {
    let envelope = try Samples.envelope(try Samples.payload())
    for scope in [
      "*", "examplevla-libero-spatial-two-tasks", "examplevla-*", "*-tasks", "e*libero*two*",
      "**",
    ] {
      #expect(try verify(envelope, by: Samples.trusted([.init(scopes: ["x", scope])])) == nil)
    }
    for scope in ["", "examplevla", "?*", "*-task", "Examplevla-*", "!x", "other-*", "x,*"] {
      #expect(
        try verify(envelope, by: Samples.trusted([.init(scopes: [scope])])) == .signerNotAllowed)
    }
    #expect(try verify(envelope, by: Samples.trusted([.init(scopes: [])])) == .signerNotAllowed)
    let hostile = String(repeating: "*a", count: 20_000)
    #expect(
      try verify(envelope, by: Samples.trusted([.init(scopes: [hostile])])) == .signerNotAllowed)
  }

  @Test func `of several rows the failure that got furthest is told`() throws {
    let envelope = try Samples.envelope(try Samples.payload(), by: [1, 2])
    let late = "2027-01-01T00:00:00Z"
    #expect(
      try verify(
        envelope,
        by: Samples.trusted([.init(number: 1, scopes: []), .init(number: 2, after: late)]))
        == .signerNotYetValid)
    #expect(
      try verify(
        envelope,
        by: Samples.trusted([.init(number: 1, scopes: []), .init(number: 2)], revoked: [2]))
        == .signerNotAllowed)
    // The same key may stand in two rows with two windows.
    #expect(
      try verify(
        envelope,
        by: Samples.trusted([
          .init(number: 1, before: "2026-01-01T00:00:00Z"),
          .init(number: 1, after: "2026-05-01T00:00:00Z"),
        ])) == nil)
  }

  @Test func `every word has the exit that SIGNING §7 gives it`() {
    let kinds: [FailureKind: [AttestationError.Code]] = [
      .invalidInput: [.trustedSignersMalformed], .missing: [.subjectMissing],
      .unsigned: [.unsigned], .untrusted: [.signerNotListed, .signerNotAllowed],
      .expired: [.signerExpired, .signerNotYetValid, .signerRevoked],
      // No reader says it: a package that has no test result to state.
      .refused: [.verdictWithoutTest],
    ]
    for code in AttestationError.Code.allCases {
      let kind = kinds.first { $0.value.contains(code) }?.key ?? .bytesChanged
      #expect(code.kind == kind, "\(code)")
    }
  }
}
