internal import Evidence
internal import JSON
internal import Platform

/// An approval record with questions in the places of answers, for people to fill.
public struct ApprovalDraft: Sendable {
  let packageID: String
  let manifestDigest: String
  let now: Int64
  let random: [UInt8]

  /// - Parameters:
  ///   - now: Unix seconds.
  ///   - random: ten bytes.
  public init(packageID: String, manifestDigest: String, now: Int64, random: [UInt8]) {
    self.packageID = packageID
    self.manifestDigest = manifestDigest
    self.now = now
    self.random = random
  }

  /// What has to be answered, in the order of the file.
  public static let questions: [(field: String, question: String)] = [
    ("reviewer_label", "? who reads the page: a label, no address"),
    ("audience", "? " + words(ApprovalRecord.Audience.self)),
    ("approver", "? who approves: a role or a name that may be shown"),
    ("revocation_owner", "? who can end the share"),
    ("purpose", "? what it is shared for (not shown)"),
    ("customer_consent", "? given, when the customer has agreed"),
    ("redaction_reviewed_at", "? when somebody looked through the members, 2026-11-24T10:00:00Z"),
    ("approved_at", "? when it was approved, 2026-11-24T10:05:00Z"),
  ]

  /// JSON with one field a line.
  public var bytes: [UInt8] {
    var fields: [(String, JSONValue)] = [
      ("schema", .string(ApprovalRecord.schema)),
      (
        "approval_id",
        .string(ULID.text(prefix: "apr", milliseconds: now * 1000, random: random))
      ),
      (
        "package",
        ["package_id": .string(packageID), "manifest_digest": .string(manifestDigest)]
      ),
    ]
    fields += Self.questions.map { ($0.field, .string($0.question)) }
    fields += [
      ("retention_policy", ["word": "delete_on_expiry", "days": nil]),
      ("expires_at", .string(UTCTime(seconds: now + 14 * 86_400).rfc3339)),
      ("password_required", true), ("package_bytes", .string(PackageBytes.withheld.rawValue)),
      ("include_commit_proof", false), ("approver_key", nil),
    ]
    let lines = fields.map { name, value in
      let text = (try? CanonicalJSON.bytes(value)).map { String(decoding: $0, as: UTF8.self) }
      return "  \"\(name)\": \(text ?? "null")"
    }
    return Array(("{\n" + lines.joined(separator: ",\n") + "\n}\n").utf8)
  }

  private static func words<Word: RawRepresentable & CaseIterable>(
    _ type: Word.Type
  ) -> String where Word.RawValue == String {
    type.allCases.map(\.rawValue).joined(separator: ", ")
  }
}
