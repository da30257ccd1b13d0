public import Platform

/// What is wrong with a log of tips, with what somebody shows of it, or with a key for it.
///
/// The words are those of SIGNING.md §8; two errors are equal when code and place are.
public struct LogError: Failure, Equatable {
  /// The machine words, snake case.
  public enum Code: String, CaseIterable, Sendable {
    case checkpointInvalid = "checkpoint_invalid"
    case logKeyUnknown = "log_key_unknown"
    case logKeyMalformed = "log_key_malformed"
    case logTreeMismatch = "log_tree_mismatch"
    case logTileMissing = "log_tile_missing"
    case logTilePathInvalid = "log_tile_path_invalid"
    case logEntryMalformed = "log_entry_malformed"
    case logProofMalformed = "log_proof_malformed"
    case inclusionProofInvalid = "inclusion_proof_invalid"
    case consistencyProofInvalid = "consistency_proof_invalid"
    case logRollback = "log_rollback"
    case logFork = "log_fork"
    case logReplaced = "log_replaced"
    case logChainBroken = "log_chain_broken"
    case witnessQuorumMissing = "witness_quorum_missing"
    case cosignatureInvalid = "cosignature_invalid"
    case logSourceFailed = "log_source_failed"
  }

  public let code: Code
  public let place: String?
  public let message: String
  public let hint: String?
  /// What kept tiles or entries from being read, for `log_source_failed`; kind and reason are then
  /// its own.
  public let cause: (any Failure)?

  public init(_ code: Code, _ message: String, place: String? = nil, hint: String? = nil) {
    self.code = code
    self.place = place
    self.message = message
    self.hint = hint
    cause = nil
  }

  /// The place where the log lies could not be read.
  public init(_ cause: any Failure) {
    code = .logSourceFailed
    place = cause.place
    message = cause.message
    hint = cause.hint
    self.cause = cause
  }

  public var reason: String { cause?.reason ?? code.rawValue }
  public var kind: FailureKind { cause?.kind ?? code.kind }

  public static func == (left: LogError, right: LogError) -> Bool {
    left.code == right.code && left.place == right.place
  }
}

extension LogError.Code {
  /// The sort of failure, from which the exit code follows (SIGNING.md §8).
  public var kind: FailureKind {
    switch self {
    case .checkpointInvalid, .logKeyMalformed, .logTreeMismatch, .logTilePathInvalid,
      .logEntryMalformed, .logProofMalformed, .inclusionProofInvalid, .consistencyProofInvalid,
      .cosignatureInvalid:
      .bytesChanged
    case .logTileMissing: .missing
    case .logKeyUnknown, .witnessQuorumMissing: .untrusted
    case .logRollback, .logFork, .logReplaced, .logChainBroken: .historyRewritten
    case .logSourceFailed: .inputOutput
    }
  }
}
