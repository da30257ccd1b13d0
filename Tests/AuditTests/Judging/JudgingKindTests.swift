import Audit
import Evidence
import JSON
import Testing

/// Every kind of claim with every outcome it can have (STATISTICS §3.2, §3.3).
///
/// p-values and bounds behind the rows were computed apart, with scipy.
struct JudgingKindTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let kind: ClaimMetric.Kind
    let tasks: [String]
    var threshold: String?
    var margin: String?
    var value: String?
    var counts: [Int64?]?
    var aggregate: ClaimMetric.Aggregate?
    let verdict: String
    let reasons: [String]
    var test: String?
    var testDescription: String { name }
  }

  private static func rate(
    _ name: String, _ kind: ClaimMetric.Kind, _ threshold: String, _ tasks: [String],
    _ verdict: String, _ reasons: [String] = [], aggregate: ClaimMetric.Aggregate? = .micro,
    test: String = "binomial_exact"
  ) -> Row {
    Row(
      name: name, kind: kind, tasks: tasks, threshold: threshold, aggregate: aggregate,
      verdict: verdict, reasons: reasons, test: test)
  }

  private static func against(
    _ name: String, _ kind: ClaimMetric.Kind, _ task: String, _ verdict: String,
    _ reasons: [String] = [], value: String? = nil, counts: [Int64?]? = nil,
    margin: String? = nil, test: String? = nil
  ) -> Row {
    Row(
      name: name, kind: kind, tasks: [task], margin: margin, value: value, counts: counts,
      verdict: verdict, reasons: reasons, test: test)
  }

  static let rates = [
    rate("at least, reached", .atLeast, "0.8", [mixed(45, 50)], "supported"),
    rate("at least, one short", .atLeast, "0.8", [mixed(44, 50)], "inconclusive"),
    rate("at least, missed", .atLeast, "0.8", [mixed(34, 50)], "refuted"),
    rate(
      "at least, hopeless", .atLeast, "0.8", [mixed(5, 5)], "inconclusive", ["too_few_episodes"]),
    rate(
      "at least 1, flawless", .atLeast, "1", [mixed(50, 50)], "inconclusive", ["too_few_episodes"]),
    rate("at least 1, one failure", .atLeast, "1", [mixed(49, 50)], "refuted"),
    rate("at most, reached", .atMost, "0.2", [mixed(5, 50)], "supported"),
    rate("at most, one over", .atMost, "0.2", [mixed(6, 50)], "inconclusive"),
    rate("at most, missed", .atMost, "0.2", [mixed(16, 50)], "refuted"),
    rate("at most, hopeless", .atMost, "0.2", [mixed(0, 5)], "inconclusive", ["too_few_episodes"]),
    rate("at most 0, none", .atMost, "0", [mixed(0, 50)], "inconclusive", ["too_few_episodes"]),
    rate("at most 0, one success", .atMost, "0", [mixed(1, 50)], "refuted"),
    rate("micro over tasks", .atLeast, "0.8", [mixed(50, 50), mixed(37, 50)], "supported"),
    rate(
      "macro over equal tasks", .atLeast, "0.8", [mixed(50, 50), mixed(36, 50)], "inconclusive",
      aggregate: .macro),
    rate(
      "macro refuted", .atLeast, "0.8", [mixed(40, 50), mixed(32, 50)], "refuted", aggregate: .macro
    ),
    rate(
      "each task passes", .atLeast, "0.8", [mixed(45, 50), mixed(46, 50)], "supported",
      aggregate: .eachTask, test: "each_task"),
    rate(
      "each task, one short", .atLeast, "0.8", [mixed(50, 50), mixed(44, 50)], "inconclusive",
      aggregate: .eachTask, test: "each_task"),
    rate(
      "each task, one missed", .atLeast, "0.8", [mixed(50, 50), mixed(33, 50)], "refuted",
      aggregate: .eachTask, test: "each_task"),
    rate(
      "each task, one too short", .atLeast, "0.8", [mixed(13, 13), mixed(13, 13)], "inconclusive",
      ["too_few_episodes"], aggregate: .eachTask, test: "each_task"),
    rate(
      "each task at most", .atMost, "0.2", [mixed(5, 50), mixed(4, 50)], "supported",
      aggregate: .eachTask, test: "each_task"),
    rate(
      "each task at most, one missed", .atMost, "0.2", [mixed(0, 50), mixed(17, 50)], "refuted",
      aggregate: .eachTask, test: "each_task"),
    rate(
      "unstated, equal sizes", .atLeast, "0.8", [mixed(50, 50), mixed(37, 50)], "supported",
      aggregate: nil),
  ]

  static let comparisons = [
    against(
      "better, shown", .betterThan, mixed(48, 50), "supported", counts: [30, 50], test: "boschloo"),
    against(
      "better, not shown", .betterThan, mixed(40, 50), "inconclusive", counts: [38, 50],
      test: "boschloo"),
    against(
      "better, worse", .betterThan, mixed(30, 50), "refuted", counts: [48, 50], test: "boschloo"),
    against(
      "better by a margin", .betterThan, mixed(48, 50), "supported", counts: [30, 50],
      margin: "10 %", test: "miettinen_nurminen"),
    against(
      "better, margin too wide", .betterThan, mixed(48, 50), "inconclusive", counts: [30, 50],
      margin: "0.36", test: "miettinen_nurminen"),
    against(
      "better, margin missed", .betterThan, mixed(30, 50), "refuted", counts: [30, 50],
      margin: "0.4", test: "miettinen_nurminen"),
    against(
      "better than a bare rate", .betterThan, mixed(45, 50), "supported", ["baseline_without_n"],
      value: "0.8", test: "binomial_exact"),
    against(
      "better than a bare rate, open", .betterThan, mixed(44, 50), "inconclusive",
      ["baseline_without_n"], value: "80 %", test: "binomial_exact"),
    against(
      "worse than a bare rate", .betterThan, mixed(34, 50), "refuted", ["baseline_without_n"],
      value: "0.8", test: "binomial_exact"),
    // 0.7 + 0.1 is at least 0.8, not at least 0.7.
    against(
      "better than a bare rate by a margin", .betterThan, mixed(45, 50), "supported",
      ["baseline_without_n"], value: "0.7", margin: "0.1", test: "binomial_exact"),
    against(
      "better than a bare rate, not by the margin", .betterThan, mixed(44, 50), "inconclusive",
      ["baseline_without_n"], value: "0.7", margin: "0.1", test: "binomial_exact"),
    against(
      "better than a rounded rate of known n", .betterThan, mixed(48, 50), "supported",
      value: "0.60", counts: [nil, 50], test: "boschloo"),
    against(
      "better than an impossible rate", .betterThan, mixed(48, 50), "inconclusive",
      ["reported_impossible"], value: "85.3 %", counts: [nil, 50]),
    // 0.6 of 100 can be 55 to 65: all of them say the same.
    against(
      "better than any count that fits", .betterThan, mixed(48, 50), "supported", value: "0.6",
      counts: [nil, 100], test: "boschloo"),
    against(
      "equal, within the margin", .equalsReported, mixed(400, 500), "supported",
      counts: [400, 500], margin: "0.05", test: "miettinen_nurminen"),
    against(
      "equal, too few to tell", .equalsReported, mixed(40, 50), "inconclusive", counts: [40, 50],
      margin: "0.05", test: "miettinen_nurminen"),
    against(
      "equal, outside of the margin", .equalsReported, mixed(300, 500), "refuted",
      counts: [400, 500], margin: "0.05", test: "miettinen_nurminen"),
    against(
      "equal without a margin", .equalsReported, mixed(40, 50), "inconclusive",
      ["no_equivalence_margin"], counts: [40, 50], test: "boschloo"),
    against(
      "equal without a margin, different", .equalsReported, mixed(20, 50), "refuted",
      counts: [45, 50], test: "boschloo"),
    against(
      "equal to a bare rate", .equalsReported, mixed(40, 50), "inconclusive",
      ["baseline_without_n", "no_equivalence_margin"], value: "0.8", test: "clopper_pearson"),
    // 95 % bounds of 45 of 50 are 0.782 to 0.967; 0.7 means 0.65 to 0.75.
    against(
      "equal to a bare rate, different", .equalsReported, mixed(45, 50), "refuted", value: "0.7",
      test: "clopper_pearson"),
    // The same bounds touch what 0.8 can stand for, 0.75 to 0.85.
    against(
      "equal to a bare rate, its digits decide", .equalsReported, mixed(45, 50), "inconclusive",
      ["baseline_without_n", "no_equivalence_margin"], value: "0.8", test: "clopper_pearson"),
    against(
      "equal, reported value fits one count", .equalsReported, mixed(400, 500), "supported",
      value: "0.80", counts: [nil, 50], margin: "0.2", test: "miettinen_nurminen"),
    against(
      "equal, reported value is impossible", .equalsReported, mixed(400, 500), "inconclusive",
      ["reported_impossible"], value: "85.3 %", counts: [nil, 50], margin: "0.2"),
    // 0.6 of 50 is 28 to 32: 41 of 50 differs from 28 (p 0.0056) and not from 32 (p 0.0507).
    against(
      "equal, the counts that fit disagree", .equalsReported, mixed(41, 50), "inconclusive",
      ["no_equivalence_margin", "reported_count_ambiguous"], value: "0.6", counts: [nil, 50]),
    // A hundred thousand million counts fit: the rate stands fast, and so must the answer.
    against(
      "better than a rate of very many episodes", .betterThan, mixed(49, 50), "supported",
      value: "0.8", counts: [nil, 1_000_000_000_000], test: "fisher"),
    against(
      "equal, very many counts fit and disagree", .equalsReported, mixed(41, 50), "inconclusive",
      ["no_equivalence_margin", "reported_count_ambiguous"], value: "0.7",
      counts: [nil, 1_000_000_000_000], test: "fisher"),
  ]

  @Test(arguments: rates + comparisons)
  func `each kind of claim has its outcomes`(row: Row) throws {
    var example = try JudgingExample(tasks: row.tasks)
    example.claim.metric = ClaimMetric(
      name: "success_rate", kind: row.kind, threshold: row.threshold, confidence: "0.95",
      aggregate: row.aggregate, margin: row.margin)
    var episodes: JSONValue = nil
    if let counts = row.counts {
      func number(_ value: Int64?) -> JSONValue { value.map { .number(JSONNumber($0)) } ?? .null }
      episodes = ["succeeded": number(counts[0]), "denominator": number(counts[1])]
    }
    example.claim.baseline = [
      "kind": "measured", "id": "b", "metric": "success_rate",
      "value": row.value.map { .string($0) } ?? .null, "episodes": episodes, "source_uri": nil,
    ]
    let evidence = try example.evidence()
    #expect(evidence["verdict"]?.string == row.verdict)
    #expect(evidence["verdict_if_all_assumptions_hold"]?.string == row.verdict)
    #expect(evidence.at("reasons").words == row.reasons)
    if let test = row.test { #expect(evidence.at("test", "name").string == test) }
    #expect((evidence["baseline"] == nil) == (row.threshold != nil))
  }

  @Test func `the rows reach every outcome of every kind`() {
    for kind in ClaimMetric.Kind.allCases {
      let verdicts = Set((Self.rates + Self.comparisons).filter { $0.kind == kind }.map(\.verdict))
      #expect(verdicts == ["supported", "refuted", "inconclusive"], "\(kind)")
    }
  }
}
