internal import JSON
internal import Platform
internal import Signing

/// What a statement about an evidence package is held against.
public struct AttestedPackage: Sendable {
  /// The version in a store, where the package is one.
  public struct Version: Sendable, Equatable {
    /// 64 lower-case hex digits each.
    public let commit: String
    public let tree: String
    /// Unix seconds: the committer's date.
    public let date: Int64

    public init(commit: String, tree: String, date: Int64) {
      self.commit = commit
      self.tree = tree
      self.date = date
    }
  }

  static let manifestName = "artifact_manifest.json"

  /// SHA-256 in hex of artifact_manifest.json.
  let manifestDigest: String
  /// What the manifest says of the other members: name and SHA-256 in hex; nil if it can't be read.
  let listed: [String: String]?
  /// SHA-256 in hex of the members that are here beside the manifest, by name.
  let present: [String: String]
  /// The same of the files below `raw/`, as far as they were asked for.
  let raw: [String: String]
  /// nil each where no member here holds the value.
  let claim: String?
  let grade: String?
  let verdict: String?
  let protocolDigest: String?
  /// The integrity checks of evidence.json, in its order.
  let checks: [TestResult.Check]
  /// Whether a test of the claim gave the verdict.
  let isTested: Bool
  public let version: Version?

  /// A package by the digests of its members, so that a member of any size can be hashed in pieces.
  ///
  /// - Parameters:
  ///   - digests: SHA-256 in 64 lower-case hex digits of the members that are here, by name. Of the
  ///     ten beside the manifest any may be left out; what is said of one that is left out is held
  ///     against the manifest alone. Files below `raw/` are for `ModelManifest` and no members.
  ///   - version: the commit that holds these members.
  ///   - bytes: of a member that is here; asked for artifact_manifest.json, claim.json and
  ///     evidence.json.
  ///
  /// Throws `subject_missing` without artifact_manifest.json.
  public init(
    digests: [String: String], version: Version? = nil, bytes: (String) -> [UInt8]?
  ) throws(AttestationError) {
    var present = digests
    guard let manifest = bytes(Self.manifestName),
      let manifestDigest = present.removeValue(forKey: Self.manifestName)
    else {
      throw AttestationError(
        .subjectMissing, "the package has no artifact_manifest.json", place: Self.manifestName)
    }
    self.version = version
    self.manifestDigest = manifestDigest
    raw = present.filter { $0.key.hasPrefix("raw/") }
    self.present = present.filter { !$0.key.hasPrefix("raw/") }
    listed = Self.listed(manifest)
    claim = Self.value(bytes("claim.json"))?["slug"]?.string
    let evidence = Self.value(bytes("evidence.json"))
    grade = evidence?["grade"]?["letter"]?.string
    verdict = evidence?["verdict"]?.string
    protocolDigest = present["protocol.json"].map { "sha256:" + $0 }
    checks = (evidence?["integrity"]?.array ?? []).compactMap { TestResult.Check($0) }
    isTested = (evidence?["reasons"]?.array ?? []).compactMap(\.string)
      .allSatisfy { !TestResult.untested.contains($0) }
  }

  /// A package by the bytes of its members, by name.
  ///
  /// Throws `subject_missing` without artifact_manifest.json.
  public init(
    members: [String: [UInt8]], version: Version? = nil
  ) throws(AttestationError) {
    try self.init(
      digests: members.mapValues { Hex.encode(Digests.sha256($0)) }, version: version
    ) { members[$0] }
  }

  private static func value(_ bytes: [UInt8]?) -> JSONValue? {
    bytes.flatMap { try? JSONValue.parse($0) }
  }

  private static func listed(_ manifest: [UInt8]) -> [String: String]? {
    guard let rows = value(manifest)?["members"]?.array else { return nil }
    var listed: [String: String] = [:]
    for row in rows {
      guard let name = row["name"]?.string, let text = row["digest"]?.string,
        text.hasPrefix("sha256:"), isSHA256(String(text.dropFirst(7))),
        listed.updateValue(String(text.dropFirst(7)), forKey: name) == nil
      else { return nil }
    }
    return listed
  }
}
