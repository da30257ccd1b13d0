internal import JSON
internal import Platform

/// Our statement: this is the package of that claim, with this grade and this verdict.
public struct EvidenceStatement: Sendable, Equatable {
  /// A name of our own for content of our own; nothing is ever fetched from it.
  public static let predicateType = "https://worldflux.dev/evidence-package/v0"
  static let schema = "wf.evidence_package/0"

  /// artifact_manifest.json and the members that travel with it; each has a name.
  public let subjects: [Statement.Subject]
  /// The slug.
  public let claim: String
  /// 64 lower-case hex digits; nil for a package that is in no store.
  public let commit: String?
  public let tree: String?
  /// Unix seconds, the signer's own word: the commit's date, without a commit the time of signing.
  public let created: Int64
  public let grade: String
  public let verdict: String
  /// `sha256:…` of protocol.json.
  public let protocolDigest: String

  /// The statement about a package: subjects are the manifest and the members that are here.
  ///
  /// Throws `subject_missing` where a member that the predicate needs is not here,
  /// `subject_mismatch` where one is not in the manifest, `bytes_changed` where one differs.
  public init(about package: AttestedPackage, now: Int64) throws(AttestationError) {
    guard let claim = package.claim, let grade = package.grade, let verdict = package.verdict,
      let protocolDigest = package.protocolDigest
    else {
      throw AttestationError(
        .subjectMissing,
        "a statement needs claim.json with its slug, protocol.json, and evidence.json with grade and verdict"
      )
    }
    subjects = try package.subjects()
    self.claim = claim
    self.grade = grade
    self.verdict = verdict
    self.protocolDigest = protocolDigest
    commit = package.version?.commit
    tree = package.version?.tree
    created = package.version?.date ?? now
  }

  /// Reads a payload whose signature has been checked.
  ///
  /// Throws `statement_malformed`, `statement_unsupported`, `digest_invalid`, `time_invalid`.
  public init(parsing payload: [UInt8]) throws(AttestationError) {
    try self.init(Statement(parsing: payload))
  }

  /// Throws `statement_malformed`, `statement_unsupported`, `digest_invalid`, `time_invalid`.
  public init(_ statement: Statement) throws(AttestationError) {
    guard sameBytes(statement.type, Statement.v1),
      sameBytes(statement.predicateType, Self.predicateType)
    else {
      throw AttestationError(
        .statementUnsupported,
        "expected \(Statement.v1) with \(Self.predicateType), this is another kind of statement")
    }
    for (index, subject) in statement.subjects.enumerated() where subject.name == nil {
      throw AttestationError(
        .statementMalformed, "a member has a name", place: "/subject/\(index)")
    }
    subjects = statement.subjects
    let predicate = try PredicateReader(statement.predicate)
    guard sameBytes(try predicate.text("schema"), Self.schema) else {
      throw AttestationError(
        .statementUnsupported, "expected \(Self.schema)", place: "/predicate/schema")
    }
    claim = try predicate.text("claim")
    grade = try predicate.text("grade")
    verdict = try predicate.text("verdict")
    commit = try predicate.id("commit")
    tree = try predicate.id("tree")
    protocolDigest = try predicate.digest("protocol_digest")
    guard let time = UTCTime(anyRFC3339: try predicate.text("created")) else {
      throw AttestationError(
        .timeInvalid, "expected a time as in RFC 3339", place: "/predicate/created")
    }
    created = time.seconds
  }

  /// The payload of an envelope: canonical JSON without a newline.
  public func encoded() -> [UInt8] {
    Statement(
      subjects: subjects, predicateType: Self.predicateType,
      predicate: [
        "claim": .string(claim), "commit": commit.map { .string($0) } ?? .null,
        "created": .string(UTCTime(seconds: created).rfc3339), "grade": .string(grade),
        "protocol_digest": .string(protocolDigest), "schema": .string(Self.schema),
        "tree": tree.map { .string($0) } ?? .null, "verdict": .string(verdict),
      ]
    ).encoded()
  }
}

/// The fields of a predicate; one that is not there makes the statement malformed.
private struct PredicateReader {
  private let object: JSONObject

  init(_ value: JSONValue?) throws(AttestationError) {
    guard let object = value?.object else {
      throw AttestationError(
        .statementMalformed, "expected a predicate that is an object", place: "/predicate")
    }
    self.object = object
  }

  func text(_ key: String) throws(AttestationError) -> String {
    guard let text = object[key]?.string else { throw malformed(key, "a text") }
    return text
  }

  /// An object id, or nil for null.
  func id(_ key: String) throws(AttestationError) -> String? {
    if let value = object[key], value.isNull { return nil }
    guard let text = object[key]?.string else { throw malformed(key, "an object id or null") }
    guard isSHA256(text) else { throw invalid(key) }
    return text
  }

  func digest(_ key: String) throws(AttestationError) -> String {
    let text = try text(key)
    guard text.hasPrefix("sha256:"), isSHA256(String(text.dropFirst(7))) else {
      throw invalid(key)
    }
    return text
  }

  private func malformed(_ key: String, _ expected: String) -> AttestationError {
    AttestationError(.statementMalformed, "expected \(expected)", place: "/predicate/" + key)
  }

  private func invalid(_ key: String) -> AttestationError {
    AttestationError(
      .digestInvalid, "expected 64 lower-case hex digits", place: "/predicate/" + key)
  }
}

/// Whether two texts are the same bytes; `==` would take two spellings of a letter for one.
func sameBytes(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }
