public import JSON
internal import Platform

/// An in-toto statement of any predicate: digests of things, and what is said about them.
///
/// in-toto attestation framework, "Statement layer specification", v1; older versions have the same
/// shape and differ in `type`.
public struct Statement: Sendable {
  /// A thing that the statement is about.
  public struct Subject: Sendable, Equatable {
    public let name: String?
    /// Name of the algorithm, and the digest in hex.
    public let digests: [String: String]

    public init(name: String?, digests: [String: String]) {
      self.name = name
      self.digests = digests
    }

    /// 64 lower-case hex digits; nil where the statement gives none.
    public var sha256: String? { digests["sha256"] }

    /// in-toto attestation framework, "ResourceDescriptor".
    var json: JSONValue {
      var row: JSONObject = [
        "digest": .object(
          JSONObject(digests.map { (key: $0.key, value: JSONValue.string($0.value)) }))
      ]
      if let name { row["name"] = .string(name) }
      return .object(row)
    }
  }

  public static let v1 = "https://in-toto.io/Statement/v1"

  public let type: String
  public let subjects: [Subject]
  public let predicateType: String
  /// nil where there is none, which the framework allows.
  public let predicate: JSONValue?

  public init(
    type: String = Statement.v1, subjects: [Subject], predicateType: String, predicate: JSONValue?
  ) {
    self.type = type
    self.subjects = subjects
    self.predicateType = predicateType
    self.predicate = predicate
  }

  /// Reads a payload whose signature has been checked.
  ///
  /// Throws `statement_malformed`, and `digest_invalid` for a SHA-256 that is not 64 lower-case hex
  /// digits.
  public init(parsing payload: [UInt8]) throws(AttestationError) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue.parse(payload, options: attestationJSON)
    } catch {
      throw AttestationError(.statementMalformed, error.message, place: error.place)
    }
    guard let object = value.object, let type = object["_type"]?.string,
      let predicateType = object["predicateType"]?.string, let rows = object["subject"]?.array
    else {
      throw AttestationError(
        .statementMalformed, "a statement has _type, subject, predicateType and predicate")
    }
    self.type = type
    self.predicateType = predicateType
    predicate = object["predicate"]
    var subjects: [Subject] = []
    for (index, row) in rows.enumerated() {
      subjects.append(try Self.subject(row, place: "/subject/\(index)"))
    }
    self.subjects = subjects
  }

  private static func subject(
    _ row: JSONValue, place: String
  ) throws(AttestationError) -> Subject {
    guard let object = row.object, let members = object["digest"]?.object, !members.isEmpty else {
      throw AttestationError(
        .statementMalformed, "a subject is an object with a digest", place: place)
    }
    var name: String?
    if let value = object["name"] {
      guard let text = value.string else {
        throw AttestationError(.statementMalformed, "a name is a text", place: place + "/name")
      }
      name = text
    }
    var digests: [String: String] = [:]
    for (algorithm, value) in members.members {
      guard let text = value.string else {
        throw AttestationError(
          .statementMalformed, "a digest is a text", place: place + "/digest")
      }
      digests[algorithm] = text
    }
    if let digest = digests["sha256"], !isSHA256(digest) {
      throw AttestationError(
        .digestInvalid, "a SHA-256 is 64 lower-case hex digits", place: place + "/digest/sha256")
    }
    return Subject(name: name, digests: digests)
  }

  /// The canonical form, without a newline: the payload of an envelope.
  public func encoded() -> [UInt8] {
    var object: JSONObject = [
      "_type": .string(type), "predicateType": .string(predicateType),
      "subject": .array(subjects.map(\.json)),
    ]
    if let predicate { object["predicate"] = predicate }
    return canonical(.object(object))
  }
}

extension Statement {
  /// Whether another one, in whatever spelling, says just this.
  ///
  /// Throws `statement_unsupported`, `subject_mismatch`, `predicate_contradicts`.
  public func check(same other: Statement) throws(AttestationError) {
    guard sameBytes(type, other.type), sameBytes(predicateType, other.predicateType) else {
      throw AttestationError(
        .statementUnsupported,
        "expected \(type) with \(predicateType), this is \(other.type) with \(other.predicateType)")
    }
    guard subjects == other.subjects else {
      throw AttestationError(
        .subjectMismatch, "the statement is about other subjects", place: "/subject")
    }
    guard let predicate, let theirs = other.predicate,
      let bytes = try? CanonicalJSON.bytes(theirs), bytes == canonical(predicate)
    else {
      throw AttestationError(
        .predicateContradicts, "the statement says something else of the package",
        place: "/predicate")
    }
  }
}

/// Whether a text is 64 lower-case hex digits.
func isSHA256(_ text: String) -> Bool {
  text.utf8.count == 64 && text.utf8.allSatisfy { Hex.value($0) != nil }
}
