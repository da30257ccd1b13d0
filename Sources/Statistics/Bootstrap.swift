/// The stratified percentile bootstrap of a macro-average, exact to the last draw.
///
/// Every task is resampled within itself. Agarwal et al. 2021; STATISTICS §4. Too short for small
/// tasks and without width when all episodes end alike, so it never decides alone.
public struct Bootstrap: Sendable, Hashable {
  /// D: one success in task t counts D/n_t.
  public enum Scale: String, Sendable {
    /// D is the least common multiple of the n_t.
    case exact
    /// D is 2⁴⁰ and each task's share is rounded down.
    case floor = "2^40"
  }

  /// The largest Σn_t for which it is run; above, `too_many_episodes`.
  public static let largestTotal = 20_000
  public static let usualReplicates = 9999

  public let scale: Scale
  /// D·T: a value v is the rate v / (D·T).
  public let denominator: Int
  /// v₁ … v_B in the order in which they were drawn.
  public let values: [Int]
  private let sorted: [Int]

  /// A pair of limits as v over `denominator`.
  public struct Limits: Sendable, Hashable {
    public let lower: Int
    public let upper: Int
  }

  /// Tasks in ascending byte order of their UTF-8 keys.
  ///
  /// Nil without tasks or replicates, with an empty task, or above `largestTotal` episodes.
  public init?(_ tasks: [Proportion], seed: UInt64, replicates: Int = Bootstrap.usualReplicates) {
    guard !tasks.isEmpty, replicates > 0, tasks.allSatisfy({ $0.n > 0 }),
      Self.isRun(tasks)
    else { return nil }
    let common = Self.commonMultiple(tasks)
    scale = common == nil ? .floor : .exact
    let unit = common ?? 1 << 40
    denominator = unit * tasks.count
    var generator = SplitMix64(seed: seed)
    var values: [Int] = []
    values.reserveCapacity(replicates)
    for _ in 0..<replicates {
      var value = 0
      for task in tasks {
        let count = Self.successes(of: task, &generator)
        value += common == nil ? (count << 40) / task.n : count * (unit / task.n)
      }
      values.append(value)
    }
    self.values = values
    sorted = values.sorted()
  }

  /// Whether the total is small enough to be resampled.
  public static func isRun(_ tasks: [Proportion]) -> Bool {
    var total = 0
    for task in tasks {
      guard task.n <= largestTotal else { return false }
      total += task.n
    }
    return total <= largestTotal
  }

  /// The first eight bytes of a digest, big-endian; nil for fewer bytes.
  ///
  /// For an audit the digest is the SHA-256 over the two SHA-256 digests of audit_input.json and
  /// protocol.json, 32 raw bytes each.
  public static func seed(digest: some Sequence<UInt8>) -> UInt64? {
    let bytes = digest.prefix(8)
    var (seed, count): (UInt64, Int) = (0, 0)
    for byte in bytes {
      seed = seed << 8 | UInt64(byte)
      count += 1
    }
    return count == 8 ? seed : nil
  }

  /// The limits that leave out `tail` on each side: α/2 for two-sided, α for one-sided ones.
  ///
  /// Positions max(1, ⌊tail·(B+1)⌋) and B + 1 less that, counted from 1.
  public func limits(tail: Rational) -> Limits {
    let product = UInt128(tail.numerator) * UInt128(sorted.count + 1) / UInt128(tail.denominator)
    let position = min(max(1, Int(product)), sorted.count)
    let (low, high) = (sorted[position - 1], sorted[sorted.count - position])
    return Limits(lower: min(low, high), upper: max(low, high))
  }

  /// A value as a rate with six digits.
  public func text(_ value: Int) -> String {
    SixDigits.text(k: value, n: denominator) ?? "0.000000"
  }

  private static func successes(of task: Proportion, _ generator: inout SplitMix64) -> Int {
    let (k, n) = (UInt64(task.k), UInt64(task.n))
    var count = 0
    for _ in 0..<task.n where generator.bounded(n) < k { count += 1 }
    return count
  }

  /// D; nil when D·T would reach 2⁶².
  private static func commonMultiple(_ tasks: [Proportion]) -> Int? {
    let limit = UInt64(1) << 62
    var multiple: UInt64 = 1
    for task in tasks {
      let n = UInt64(task.n)
      let (product, overflow) = multiple.multipliedReportingOverflow(
        by: n / greatestCommonDivisor(multiple, n))
      guard !overflow, product < limit else { return nil }
      multiple = product
    }
    let (total, overflow) = multiple.multipliedReportingOverflow(by: UInt64(tasks.count))
    return overflow || total >= limit ? nil : Int(multiple)
  }
}
