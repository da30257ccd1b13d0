import JSON
import Sharing
import Terminal

/// One link as its owner sees it; every text comes from a server and is made plain.
struct SharedRow {
  let shareID: String
  let state: String
  let createdAt: String
  let expiresAt: String
  let endedAt: String
  let displayID: String
  let artifactID: String
  let reviewerLabel: String
  let hasPassword: Bool
  let views: Int64

  init(_ value: JSONValue) {
    func text(_ name: String) -> String { plainText(value[name]?.string ?? "") }
    shareID = text("share_id")
    state = text("state")
    createdAt = text("created_at")
    expiresAt = text("expires_at")
    endedAt = text("ended_at")
    displayID = text("display_id")
    artifactID = text("artifact_id")
    reviewerLabel = text("reviewer_label")
    hasPassword = value["password_protected"]?.bool ?? false
    views = value["views"]?.int ?? 0
  }

  var json: JSONValue {
    func text(_ value: String) -> JSONValue { value.isEmpty ? .null : .string(value) }
    return [
      "share_id": .string(shareID), "state": .string(state), "created_at": text(createdAt),
      "expires_at": text(expiresAt), "ended_at": text(endedAt), "display_id": text(displayID),
      "artifact_id": text(artifactID), "reviewer_label": text(reviewerLabel),
      "password_protected": .bool(hasPassword), "views": .number(JSONNumber(views)),
    ]
  }
}

extension JSONValue {
  /// An object with one member more.
  func adding(_ name: String, _ value: JSONValue) -> JSONValue {
    guard var object else { return self }
    object[name] = value
    return .object(object)
  }
}
