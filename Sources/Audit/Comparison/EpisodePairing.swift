internal import Evidence

/// Which episodes of one task are the same on both sides (STATISTICS §5).
///
/// Proven only by keys that were recorded: initial-state ids where both sides have them, else seeds
/// under one known environment digest. Equal episode indexes prove nothing.
struct EpisodePairing: Sendable {
  enum Proof: Sendable, Equatable {
    case proven
    case partial(a: Int, b: Int, common: Int)
    case none
  }

  let proof: Proof
  /// Rows of both sides with equal keys, in A's order; empty unless proven.
  let pairs: [(a: Int, b: Int)]
  /// Pairs that left because an outcome is not counted on a side.
  let dropped: Int
  /// Why the task is not paired; nil when it is.
  var why: String? {
    switch proof {
    case .proven: nil
    case .partial: "pairing_partial"
    case .none: obstacle?.rawValue
    }
  }
  /// The kind of key that was compared; nil where there is none.
  let by: PairingKey?
  /// Why nothing is proven; nil when it is, or in part.
  let obstacle: PairingObstacle?

  init(
    _ a: AuditedTask, _ b: AuditedTask, _ versions: (a: AuditedVersion, b: AuditedVersion),
    policy: CountingPolicy
  ) {
    let keys = PairingKeys(a, b, versions, policy: policy)
    let (left, right) = Self.keys(keys, a, b)
    by = if case .key(let key) = keys { key } else { nil }
    guard let one = KeyedRows(a, keys: left, policy: policy),
      let other = KeyedRows(b, keys: right, policy: policy)
    else {
      (proof, pairs, dropped) = (.none, [], 0)
      obstacle = if case .obstacle(let word) = keys { word } else { .keysNotUnique }
      return
    }
    let common = one.counted.filter { other.rows[$0.key] != nil }
    let back = other.counted.count { one.rows[$0.key] != nil }
    guard common.count == one.counted.count, back == other.counted.count else {
      let isDisjoint = common.isEmpty && back == 0
      proof =
        isDisjoint
        ? .none : .partial(a: one.counted.count, b: other.counted.count, common: common.count)
      (pairs, dropped) = ([], 0)
      obstacle = isDisjoint ? .keysDiffer : nil
      return
    }
    (proof, obstacle) = (.proven, nil)
    var pairs: [(a: Int, b: Int)] = []
    for (key, row) in common {
      guard let match = other.rows[key], policy.counts(letter: b.episodes.outcomes[match]) else {
        continue
      }
      pairs.append((row, match))
    }
    self.pairs = pairs
    dropped = one.counted.count + other.counted.count - 2 * pairs.count
  }

  /// The keys of each side, of one kind on both; nil where there is none.
  private static func keys(
    _ keys: PairingKeys, _ a: AuditedTask, _ b: AuditedTask
  ) -> ([Key?]?, [Key?]?) {
    switch keys {
    case .key(.initialState):
      (
        a.episodes.initialStates?.map { $0.map(Key.state) },
        b.episodes.initialStates?.map { $0.map(Key.state) }
      )
    case .key(.seedAndEnvironment):
      (a.episodes.seeds?.map { $0.map(Key.seed) }, b.episodes.seeds?.map { $0.map(Key.seed) })
    case .obstacle: (nil, nil)
    }
  }

  private enum Key: Hashable {
    case state(String)
    case seed(Seed)
  }

  /// The rows of one side by their keys.
  private struct KeyedRows {
    var rows: [Key: Int] = [:]
    /// Counted rows in order.
    var counted: [(key: Key, row: Int)] = []

    /// Nil when a counted episode has no key or two have the same.
    init?(_ task: AuditedTask, keys: [Key?]?, policy: CountingPolicy) {
      guard let keys, keys.count == task.episodes.count else { return nil }
      rows.reserveCapacity(keys.count)
      for (row, letter) in task.episodes.outcomes.enumerated() {
        let isCounted = policy.counts(letter: letter)
        guard let key = keys[row] else {
          if isCounted { return nil }
          continue
        }
        guard rows.updateValue(row, forKey: key) == nil else { return nil }
        if isCounted { counted.append((key, row)) }
      }
      if counted.isEmpty { return nil }
    }
  }
}
