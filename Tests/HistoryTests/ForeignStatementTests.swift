import Attestation
import Audit
import Evidence
import History
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing

/// Statements for other programs beside the members: never read, never believed, never in the way.
struct ForeignStatementTests {
  private static let now: Int64 = 1_780_000_000

  private func key() throws -> Signer {
    Signer(try SecretKey(seed: [UInt8](repeating: 5, count: 32).span))
  }

  private func trusting(_ envelope: [UInt8]? = nil) throws -> AttestationOptions {
    AttestationOptions(
      trusted: TrustedSigners([
        TrustedSigners.Signer(label: "lab", key: try key().publicKey)
      ]), envelope: envelope, now: Self.now)
  }

  private func exported(_ test: TestStore, attested: Bool) throws -> String {
    let folder = test.folder.path + "/out"
    _ = try test.store.export(
      try test.store.tip(of: exampleSlug), as: .dir, to: folder, isPublic: true, replacing: true,
      signer: attested ? try key() : nil)
    return folder
  }

  private func envelope(
    _ predicate: PackagePredicate, _ test: TestStore, isPublic: Bool = true
  ) throws -> [UInt8] {
    try test.store.attestation(
      of: try test.store.tip(of: exampleSlug), isPublic: isPublic, predicate: predicate
    ).signed(by: try key())
  }

  @Test func `their files beside the members change no row of a report`() throws {
    let test = try TestStore()
    try test.commitExample()
    for attested in [true, false] {
      let folder = try exported(test, attested: attested)
      let before = try report(folder, test, trusting())
      for name in PackagePredicate.foreignNames {
        // Whatever is in them: an attestation of ours under another name too.
        let bytes = name.hasSuffix(".dsse.json") ? try envelope(.evidencePackage, test) : [0xFF]
        try FileSystem().write(bytes, to: folder + "/" + name)
      }
      let after = try report(folder, test, trusting())
      #expect(after.checks == before.checks && after.attester == before.attester)
      #expect(after.checks.last?.reason == (attested ? nil : "unsigned"))
      #expect(try report(folder, test, AttestationOptions()).ok)
      #expect(try FileVerification.read(folder, files: FileSystem()).members.extraNames.isEmpty)
      try FileSystem().write([0xFF], to: folder + "/test-result.json")
      #expect(try !report(folder, test, AttestationOptions()).ok, "no other name is passed over")
    }
  }

  @Test(arguments: [PackagePredicate.testResult, .modelSigning])
  func `in the place of an attestation they are refused, though the key is trusted`(
    predicate: PackagePredicate
  ) throws {
    let test = try TestStore()
    try test.commitExample()
    let folder = try exported(test, attested: true)
    let bytes = try envelope(predicate, test)
    let given = try report(folder, test, trusting(bytes))
    try FileSystem().write(bytes, to: folder + "/signature.dsse.json")
    let beside = try report(folder, test, trusting())
    for found in [given, beside] {
      let row = try #require(found.checks.last)
      #expect(row.check == .attestation && row.reason == "statement_unsupported")
      #expect(row.fault == .bytesChanged && found.attester == nil)
      #expect(found.gradeCaps.contains(GradeCap(word: "independent_signer", cap: .b)))
    }
  }

  @Test func `an export of one says what attesting the package says`() throws {
    let test = try TestStore()
    try test.commitExample()
    for predicate in PackagePredicate.allCases {
      for isPublic in [true, false] {
        let output = test.folder.path + "/one.json"
        _ = try test.store.export(
          try test.store.tip(of: exampleSlug), as: .intoto, to: output, isPublic: isPublic,
          replacing: true, signer: try key(), predicate: predicate)
        #expect(
          try Fixtures.read(output) == envelope(predicate, test, isPublic: isPublic))
      }
    }
  }

  @Test func `raw files are resources of a full package's manifest and of nothing else`() throws {
    let test = try TestStore()
    let folder = test.folder.path + "/raw-package"
    try test.commitExample()
    _ = try test.store.export(
      try test.store.tip(of: exampleSlug), as: .dir, to: folder, isPublic: false, replacing: true)
    let members = try FileVerification.read(folder, files: FileSystem()).members
    try #require(!members.rawPaths.isEmpty)
    func resources(_ isPublic: Bool) throws -> [String] {
      let request = try test.store.attestation(
        of: try test.store.tip(of: exampleSlug), isPublic: isPublic, predicate: .modelSigning)
      guard case .model(let manifest)? = request.foreign else { return [] }
      return manifest.resources.map(\.name)
    }
    #expect(Set(try resources(false)) == Set(members.names))
    #expect(
      Set(try resources(true))
        == Set(MemberName.allCases.filter(\.isPublic).map(\.rawValue)))
    let ofFolder = try AttestationRequest(
      path: folder, predicate: .modelSigning, files: FileSystem(),
      temporaryFolder: test.folder.path, now: Self.now)
    let ofVersion = try test.store.attestation(
      of: try test.store.tip(of: exampleSlug), predicate: .modelSigning)
    #expect(ofFolder.payload == ofVersion.payload)
    for predicate in [PackagePredicate.evidencePackage, .testResult] {
      let request = try test.store.attestation(
        of: try test.store.tip(of: exampleSlug), predicate: predicate)
      #expect(try Statement(parsing: request.payload).subjects.count == 11)
    }
  }

  @Test func `a raw file that is not the one of the manifest stops it`() throws {
    let test = try TestStore()
    try test.commitExample()
    let folder = test.folder.path + "/raw-package"
    _ = try test.store.export(
      try test.store.tip(of: exampleSlug), as: .dir, to: folder, isPublic: false, replacing: true)
    let path = try #require(
      try FileVerification.read(folder, files: FileSystem()).members.rawPaths.first)
    try FileSystem().write([1, 2, 3], to: folder + "/" + path)
    #expect {
      try AttestationRequest(
        path: folder, predicate: .modelSigning, files: FileSystem(),
        temporaryFolder: test.folder.path, now: Self.now)
    } throws: {
      ["package_invalid", "proof_mismatch"].contains(($0 as? any Failure)?.reason)
    }
  }

  @Test func `a package is committed without them`() throws {
    let test = try TestStore()
    try test.commitExample()
    let folder = test.folder.path + "/full"
    _ = try test.store.export(
      try test.store.tip(of: exampleSlug), as: .dir, to: folder, isPublic: false, replacing: true)
    for name in PackagePredicate.foreignNames {
      try FileSystem().write([0x7B, 0x7D], to: folder + "/" + name)
    }
    let members = try FileVerification.read(folder, files: FileSystem()).members
    let done = try test.store.commit(
      CommitRequest(members: members, subject: nil, label: nil, unsigned: false))
    let names = try test.store.objects.tree(done.tree).entries.map(\.name)
    #expect(names.allSatisfy { !PackagePredicate.foreignNames.contains($0) })
  }
}
