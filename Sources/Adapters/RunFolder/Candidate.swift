internal import Evidence
internal import Platform

/// A file from which rows could be taken, judged.
struct Candidate: Sendable {
  let path: [UInt8]
  let kind: MaterialKind
  let format: String
  var generation: String?
  /// Empty when it is eligible; in the order of the gates.
  var failed: [ImportReason]
  let rows: Int
  let counts: Counts
  let cells: CandidateCells
  let normalizedDigest: String
  /// Of the file as it lay.
  let digest: String
  /// As it was when it was read.
  let status: FileStatus
  /// The fault of the text, or the word of the format's own reader.
  var fault: String?
  var hasSecret = false

  struct Counts: Sendable, Equatable {
    var succeeded = 0
    var failed = 0
    var errored = 0
    var pending = 0
  }

  var isEligible: Bool { failed.isEmpty }
}

extension Candidate.Counts {
  init(_ rows: RawRows) {
    for row in rows.rows {
      switch row.outcome {
      case .succeeded: succeeded += 1
      case .failed: failed += 1
      case .errored, .excluded: errored += 1
      case .pending: pending += 1
      case .absent, .notBoolean: break
      }
    }
  }
}
