import Audit
import Evidence
import Testing

/// Rows worked out apart from this code, in Python.
///
/// McNemar's and Fisher's tails as rationals,
/// Boschloo's supremum over 4,097 steps of sin²θ with a ternary search around each peak, Newcombe's
/// bounds from their formulas with z = 1.959963984540054, Mantel–Haenszel sums and the Breslow–Day
/// root by bisection, χ² tails through erfc. scipy's boschloo_exact, binomtest and chi2 agree.
struct ComparisonStatisticsTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let a: String
    let b: String
    var isPaired = true
    let difference: String
    let interval: [String]
    let p: String
    let change: ChangeClass
    var testDescription: String { "\(a) \(b)" }
  }

  private static func letters(_ k: Int, _ n: Int) -> String {
    String(repeating: "S", count: k) + String(repeating: "F", count: n - k)
  }

  /// Successes of both, of A alone, of B alone, of neither.
  private static func paired(
    _ both: Int, _ onlyA: Int, _ onlyB: Int, _ neither: Int, difference: String,
    interval: [String], p: String, change: ChangeClass
  ) -> Row {
    func text(_ outcomes: [(String, Int)]) -> String {
      outcomes.map { String(repeating: $0.0, count: $0.1) }.joined()
    }
    return Row(
      a: text([("S", both), ("S", onlyA), ("F", onlyB), ("F", neither)]),
      b: text([("S", both), ("F", onlyA), ("S", onlyB), ("F", neither)]),
      difference: difference, interval: interval, p: p, change: change)
  }

  private static func unpaired(
    _ kA: Int, _ nA: Int, _ kB: Int, _ nB: Int, difference: String, interval: [String], p: String,
    change: ChangeClass
  ) -> Row {
    Row(
      a: letters(kA, nA), b: letters(kB, nB), isPaired: false, difference: difference,
      interval: interval, p: p, change: change)
  }

  static let rows = [
    paired(
      10, 5, 1, 4, difference: "-0.200000", interval: ["-0.413647", "0.045515"], p: "0.218750",
      change: .unclear),
    paired(
      40, 9, 0, 1, difference: "-0.180000", interval: ["-0.309645", "-0.064716"], p: "0.003906",
      change: .regression),
    paired(
      7, 0, 0, 3, difference: "0.000000", interval: ["-0.200193", "0.200193"], p: "1.000000",
      change: .same),
    paired(
      10, 4, 4, 2, difference: "0.000000", interval: ["-0.268004", "0.268004"], p: "1.000000",
      change: .unclear),
    unpaired(
      47, 50, 31, 50, difference: "-0.320000", interval: ["-0.463987", "-0.161349"],
      p: "0.000080", change: .regression),
    unpaired(
      9, 10, 5, 10, difference: "-0.400000", interval: ["-0.675912", "0.002356"], p: "0.062310",
      change: .unclear),
    unpaired(
      10, 10, 10, 10, difference: "0.000000", interval: ["-0.277533", "0.277533"], p: "1.000000",
      change: .same),
    unpaired(
      0, 5, 5, 5, difference: "1.000000", interval: ["0.385549", "1.000000"], p: "0.001953",
      change: .improvement),
    unpaired(
      3, 4, 1, 7, difference: "-0.607143", interval: ["-0.842759", "-0.024886"], p: "0.070272",
      change: .unclear),
    unpaired(
      20, 20, 17, 20, difference: "-0.150000", interval: ["-0.360419", "0.038396"], p: "0.153861",
      change: .unclear),
  ]

  private func version(_ tasks: [String], reseeded: Bool = false) throws -> AuditedVersion {
    try ComparisonTests.version(tasks) { example in
      if reseeded { ComparisonTests.reseeded(&example) }
      // Sides of different sizes: what was planned is no matter here.
      example.plan.frozen.episodeIndexes = nil
      example.recount()
    }
  }

  @Test(arguments: rows)
  func `a task's numbers are those worked out by hand`(row: Row) throws {
    let comparison = compare(
      try version([row.a]), try version([row.b], reseeded: !row.isPaired))
    let task = try #require(comparison.tasks.first)
    #expect(task.test == (row.isPaired ? "mcnemar" : "boschloo"))
    #expect(task.difference == row.difference)
    #expect(task.interval == row.interval)
    #expect(task.pValue == row.p && task.adjusted == row.p)
    #expect(task.change == row.change)
    #expect(comparison.overall?.pValue == row.p)
    #expect(comparison.overall?.interval == row.interval)
  }

  @Test func `tasks are adjusted by Holm, the whole is not`() throws {
    // Lost and won: 9 and 0, 5 and 1, 0 and 6; p 0.003906, 0.218750, 0.031250.
    func text(_ lost: Int, _ won: Int) -> (String, String) {
      (
        Self.letters(lost, lost + won) + "SSSF",
        String(repeating: "F", count: lost) + String(repeating: "S", count: won) + "SSSF"
      )
    }
    let tasks = [text(9, 0), text(5, 1), text(0, 6)]
    let comparison = compare(try version(tasks.map(\.0)), try version(tasks.map(\.1)))
    #expect(comparison.tasks.map(\.pValue) == ["0.003906", "0.218750", "0.031250"])
    #expect(comparison.tasks.map(\.adjusted) == ["0.011719", "0.218750", "0.062500"])
    #expect(comparison.tasks.map(\.change) == [.regression, .unclear, .unclear])
    #expect(comparison.overall?.test == "mcnemar")
    #expect(comparison.overall?.pValue == "0.189247")
    #expect(comparison.pairing.pairs == 33)
  }

  @Test func `unequal shares go to Cochran, Mantel and Haenszel`() throws {
    let comparison = compare(
      try version([Self.letters(19, 20), Self.letters(10, 40)]),
      try version([Self.letters(30, 60), Self.letters(1, 10)], reseeded: true))
    let overall = try #require(comparison.overall)
    #expect(overall.test == "cochran_mantel_haenszel")
    #expect(overall.pValue == "0.000381")
    #expect(overall.change == .regression)
    #expect(overall.homogeneity?.statistic == "1.564591")
    #expect(overall.homogeneity?.pValue == "0.210994")
    #expect(comparison.notes.contains("tested_within_tasks"))
    #expect(!comparison.notes.contains("change_differs_between_tasks"))
  }

  @Test func `a change that differs between tasks is told by Breslow and Day`() throws {
    let comparison = compare(
      try version([Self.letters(47, 50), Self.letters(38, 50)]),
      try version([Self.letters(31, 50), Self.letters(47, 50)], reseeded: true))
    let overall = try #require(comparison.overall)
    #expect(overall.test == "boschloo")
    #expect(overall.pValue == "0.229247")
    #expect(overall.interval == ["-0.177095", "0.038443"])
    #expect(overall.homogeneity?.statistic == "20.128505")
    #expect(overall.homogeneity?.degrees == 1)
    #expect(overall.homogeneity?.pValue == "0.000007")
    #expect(comparison.notes.contains("change_differs_between_tasks"))
  }
}
