import Attestation
public import Evidence

/// A package that lies in a folder or archive, with the Sigstore bundle beside its members.
public struct BundledPackage: Sendable {
  /// The name of the file beside the members.
  public static let fileName = PackagePredicate.evidencePackage.bundleName
  /// Larger files are none.
  public static let maximumSize = SignatureFiles.maximumSize

  /// nil where there is none.
  public let bundle: [UInt8]?
  /// Without the bundle and the proof.
  public let members: PackageMembers
  /// The commit that the proof shows to hold these members.
  public let commit: ChainLink?
}
