public import Platform

/// Why an audit could not be made or written, and about what.
///
/// Two errors are equal when code and place are equal.
public struct AuditError: Failure, Equatable {
  /// The machine word; its raw value is what `reason` reports.
  public enum Code: String, CaseIterable, Sendable {
    // Judging.
    case claimKindNotSupported = "claim_kind_not_supported"
    case aggregateNotSupported = "aggregate_not_supported"
    case metricMismatch = "metric_mismatch"
    case countMismatch = "count_mismatch"
    case rulesUnknown = "rules_unknown"
    // Building the input.
    case duplicateEpisode = "duplicate_episode"
    case duplicateTask = "duplicate_task"
    case protocolMismatch = "protocol_mismatch"
    case seedOutOfRange = "seed_out_of_range"
    case indexOutOfRange = "index_out_of_range"
    case digestInvalid = "digest_invalid"
    case timeInvalid = "time_invalid"
    case checkpointDigestConflict = "checkpoint_digest_conflict"
    case columnMismatch = "column_mismatch"
    case textTooLong = "text_too_long"
    case controlCharacter = "control_character"
    case secretInPublicField = "secret_in_public_field"
    case auditInputFixed = "audit_input_fixed"
    // Writing the package.
    case memberInvalid = "member_invalid"
    case secretInvalid = "secret_invalid"
    case missingEvidence = "missing_evidence"
    case contractInvalid = "contract_invalid"
    case outputFailed = "output_failed"
  }

  public let code: Code
  public let place: String?
  public let message: String
  public let hint: String?
  public let kind: FailureKind
  /// The word of the layer below, where an error of it is passed on.
  private let word: String?

  public init(
    _ code: Code, place: String?, message: String, hint: String? = nil,
    kind: FailureKind = .invalidInput
  ) {
    self.code = code
    self.place = place
    self.message = message
    self.hint = hint
    self.kind = kind
    word = nil
  }

  /// An error of a layer below that stopped the work, with its own word, place and kind.
  public init(_ code: Code, from cause: some Failure) {
    self.code = code
    place = cause.place
    message = cause.message
    hint = cause.hint
    kind = cause.kind
    word = cause.reason
  }

  public var reason: String { word ?? code.rawValue }

  public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.place == b.place }
}
