internal import Evidence

/// Which episodes of one task are the same on both sides (STATISTICS §5).
///
/// Proven only by keys that were recorded: initial-state ids where both sides have them, else seeds
/// under one known environment digest. Equal episode indexes prove nothing. Keys are sorted and
/// merged, so that a million of them need no table; what stays is four bytes per episode.
struct EpisodePairing: Sendable {
  enum Proof: Sendable, Equatable {
    case proven
    case partial(a: Int, b: Int, common: Int)
    case none
  }

  let proof: Proof
  /// Rows of both sides with equal keys, in A's order; empty unless proven.
  let pairs: EpisodePairs
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
    let left = Side(letters: a.episodes.outcomes, policy: policy)
    let right = Side(letters: b.episodes.outcomes, policy: policy)
    let keys = PairingKeys(a, b, versions, policy: policy)
    by = if case .key(let key) = keys { key } else { nil }
    guard let match = Self.match(a.episodes, b.episodes, by, left, right) else {
      (proof, pairs, dropped) = (.none, EpisodePairs(), 0)
      let isEmpty = left.counted == 0 || right.counted == 0
      obstacle =
        if case .obstacle(let word) = keys { word } else {
          isEmpty ? .noCountedEpisode : .keysNotUnique
        }
      return
    }
    guard match.found == left.counted, match.foundBack == right.counted else {
      let isDisjoint = match.found == 0 && match.foundBack == 0
      proof =
        isDisjoint ? .none : .partial(a: left.counted, b: right.counted, common: match.found)
      (pairs, dropped) = (EpisodePairs(), 0)
      obstacle = isDisjoint ? .keysDiffer : nil
      return
    }
    (proof, obstacle) = (.proven, nil)
    pairs = EpisodePairs(matches: match.rows)
    dropped = left.counted + right.counted - 2 * match.pairs
  }

  /// The rows of one side and which of them count.
  private struct Side {
    let letters: [UInt8]
    let policy: CountingPolicy
    let counted: Int

    init(letters: [UInt8], policy: CountingPolicy) {
      self.letters = letters
      self.policy = policy
      counted = letters.count { policy.counts(letter: $0) }
    }

    func counts(_ row: Int) -> Bool { policy.counts(letter: letters[row]) }
  }

  /// The rows that were found on the other side.
  private struct Match {
    /// For each row of A the row of B with its key where both count, else −1.
    var rows: [Int32]
    var pairs = 0
    /// Counted rows of A whose key B has, and the other way round.
    var found = 0
    var foundBack = 0

    init(count: Int) { rows = [Int32](repeating: -1, count: count) }

    mutating func add(_ row: Int32, _ other: Int32, _ left: Side, _ right: Side) {
      let (inA, inB) = (left.counts(Int(row)), right.counts(Int(other)))
      if inA { found += 1 }
      if inB { foundBack += 1 }
      guard inA, inB else { return }
      rows[Int(row)] = other
      pairs += 1
    }
  }

  /// By keys of one kind on both sides; nil where there are none or they are not unique.
  private static func match(
    _ a: EpisodeColumns, _ b: EpisodeColumns, _ key: PairingKey?, _ left: Side, _ right: Side
  ) -> Match? {
    if key == .initialState, let states = a.initialStates, let others = b.initialStates {
      return match(states, others, left, right) { $0 }
    }
    guard key == .seedAndEnvironment, let seeds = a.seeds, let others = b.seeds else { return nil }
    if areIntegers(seeds), areIntegers(others) {
      return match(seeds, others, left, right) { $0.integer ?? 0 }
    }
    return match(seeds, others, left, right) { SortableSeed(seed: $0) }
  }

  private static func match<Column, Key: Comparable>(
    _ a: [Column?], _ b: [Column?], _ left: Side, _ right: Side,
    _ key: @escaping (Column) -> Key
  ) -> Match? {
    guard left.counted > 0, right.counted > 0, a.count == left.letters.count,
      b.count == right.letters.count, let one = SortedKeys(a, key, isNeeded: left.counts),
      let other = SortedKeys(b, key, isNeeded: right.counts)
    else { return nil }
    var match = Match(count: a.count)
    var (i, j) = (0, 0)
    while i < one.count, j < other.count, let x = one[i], let y = other[j] {
      if x.key < y.key {
        i += 1
      } else if y.key < x.key {
        j += 1
      } else {
        match.add(x.row, y.row, left, right)
        i += 1
        j += 1
      }
    }
    return match
  }
}

/// Rows of two sides that belong together, in the first side's order.
struct EpisodePairs: Sequence, Sendable {
  /// For each row of A the row of B, or −1.
  private let matches: [Int32]
  let count: Int

  init(matches: [Int32] = []) {
    self.matches = matches
    count = matches.count { $0 >= 0 }
  }

  func makeIterator() -> Iterator { Iterator(matches: matches) }

  struct Iterator: IteratorProtocol {
    fileprivate let matches: [Int32]
    private var row = 0

    fileprivate init(matches: [Int32]) { self.matches = matches }

    mutating func next() -> (a: Int, b: Int)? {
      while row < matches.count {
        defer { row += 1 }
        if matches[row] >= 0 { return (row, Int(matches[row])) }
      }
      return nil
    }
  }
}

/// The rows of a column in the order of their keys; four bytes a row, none where they rise already.
private struct SortedKeys<Column, Key: Comparable> {
  private let column: [Column?]
  private let key: (Column) -> Key
  /// Rows that have a key; nil for all of them as they stand.
  private var order: [Int32]?

  var count: Int { order?.count ?? column.count }

  /// Nil when a row that is needed has no key, or two rows have the same.
  init?(_ column: [Column?], _ key: @escaping (Column) -> Key, isNeeded: (Int) -> Bool) {
    self.column = column
    self.key = key
    guard !Self.isRising(column, key) else { return }
    var rows: [(key: Key, row: Int32)] = []
    rows.reserveCapacity(column.count)
    for (row, value) in column.enumerated() {
      guard let value else {
        if isNeeded(row) { return nil }
        continue
      }
      rows.append((key(value), Int32(truncatingIfNeeded: row)))
    }
    rows.sort { $0.key < $1.key }
    // Sorted, so keys that are the same are neighbours.
    for place in rows.indices.dropFirst() where !(rows[place - 1].key < rows[place].key) {
      return nil
    }
    order = rows.map(\.row)
  }

  /// The key and the row at a place of the order.
  subscript(place: Int) -> (key: Key, row: Int32)? {
    let row = order?[place] ?? Int32(truncatingIfNeeded: place)
    return column[Int(row)].map { (key($0), row) }
  }

  private static func isRising(_ column: [Column?], _ key: (Column) -> Key) -> Bool {
    var last: Key?
    for value in column {
      guard let own = value.map(key) else { return false }
      if let last, !(last < own) { return false }
      last = own
    }
    return true
  }
}

private func areIntegers(_ seeds: [Seed?]) -> Bool {
  seeds.allSatisfy { seed in
    if case .text? = seed { false } else { true }
  }
}

extension Seed {
  fileprivate var integer: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }
}

/// An order of seeds of both kinds: integers first.
private struct SortableSeed: Comparable {
  let seed: Seed

  static func < (one: SortableSeed, other: SortableSeed) -> Bool {
    switch (one.seed, other.seed) {
    case (.integer(let a), .integer(let b)): a < b
    case (.text(let a), .text(let b)): a < b
    case (.integer, .text): true
    case (.text, .integer): false
    }
  }
}
