import Glibc

/// The score interval for the difference of two independent rates that decides margins.
///
/// Miettinen & Nurminen 1985; the restricted estimate by the cubic's trigonometric solution
/// (Farrington & Manning 1990). 1e-8. STATISTICS §5.2.
public struct MiettinenNurminen: Sendable, Hashable {
  /// B − A.
  public let difference: Double
  public let interval: Interval

  /// Two-sided at the confidence; nil when a side has no episode.
  public init?(a: Proportion, b: Proportion, confidence: Confidence) {
    self.init(a: a, b: b, tail: confidence.halfAlpha)
  }

  /// Each bound leaves out `tail`: α for the bounds at confidence 1 − 2α that decide a margin.
  ///
  /// Nil when a side has no episode or unless 0 < tail ≤ ½.
  public init?(a: Proportion, b: Proportion, tail: Rational) {
    guard let rateA = a.rate, let rateB = b.rate, tail > .zero, tail <= .half else { return nil }
    let z = Normal.quantile(upperTail: tail)
    let d = rateB - rateA
    let score = Score(a: a, b: b)
    // Search from d outwards: the statistic grows with the distance.
    func bound(_ end: Double) -> Double {
      if d == end { return end }
      var (inside, outside) = (d, end)
      for _ in 0..<200 {
        let middle = inside + (outside - inside) / 2
        if middle == inside || middle == outside { break }
        if score.statistic(middle, difference: d) < z { inside = middle } else { outside = middle }
      }
      return inside + (outside - inside) / 2
    }
    difference = d
    interval = Interval(lower: bound(-1), upper: bound(1))
  }

  private struct Score {
    let nA: Double
    let nB: Double
    let kA: Double
    let s: Double

    init(a: Proportion, b: Proportion) {
      nA = Double(a.n)
      nB = Double(b.n)
      kA = Double(a.k)
      s = Double(a.k + b.k)
    }

    /// |d − δ| over its standard error under the restricted estimate; ∞ where that is zero.
    func statistic(_ delta: Double, difference: Double) -> Double {
      let rateA = restrictedRate(delta)
      let rateB = min(1, max(0, rateA + delta))
      let variance = rateB * (1 - rateB) / nB + rateA * (1 - rateA) / nA
      let total = nA + nB
      let distance = abs(difference - delta)
      guard variance > 0 else { return distance == 0 ? 0 : .infinity }
      return distance / (variance * total / (total - 1)).squareRoot()
    }

    /// p̃_A, the maximum-likelihood rate of A when B's is δ higher.
    private func restrictedRate(_ delta: Double) -> Double {
      let l3 = nA + nB
      let l2 = (nB + 2 * nA) * delta - l3 - s
      let l1 = (nA * delta - l3 - 2 * kA) * delta + s
      let l0 = kA * delta * (1 - delta)
      let shift = l2 / (3 * l3)
      let q = shift * shift * shift - l1 * l2 / (6 * l3 * l3) + l0 / (2 * l3)
      let size = max(0, shift * shift - l1 / (3 * l3)).squareRoot()
      let r = q < 0 ? -size : size
      var rate = -shift
      if r != 0 {
        let angle = (Double.pi + acos(min(1, max(-1, q / (r * r * r))))) / 3
        rate += 2 * r * cos(angle)
      }
      return min(min(1, 1 - delta), max(max(0, -delta), rate))
    }
  }
}
