internal import JSON

/// Episode indexes as maximal inclusive ranges.
enum IndexRanges {
  /// No member holds more episodes of one task than this; a range beyond it is a mistake or an attack.
  static let most = 100_000_000

  /// The ranges of a checked array of pairs.
  ///
  /// `field_range` for a pair that runs backwards, `duplicate_episode` for an index twice,
  /// `range_not_maximal` for neighbours and wrong order.
  static func read(
    _ value: JSONValue, at place: EvidencePlace
  ) throws(EvidenceError) -> [ClosedRange<Int>] {
    var ranges: [ClosedRange<Int>] = []
    var total = 0
    for (index, pair) in (value.array ?? []).enumerated() {
      let ends = pair.array ?? []
      var here = place
      here.pointer = (place.pointer ?? "") + "/\(index)"
      guard ends.count == 2, let first = ends[0].int, let last = ends[1].int, first <= last,
        last - first < Int64(most)
      else { throw EvidenceError(.fieldRange, here, "expected [first, last], first ≤ last") }
      let range = Int(first)...Int(last)
      if let previous = ranges.last {
        if range.overlaps(previous) {
          throw EvidenceError(.duplicateEpisode, here, "expected every index once")
        }
        guard range.lowerBound > previous.upperBound + 1 else {
          throw EvidenceError(
            .rangeNotMaximal, here, "expected ranges in order with a gap between them")
        }
      }
      total += range.count
      guard total <= most else {
        throw EvidenceError(.fieldRange, here, "expected at most \(most) episodes")
      }
      ranges.append(range)
    }
    return ranges
  }

  static func json(_ ranges: [ClosedRange<Int>]) -> JSONValue {
    .array(
      ranges.map {
        [.number(JSONNumber(Int64($0.lowerBound))), .number(JSONNumber(Int64($0.upperBound)))]
      })
  }
}

extension Seed {
  /// From a checked value; nil for null.
  init?(_ value: JSONValue) {
    if let number = value.int {
      self = .integer(number)
    } else if let text = value.string {
      self = .text(text)
    } else {
      return nil
    }
  }
}
