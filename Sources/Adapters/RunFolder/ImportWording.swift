/// Plain sentences for the words of an import, and what to do about each: one fixed table.
enum ImportWording {
  /// What holds, without the word.
  static func sentence(_ reason: ImportReason) -> String {
    switch reason {
    case .emptyFolder: "The folder is empty."
    case .limitsExceeded: "The folder is larger than the limits allow, so it was not read further."
    case .secretInCandidate: "The results themselves hold credentials."
    case .secretInFolder: "Files of the folder hold credentials."
    case .changedWhileReading: "Results changed while they were read."
    case .candidateUnreadable: "A file that should hold results cannot be read."
    case .candidateMalformed: "The results are cut off, malformed or contradict themselves."
    case .ambiguousCandidates: "Complete results disagree, and nothing says which one counts."
    case .conflictingOutcomes: "Another file gives some episodes another outcome."
    case .duplicateEpisodes: "Episodes are there twice, and the protocol does not say which counts."
    case .partialEpisodes: "Episodes are missing that were planned or attempted."
    case .metricContractMismatch: "The results are about another metric than the claim."
    case .denominatorMissing: "Nothing says how many episodes were attempted."
    case .successNotBoolean: "Success is not true or false in every row."
    case .successMissing: "No row says whether it succeeded."
    case .identityMissing: "Some rows do not say which task or episode they are."
    case .numericScoreOnly: "There are scores, and no outcomes."
    case .aggregateOnly: "There are rates or averages, and no episodes."
    case .csvOnly: "There are tables only, and no results that state their meaning."
    case .archiveOnly: "There are archives only, and they are not opened."
    case .binaryDominated: "There are checkpoints or other binaries, and no results."
    case .claimNotGiven: "The results are complete, and no claim was given to judge them by."
    case .metricContractMissing: "The results are complete, and nothing says what success means."
    case .trackerSummary: "There are logs of an experiment tracker, and no episodes."
    case .simulatorSignal: "There are robot or simulator recordings, and no outcomes."
    case .datasetSignal: "There are datasets, and no evaluation."
    case .namesOnly: "Configurations name a model or benchmark, and there are no results."
    case .narrativeEvidence: "There are notes, videos or the like, and no results."
    case .accepted: "One result is complete and can be audited."
    }
  }

  /// What to do about it, and the command where there is one.
  static func step(_ reason: ImportReason) -> (text: String, command: String?) {
    switch reason {
    case .emptyFolder: ("Name the folder that the harness wrote.", nil)
    case .limitsExceeded:
      (
        "Name the folder of one run, leave out what is large, or raise the limit.",
        "--exclude GLOB, --max-entries N, --max-depth N, --max-bytes N"
      )
    case .secretInCandidate, .secretInFolder:
      (
        "Rotate these credentials: they were on disk in clear. Then remove them from the files.",
        nil
      )
    case .changedWhileReading: ("Wait until the run has ended, then import again.", nil)
    case .candidateUnreadable:
      ("Put the file itself in place of the link or pointer, readable for you.", "git lfs pull")
    case .candidateMalformed: ("Get the file from the run again; nothing is repaired here.", nil)
    case .ambiguousCandidates, .conflictingOutcomes:
      ("Which one the claim is about has to be said, not guessed.", "--candidate PATH")
    case .duplicateEpisodes:
      ("Say in the protocol whether the first or the last attempt counts, before the run.", nil)
    case .partialEpisodes: ("Run the missing episodes, or claim what was run.", nil)
    case .metricContractMismatch:
      ("Name the same metric in claim and results.", "--custom-eval-contract FILE")
    case .denominatorMissing:
      (
        "Freeze the episode indexes in the protocol, or state `attempted` in the file.",
        "wf protocol freeze DIR"
      )
    case .successNotBoolean, .successMissing, .numericScoreOnly:
      ("Have the harness write true or false for every episode.", nil)
    case .identityMissing: ("Have the harness write task and episode for every row.", nil)
    case .aggregateOnly, .csvOnly, .trackerSummary, .narrativeEvidence, .namesOnly,
      .simulatorSignal, .datasetSignal:
      ("Ask for the file with one row per episode that the harness wrote.", nil)
    case .archiveOnly: ("Unpack it yourself, where you trust it, and import the folder.", nil)
    case .binaryDominated: ("Name the folder with the results, not the checkpoints.", nil)
    case .claimNotGiven:
      (
        "Write claim and protocol, then import again.",
        "wf claim create --template NAME --output DIR"
      )
    case .metricContractMissing:
      ("State what success means.", "--custom-eval-contract FILE")
    case .accepted:
      (
        "Audit the accepted input.",
        "wf audit worldflux AUDIT_INPUT --claim-package DIR --output PKG"
      )
    }
  }

  /// What to ask the folder's owner.
  static func question(_ reason: ImportReason) -> (label: String, text: String)? {
    switch reason {
    case .denominatorMissing:
      ("denominator_policy_assumed", "How many episodes were attempted, crashed ones included?")
    case .partialEpisodes: ("source_partial", "Where are the episodes that are missing here?")
    case .metricContractMissing, .metricContractMismatch:
      ("success_rule_unversioned", "By which rule did an episode count as a success?")
    case .ambiguousCandidates, .conflictingOutcomes:
      ("other", "Which of these files is the result, and why are there others?")
    case .duplicateEpisodes:
      ("attempt_policy_missing", "Why were episodes run twice, and which attempt counts?")
    case .aggregateOnly, .csvOnly, .trackerSummary, .numericScoreOnly:
      ("other", "Where are the outcomes of the single episodes?")
    default: nil
    }
  }

  static func group(_ group: MaterialGroup) -> String {
    switch group {
    case .json: "JSON"
    case .csv: "tables"
    case .config: "configurations"
    case .tracker: "experiment trackers"
    case .dataset: "datasets"
    case .simulator: "robot and simulator"
    case .binary: "checkpoints and binaries"
    case .archive: "archives"
    case .narrative: "notes, logs, media"
    case .none: "other"
    }
  }
}
