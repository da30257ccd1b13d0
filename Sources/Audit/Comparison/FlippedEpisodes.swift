internal import Evidence

/// The episodes of one task that changed between success and failure.
///
/// Matched by the proven keys; else by episode index, which shows where to look and proves nothing,
/// and never across two recorded seeds that differ. Nothing is kept but the flips.
struct FlippedEpisodes {
  private(set) var flips: [Flip] = []

  init(_ task: CommonTask, _ pairing: EpisodePairing, policy: CountingPolicy) {
    let (one, other) = (task.a.episodes, task.b.episodes)
    let (lettersA, lettersB) = (one.outcomes, other.outcomes)
    guard pairing.proof == .proven else {
      Self.forEachCommonIndex(one, other) { index, a, b in
        guard lettersA[a] != lettersB[b] else { return }
        add(task, index, (one, a), index, (other, b), policy, isProven: false)
      }
      return
    }
    let (indexesA, indexesB) = (RowIndexes(one), RowIndexes(other))
    for (a, b) in pairing.pairs where lettersA[a] != lettersB[b] {
      guard let index = indexesA.index(ofRow: a), let indexB = indexesB.index(ofRow: b) else {
        continue
      }
      add(task, index, (one, a), indexB, (other, b), policy, isProven: true)
    }
  }

  private mutating func add(
    _ task: CommonTask, _ index: Int, _ a: (columns: EpisodeColumns, row: Int), _ indexB: Int,
    _ b: (columns: EpisodeColumns, row: Int), _ policy: CountingPolicy, isProven: Bool
  ) {
    let (from, to) = (a.columns.outcomes[a.row], b.columns.outcomes[b.row])
    guard (from == UInt8(ascii: "S")) != (to == UInt8(ascii: "S")), policy.counts(letter: from),
      policy.counts(letter: to)
    else { return }
    let seedA = a.columns.seeds?[a.row] ?? nil
    let seedB = b.columns.seeds?[b.row] ?? nil
    let seedsDiffer = seedA != nil && seedB != nil && seedA != seedB
    if seedsDiffer, !isProven { return }
    flips.append(
      Flip(
        task: task.key, episode: index, episodeB: indexB,
        seed: seedsDiffer ? nil : seedA ?? seedB, from: from == UInt8(ascii: "S"),
        to: to == UInt8(ascii: "S")))
  }

  /// Calls with each index that both sides have and its rows: the ranges of both are in order.
  private static func forEachCommonIndex(
    _ one: EpisodeColumns, _ other: EpisodeColumns,
    _ body: (_ index: Int, _ rowA: Int, _ rowB: Int) -> Void
  ) {
    let (left, right) = (RowIndexes(one).ranges, RowIndexes(other).ranges)
    var (i, j) = (0, 0)
    while i < left.count, j < right.count {
      let (x, y) = (left[i], right[j])
      let (xEnd, yEnd) = (x.first + x.rows.count, y.first + y.rows.count)
      var index = max(x.first, y.first)
      while index < min(xEnd, yEnd) {
        body(index, x.rows.lowerBound + index - x.first, y.rows.lowerBound + index - y.first)
        index += 1
      }
      if xEnd <= yEnd { i += 1 } else { j += 1 }
    }
  }
}

/// The episode indexes of a task's rows, range by range.
private struct RowIndexes {
  private(set) var ranges: [(first: Int, rows: Range<Int>)] = []

  init(_ episodes: EpisodeColumns) {
    episodes.forEachRange { first, rows in ranges.append((first, rows)) }
  }

  /// By bisection; nil for a row beyond the ranges.
  func index(ofRow row: Int) -> Int? {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = low + (high - low) / 2
      if ranges[middle].rows.upperBound <= row { low = middle + 1 } else { high = middle }
    }
    guard low < ranges.count, ranges[low].rows.contains(row) else { return nil }
    return ranges[low].first + (row - ranges[low].rows.lowerBound)
  }
}

extension Comparison {
  /// The same without its flips, which alone may be many.
  public var withoutFlips: Comparison {
    var copy = self
    copy.flips = []
    return copy
  }
}
