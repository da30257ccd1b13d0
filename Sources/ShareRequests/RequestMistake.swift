/// What is wrong with a request, as far as its own bytes say so: a status and a reason word of the
/// answers of SHARING §8 and §9.
package struct RequestMistake: Error, Sendable, Equatable {
  package enum Reason: String, CaseIterable, Sendable {
    case requestMalformed = "request_malformed"
    case digestMismatch = "digest_mismatch"
    case archiveType = "archive_type"
    case memberNotAllowed = "member_not_allowed"
    case memberMissing = "member_missing"
    case memberTooLarge = "member_too_large"
  }

  package let status: Int
  package let reason: String
  /// Never text of what was sent.
  package let detail: String?

  @inline(never)
  init(_ status: Int, _ reason: Reason, _ detail: String? = nil) {
    self.init(status, word: reason.rawValue, detail)
  }

  /// A reason word of the reader of archives.
  @inline(never)
  init(_ status: Int, word: String, _ detail: String? = nil) {
    self.status = status
    reason = word
    self.detail = detail
  }

  static func malformed(_ detail: String? = nil) -> RequestMistake {
    RequestMistake(400, .requestMalformed, detail)
  }
}
