public import JSON

/// A member as artifact_manifest.json lists it.
public struct ManifestEntry: Sendable, Equatable {
  public var name: String
  /// Bytes; of a large member those of the joined whole.
  public var size: Int
  /// `sha256:…`.
  public var digest: String
  public var mediaType: String
  public var isPublic: Bool
  public var isSalted: Bool

  public init(
    name: String, size: Int, digest: String, mediaType: String, isPublic: Bool, isSalted: Bool
  ) {
    self.name = name
    self.size = size
    self.digest = digest
    self.mediaType = mediaType
    self.isPublic = isPublic
    self.isSalted = isSalted
  }

  /// One of the eleven.
  public init(_ name: MemberName, size: Int, digest: String) {
    self.init(
      name: name.rawValue, size: size, digest: digest, mediaType: name.mediaType,
      isPublic: name.isPublic, isSalted: name.isSalted)
  }

  /// A member from elsewhere, which stays private.
  public init(extra name: String, size: Int, digest: String, mediaType: String) {
    self.init(
      name: name, size: size, digest: digest, mediaType: mediaType, isPublic: false,
      isSalted: false)
  }
}

/// What a reviewer sees of the raw files of one role (SHARING §5): never a file name.
public struct ArtifactGroup: Sendable, Equatable {
  public static let states = ["changed", "missing", "unreadable", "referenced", "hashed"]

  public var displayName: String
  public var type: String
  public var sizeBucket: String
  /// The worst of the group; `changed` > `missing` > `unreadable` > `referenced` > `hashed`.
  public var state: String

  /// Fixed name and type of a role; nil for a word that is no role.
  public static func naming(_ role: String) -> (displayName: String, type: String)? {
    switch role {
    case "source_results": ("Evaluation results file", "results")
    case "run_config": ("Run configuration", "config")
    case "rollout_video": ("Rollout videos", "video")
    case "rollout_data": ("Rollout recordings", "recording")
    case "log": ("Logs", "log")
    case "checkpoint": ("Model checkpoint", "checkpoint")
    case "dataset": ("Dataset", "dataset")
    case "tracker_summary": ("Experiment tracker summary", "tracker")
    case "attestation": ("Attestation", "attestation")
    case "contract": ("Evaluation contract", "contract")
    case "other": ("Other material", "other")
    default: nil
    }
  }

  /// The rows for these references, in the order of the roles in SCHEMAS §9.
  public static func groups(of references: [LocatedReference]) -> [ArtifactGroup] {
    var tally: [String: (size: Int?, state: Int)] = [:]
    for row in references {
      let state = rank(row)
      guard let seen = tally[row.reference.role] else {
        tally[row.reference.role] = (row.reference.size, state)
        continue
      }
      tally[row.reference.role] = (sum(seen.size, row.reference.size), min(seen.state, state))
    }
    return RawReference.roles.compactMap { role in
      guard let (size, state) = tally[role], let (name, type) = naming(role) else { return nil }
      return ArtifactGroup(
        displayName: name, type: type, sizeBucket: SizeBucket.word(size),
        state: shown[state])
    }
  }

  private static var shown: [String] { ["changed", "missing", "missing", "referenced", "hashed"] }

  /// Sizes add up only where all are known.
  private static func sum(_ a: Int?, _ b: Int?) -> Int? {
    guard let a, let b else { return nil }
    let (total, overflow) = a.addingReportingOverflow(b)
    return overflow ? Int.max : total
  }

  private static func rank(_ row: LocatedReference) -> Int {
    switch row.state {
    case .changed: 0
    case .missing: 1
    case .unreadable: 2
    case .referenced, .skippedLimit: 3
    case .present: row.reference.sha256 == nil ? 3 : 4
    }
  }
}

/// Member 11, artifact_manifest.json, whose SHA-256 is what gets signed (SCHEMAS §12).
///
/// - Parameters:
///   - members: the ten others and any extra ones; they are put in order here.
///   - complete: false when a limit made a member partial.
/// - Returns: the member's bytes.
public func artifactManifest(
  packageID: String, members: [ManifestEntry], artifacts: [ArtifactGroup], complete: Bool
) throws(EvidenceError) -> [UInt8] {
  let rows = members.sorted { precedes($0.name, $1.name) }.map { entry -> JSONValue in
    [
      "name": .string(entry.name), "size": .number(JSONNumber(Int64(entry.size))),
      "digest": .string(entry.digest), "media_type": .string(entry.mediaType),
      "privacy": entry.isPublic ? "public" : "private", "salted": .bool(entry.isSalted),
    ]
  }
  let groups = artifacts.map { group -> JSONValue in
    [
      "display_name": .string(group.displayName), "type": .string(group.type),
      "size_bucket": .string(group.sizeBucket), "state": .string(group.state),
    ]
  }
  return try memberBytes(
    [
      "schema_version": .string(MemberName.artifactManifest.schemaVersion ?? ""),
      "package_id": .string(packageID), "complete": .bool(complete), "members": .array(rows),
      "artifacts": .array(groups),
    ], of: .artifactManifest)
}

/// The bytes of a JSON member: RFC 8785 and one `\n`.
public func memberBytes(
  _ value: JSONValue, of member: MemberName
) throws(EvidenceError) -> [UInt8] {
  do throws(JSONError) {
    return try CanonicalJSON.bytes(value) + [0x0A]
  } catch {
    throw EvidenceError(error, member: member.rawValue)
  }
}
