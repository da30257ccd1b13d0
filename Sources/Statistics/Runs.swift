import Glibc

/// The Wald–Wolfowitz test of whether outcomes cluster in the order of the run.
///
/// Exact, given the numbers of both: ties in integers, sums to 1e-10 relative up to a million
/// outcomes. Wald & Wolfowitz 1940. STATISTICS §8, I09. For j pairs of runs,
/// weight(2j) = 2·C(k−1,j−1)·C(f−1,j−1) and weight(2j+1) = weight(2j)/2 · (n − 2j)/j.
public struct Runs: Sendable, Hashable {
  public let runs: Int
  /// The share of arrangements whose number of runs is no likelier than this one; nil when all
  /// outcomes are equal.
  public let pValue: Double?
  /// P(runs ≤ observed); nil when all outcomes are equal.
  public let pFew: Double?

  /// Outcomes in the order of the run, true for a success.
  ///
  /// Inlined into the caller: a generic loop over a million elements would allocate for each.
  @inlinable
  public init(_ outcomes: some Sequence<Bool>) {
    var counter = Counter()
    for outcome in outcomes { counter.add(outcome) }
    self.init(counter)
  }

  /// From what was counted one by one.
  public init(_ counter: Counter) {
    let (k, n) = (counter.successes, counter.count)
    runs = counter.runs
    let tails = k == 0 || k == n ? nil : Self.tails(k: k, f: n - k, observed: runs)
    pValue = tails.map { min(1, $0.both) }
    pFew = tails.map { min(1, $0.few) }
  }

  /// Counts runs, outcomes and successes as they come.
  public struct Counter: Sendable {
    @usableFromInline var previous: Bool?
    @usableFromInline var runs = 0
    @usableFromInline var successes = 0
    @usableFromInline var count = 0

    @inlinable
    public init() {}

    @inlinable
    public mutating func add(_ outcome: Bool) {
      if outcome != previous { runs += 1 }
      previous = outcome
      count += 1
      if outcome { successes += 1 }
    }
  }

  private static func tails(k: Int, f: Int, observed: Int) -> (both: Double, few: Double) {
    let n = Double(k + f)
    // C(k−1,j−1)·C(f−1,j−1) is hypergeometric in j − 1.
    let pairs = Hypergeometric(nA: f - 1, nB: k - 1, s: f - 1)
    let logScale = log(Double(k)) + log(Double(f)) - log(n) - log(n - 1)
    let middle = k == 1 || f == 1 ? 1 : pairs.mode + 1
    let anchor = exp((k == 1 && f == 1 ? 0 : pairs.logMass(middle - 1)) + logScale)
    let own = exp(
      (k == 1 && f == 1 ? 0 : pairs.logMass(observed / 2 - 1)) + logScale
        + log(factor(observed, n)))

    var (both, few) = (0.0, 0.0)
    func count(_ runs: Int, _ mass: Double) {
      let weight = mass * factor(runs, n)
      guard weight > 0 else { return }
      if runs <= observed { few += weight }
      let isAtMost: Bool
      if runs == observed {
        isAtMost = true
      } else if abs(weight - own) > 1e-9 * own {
        isAtMost = weight < own
      } else {
        isAtMost = Self.weight(runs, k, f).compared(to: Self.weight(observed, k, f)) <= 0
      }
      if isAtMost { both += weight }
    }
    var mass = anchor
    for j in middle...min(k, f) {
      count(2 * j, mass)
      count(2 * j + 1, mass)
      mass *= Double(k - j) * Double(f - j) / (Double(j) * Double(j))
    }
    mass = anchor
    var j = middle
    while j > 1 {
      mass *= Double(j - 1) * Double(j - 1) / (Double(k - j + 1) * Double(f - j + 1))
      j -= 1
      count(2 * j, mass)
      count(2 * j + 1, mass)
    }
    return (both, few)
  }

  private static func factor(_ runs: Int, _ n: Double) -> Double {
    let j = Double(runs / 2)
    return runs.isMultiple(of: 2) ? 2 : (n - 2 * j) / j
  }

  private static func weight(_ runs: Int, _ k: Int, _ f: Int) -> CombinatorialWeight {
    let j = runs / 2
    let even = runs.isMultiple(of: 2)
    return CombinatorialWeight(
      first: (k - 1, j - 1), second: (f - 1, j - 1),
      factor: even ? 2 : UInt64(k + f - 2 * j), divisor: even ? 1 : UInt64(j))
  }
}
