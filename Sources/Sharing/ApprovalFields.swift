internal import Evidence
internal import JSON
internal import Platform

/// The members of an approval record, taken out one by one and never more leniently than §4 says.
struct ApprovalFields {
  private let object: JSONObject
  private let value: JSONValue

  private static let known: Set<String> = [
    "schema", "approval_id", "package", "reviewer_label", "audience", "approver",
    "revocation_owner", "retention_policy", "purpose", "expires_at", "password_required",
    "package_bytes", "include_commit_proof", "customer_consent", "redaction_reviewed_at",
    "approved_at", "approver_key",
  ]

  init(_ bytes: [UInt8]) throws(SharingError) {
    guard bytes.count <= ApprovalRecord.sizeLimit else {
      throw Self.malformed("", "a file of at most \(ApprovalRecord.sizeLimit) bytes")
    }
    do throws(JSONError) {
      value = try JSONValue.parse(bytes, options: JSONOptions(maximumDepth: 8))
    } catch {
      throw Self.malformed("", "a JSON text (line \(error.line), column \(error.column))")
    }
    guard let object = value.object else { throw Self.malformed("", "an object") }
    self.object = object
    for key in object.keys where !Self.known.contains(key) {
      // The name itself is not said: it may be what somebody should not have written there.
      throw SharingError(
        .approvalFieldUnknown, place: Self.place(TextScreen.isCleanLabel(key) ? key : ""),
        "the record has a field that an approval does not have",
        hint: "take it out; an approval says what is in its table and nothing else")
    }
    guard object["schema"]?.string == ApprovalRecord.schema else {
      throw Self.malformed("schema", ApprovalRecord.schema)
    }
  }

  static func place(_ field: String) -> String {
    field.isEmpty ? "approval record" : "approval record /" + field
  }

  func malformed(_ field: String, _ expected: String) -> SharingError {
    Self.malformed(field, expected)
  }

  private static func malformed(_ field: String, _ expected: String) -> SharingError {
    SharingError(.approvalMalformed, place: place(field), "expected \(expected)")
  }

  /// A text that has been given; a draft's questions begin with a question mark.
  private func text(_ field: String, _ expected: String) throws(SharingError) -> String {
    guard let text = object[field]?.string else { throw malformed(field, expected) }
    guard !text.hasPrefix("?") else {
      throw SharingError(
        .approvalIncomplete, place: Self.place(field), "this question is not answered yet",
        hint: "put the answer in its place")
    }
    return text
  }

  func label(_ field: String, atMost limit: Int) throws(SharingError) -> String {
    let text = try text(field, "a text of at most \(limit) characters")
    guard !text.isEmpty, text.unicodeScalars.count <= limit, TextRules.isNFC(text) else {
      throw malformed(field, "a text of 1 to \(limit) characters, in normalisation form C")
    }
    guard TextScreen.isCleanLabel(text) else {
      throw SharingError(
        .notPublicSafe, place: Self.place(field),
        "this holds an address, a path, a host, a secret or a hidden character",
        hint: "name a role, not where or by what address it is reached")
    }
    return text
  }

  func id(_ field: String, prefix: String) throws(SharingError) -> String {
    let expected = "\(prefix)_ and 26 digits of an id"
    let text = try text(field, expected)
    guard Self.isID(text, prefix: prefix) else { throw malformed(field, expected) }
    return text
  }

  func package() throws(SharingError) -> (id: String, digest: String) {
    guard let package = object["package"]?.object, package.count == 2,
      let id = package["package_id"]?.string, Self.isID(id, prefix: "pkg"),
      let digest = package["manifest_digest"]?.string, Digest.isValid(digest)
    else { throw malformed("package", "package_id and manifest_digest, and nothing else") }
    return (id, digest)
  }

  func word<Word: RawRepresentable & CaseIterable>(
    _ field: String, of type: Word.Type, default missing: Word? = nil
  ) throws(SharingError) -> Word where Word.RawValue == String {
    if let missing, object[field] == nil { return missing }
    let expected = "one of " + Word.allCases.map(\.rawValue).joined(separator: ", ")
    guard let word = Word(rawValue: try text(field, expected)) else {
      throw malformed(field, expected)
    }
    return word
  }

  func retention() throws(SharingError) -> ApprovalRecord.Retention {
    let field = "retention_policy"
    guard let policy = object[field]?.object, policy.count == 2, let days = policy["days"],
      let word = policy["word"]?.string
    else { throw malformed(field, "word and days") }
    switch (word, days.int) {
    case ("delete_on_expiry", nil) where days.isNull: return .deleteOnExpiry
    case ("keep_until_revoked", nil) where days.isNull: return .keepUntilRevoked
    case ("keep_days", let count?) where (1...3650).contains(count): return .keepDays(Int(count))
    default:
      throw malformed(
        field, "delete_on_expiry or keep_until_revoked with null days, or keep_days with 1 to 3650")
    }
  }

  func flag(_ field: String, default missing: Bool? = nil) throws(SharingError) -> Bool {
    if let missing, object[field] == nil { return missing }
    guard let flag = object[field]?.bool else { throw malformed(field, "true or false") }
    return flag
  }

  func consent() throws(SharingError) {
    guard object["customer_consent"]?.string == "given" else {
      throw SharingError(
        .consentMissing, place: Self.place("customer_consent"),
        "the customer's consent is not recorded as given",
        hint: "ask for it; nothing is published without")
    }
  }

  func time(_ field: String) throws(SharingError) -> Int64 {
    let expected = "a time like 2026-11-24T10:05:00Z"
    guard let time = UTCTime(rfc3339: try text(field, expected)) else {
      throw malformed(field, expected)
    }
    return time.seconds
  }

  /// `SHA256:` and 43 digits of base64, or nil for null and where it is not there.
  func fingerprint(_ field: String) throws(SharingError) -> String? {
    guard let value = object[field], !value.isNull else { return nil }
    let expected = "a fingerprint, SHA256: and 43 digits of base64, or null"
    let text = try text(field, expected)
    guard TextScreen.isFingerprint(text) else { throw malformed(field, expected) }
    return text
  }

  /// A signature is over bytes, and a record travels as a value: both must say the same.
  func requireCanonical(_ bytes: [UInt8]) throws(SharingError) {
    guard let canonical = try? CanonicalJSON.bytes(value), canonical + [0x0A] == bytes else {
      throw SharingError(
        .approvalNotCanonical, place: Self.place("approver_key"),
        "a record that a key signs is canonical JSON and a newline",
        hint: "jq -cS . draft.json > approval.json, then sign that file")
    }
  }

  private static func isID(_ text: String, prefix: String) -> Bool {
    ULID.isValid(text, prefix: prefix)
  }
}
