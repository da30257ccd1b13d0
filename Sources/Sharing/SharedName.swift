public import Evidence

/// The names that may leave the house, and no others (SHARING §3).
///
/// Names are compared byte by byte; anything else is refused whole, never dropped.
public enum SharedName: String, Sendable, CaseIterable {
  case claim = "claim.json"
  case evaluationProtocol = "protocol.json"
  case evidence = "evidence.json"
  case evidenceText = "evidence.md"
  case auditInput = "audit_input.json"
  case auditProvenance = "audit_provenance.json"
  case artifactManifest = "artifact_manifest.json"
  case envelope = "signature.dsse.json"
  case bundle = "signature.sigstore.json"
  case proofCommit = "proof/commit"
  case proofTree = "proof/tree"
  case proofHistory = "proof/history"

  /// Bytes of all files together, at most.
  public static let sumLimit = 80 << 20
  /// Files of one package, at most.
  public static let countLimit = allCases.count
  /// The folder of the proof.
  public static let proofFolder = "proof"

  /// The seven members, in the order of SCHEMAS §1.
  public static let members = allCases.filter(\.isMember)

  /// The name that these bytes are; nil for any other spelling.
  public init?(exactly name: some Sequence<UInt8>) {
    let bytes = Array(name)
    guard let found = Self.allCases.first(where: { Array($0.rawValue.utf8) == bytes }) else {
      return nil
    }
    self = found
  }

  public var isMember: Bool { !isSignature && !isProof }
  public var isSignature: Bool { self == .envelope || self == .bundle }
  public var isProof: Bool { rawValue.hasPrefix(Self.proofFolder + "/") }

  /// The member of the package; nil for signatures and the proof.
  public var member: MemberName? { isMember ? MemberName(rawValue: rawValue) : nil }

  /// Bytes of this file, at most.
  public var sizeLimit: Int {
    switch self {
    case .claim, .evaluationProtocol, .auditProvenance: 1 << 20
    case .artifactManifest, .evidenceText: 4 << 20
    case .evidence: 8 << 20
    case .auditInput: 64 << 20
    case .envelope, .bundle, .proofCommit, .proofTree, .proofHistory: 1 << 20
    }
  }

  /// The media type under which it is sent.
  public var contentType: String {
    switch self {
    case .evidenceText: "text/markdown; charset=utf-8"
    case .proofCommit, .proofTree, .proofHistory: "application/octet-stream"
    default: "application/json"
    }
  }
}

/// Whose signature a package must carry (SHARING §2.2).
public enum Backend: String, Sendable, CaseIterable {
  case selfSign = "self-sign"
  case sigstore

  /// The file beside the members that holds the signature.
  public var file: SharedName { self == .selfSign ? .envelope : .bundle }
}

/// What becomes of a share; only `active` ones are served.
public enum ShareState: String, Sendable, CaseIterable {
  case active, expired, revoked, deleted
}

/// Whether a reviewer may download the seven members.
public enum PackageBytes: String, Sendable, CaseIterable {
  case withheld, served
}
