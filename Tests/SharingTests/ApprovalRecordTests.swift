import JSON
import Platform
import Sharing
import Signing
import TestSupport
import Testing

struct ApprovalRecordTests {
  /// One change to the worked record, and the word and place of its refusal.
  struct Case: Sendable, CustomTestStringConvertible {
    let field: String
    let value: JSONValue?
    let code: SharingError.Code
    var place: String?
    var testDescription: String { "\(field): \(code)" }
  }

  private static let secret = "hf_" + String(repeating: "aB3dE5gH7j", count: 4)

  static let cases: [Case] = [
    Case(field: "schema", value: "wf.approval_record/2", code: .approvalMalformed),
    Case(field: "approval_id", value: "apr_1", code: .approvalMalformed),
    Case(field: "approval_id", value: nil, code: .approvalMalformed),
    Case(field: "reviewer_label", value: "", code: .approvalMalformed),
    Case(
      field: "reviewer_label", value: .string(String(repeating: "a", count: 81)),
      code: .approvalMalformed),
    Case(field: "reviewer_label", value: 7, code: .approvalMalformed),
    Case(field: "reviewer_label", value: "ana@lab.example", code: .notPublicSafe),
    Case(field: "approver", value: "see /home/ana/eval", code: .notPublicSafe),
    Case(field: "approver", value: "on node7.lab.example today", code: .notPublicSafe),
    Case(field: "approver", value: "https://lab.example.net/x", code: .notPublicSafe),
    Case(field: "revocation_owner", value: "10.1.2.3", code: .notPublicSafe),
    Case(field: "revocation_owner", value: .string(secret), code: .notPublicSafe),
    Case(field: "purpose", value: "line\u{202E}reversed", code: .notPublicSafe),
    Case(field: "purpose", value: "two\nlines", code: .notPublicSafe),
    Case(
      field: "purpose", value: .string(String(repeating: "a", count: 201)),
      code: .approvalMalformed),
    Case(field: "purpose", value: "? what for", code: .approvalIncomplete),
    Case(field: "audience", value: "everybody", code: .approvalMalformed),
    Case(field: "audience", value: "? single_reviewer", code: .approvalIncomplete),
    Case(
      field: "retention_policy", value: ["word": "keep_days", "days": nil],
      code: .approvalMalformed),
    Case(
      field: "retention_policy", value: ["word": "keep_days", "days": 0],
      code: .approvalMalformed),
    Case(
      field: "retention_policy", value: ["word": "keep_days", "days": 3651],
      code: .approvalMalformed),
    Case(
      field: "retention_policy", value: ["word": "delete_on_expiry", "days": 3],
      code: .approvalMalformed),
    Case(
      field: "retention_policy", value: ["word": "keep_days", "days": 3, "note": "x"],
      code: .approvalMalformed),
    Case(field: "password_required", value: "yes", code: .approvalMalformed),
    Case(field: "package_bytes", value: "all", code: .approvalMalformed),
    Case(field: "include_commit_proof", value: nil, code: .approvalMalformed),
    Case(field: "customer_consent", value: "not_given", code: .consentMissing),
    Case(field: "customer_consent", value: true, code: .consentMissing),
    Case(field: "redaction_reviewed_at", value: "2026-11-24T10:06:00Z", code: .approvalMalformed),
    Case(field: "redaction_reviewed_at", value: "yesterday", code: .approvalMalformed),
    Case(field: "approved_at", value: "2026-11-24T12:00:01Z", code: .approvalMalformed),
    Case(field: "expires_at", value: "2026-11-24T12:00:00Z", code: .approvalExpired),
    Case(field: "expires_at", value: "2027-11-24T12:00:01Z", code: .approvalMalformed),
    Case(field: "approver_key", value: "SHA256:short", code: .approvalMalformed),
    Case(
      field: "package", value: ["package_id": "pkg_26CK8653DPXCVNBV3Y6ZQBYP9S"],
      code: .approvalMalformed),
    Case(field: "note", value: "hello", code: .approvalFieldUnknown),
    Case(field: "CANARY-16-x@lab.example", value: 1, code: .approvalFieldUnknown),
  ]

  @Test(arguments: cases) func `a record that says anything else is refused`(_ row: Case) throws {
    // A field that is there with null is not one that is left out.
    let bytes = try approvalBytes([row.field: row.value ?? .null])
    let error = #expect(throws: SharingError.self) {
      try ApprovalRecord(parsing: bytes, now: SharedPackage.now)
    }
    #expect(error?.code == row.code)
    let told = "\(error?.place ?? "") \(error?.message ?? "") \(error?.hint ?? "")"
    if case .string(let text)? = row.value, text.utf8.count > 8, !text.hasPrefix("wf.") {
      #expect(!told.contains(text), "the refusal repeats what was refused")
    }
    #expect(!told.contains("CANARY"))
  }

  @Test func `the worked record reads, and its defaults are the careful ones`() throws {
    let record = try approval()
    #expect(record.audience == .customer && record.retention == .deleteOnExpiry)
    #expect(record.passwordRequired && record.approverKey == nil)
    var object = try #require(try JSONValue.parse(record.bytes).object)
    for field in ["package_bytes", "include_commit_proof", "approver_key"] { object[field] = nil }
    let bare = try ApprovalRecord(
      parsing: try CanonicalJSON.bytes(.object(object)), now: SharedPackage.now)
    #expect(bare.packageBytes == .withheld && !bare.includeCommitProof)
    #expect(throws: SharingError.self) {
      try ApprovalRecord(
        parsing: Array("{\"schema\":1,\"schema\":2}".utf8), now: SharedPackage.now)
    }
    #expect(throws: SharingError.self) {
      try ApprovalRecord(
        parsing: [UInt8](repeating: 0x20, count: ApprovalRecord.sizeLimit + 1),
        now: SharedPackage.now)
    }
  }

  @Test func `365 days ahead are the most, to the second`() throws {
    _ = try approval(["expires_at": "2027-11-24T12:00:00Z"])
  }

  @Test func `a named key has to have signed these very bytes`() throws {
    let key = try SharedPackage.signer(7)
    let record = try approval(["approver_key": .string(key.publicKey.fingerprint)])
    let good = Array(
      try signArmoured(message: record.bytes, namespace: "wf-approval", key: key).utf8)
    try record.check(signature: good)
    func refusal(_ signature: [UInt8]?) -> SharingError.Code? {
      do throws(SharingError) {
        try record.check(signature: signature)
        return nil
      } catch {
        return error.code
      }
    }
    #expect(refusal(nil) == .approvalUnsigned)
    #expect(refusal(Array("nothing".utf8)) == .approvalSignatureInvalid)
    let other = try SharedPackage.signer(8)
    for (namespace, signer) in [("git", key), ("wf-approval", other)] {
      let bad = try signArmoured(message: record.bytes, namespace: namespace, key: signer)
      #expect(refusal(Array(bad.utf8)) == .approvalSignatureInvalid)
    }
    let over = try signArmoured(message: record.bytes + [1], namespace: "wf-approval", key: key)
    #expect(refusal(Array(over.utf8)) == .approvalSignatureInvalid)
    let spaced = record.bytes.dropLast() + [0x20, 0x0A]
    let error = #expect(throws: SharingError.self) {
      try ApprovalRecord(parsing: Array(spaced), now: SharedPackage.now)
    }
    #expect(error?.code == .approvalNotCanonical)
  }

  @Test func `a draft asks for every answer and is no record before`() throws {
    let worked = try approval()
    let draft = ApprovalDraft(
      packageID: worked.packageID, manifestDigest: worked.manifestDigest, now: SharedPackage.now,
      random: [UInt8](repeating: 9, count: 10)
    ).bytes
    var object = try #require(try JSONValue.parse(draft).object)
    var asked: [String] = []
    // Each refusal names one question; answering it leads to the next.
    for _ in 0...ApprovalDraft.questions.count {
      let bytes = try CanonicalJSON.bytes(.object(object))
      let failure = refusal(bytes)
      guard let failure else { break }
      #expect([.approvalIncomplete, .consentMissing].contains(failure.code))
      let field = String(failure.place?.split(separator: "/").last ?? "")
      asked.append(field)
      object[field] = try JSONValue.parse(worked.bytes)[field]
    }
    #expect(Set(asked) == Set(ApprovalDraft.questions.map(\.field)))
    #expect(refusal(try CanonicalJSON.bytes(.object(object))) == nil)
  }

  private func refusal(_ bytes: [UInt8]) -> SharingError? {
    do throws(SharingError) {
      _ = try ApprovalRecord(parsing: bytes, now: SharedPackage.now)
      return nil
    } catch {
      return error
    }
  }
}
