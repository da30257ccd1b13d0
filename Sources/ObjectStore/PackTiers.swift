/// Which packs a new one takes in, so that their number stays small and so does the copying.
///
/// Packs are classed by bytes, each class four times the one below. Of one class at most three lie
/// side by side; the fourth takes in all of its class and below. So a store of `n` equal commits
/// has at most `3 · (log₄ n + 1)` packs, and an object is copied at most once per class.
enum PackTiers {
  /// Packs of one class that may lie side by side.
  static var width: Int { 3 }

  static func tier(_ bytes: Int) -> Int {
    (Int.bitWidth - max(1, bytes).leadingZeroBitCount - 1) / 2
  }

  /// How many of the packs, whose sizes are given in rising order, a new one takes in.
  ///
  /// - Parameters:
  ///   - new: bytes of the new pack without them.
  ///   - limit: bytes that may be copied.
  static func run(_ sizes: [Int], new: Int, limit: Int) -> Int {
    var end = 0
    var sum = new
    var at = 0
    while at < sizes.count {
      let tier = tier(sizes[at])
      let next = sizes[at...].firstIndex { self.tier($0) != tier } ?? sizes.count
      let members = next - at + (self.tier(sum) == tier ? 1 : 0)
      if members > width {
        let copied = sizes[..<next].reduce(0, +)
        if copied > limit { break }
        end = next
        sum = new + copied
      }
      at = next
    }
    return end
  }
}
