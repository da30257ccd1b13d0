internal import Evidence

/// The episodes of one task that changed between success and failure.
///
/// Matched by the proven keys; else by episode index, which shows where to look and proves nothing,
/// and never across two recorded seeds that differ.
struct FlippedEpisodes {
  private(set) var flips: [Flip] = []

  init(_ task: CommonTask, _ pairing: EpisodePairing, policy: CountingPolicy) {
    let (one, other) = (task.a.episodes, task.b.episodes)
    let isProven = pairing.proof == .proven
    let pairs = isProven ? pairing.pairs : Self.byIndex(one, other)
    let (indexesA, indexesB) = (Self.indexes(one), Self.indexes(other))
    for (a, b) in pairs {
      let (from, to) = (one.outcomes[a], other.outcomes[b])
      guard (from == UInt8(ascii: "S")) != (to == UInt8(ascii: "S")),
        policy.counts(letter: from), policy.counts(letter: to),
        a < indexesA.count, b < indexesB.count
      else { continue }
      let (seedA, seedB) = (one.seeds?[a] ?? nil, other.seeds?[b] ?? nil)
      let seedsDiffer = seedA != nil && seedB != nil && seedA != seedB
      if seedsDiffer, !isProven { continue }
      flips.append(
        Flip(
          task: task.key, episode: indexesA[a], episodeB: indexesB[b],
          seed: seedsDiffer ? nil : seedA ?? seedB, from: from == UInt8(ascii: "S"),
          to: to == UInt8(ascii: "S")))
    }
  }

  private static func indexes(_ episodes: EpisodeColumns) -> [Int] {
    var indexes: [Int] = []
    indexes.reserveCapacity(episodes.count)
    episodes.forEachRange { first, rows in
      for row in rows { indexes.append(first + (row - rows.lowerBound)) }
    }
    return indexes
  }

  /// Rows with equal episode indexes, both columns being in index order.
  private static func byIndex(_ one: EpisodeColumns, _ other: EpisodeColumns) -> [(a: Int, b: Int)]
  {
    let (left, right) = (indexes(one), indexes(other))
    if left == right { return left.indices.map { ($0, $0) } }
    var pairs: [(a: Int, b: Int)] = []
    var (a, b) = (0, 0)
    while a < left.count, b < right.count {
      if left[a] == right[b] {
        pairs.append((a, b))
        a += 1
        b += 1
      } else if left[a] < right[b] {
        a += 1
      } else {
        b += 1
      }
    }
    return pairs
  }
}
