import Attestation
public import Evidence
public import ObjectStore
public import Platform
public import Signing

/// A package as it lies somewhere, taken apart: members, proof, and the files of signatures.
public struct PackageContents: Sendable {
  /// Without the rest.
  public var members: PackageMembers
  public var proof: Proof?
  public var envelope: [UInt8]?
  public var bundle: [UInt8]?

  /// What lies at a path: a folder, an archive, an OCI layout or a git bundle.
  ///
  /// - Throws: as `FileVerification.read`.
  public init(
    path: String, files: FileSystem, temporaryFolder: String = FileVerification.temporaryFolder
  ) throws {
    let found = try FileVerification.contents(
      path, files: files, temporaryFolder: temporaryFolder)
    members = found.members
    proof = found.proof
    envelope = found.beside.envelope
    bundle = found.beside.bundle
  }

  /// The public members of a version of a store, with its proof.
  ///
  /// - Parameter signer: who signs the statement about them; nil: nobody.
  /// - Throws: `not_a_package_version`, and what `AttestationRequest` throws.
  public init(
    publicPartOf commit: ObjectID, in store: EvidenceStore, signedBy signer: Signer?
  ) throws {
    let link = try store.packageLink(commit)
    var members = try StoredPackage(
      tree: link.commit.tree, in: store.objects, withRaw: false
    ).members
    for name in members.names where MemberName(rawValue: name)?.isPublic != true {
      members.set(name, to: nil)
    }
    self.members = members
    proof = try Proof.of(commit, in: store)
    envelope = try signer.map {
      try store.attestation(of: commit, isPublic: true).signed(by: $0)
    }
    bundle = nil
  }
}
