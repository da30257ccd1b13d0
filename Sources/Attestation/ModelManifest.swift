internal import JSON
internal import Platform
internal import Signing

/// The package's folder as OpenSSF Model Signing sees a model: every file with its SHA-256.
///
/// sigstore/model-transparency v1.1.1, `model_signing/_signing/signing.py`, `Payload`, with the
/// serialization by files.
public struct ModelManifest: Sendable, Equatable {
  static let predicateType = "https://model_signing/signature/v1.0"
  /// What may lie beside the members and is none of them; `proof` is the signed commit, which stands
  /// for itself.
  static let ignored =
    (["proof"] + PackagePredicate.allCases.flatMap { [$0.envelopeName, $0.bundleName] }
    + PackagePredicate.foreignNames.filter { $0.hasSuffix(".statement.json") }).sorted()

  /// A file of the model.
  public struct Resource: Sendable, Equatable {
    /// The path below the folder.
    public let name: String
    /// 64 lower-case hex digits.
    public let sha256: String
  }

  /// Ordered by their paths, folder by folder.
  public let resources: [Resource]
  /// SHA-256 in hex over the digests of the resources, one after the other.
  public let rootDigest: String
  /// The model's name, which a reader does not compare: the claim's slug.
  private let name: String

  /// The manifest of the members that are here, `raw/` among them where it is.
  ///
  /// Throws `subject_missing` without a claim's slug; `subject_mismatch`, `bytes_changed`.
  public init(of package: AttestedPackage) throws(AttestationError) {
    guard let name = package.claim else {
      throw AttestationError(
        .subjectMissing, "the model's name is the slug in claim.json", place: "claim.json")
    }
    try package.checkMembers()
    self.name = name
    var files = package.present.merging(package.raw) { member, _ in member }
    files[AttestedPackage.manifestName] = package.manifestDigest
    // The paths are compared part by part there: `raw/x` comes before `raw.json`.
    resources = files.map { (path: $0.key.split(separator: "/").map { Array($0.utf8) }, file: $0) }
      .sorted { left, right in
        left.path.lexicographicallyPrecedes(right.path) { $0.lexicographicallyPrecedes($1) }
      }
      .map { Resource(name: $0.file.key, sha256: $0.file.value) }
    rootDigest = Hex.encode(Digests.sha256(resources.flatMap { Hex.decode($0.sha256) ?? [] }))
  }

  public var statement: Statement {
    Statement(
      subjects: [Statement.Subject(name: name, digests: ["sha256": rootDigest])],
      predicateType: Self.predicateType,
      predicate: [
        "resources": .array(
          resources.map {
            [
              "algorithm": "sha256", "digest": .string($0.sha256), "name": .string($0.name),
            ]
          }),
        "serialization": [
          "allow_symlinks": false, "hash_type": "sha256",
          "ignore_paths": .array(Self.ignored.map { .string($0) }), "method": "files",
        ],
      ])
  }
}
