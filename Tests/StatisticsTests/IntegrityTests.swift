import TestSupport
import Testing

@testable import Statistics

struct IntegrityTests {
  @Test func `GRIM agrees with trying every count`() throws {
    var random = SeededGenerator(seed: 51)
    for _ in 0..<1500 {
      let places = Int.random(in: 0...3, using: &random)
      let unit: ReportedRate.Unit = Bool.random(using: &random) ? .percent : .fraction
      let whole = Int.random(in: 0...(unit == .percent ? 101 : 1), using: &random)
      let part = Int.random(in: 0..<Int(powerOfTen(places)), using: &random)
      let digits = String(part)
      let padded = String(repeating: "0", count: max(0, places - digits.count)) + digits
      let text = places == 0 ? "\(whole)" : "\(whole).\(padded)"
      let reported = try #require(ReportedRate(text, unit: unit))
      let n = Int.random(in: 1...120, using: &random)
      let (u, r) = (Int(reported.scale), Int(reported.digits))
      let rounded = (0...n).filter { 2 * abs(u * $0 - r * n) <= n }
      let cut = (0...n).filter { r * n <= u * $0 && u * $0 < (r + 1) * n }
      let result = try #require(Grim(reported, n: n))
      #expect((result.state == .consistent) == !rounded.isEmpty)
      #expect((result.state == .truncatedOnly) == (rounded.isEmpty && !cut.isEmpty))
      let fitting = rounded.isEmpty ? cut : rounded
      #expect(result.counts.map(Array.init) ?? [] == fitting)
    }
  }

  @Test func `a reported rate keeps its precision`() throws {
    let percent = try #require(ReportedRate("86.0", unit: .percent))
    #expect(percent.places == 1 && percent.digits == 860 && percent.scale == 1000)
    #expect(percent.rate == Rational(43, 50))
    #expect(percent.halfUnit == Rational(1, 2000))
    #expect(ReportedRate("-1", unit: .percent) == nil)
    #expect(ReportedRate("0.12345678901234567", unit: .percent) == nil)
    #expect(Grim(percent, n: 0) == nil)
    #expect(Grim.smallestConsistent(percent) == 43)
  }

  @Test func `the largest counts do not overflow`() throws {
    let reported = try #require(ReportedRate("0.999999999999999999", unit: .fraction))
    let result = try #require(Grim(reported, n: Int.max))
    #expect(result.state == .consistent)
  }

  @Test func `runs agree with listing every arrangement`() throws {
    for n in 1...10 {
      var counts: [Int: [Int: Double]] = [:]  // successes → runs → arrangements
      for bits in 0..<(1 << n) {
        let outcomes = (0..<n).map { bits >> $0 & 1 == 1 }
        counts[bits.nonzeroBitCount, default: [:]][naive(outcomes), default: 0] += 1
      }
      for bits in 0..<(1 << n) {
        let outcomes = (0..<n).map { bits >> $0 & 1 == 1 }
        let result = Runs(outcomes)
        #expect(result.runs == naive(outcomes))
        guard bits != 0, bits != 1 << n - 1 else {
          #expect(result.pValue == nil && result.pFew == nil)
          continue
        }
        let weights = try #require(counts[bits.nonzeroBitCount])
        let total = weights.values.reduce(0, +)
        let own = try #require(weights[result.runs])
        let both = weights.values.filter { $0 <= own }.reduce(0, +) / total
        let few = weights.filter { $0.key <= result.runs }.values.reduce(0, +) / total
        #expect(abs(try #require(result.pValue) - both) < 1e-13)
        #expect(abs(try #require(result.pFew) - few) < 1e-13)
      }
    }
    #expect(Runs([Bool]()).runs == 0)
  }

  private func naive(_ outcomes: [Bool]) -> Int {
    1 + zip(outcomes, outcomes.dropFirst()).count { $0 != $1 }
  }

  @Test func `equally likely numbers of runs on both sides are found in long runs`() throws {
    // With as many failures as successes, r and n + 2 − r runs are equally likely.
    let few = Array(repeating: [true, true, true, false, false, false], count: 20).flatMap { $0 }
    let result = Runs(few)
    #expect(result.runs == 40)
    let p = try #require(result.pValue)
    let tail = try #require(result.pFew)
    #expect(abs(p - 2 * tail) <= 1e-12 * p)
  }

  @Test func `the generator gives the published vector`() {
    var generator = SplitMix64(seed: 1_234_567)
    let published: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    #expect(published == published.map { _ in generator.next() })
  }

  @Test func `bounded draws follow the plain rejection rule`() {
    var random = SeededGenerator(seed: 52)
    for _ in 0..<200 {
      let seed = random.next()
      let shift = UInt64.random(in: 0...63, using: &random)
      let bound = max(1, random.next() >> shift)
      var (one, other) = (SplitMix64(seed: seed), SplitMix64(seed: seed))
      for _ in 0..<20 {
        let drawn = one.bounded(bound)
        var (high, low) = other.next().multipliedFullWidth(by: bound)
        let least = UInt64(truncatingIfNeeded: (UInt128(1) << 64) % UInt128(bound))
        while low < least { (high, low) = other.next().multipliedFullWidth(by: bound) }
        #expect(drawn == high && drawn < bound)
      }
    }
  }

  @Test func `a bootstrap without variation has no width`() throws {
    let tail = try fraction(1, 40)
    let all = try proportion(20, 20)
    let bootstrap = try #require(Bootstrap([all, all], seed: 1, replicates: 99))
    #expect(bootstrap.limits(tail: tail) == Bootstrap.Limits(lower: 40, upper: 40))
    #expect(bootstrap.denominator == 40 && bootstrap.text(40) == "1.000000")
  }

  @Test func `a bootstrap is refused without tasks or with too many episodes`() throws {
    let half = try proportion(5000, 10_000)
    let one = try proportion(1, 1)
    let none = try proportion(0, 0)
    #expect(Bootstrap.isRun([half, half]) && !Bootstrap.isRun([half, half, one]))
    #expect(Bootstrap([half, half, one], seed: 1, replicates: 1) == nil)
    #expect(Bootstrap([], seed: 1) == nil)
    #expect(Bootstrap([one, none], seed: 1) == nil)
    #expect(Bootstrap([one], seed: 1, replicates: 0) == nil)
    #expect(
      !Bootstrap.isRun([try proportion(0, Int.max), one]))
  }

  @Test func `unlike sizes switch the bootstrap to the floor form`() throws {
    let sizes = [1009, 1013, 1019, 1021, 1031, 1033, 1039]
    let tasks = try sizes.map { try proportion($0 / 2, $0) }
    let bootstrap = try #require(Bootstrap(tasks, seed: 7, replicates: 3))
    #expect(bootstrap.scale == .floor && bootstrap.denominator == 7 << 40)
    var generator = SplitMix64(seed: 7)
    let first = tasks.reduce(0) { sum, task in
      let hits = (0..<task.n).count { _ in generator.bounded(UInt64(task.n)) < UInt64(task.k) }
      return sum + (hits << 40) / task.n
    }
    #expect(bootstrap.values.first == first)
  }

  @Test func `a seed is the first eight bytes, big-endian`() {
    #expect(
      Bootstrap.seed(digest: [1, 2, 3, 4, 5, 6, 7, 8, 9] as [UInt8]) == 0x0102_0304_0506_0708)
    #expect(Bootstrap.seed(digest: [1, 2, 3] as [UInt8]) == nil)
  }

  @Test func `equal sizes make macro and micro agree`() throws {
    var random = SeededGenerator(seed: 53)
    for _ in 0..<100 {
      let tasks = try (0..<5).map { _ in
        try proportion(Int.random(in: 0...30, using: &random), 30)
      }
      let average = try #require(MacroAverage(tasks))
      let k = tasks.reduce(0) { $0 + $1.k }
      #expect(average.text == SixDigits.text(k: k, n: 150))
      #expect(average.equalised == EqualisedCounts(low: k, high: k, n: 150))
    }
    #expect(MacroAverage([]) == nil)
    #expect(MacroAverage([try proportion(0, 0)]) == nil)
  }

  @Test func `equalised counts enclose the mean`() throws {
    var random = SeededGenerator(seed: 54)
    let tail = try fraction(1, 40)
    for _ in 0..<200 {
      let tasks = try (0..<6).map { _ in
        let n = Int.random(in: 1...90, using: &random)
        return try proportion(Int.random(in: 0...n, using: &random), n)
      }
      let average = try #require(MacroAverage(tasks))
      let counts = try #require(average.equalised)
      let centre = average.mean * Double(counts.n)
      #expect(Double(counts.low) <= centre + 1e-9 && centre <= Double(counts.high) + 1e-9)
      #expect(counts.high - counts.low <= tasks.count)
      let interval = average.squareAndAdd(tail: tail)
      #expect(interval.lower <= average.mean && average.mean <= interval.upper)
      #expect(abs(average.mean - (Double(average.text) ?? .nan)) <= 5.1e-7)
    }
  }
}
