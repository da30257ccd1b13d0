internal import JSON
internal import Platform

/// Checks a package by itself: shape, manifest, schema, cross and raw (DESIGN §6, SCHEMAS §14).
///
/// One pass over every member; JSONL members are read line by line. Of a member that does not fit its
/// schema the first fault is reported, and the cross checks that need it are left out.
///
/// - Parameters:
///   - scope: of a public subset the cross checks 1, 6, 7 and 9 are run
///     (`CheckFinding.withheldCrossChecks` names the others).
///   - known: rows that were found right in other packages, of which this one may have the same.
/// - Returns: what is wrong, in the order of the checks; empty when nothing is.
public func checkPackage(
  _ members: PackageMembers, scope: PackageScope, raw: RawTree = .amongMembers,
  known: CheckedRows? = nil
) -> [CheckFinding] {
  CheckedPackage(members, scope: scope, raw: raw, known: known).findings
}

/// Where the `raw/` tree of a package is to be had.
public enum RawTree: Sendable {
  /// Among the members; where there is none, the check `raw` is not run.
  case amongMembers
  /// Here, by path.
  case blobs([String: [UInt8]])
  /// To be read when its check comes, beside the other members, by path.
  case deferred(@Sendable () throws -> [String: [UInt8]])
}

/// A package that was checked, with what was read of it on the way.
public struct CheckedPackage {
  /// What is wrong, in the order of the checks; empty when nothing is.
  public let findings: [CheckFinding]
  private let raw: RawFacts?

  /// As `checkPackage`.
  public init(
    _ members: PackageMembers, scope: PackageScope, raw tree: RawTree = .amongMembers,
    known: CheckedRows? = nil
  ) {
    var check = PackageCheck(members: members, scope: scope, known: known)
    check.run(raw: tree)
    findings = CheckFinding.Check.allCases.flatMap { kind in
      check.findings.filter { $0.check == kind }
    }
    raw = check.raw
  }

  /// As `rawObjects(ofManifest:)`, of the bytes that were checked; empty where they could not be read.
  public var rawObjects: [(path: String, bytes: [UInt8])] { raw?.objects ?? [] }
}

extension CheckFinding {
  /// Cross checks that need members which a public subset withholds.
  public static let withheldCrossChecks = [2, 3, 4, 5, 8, 10, 11]
}

extension MemberName {
  /// The members that a scope consists of.
  static func all(in scope: PackageScope) -> [MemberName] {
    scope == .full ? allCases : allCases.filter(\.isPublic)
  }
}

/// The state of one check of one package.
struct PackageCheck {
  var members: PackageMembers
  let scope: PackageScope
  let known: CheckedRows?
  var findings: [CheckFinding] = []
  var digests: [String: String] = [:]
  var sizes: [String: Int] = [:]

  var claim: Claim?
  var evaluationProtocol: EvaluationProtocol?
  /// The digest that the frozen part has.
  var freezeDigest: String?
  var input: AuditInput?
  var directory: EpisodeDirectory?
  var evidence: JSONValue?
  var provenance: JSONValue?
  var manifest: JSONValue?
  var raw: RawFacts?
  var headers: [MemberName: LinesHeader] = [:]
  var runFacts = RunFacts()

  init(members: PackageMembers, scope: PackageScope, known: CheckedRows? = nil) {
    self.members = members
    self.scope = scope
    self.known = known
  }

  mutating func run(raw tree: RawTree) {
    for name in [MemberName.claim, .evaluationProtocol, .auditInput] { read(name) }
    // Rows are compared with the inputs as they are read, those of 7 and 9 with the raw manifest too.
    inParallel([
      { check in
        for name in [
          MemberName.evidence, .evidenceText, .auditProvenance, .artifactManifest,
        ] {
          check.read(name)
        }
      },
      { $0.read(.rawEvidenceManifest) },
      { $0.read(.failureReplayManifest) },
    ])
    inParallel([
      { $0.read(.episodeResults) },
      { $0.read(.failureEvidenceIndex) },
      { $0.checkRaw(tree) },
    ])
    compareMembers()
  }

  /// Runs parts that do not depend on each other, on both cores where there is enough to do.
  private mutating func inParallel(_ parts: [@Sendable (inout PackageCheck) -> Void]) {
    guard directory?.count ?? 0 > 1000 else {
      for part in parts { part(&self) }
      return
    }
    var start = self
    start.findings = []
    let ends = concurrentMap(parts) { [start] part in
      var check = start
      part(&check)
      return check
    }
    for end in ends { take(end) }
  }

  /// Takes over what a part has found out.
  private mutating func take(_ part: PackageCheck) {
    findings += part.findings
    digests.merge(part.digests) { $1 }
    sizes.merge(part.sizes) { $1 }
    headers.merge(part.headers) { $1 }
    if raw == nil { raw = part.raw }
    if evidence == nil { evidence = part.evidence }
    if provenance == nil { provenance = part.provenance }
    if manifest == nil { manifest = part.manifest }
    // The facts are those of member 7, which one part alone reads.
    if part.headers[.episodeResults] != nil { runFacts = part.runFacts }
  }

  /// What is to be seen once all members were read.
  mutating func compareMembers() {
    checkShape()
    checkManifest()
    crossCheckInputs()
    if scope == .full { crossCheckPrivate() }
  }

  mutating func add(_ finding: CheckFinding) { findings.append(finding) }

  mutating func add(_ check: CheckFinding.Check, number: Int? = nil, _ error: EvidenceError) {
    findings.append(CheckFinding(check, number: number, error))
  }

  /// Digest and schema of one member, and what the cross checks need of it.
  mutating func read(_ name: MemberName) {
    guard MemberName.all(in: scope).contains(name), members.contains(name) else { return }
    do throws(EvidenceError) {
      if name.isLines { return try readRows(name) }
      let bytes = try members.bytes(name)
      digests[name.rawValue] = Digest.text(of: bytes)
      sizes[name.rawValue] = bytes.count
      try decode(name, bytes)
    } catch {
      add(error.code == .memberUnreadable ? .shape : .schema, error)
    }
  }

  /// A JSONL member, read once in pieces; its digest is known when all of it was.
  private mutating func readRows(_ name: MemberName) throws(EvidenceError) {
    let reader = try members.reader(name.rawValue)
    reader.beginDigest()
    switch name {
    case .episodeResults: try readEpisodes(reader)
    case .failureEvidenceIndex: try readFailures(reader)
    default: try readReplay(reader)
    }
    if let read = reader.read { (digests[name.rawValue], sizes[name.rawValue]) = read }
  }

  private mutating func decode(_ name: MemberName, _ bytes: [UInt8]) throws(EvidenceError) {
    switch name {
    case .claim: claim = try Claim.decode(bytes, spelling: .canonical)
    case .evaluationProtocol:
      (evaluationProtocol, freezeDigest) = try EvaluationProtocol.decodeUnfrozen(
        bytes, spelling: .canonical)
    case .auditInput:
      let decoded = try AuditInput.decode(bytes, spelling: .canonical)
      input = decoded
      directory = EpisodeDirectory(decoded)
    case .evidence: evidence = try readMember(bytes, name, spelling: .canonical)
    case .auditProvenance: provenance = try readMember(bytes, name, spelling: .canonical)
    case .artifactManifest:
      manifest = try readMember(bytes, name, spelling: .canonical)
      try checkManifestRows()
    case .evidenceText: try checkText(bytes)
    case .rawEvidenceManifest:
      raw = try RawFacts(
        bytes, captured: try checkMember(bytes, name, spelling: .canonical))
    case .episodeResults, .failureEvidenceIndex, .failureReplayManifest: break  // `readRows`
    }
  }

  /// evidence.md: UTF-8, line feeds, one at the end, no other control characters, no secret.
  private func checkText(_ bytes: [UInt8]) throws(EvidenceError) {
    let place = EvidencePlace(.evidenceText)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw EvidenceError(.invalidUTF8, place, "expected UTF-8")
    }
    guard bytes.last == 0x0A, bytes.dropLast().last != 0x0A else {
      throw EvidenceError(.notCanonical, place, "expected one line feed at the end")
    }
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where TextRules.hasControl(String(line)) {
      throw EvidenceError(
        .controlCharacter, EvidencePlace(.evidenceText, line: number + 1),
        "expected no control character but the line feed")
    }
    if Redactor.findsSecret(bytes) {
      throw EvidenceError(.secretInPublicField, place, "expected a text without a credential")
    }
    if !TextRules.isNFC(text) {
      throw EvidenceError(.notCanonical, place, "expected normalisation form C")
    }
  }
}
