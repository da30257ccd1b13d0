import Attestation
import Audit
import Evidence
import History
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing

/// Envelopes beside packages, and what the check `attestation` says of them.
struct AttestationTests {
  private static let now: Int64 = 1_780_000_000

  private func signer(_ number: UInt8) throws -> Signer {
    Signer(try SecretKey(seed: [UInt8](repeating: number, count: 32).span))
  }

  private func trusting(_ numbers: UInt8...) throws -> AttestationOptions {
    AttestationOptions(
      trusted: TrustedSigners(
        try numbers.map {
          TrustedSigners.Signer(label: "lab \($0)", key: try signer($0).publicKey)
        }),
      now: Self.now)
  }

  private func row(_ report: TargetReport) throws -> CheckResult {
    #expect(report.checks.map(\.check) == VerifyCheck.allCases)
    return try #require(report.checks.last)
  }

  private func exported(
    _ test: TestStore, _ format: ExportFormat, public isPublic: Bool = true, by number: UInt8? = 5
  ) throws -> String {
    let output = test.folder.path + "/out-\(isPublic).\(format.rawValue)"
    _ = try test.store.export(
      try test.store.tip(of: exampleSlug), as: format, to: output, isPublic: isPublic,
      replacing: true, signer: try number.map { try signer($0) })
    return output
  }

  @Test(arguments: [ExportFormat.dir, .tar, .tarGzip, .zip, .oci], [true, false])
  func `an envelope beside the members holds in every form`(
    format: ExportFormat, isPublic: Bool
  ) throws {
    let test = try TestStore()
    let done = try test.commitExample()
    let path = try exported(test, format, public: isPublic)
    let report = try report(path, test, trusting(5))
    let found = try row(report)
    #expect(found.state == .pass && report.ok, "\(report.checks.filter { $0.state == .fail })")
    #expect(found.detail.contains("lab 5") && found.detail.contains("time source: claimed"))
    #expect(report.commit == done.commit.hex && report.attester != done.signedBy)
    #expect(try FileVerification.read(path, files: FileSystem()).members.extraNames.isEmpty)
  }

  @Test func `without a file of signers an envelope is mentioned, and without one nothing is`()
    throws
  {
    let test = try TestStore()
    try test.commitExample()
    let found = try row(try report(try exported(test, .dir), test, AttestationOptions()))
    #expect(found.state == .skipped && found.reason == "not_requested")
    let none = try row(try report(try exported(test, .dir, by: nil), test, AttestationOptions()))
    #expect(none.state == .skipped && none.reason == CheckResult.noAttestation)
  }

  @Test func `what is demanded and is not there fails`() throws {
    let test = try TestStore()
    try test.commitExample()
    let found = try row(try report(try exported(test, .dir, by: nil), test, trusting(5)))
    #expect(found.reason == "unsigned" && found.fault == .unsigned)
    let foreign = try row(try report(try exported(test, .dir), test, trusting(6)))
    #expect(foreign.reason == "signer_not_listed" && foreign.fault == .untrusted)
  }

  @Test func `an envelope of any size is read no further than one may be`() throws {
    let test = try TestStore()
    try test.commitExample()
    let folder = try exported(test, .dir)
    // A file of holes: 64 GiB that take no room on the disk, and would take all of the memory.
    let grown = try run(["truncate", "-s", "64G", folder + "/signature.dsse.json"])
    try #require(grown.status == 0, "\(grown.err)")
    let found = try row(try report(folder, test, trusting(5)))
    #expect(found.reason == "envelope_malformed" && found.fault == .bytesChanged)
  }

  @Test func `the envelope may come from elsewhere, also for a version of the store`() throws {
    let test = try TestStore()
    try test.commitExample()
    let folder = try exported(test, .dir, by: nil)
    let file = try exported(test, .intoto, public: false)
    var attestation = try trusting(5)
    attestation.envelope = try Fixtures.read(file)
    #expect(try row(try report(folder, test, attestation)).state == .pass)
    var options = try test.options()
    options.attestation = attestation
    let stored = try #require(
      try StoreVerification(store: test.store, options: options).everyClaim().first)
    #expect(try row(stored).state == .pass)
  }

  @Test func `any changed byte of a member or of the envelope is found`() throws {
    let test = try TestStore()
    try test.commitExample()
    let folder = try exported(test, .dir)
    for name in try readPackageFolder(folder, files: FileSystem()).names
    where !name.hasPrefix("proof/") {
      let path = folder + "/" + name
      let good = try Fixtures.read(path)
      // In the middle of a text; the hint of an envelope stands near its end.
      var bytes = good
      bytes[good.count / 2] ^= 1
      try FileSystem().write(bytes, to: path)
      let found = try row(try report(folder, test, trusting(5)))
      #expect(found.state == .fail, "\(name)")
      try FileSystem().write(good, to: path)
    }
    #expect(try row(try report(folder, test, trusting(5))).state == .pass)
  }

  @Test func `an envelope of another version contradicts the commit`() throws {
    let test = try TestStore()
    try test.commitExample()
    let envelope = try Fixtures.read(try exported(test, .intoto))
    try test.commitExample()
    let folder = try exported(test, .dir, by: nil)
    var attestation = try trusting(5)
    attestation.envelope = envelope
    // The same members were committed twice: only the commit tells the two apart.
    let found = try row(try report(folder, test, attestation))
    #expect(found.reason == "predicate_contradicts" && found.path == "/predicate/commit")
  }

  @Test func `an attestation by somebody else lifts the cap, one by the signer does not`() throws {
    let test = try TestStore()
    try test.commitExample()
    let cap = GradeCap(word: "independent_signer", cap: .b)
    let folder = try exported(test, .dir)
    #expect(try report(folder, test, AttestationOptions()).gradeCaps.contains(cap))
    #expect(try !report(folder, test, trusting(5)).gradeCaps.contains(cap))
    #expect(try report(folder, test, trusting(6)).gradeCaps.contains(cap))
    // A failed attestation says whom not to believe, not that the bytes are unsound.
    #expect(try report(folder, test, trusting(6)).grade != nil)
    let own = try test.store.user.signer(agent: nil)
    let path = test.folder.path + "/own"
    _ = try test.store.export(
      try test.store.tip(of: exampleSlug), as: .dir, to: path, isPublic: true, replacing: false,
      signer: own)
    let attestation = AttestationOptions(
      trusted: TrustedSigners([TrustedSigners.Signer(label: "own", key: own.publicKey)]),
      now: Self.now)
    let found = try report(path, test, attestation)
    #expect(try row(found).state == .pass && found.gradeCaps.contains(cap))
  }

  @Test func `a package that fails its checks is not attested`() throws {
    var members = try TestStore.example()
    let request = try AttestationRequest(members: members, version: nil, now: Self.now)
    #expect(request.statement.subjects.count == 11 && request.statement.created == Self.now)
    members.set(MemberName.evidenceText.rawValue, to: Array("# other\n".utf8))
    #expect {
      try AttestationRequest(members: members, version: nil, now: Self.now)
    } throws: {
      ($0 as? HistoryError)?.code == .packageInvalid
    }
  }

  @Test func `a public export names the seven members, a full one all`() throws {
    let test = try TestStore()
    try test.commitExample()
    for isPublic in [true, false] {
      let bytes = try Fixtures.read(try exported(test, .intoto, public: isPublic))
      let statement = try EvidenceStatement(parsing: try Envelope(parsing: bytes).payload)
      #expect(statement.subjects.count == (isPublic ? 7 : 11))
      #expect(try Fixtures.read(try exported(test, .intoto, public: isPublic)) == bytes)
    }
  }

  @Test func `a package with its envelope can be committed, and the envelope stays outside`() throws
  {
    let test = try TestStore()
    try test.commitExample()
    let folder = try exported(test, .dir, public: false)
    let members = try FileVerification.read(folder, files: FileSystem()).members
    let done = try test.store.commit(
      CommitRequest(members: members, subject: nil, label: nil, unsigned: false))
    #expect(
      !(try test.store.objects.tree(done.tree).entries.map(\.name)).contains("signature.dsse.json"))
  }
}
