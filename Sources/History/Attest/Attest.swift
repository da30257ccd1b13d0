public import Attestation
public import Evidence
public import ObjectStore
public import Platform
public import Signing

/// A package that is to be attested: its members, and the commit that holds them.
public struct AttestationRequest {
  /// A statement that other programs understand and `wf` does not believe.
  public enum Foreign: Sendable {
    case testResult(TestResult, Statement)
    case model(ModelManifest)

    public var statement: Statement {
      switch self {
      case .testResult(_, let statement): statement
      case .model(let manifest): manifest.statement
      }
    }
  }

  public let package: AttestedPackage
  /// Our own statement, which also says what a foreign one is about.
  public let statement: EvidenceStatement
  /// nil: our own statement is the one to sign.
  public let foreign: Foreign?
  private let now: Int64

  /// The bytes to sign.
  public var payload: [UInt8] { foreign?.statement.encoded() ?? statement.encoded() }

  /// The statement about a package that passes its own checks.
  ///
  /// - Parameters:
  ///   - members: without files of signatures and proof.
  ///   - version: the commit of which they are shown to be members.
  ///   - predicate: what is said about it.
  ///   - now: Unix seconds, the time of the statement where there is no commit.
  /// - Throws: `package_invalid`, `subject_missing`, `subject_mismatch`, `verdict_without_test`.
  public init(
    members: PackageMembers, version: AttestedPackage.Version?,
    predicate: PackagePredicate = .evidencePackage, now: Int64
  ) throws {
    let scope = PackageScope(of: members)
    if let finding = checkPackage(members, scope: scope).first {
      throw HistoryError(
        .packageInvalid, place: "\(finding.place)",
        "the package fails its \(finding.check.rawValue) check: \(finding.detail) (\(finding.reason))",
        hint: "wf verify lists everything; nothing was signed")
    }
    package = try AttestedPackage(
      members, version: version, withRaw: predicate == .modelSigning)
    statement = try EvidenceStatement(about: package, now: now)
    foreign =
      switch predicate {
      case .evidencePackage: nil
      case .testResult: try Self.testResult(of: package)
      case .modelSigning: .model(try ModelManifest(of: package))
      }
    self.now = now
  }

  /// The statement about a package folder or archive; a proof that lies in it has to hold.
  ///
  /// - Throws: as `FileVerification.read`, `proof_mismatch`, and as above.
  public init(
    path: String, predicate: PackagePredicate = .evidencePackage, files: FileSystem,
    temporaryFolder: String, now: Int64
  ) throws {
    let (members, proof) = try FileVerification.read(
      path, files: files, temporaryFolder: temporaryFolder)
    let version = try proof.map { proof in
      let checked = try CheckedProof(proof)
      try FileVerification.compare(
        checked.tree, with: members, PackageScope(of: members))
      return AttestedPackage.Version(checked.commit, id: checked.id)
    }
    try self.init(members: members, version: version, predicate: predicate, now: now)
  }

  private static func testResult(of package: AttestedPackage) throws -> Foreign {
    let result = try TestResult(of: package)
    return .testResult(result, try result.statement(about: package))
  }

  /// The bytes of the envelope's file, checked as a reader checks them.
  public func signed(by key: Signer) throws -> [UInt8] {
    guard let foreign else {
      return try statement.signed(by: key, about: package, now: now)
    }
    return try foreign.statement.signed(by: key)
  }
}

extension EvidenceStore {
  /// The statement about a version of the store.
  ///
  /// - Parameters:
  ///   - isPublic: whether it names the seven shareable members only.
  ///   - predicate: what is said about them.
  /// - Throws: `not_a_package_version` for a registration, and what `AttestationRequest` throws.
  public func attestation(
    of commit: ObjectID, isPublic: Bool = false, predicate: PackagePredicate = .evidencePackage
  ) throws -> AttestationRequest {
    let link = try packageLink(commit)
    var members = try StoredPackage(
      tree: link.commit.tree, in: objects, withRaw: predicate == .modelSigning && !isPublic
    ).members
    if isPublic {
      for name in members.names where MemberName(rawValue: name)?.isPublic != true {
        members.set(name, to: nil)
      }
    }
    return try AttestationRequest(
      members: members,
      version: AttestedPackage.Version(link.commit, id: commit), predicate: predicate,
      now: surroundings.now())
  }
}

extension AttestedPackage.Version {
  init(_ commit: Commit, id: ObjectID) {
    self.init(commit: id.hex, tree: commit.tree.hex, date: commit.committer.seconds)
  }
}

extension AttestedPackage {
  /// The members of a package, and `raw/` only where asked for; each is hashed in pieces.
  init(_ members: PackageMembers, version: Version?, withRaw: Bool = false) throws {
    var digests: [String: String] = [:]
    for name in members.names where withRaw || !name.hasPrefix("raw/") {
      let reader = try members.reader(name)
      var digest = StreamingDigest()
      while let piece = try reader.next() { digest.update(piece) }
      digests[name] = Digest.hex(of: digest.text())
    }
    try self.init(digests: digests, version: version) { try? members.bytes($0) }
  }
}
