internal import JSON

/// Who approved that the page is shown, to whom, and for how long.
struct ApprovalFields {
  let dto: JSONValue

  var fields: [String: PageFields.Field] {
    let retention = dto["approval"]?["retention_policy"]
    return [
      "reviewer_label": .text(dto.text("approval", "reviewer_label") ?? "not stated"),
      "audience": .text(PageWords.audience(dto.text("approval", "audience") ?? "unknown")),
      "approver": .text(dto.text("approval", "approver") ?? "not stated"),
      "revocation_owner": .text(dto.text("approval", "revocation_owner") ?? "not stated"),
      "expires": .text(
        PageWords.moment(dto.text("share", "expires_at")) + ", "
          + PageWords.span(dto.text("share", "expires_in") ?? "unknown")),
      "password": .text(
        dto["share"]?["password_protected"]?.bool == true
          ? "needed besides the link" : "none: whoever has the link sees this page"),
      "retention": .text(
        PageWords.retention(retention?.text("word") ?? "unknown", days: retention?.count("days"))),
    ]
  }
}
