/// The reasons of a decision, in the order of the decision table (IMPORT §4).
public enum ImportReason: String, Sendable, CaseIterable {
  case emptyFolder = "empty_folder"
  case limitsExceeded = "limits_exceeded"
  case secretInCandidate = "secret_in_candidate"
  case secretInFolder = "secret_in_folder"
  case changedWhileReading = "changed_while_reading"
  case candidateUnreadable = "candidate_unreadable"
  case candidateMalformed = "candidate_malformed"
  case ambiguousCandidates = "ambiguous_candidates"
  case conflictingOutcomes = "conflicting_outcomes"
  case duplicateEpisodes = "duplicate_episodes"
  case partialEpisodes = "partial_episodes"
  case metricContractMismatch = "metric_contract_mismatch"
  case denominatorMissing = "denominator_missing"
  case successNotBoolean = "success_not_boolean"
  case successMissing = "success_missing"
  case identityMissing = "identity_missing"
  case numericScoreOnly = "numeric_score_only"
  case aggregateOnly = "aggregate_only"
  case csvOnly = "csv_only"
  case archiveOnly = "archive_only"
  case binaryDominated = "binary_dominated"
  case claimNotGiven = "claim_not_given"
  case metricContractMissing = "metric_contract_missing"
  case trackerSummary = "tracker_summary"
  case simulatorSignal = "simulator_signal"
  case datasetSignal = "dataset_signal"
  case namesOnly = "names_only"
  case narrativeEvidence = "narrative_evidence"
  case accepted

  var decision: ImportDecision.Kind {
    switch self {
    case .accepted: .accept
    case .claimNotGiven, .metricContractMissing, .trackerSummary, .simulatorSignal,
      .datasetSignal, .namesOnly, .narrativeEvidence:
      .reportOnly
    default: .reject
    }
  }
}

/// What is remarked about a file without deciding anything by itself.
public enum NoteWord: String, Sendable, CaseIterable {
  case byteOrderMark = "byte_order_mark"
  case changed
  case configNames = "config_names"
  case conflictingOutcomes = "conflicting_outcomes"
  case crlf
  case csvColumns = "csv_columns"
  case datasetInfo = "dataset_info"
  case excluded
  case extensionMismatch = "extension_mismatch"
  case formatVersion = "format_version"
  case hydraOverrides = "hydra_overrides"
  case identicalCandidates = "identical_candidates"
  case jsonMalformed = "json_malformed"
  case lfsPointer = "lfs_pointer"
  case metricNames = "metric_names"
  case nameNotUTF8 = "name_not_utf8"
  case nonstandardNumber = "nonstandard_number"
  case otherFileSystem = "other_file_system"
  case outOfProtocolEpisodes = "out_of_protocol_episodes"
  case pathCollision = "path_collision"
  case rawDigest = "raw_digest"
  case scanLimit = "scan_limit"
  case skippedByName = "skipped_by_name"
  case specialFileSkipped = "special_file_skipped"
  case symlinkNotFollowed = "symlink_not_followed"
  case trackerSuccessKeys = "tracker_success_keys"
  case unreadableFile = "unreadable_file"
  case vanished
  case wrappedResults = "wrapped_results"
}

/// A remark about one file; its texts are redacted only when the report is made.
struct ImportNote: Sendable, Equatable {
  let word: NoteWord
  let path: [UInt8]
  var detail: String?

  init(_ word: NoteWord, _ path: [UInt8], _ detail: String? = nil) {
    self.word = word
    self.path = path
    self.detail = detail
  }
}
