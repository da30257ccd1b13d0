internal import Evidence

extension EpisodeColumns {
  /// Row and episode index of every episode that ended with this letter, in index order.
  func rows(of letter: UInt8) -> [(row: Int, index: Int)] {
    var found: [(row: Int, index: Int)] = []
    forEachRange { index, rows in
      for row in rows where outcomes[row] == letter {
        found.append((row, index + (row - rows.lowerBound)))
      }
    }
    return found
  }

  /// The episode index of a row; nil when the ranges do not reach it.
  func index(ofRow row: Int) -> Int? {
    var found: Int?
    forEachRange { index, rows in
      if rows.contains(row) { found = index + (row - rows.lowerBound) }
    }
    return found
  }

  /// Calls with the first index and the rows of each range.
  func forEachRange(_ body: (_ first: Int, _ rows: Range<Int>) -> Void) {
    var row = 0
    for range in indexes {
      let end = min(row + range.count, outcomes.count)
      guard row < end else { return }
      body(range.lowerBound, row..<end)
      row = end
    }
  }
}
