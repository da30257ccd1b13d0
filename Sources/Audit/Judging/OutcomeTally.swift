internal import Statistics

/// How many episodes ended in which way (STATISTICS §1).
struct OutcomeTally: Sendable, Equatable {
  var succeeded = 0
  var failed = 0
  var errored = 0
  var excluded = 0
  var missing = 0

  init() {}

  init(letters: [UInt8]) {
    for letter in letters {
      switch letter {
      case UInt8(ascii: "S"): succeeded += 1
      case UInt8(ascii: "F"): failed += 1
      case UInt8(ascii: "E"): errored += 1
      case UInt8(ascii: "X"): excluded += 1
      default: missing += 1
      }
    }
  }

  var attempted: Int { succeeded + failed + errored + excluded }
  var cells: Int { attempted + missing }

  static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.succeeded += b.succeeded
    sum.failed += b.failed
    sum.errored += b.errored
    sum.excluded += b.excluded
    sum.missing += b.missing
    return sum
  }
}

/// k successes in n counted episodes.
struct Counted: Sendable, Hashable {
  var k: Int
  var n: Int

  /// Nil when k > n, which no tally gives.
  var proportion: Proportion? { Proportion(k: k, n: n) }

  static func + (a: Self, b: Self) -> Self { Counted(k: a.k + b.k, n: a.n + b.n) }
}

extension [Counted] {
  var total: Counted { reduce(Counted(k: 0, n: 0), +) }
  /// Whether no two differ in n.
  var areEqualInSize: Bool { allSatisfy { $0.n == self[0].n } }
}

/// What is divided by (STATISTICS §6).
enum CountingPolicy: String, Sendable, CaseIterable {
  case errorsAsFailures = "errors_as_failures"
  case errorsExcluded = "errors_excluded"
  case asPlanned = "as_planned"
  case bestCase = "best_case"

  /// The counts; nil for `as_planned` where the number of planned episodes is unknown.
  func counts(_ tally: OutcomeTally, isPlanned: Bool) -> Counted? {
    switch self {
    case .errorsAsFailures:
      Counted(k: tally.succeeded, n: tally.succeeded + tally.failed + tally.errored)
    case .errorsExcluded: Counted(k: tally.succeeded, n: tally.succeeded + tally.failed)
    case .asPlanned: isPlanned ? Counted(k: tally.succeeded, n: tally.cells) : nil
    case .bestCase: Counted(k: tally.cells - tally.failed, n: tally.cells)
    }
  }

  /// Whether an episode that ended with this letter is in n.
  func counts(letter: UInt8) -> Bool {
    switch letter {
    case UInt8(ascii: "S"), UInt8(ascii: "F"): true
    case UInt8(ascii: "E"): self != .errorsExcluded
    default: self == .asPlanned || self == .bestCase
    }
  }

  /// Of two policies the one that counts more episodes as failures.
  func stricter(_ other: Self) -> Self {
    let order: [Self] = [.asPlanned, .errorsAsFailures, .errorsExcluded, .bestCase]
    return order.first { $0 == self || $0 == other } ?? self
  }
}

/// One in-protocol task and its tally.
struct TaskTally: Sendable {
  /// Its place among all tasks of the audit input.
  let position: Int
  /// `suite/task_id`.
  let key: String
  let name: String?
  let outcomes: OutcomeTally
}
