import Glibc

/// The tables whose one-sided Fisher value is at most a critical one.
///
/// For each x_A these are x_B ≤ g(x_A), and g never falls: one walk up the staircase finds it with
/// n_A + n_B values.
struct RejectionRegion {
  let nA: Int
  let nB: Int
  /// g(x_A); −1 where no x_B belongs.
  private let highestB: [Int]

  init(nA: Int, nB: Int, critical: Double) {
    self.nA = nA
    self.nB = nB
    var steps: [Int] = []
    steps.reserveCapacity(nA + 1)
    var g = -1
    for xA in 0...nA {
      while g < nB, Boschloo.fisherLess(nA, nB, xA, g + 1) <= critical { g += 1 }
      steps.append(g)
    }
    highestB = steps
  }

  /// The supremum over π of the region's probability when both sides have the rate π.
  func largestProbability() -> Double {
    if highestB[0] >= nB { return 1 }  // every table
    let steps = 1024
    let width = Double.pi / 2 / Double(steps)
    var scratch = Scratch(nA: nA, nB: nB)
    let grid = (0...steps).map { probability(angle: Double($0) * width, &scratch) }
    var best = grid.max() ?? 0
    // No probability is above 1, so the search could not find more than rounding noise.
    if best > 1 - 1e-9 { return min(1, best) }
    let enough = 0.98 * best
    for i in 0...steps where grid[i] >= enough {
      let before = i == 0 ? -1 : grid[i - 1]
      let after = i == steps ? -1 : grid[i + 1]
      guard grid[i] >= before, grid[i] >= after else { continue }
      let low = Double(max(0, i - 1)) * width
      let high = Double(min(steps, i + 1)) * width
      best = max(best, goldenSection(low, high, &scratch))
    }
    return min(1, best)
  }

  private func goldenSection(_ from: Double, _ to: Double, _ scratch: inout Scratch) -> Double {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (from, to)
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var atLeft = probability(angle: left, &scratch)
    var atRight = probability(angle: right, &scratch)
    while high - low > 1e-9 {
      if atLeft >= atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - ratio * (high - low)
        atLeft = probability(angle: left, &scratch)
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + ratio * (high - low)
        atRight = probability(angle: right, &scratch)
      }
    }
    return max(atLeft, atRight)
  }

  /// Mass of A and cumulated mass of B at one π, reused through the whole search.
  private struct Scratch {
    var massA: [Double]
    var cumulatedB: [Double]

    init(nA: Int, nB: Int) {
      massA = [Double](repeating: 0, count: nA + 1)
      cumulatedB = [Double](repeating: 0, count: nB + 1)
    }
  }

  /// Σ P(x_A)·P(X_B ≤ g(x_A)) at π = sin²(angle).
  private func probability(angle: Double, _ scratch: inout Scratch) -> Double {
    let (sine, cosine) = (sin(angle), cos(angle))
    let (p, q) = (sine * sine, cosine * cosine)
    let rangeA = Self.fill(&scratch.massA, Binomial(n: nA, p: p, q: q))
    let rangeB = Self.fill(&scratch.cumulatedB, Binomial(n: nB, p: p, q: q))
    var running = 0.0
    for i in rangeB {
      running += scratch.cumulatedB[i]
      scratch.cumulatedB[i] = running
    }
    var sum = 0.0
    for xA in rangeA {
      let g = highestB[xA]
      if g < rangeB.lowerBound { continue }
      sum += scratch.massA[xA] * (g >= rangeB.upperBound ? 1 : scratch.cumulatedB[g])
    }
    return sum
  }

  /// Writes the masses that do not underflow and returns where they lie.
  private static func fill(_ masses: inout [Double], _ binomial: Binomial) -> ClosedRange<Int> {
    let n = binomial.n
    let (p, q) = (binomial.p, binomial.q)
    let mode = min(n, Int(Double(n + 1) * p))
    let top = binomial.mass(mode)
    masses[mode] = top
    let negligible = 1e-300
    var (low, high) = (mode, mode)
    var mass = top
    while high < n {
      mass *= Double(n - high) / Double(high + 1) * (p / q)
      if !(mass > negligible) { break }
      high += 1
      masses[high] = mass
    }
    mass = top
    while low > 0 {
      mass *= Double(low) / Double(n - low + 1) * (q / p)
      if !(mass > negligible) { break }
      low -= 1
      masses[low] = mass
    }
    return low...high
  }
}
