/// Holm's step-down adjustment of several p-values.
///
/// Holm 1979, "A simple sequentially rejective multiple test procedure". STATISTICS §3.3. One
/// rounding per value; any number of them, in the time of a sort.
public enum Holm {
  /// The adjusted p-values in the order of the input; reject where adjusted ≤ α.
  ///
  /// Sorted ascending, ties by position: adjusted₍ⱼ₎ = max over i ≤ j of min(1, (m − i + 1)·p₍ᵢ₎).
  public static func adjusted(_ p: [Double]) -> [Double] {
    let order = p.indices.sorted { (p[$0], $0) < (p[$1], $1) }
    var result = p
    var largest = 0.0
    for (position, index) in order.enumerated() {
      largest = max(largest, min(1, Double(p.count - position) * p[index]))
      result[index] = largest
    }
    return result
  }
}
