public import Evidence
public import JSON

/// One side of a comparison: a package's four members that say what was found.
public struct AuditedVersion: Sendable, Equatable {
  public var claim: Claim
  public var `protocol`: EvaluationProtocol
  public var input: AuditInput
  /// evidence.json as packaged.
  public var evidence: JSONValue

  public init(
    claim: Claim, protocol: EvaluationProtocol, input: AuditInput, evidence: JSONValue
  ) {
    self.claim = claim
    self.protocol = `protocol`
    self.input = input
    self.evidence = evidence
  }
}

/// What changed from an old audit (A) to a new one (B); every difference is B − A (STATISTICS §5).
public struct Comparison: Sendable, Equatable {
  public let comparability: Comparability
  /// The denominator policy that both sides are counted under.
  public let policy: String
  /// Of intervals and classes: the higher one of the two claims, six digits.
  public let confidence: String?
  /// Of the overall test.
  public let pairing: Pairing
  public let verdict: Change
  public let grade: Change
  /// nil without a common task.
  public let overall: OverallComparison?
  /// Common tasks in A's protocol order.
  public let tasks: [TaskComparison]
  /// Tasks that only A has, and that only B has.
  public let onlyA: [CountedTask]
  public let onlyB: [CountedTask]
  /// Pairs of such tasks that bear one name; they are not compared.
  public let possibleRenames: [PossibleRename]
  /// Episodes that changed between success and failure.
  public internal(set) var flips: [Flip]
  /// Machine words such as `fixed_n_assumed`; `pairing_partial` has its sizes behind a colon.
  public let notes: [String]

  /// A word of each side.
  public struct Change: Sendable, Equatable {
    public let a: String
    public let b: String
    public var isChanged: Bool { a != b }

    public init(a: String, b: String) {
      self.a = a
      self.b = b
    }
  }

  /// Whether a task, or all of them together, became worse: what `--fail-on regression` asks.
  public var hasRegression: Bool {
    overall?.change == .regression || tasks.contains { $0.change == .regression }
  }

  /// Common tasks of a class, in order.
  public func tasks(_ change: ChangeClass) -> [TaskComparison] {
    tasks.filter { $0.change == change }
  }
}

/// Whether two audits may be compared at all, and why only in part or not.
public struct Comparability: Sendable, Equatable {
  public enum State: String, Sendable, CaseIterable {
    case comparable, degraded
    case notComparable = "not_comparable"
  }
  public let state: State
  public let reasons: [String]
}

/// What a difference means.
public enum ChangeClass: String, Sendable, CaseIterable {
  case regression, improvement, unclear, same
}

/// k successes in n counted episodes of one side.
public struct CountedEpisodes: Sendable, Equatable {
  public let k: Int
  public let n: Int

  public init(k: Int, n: Int) {
    self.k = k
    self.n = n
  }
}

/// The 2×2 table of episodes that are proven to be the same on both sides.
public struct PairCounts: Sendable, Equatable {
  public let both: Int
  public let onlyA: Int
  public let onlyB: Int
  public let neither: Int
  /// Pairs with an outcome that the policy does not count on either side.
  public let dropped: Int
}

/// One common task.
public struct TaskComparison: Sendable, Equatable {
  /// `suite/task_id`.
  public let task: String
  /// `suite/task_id/` as it begins the keys of its episodes.
  public let keyPrefix: String
  /// The new version's name, or the old one's.
  public let name: String?
  /// Both names, where the same task bears another one.
  public let renamed: Comparison.Change?
  public let a: CountedEpisodes
  public let b: CountedEpisodes
  /// B − A with six digits; nil when a side counted nothing.
  public let difference: String?
  /// Two-sided at the claim's confidence, six digits each.
  public let interval: [String]?
  public let test: String?
  /// Two-sided; six digits.
  public let pValue: String?
  /// Holm over the compared tasks.
  public let adjusted: String?
  public let change: ChangeClass
  /// nil when pairing is not proven.
  public let pairs: PairCounts?
  /// `initial_state` or `seed_and_environment`; nil when pairing is not proven.
  public let pairedBy: String?
  /// Why not.
  public let unpairedWhy: String?
}

/// All common tasks together.
public struct OverallComparison: Sendable, Equatable {
  public let a: CountedEpisodes
  public let b: CountedEpisodes
  public let difference: String?
  public let interval: [String]?
  /// `mcnemar`, `boschloo`, `fisher` or `cochran_mantel_haenszel`.
  public let test: String?
  public let pValue: String?
  public let change: ChangeClass
  public let isPaired: Bool
  public let homogeneity: Homogeneity?

  /// Whether the change differs between tasks (Breslow–Day with Tarone's correction).
  public struct Homogeneity: Sendable, Equatable {
    public let statistic: String
    public let degrees: Int
    public let pValue: String
    /// Whether the unrounded p-value is at most α: the change differs between tasks.
    public let isRejected: Bool
  }
}

/// One episode that succeeded on one side and failed on the other.
public struct Flip: Sendable, Equatable {
  /// `suite/task_id`.
  public let task: String
  /// The episode index on side A.
  public let episode: Int
  /// The episode index on side B; another one only where pairing is proven by keys.
  public let episodeB: Int
  public let seed: Seed?
  public let from: Bool
  public let to: Bool

  public init(
    task: String, episode: Int, episodeB: Int, seed: Seed?, from: Bool, to: Bool
  ) {
    self.task = task
    self.episode = episode
    self.episodeB = episodeB
    self.seed = seed
    self.from = from
    self.to = to
  }
}
