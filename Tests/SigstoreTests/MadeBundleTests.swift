import Crypto
import JSON
import Platform
import SwiftASN1
import Testing
import X509

@testable import Sigstore

struct MadeBundleTests {
  @Test func `both generations of logs are read`() throws {
    let sigstore = try MadeSigstore()
    let found = try MadeBundle(sigstore).verified()
    #expect(found.time == MadeSigstore.entryTime && found.timeSource == .log)
    #expect(found.logIndex == 1002 && found.identityClass == .service)
    let second = try MadeBundle(sigstore, isSecondGeneration: true).verified()
    #expect(second.timeSource == .timestamp && second.logIndex == 2)
  }

  @Test func `a version 0.1 may rest on a promise that holds`() throws {
    var bundle = try MadeBundle(try MadeSigstore())
    bundle.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.1"
    #expect(try bundle.reason() == nil)
    bundle.hasCheckpoint = false
    #expect(try bundle.reason() == nil)
    bundle.hasProof = false
    #expect(try bundle.reason() == nil)
    bundle.stamps = [MadeStamp()]
    bundle.promiseIsGood = false
    #expect(try bundle.reason() == .logPromiseInvalid)
    bundle.hasPromise = false
    #expect(try bundle.reason() == .bundleMalformed)
  }

  @Test func `a time that fails is not counted, and the last one's word is told`() throws {
    var bundle = try MadeBundle(try MadeSigstore())
    bundle.promiseIsGood = false
    #expect(try bundle.reason() == .logPromiseInvalid)
    bundle.stamps = [MadeStamp()]
    #expect(try bundle.reason() == nil)
    #expect(try bundle.verified().timeSource == .timestamp)
    bundle.stamps = [MadeStamp(), MadeStamp(overOther: true)]
    #expect(try bundle.reason() == nil)
    // with tokens demanded, the promise is not the reason
    bundle.stamps = [MadeStamp(overOther: true)]
    #expect(try bundle.reason(",\"require_timestamp\":true") == .timestampInvalid)
    bundle.hasPromise = false
    bundle.stamps = []
    #expect(try bundle.reason() == .timestampMissing)
  }

  @Test func `every time that counts must lie in the certificate`() throws {
    var bundle = try MadeBundle(try MadeSigstore())
    bundle.stamps = [MadeStamp(time: UTCTime(seconds: 1_500_001).compact)]
    #expect(try bundle.reason() == .certificateExpired)
    bundle.stamps = [MadeStamp(time: UTCTime(seconds: 1_399_999).compact)]
    #expect(try bundle.reason() == .certificateNotYetValid)
    bundle.stamps = [MadeStamp(time: "19700118083959.25Z")]
    #expect(try bundle.reason() == nil)
  }

  @Test func `a token that is broken proves nothing`() throws {
    var bundle = try MadeBundle(try MadeSigstore(), isSecondGeneration: true)
    bundle.stamps = [MadeStamp(carriesCertificate: false)]
    #expect(try bundle.reason() == nil)
    for stamp in [
      MadeStamp(overOther: true), MadeStamp(namesCertificate: false), MadeStamp(namesOther: true),
      MadeStamp(signsOther: true), MadeStamp(status: 2), MadeStamp(time: "19700118"),
    ] {
      bundle.stamps = [stamp]
      #expect(try bundle.reason() == .timestampInvalid)
    }
    bundle.stamps = [MadeStamp()]
    bundle.sigstore.mayStamp = 1_000_000...1_449_999
    #expect(try bundle.reason() == .timestampUntrusted)
    bundle.sigstore.mayStamp = 1_000_000...1_450_000
    #expect(try bundle.reason() == nil)
  }

  @Test func `a threshold counts operators`() throws {
    var bundle = try MadeBundle(try MadeSigstore(), isSecondGeneration: true)
    let two = ",\"require_timestamp\":true,\"timestamp_threshold\":2"
    let later = UTCTime(seconds: 1_450_001).compact
    bundle.stamps = [MadeStamp(), MadeStamp(time: later)]
    #expect(try bundle.reason(two) == .timestampMissing)
    bundle.stamps = [MadeStamp(stamper: 1, time: later), MadeStamp()]
    #expect(try bundle.reason(two) == nil)
    #expect(try bundle.verified(two).time == MadeSigstore.entryTime)
  }

  @Test func `a log counts in its time`() throws {
    var bundle = try MadeBundle(try MadeSigstore())
    bundle.sigstore.mayLog = 1_000_000...1_449_999
    #expect(try bundle.reason() == .logUntrusted)
    bundle.isSecondGeneration = true
    bundle.stamps = [MadeStamp()]
    #expect(try bundle.reason() == .logUntrusted)
    bundle.sigstore.mayLog = 1_450_000...2_000_000
    // the certificate log as well, whose word is older
    #expect(try bundle.reason() == .sctInvalid)
  }

  @Test func `a certificate timestamp counts by its log and its time`() throws {
    let sigstore = try MadeSigstore()
    let identity = try MadeSigstore.identity().get()
    func reason(_ leaf: MadeCertificate) throws -> SigstoreError.Code? {
      try MadeBundle(sigstore, leaf: leaf).reason()
    }
    #expect(try reason(sigstore.leaf(identity, sctAt: 1_000_000_000)) == nil)
    #expect(try reason(sigstore.leaf(identity, sctAt: 999_999_999)) == .sctInvalid)
    #expect(try reason(sigstore.leaf(identity, logIDFlip: 1)) == .sctInvalid)
    let without = try MadeCertificate.make(
      subject: DistinguishedName(), issuer: sigstore.intermediate, valid: 1_400_000...1_500_000,
      key: .init(), identity)
    #expect(try reason(without) == .sctMissing)
  }

  @Test func `issuer and subject are read from their one place`() throws {
    let sigstore = try MadeSigstore()
    func found(
      _ names: [GeneralName] = [.uniformResourceIdentifier("https://made.example/x")],
      issuer: String? = "https://login.example", old: String? = nil
    ) throws -> VerifiedBundle {
      let identity = try MadeSigstore.identity(names, issuer: issuer, old: old).get()
      return try MadeBundle(sigstore, leaf: try sigstore.leaf(identity)).verified()
    }
    #expect(try found(issuer: nil, old: "https://login.example").issuer == "https://login.example")
    #expect(try found(old: "https://login.example").subject == "https://made.example/x")
    for (issuer, old) in [
      (nil, nil), ("https://login.example", "https://other.example"), (nil, ""),
    ] as [(String?, String?)] {
      #expect(throws: SigstoreError(.issuerMismatch, "")) { try found(issuer: issuer, old: old) }
    }
    #expect(try found([.rfc822Name("someone@made.example")]).identityClass == .person)
    #expect(try found([.rfc822Name("a@b.iam.gserviceaccount.com")]).identityClass == .service)
    let workflow = GeneralName.uniformResourceIdentifier("https://made.example/w@refs/heads/main")
    #expect(try found([workflow]).identityClass == .workflow)
    let username = GeneralName.otherName(
      .init(
        typeID: [1, 3, 6, 1, 4, 1, 57264, 1, 7],
        value: try ASN1Any(erasing: ASN1UTF8String("someone!made.example"))))
    let person = try found([username])
    #expect(person.subject == "someone!made.example" && person.identityClass == .person)
    for names in [[], [workflow, workflow], [.dnsName("made.example")]] as [[GeneralName]] {
      #expect(throws: SigstoreError(.identityMismatch, "")) { try found(names) }
    }
  }

  @Test func `an entry that is about something else is refused`() throws {
    var bundle = try MadeBundle(try MadeSigstore())
    bundle.kind = ("hashedrekord", "0.0.1")
    #expect(try bundle.reason() == nil)
    bundle.kind = ("dsse", "0.0.1")
    #expect(try bundle.reason() == .logEntryMismatch)
    bundle.kind = nil
    bundle.bodyDigest = sha256([1])
    #expect(try bundle.reason() == .logEntryMismatch)
    bundle.isSecondGeneration = true
    bundle.stamps = [MadeStamp()]
    #expect(try bundle.reason() == .logEntryMismatch)
  }

  @Test func `a second line of the log that fails refuses the checkpoint`() throws {
    var bundle = try MadeBundle(try MadeSigstore())
    let keyID = sha256(Array(bundle.sigstore.log.publicKey.derRepresentation))
    bundle.moreLines = { _ in [MadeBundle.line("log1.example", keyID, [1, 2, 3])] }
    #expect(try bundle.reason() == .checkpointInvalid)
    bundle.moreLines = { _ in [MadeBundle.line("log1.example", [9, 9, 9, 9], [1, 2, 3])] }
    #expect(try bundle.reason() == nil)
  }

  @Test func `witnesses of the policy are counted`() throws {
    var bundle = try MadeBundle(try MadeSigstore(), isSecondGeneration: true)
    let key = Curve25519.Signing.PrivateKey()
    let material = [4] + Array(key.publicKey.rawRepresentation)
    let keyID = sha256(Array("w.example\n".utf8) + material)
    let vkey =
      "w.example+\(Hex.encode(keyID.prefix(4)))+\(Base64.encode(material))"
    let policy = ",\"witnesses\":[\"\(vkey)\"],\"witness_quorum\":1"
    #expect(try bundle.reason(policy) == .witnessQuorumMissing)
    func cosigned(_ time: Int64) -> ([UInt8]) throws -> [String] {
      { text in
        let signed = Array("cosignature/v1\ntime \(time)\n".utf8) + text
        let signature = bigEndian(UInt64(time), 8) + Array(try key.signature(for: signed))
        return [MadeBundle.line("w.example", keyID, signature)]
      }
    }
    bundle.moreLines = cosigned(MadeSigstore.entryTime)
    #expect(try bundle.reason(policy) == nil)
    bundle.moreLines = cosigned(MadeSigstore.now + 1)
    #expect(try bundle.reason(policy) == .cosignatureInvalid)
    #expect(try bundle.reason() == nil)
  }
}
