internal import JSON
internal import Platform
internal import ShareRequests

/// An answer that says no: a status and a reason word, as §8 and §9 of SHARING give them.
package struct Refusal: Error, Sendable, Equatable {
  /// The machine words of answers.
  package enum Reason: String, CaseIterable, Sendable {
    /// Unknown, malformed, expired, revoked, deleted or somebody else's: all the same.
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    /// No API key, or one that is not good now.
    case keyRefused = "key_refused"
    /// The key is good, and may not do this.
    case scopeMissing = "scope_missing"
    case passwordRequired = "password_required"
    case passwordWrong = "password_wrong"
    /// A form that another site sent.
    case originRefused = "origin_refused"
    case rateLimited = "rate_limited"
    case requestMalformed = "request_malformed"
    case bodyTooLarge = "body_too_large"
    case lengthRequired = "length_required"
    case targetTooLong = "target_too_long"
    case headerTooLarge = "header_too_large"
    case requestTimeout = "request_timeout"
    case mediaTypeRefused = "media_type_refused"
    /// Something packed or encoded where plain bytes or a plain ustar are taken.
    case archiveType = "archive_type"
    /// The announced digest or size is not that of the bytes.
    case digestMismatch = "digest_mismatch"
    case memberNotAllowed = "member_not_allowed"
    case memberMissing = "member_missing"
    case memberTooLarge = "member_too_large"
    /// The upload, share or key is in a state in which this cannot be done.
    case stateConflict = "state_conflict"
    /// An `Idempotency-Key` that was used for another request.
    case keyReused = "idempotency_key_reused"
    case passwordWeak = "password_weak"
    case expiryRefused = "expiry_refused"
    case consentMissing = "consent_missing"
    case policyMissing = "policy_missing"
    case labelRefused = "label_refused"
    /// The server has too much to do.
    case busy = "server_busy"
    case diskFull = "disk_full"
    case internalError = "internal_error"
  }

  package let status: Int
  package let reason: String
  /// For authenticated callers only; never text of what was sent.
  package let detail: String?
  /// Seconds.
  package let retryAfter: Int64?
  package let allow: [String]

  @inline(never)
  package init(
    _ status: Int, _ reason: Reason, _ detail: String? = nil, retryAfter: Int64? = nil,
    allow: [String] = []
  ) {
    self.init(status, word: reason.rawValue, detail, retryAfter: retryAfter, allow: allow)
  }

  /// A reason word of another module, such as those of the gate.
  @inline(never)
  package init(
    _ status: Int, word: String, _ detail: String? = nil, retryAfter: Int64? = nil,
    allow: [String] = []
  ) {
    self.status = status
    reason = word
    self.detail = detail
    self.retryAfter = retryAfter
    self.allow = allow
  }

  static var notFound: Refusal { Refusal(404, .notFound) }

  /// What became of an error that nobody expected.
  static func of(_ error: any Error) -> Refusal {
    if let refusal = error as? Refusal { return refusal }
    if let mistake = error as? RequestMistake {
      return Refusal(mistake.status, word: mistake.reason, mistake.detail)
    }
    if let error = error as? PlatformError, error.code == .diskFull {
      return Refusal(507, .diskFull)
    }
    return Refusal(500, .internalError)
  }
}
