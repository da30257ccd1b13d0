import Audit
import Evidence
import JSON
import TestSupport
import Testing

struct JudgingVerdictTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var (threshold, confidence): (String, String)
    var (k, n): (Int, Int)
    var verdict: String
    var testDescription: String { "\(k) of \(n) at \(threshold), \(confidence): \(verdict)" }
    init(_ threshold: String, _ confidence: String, _ k: Int, _ n: Int, _ verdict: String) {
      (self.threshold, self.confidence) = (threshold, confidence)
      (self.k, self.n, self.verdict) = (k, n, verdict)
    }
  }

  // The critical values that STATISTICS §2.1 states, and the ties of exact rationals.
  static let rows = [
    Row("0.8", "0.95", 13, 13, "inconclusive"), Row("0.8", "0.95", 14, 14, "supported"),
    Row("0.8", "0.95", 45, 50, "supported"), Row("0.8", "0.95", 44, 50, "inconclusive"),
    Row("0.8", "0.95", 34, 50, "refuted"), Row("0.8", "0.95", 35, 50, "inconclusive"),
    Row("0.8", "0.95", 87, 100, "supported"), Row("0.8", "0.95", 86, 100, "inconclusive"),
    Row("80 %", "95 %", 45, 50, "supported"), Row("0.80", "0.950", 44, 50, "inconclusive"),
    Row("0.5", "0.96875", 5, 5, "supported"), Row("0.5", "0.96875", 0, 5, "refuted"),
    Row("0.5", "0.96876", 5, 5, "inconclusive"), Row("1", "0.95", 50, 50, "inconclusive"),
    Row("1", "0.95", 49, 50, "refuted"), Row("0.8", "0.95", 0, 1, "inconclusive"),
    Row("0.96", "0.95", 0, 1, "refuted"),
  ]

  @Test(arguments: rows)
  func `a fixed number of episodes decides by the critical values`(row: Row) throws {
    let example = try JudgingExample(
      tasks: [mixed(row.k, row.n)], threshold: row.threshold, confidence: row.confidence)
    let evidence = try example.evidence()
    #expect(evidence["verdict"]?.string == row.verdict, "\(evidence.at("reasons"))")
    #expect(evidence["verdict_if_all_assumptions_hold"]?.string == row.verdict)
  }

  @Test(arguments: rows.filter { !$0.threshold.hasSuffix("%") })
  func `at most p0 on successes is at least 1 − p0 on failures`(row: Row) throws {
    let complements = ["0.8": "0.2", "0.80": "0.2", "0.5": "0.5", "1": "0", "0.96": "0.04"]
    let mirrored = try JudgingExample(
      tasks: [mixed(row.n - row.k, row.n)], kind: .atMost,
      threshold: try #require(complements[row.threshold]), confidence: row.confidence)
    let direct = try JudgingExample(
      tasks: [mixed(row.k, row.n)], threshold: row.threshold, confidence: row.confidence)
    let (one, other) = (try mirrored.evidence(), try direct.evidence())
    #expect(one["verdict"]?.string == row.verdict)
    #expect(one["test"] == other["test"])
    #expect(one.at("intervals", "clopper_pearson", "one_sided", "lower").isNull)
    #expect(!one.at("intervals", "clopper_pearson", "one_sided", "upper").isNull)
  }

  @Test func `too few episodes are named as such`() throws {
    let evidence = try JudgingExample(tasks: [mixed(13, 13)]).evidence()
    #expect(evidence.at("reasons").words == ["too_few_episodes"])
    #expect(evidence.at("test", "support_min").int == 14)
    #expect(evidence.labels.contains("underpowered_sample"))
  }

  @Test func `the power hint is that of the statistics page`() throws {
    let power = try JudgingExample(tasks: [mixed(43, 50)]).evidence().at("power")
    #expect(power["assumed_rate"]?.string == "0.846154")
    #expect(power["episodes"]?.int == 430)
    #expect(power["successes"]?.int == 358)
    #expect(power["more"]?.int == 380)
  }

  @Test func `the power hint of at most counts allowed successes`() throws {
    let power = try JudgingExample(tasks: [mixed(7, 50)], kind: .atMost, threshold: "0.2")
      .evidence().at("power")
    #expect(power["assumed_rate"]?.string == "0.153846")
    #expect(power["episodes"]?.int == 430)
    #expect(power["successes"]?.int == 72)
  }

  @Test func `a decided verdict has no power hint`() throws {
    let evidence = try JudgingExample(tasks: [mixed(50, 50)]).evidence()
    #expect(evidence.at("power").isNull)
    #expect(evidence["power_reason"]?.string == "not_inconclusive")
  }

  @Test(arguments: [
    (20, 20, "supported"), (19, 19, "inconclusive"), (47, 50, "supported"),
    (46, 50, "inconclusive"), (91, 100, "supported"), (90, 100, "inconclusive"),
    (30, 50, "refuted"), (31, 50, "inconclusive"), (66, 100, "refuted"), (67, 100, "inconclusive"),
  ])
  func `without a fixed number of episodes the e-value decides`(k: Int, n: Int, verdict: String)
    throws
  {
    var example = try JudgingExample(tasks: [mixed(k, n)])
    example.plan.frozen.episodeIndexes = nil
    example.recount()
    let evidence = try example.evidence()
    #expect(evidence["verdict"]?.string == verdict)
    #expect(evidence.at("stopping", "state").string == "unknown")
    #expect(
      evidence.at("reasons").words.contains("stopping_unknown") == (verdict == "inconclusive"))
    #expect(!evidence.at("intervals", "confidence_sequence").isNull)
    #expect(evidence.at("counts", "planned").isNull)
    #expect(evidence.at("policies", "as_planned").isNull)
  }

  @Test func `a sequential rule counts as not fixed`() throws {
    var example = try JudgingExample(tasks: [mixed(45, 50)])
    example.plan.frozen.denominators.stopping = "sequential"
    let evidence = try example.evidence()
    #expect(evidence.at("stopping", "state").string == "sequential")
    #expect(evidence["verdict"]?.string == "inconclusive")
    #expect(evidence["verdict_if_all_assumptions_hold"]?.string == "supported")
    #expect(!evidence.capWords.contains("stopping_unknown"))
  }

  @Test func `several tasks without a fixed number carry the note of one rate`() throws {
    var example = try JudgingExample(tasks: [mixed(50, 50), mixed(49, 50)])
    example.plan.frozen.episodeIndexes = nil
    example.recount()
    let evidence = try example.evidence()
    #expect(evidence["verdict"]?.string == "supported")
    #expect(evidence.at("reasons").words == ["sequence_assumes_one_rate"])
  }

  @Test func `unequal tasks without a stated aggregate stay open`() throws {
    var example = try JudgingExample(
      tasks: [mixed(50, 50), mixed(30, 30)], aggregate: nil)
    example.plan.frozen.episodeIndexes = nil
    example.recount()
    let evidence = try example.evidence()
    #expect(evidence["verdict"]?.string == "inconclusive")
    #expect(evidence.at("reasons").words.first == "aggregate_unstated")
    #expect(evidence.at("recommendation", "word").string == "repair_input")
  }

  @Test func `equal tasks without a stated aggregate are pooled`() throws {
    let example = try JudgingExample(tasks: [mixed(50, 50), mixed(40, 50)], aggregate: nil)
    let evidence = try example.evidence()
    #expect(evidence["verdict"]?.string == "supported")
    #expect(evidence.at("test", "support_min").int == 87)
  }
}

struct JudgingDenominatorTests {
  @Test func `an open tail that could turn the verdict makes it denominator sensitive`() throws {
    var example = try JudgingExample(
      tasks: [String(repeating: "S", count: 44) + "F" + String(repeating: "M", count: 5)])
    let frozen = try example.evidence()
    #expect(frozen.at("band", "unresolved").int == 5)
    #expect(frozen.at("band", "flips").bool == true)
    #expect(frozen.at("band", "worst").string == "0.880000")
    #expect(frozen.at("band", "best").string == "0.980000")
    #expect(frozen.at("band", "successes_needed").int == 1)
    #expect(frozen.at("reasons").words.contains("denominator_sensitive"))
    #expect(frozen["verdict"]?.string == "inconclusive")
    example.plan.frozen.denominators.policy = "as_planned"
    // Now the missing cells are failures by a frozen choice, and nothing is open.
    let planned = try example.evidence()
    #expect(planned.at("band", "unresolved").int == 0)
    #expect(!planned.at("reasons").words.contains("denominator_sensitive"))
  }

  @Test func `a draft's policy settles nothing and other policies vote`() throws {
    var example = try JudgingExample(
      tasks: [String(repeating: "S", count: 44) + "FEEEEE"], threshold: "0.8")
    let frozen = try example.evidence()
    #expect(frozen.at("band", "unresolved").int == 0)
    example.plan.frozenAt = nil
    let draft = try example.evidence()
    #expect(draft.at("band", "unresolved").int == 5)
    #expect(draft.at("reasons").words.contains("denominator_sensitive"))
  }

  @Test func `no stated policy is assumed and said`() throws {
    var example = try JudgingExample(tasks: [mixed(50, 50)])
    example.plan.frozen.denominators.policy = nil
    let evidence = try example.evidence()
    #expect(evidence.at("primary", "policy").string == "errors_as_failures")
    #expect(evidence.at("reasons").words == ["policy_assumed"])
    #expect(evidence["verdict"]?.string == "supported")
  }

  @Test func `exclusions leave the band only with a rule of the frozen protocol`() throws {
    var example = try JudgingExample(tasks: [String(repeating: "S", count: 48) + "XX"])
    #expect(try example.evidence().at("band", "unresolved").int == 2)
    example.plan.frozen.denominators.exclusionRules = [
      .init(id: "simulator_error", text: nil, reason: nil)
    ]
    #expect(try example.evidence().at("band", "unresolved").int == 0)
  }

  @Test func `as planned without a plan has no denominator`() throws {
    var example = try JudgingExample(tasks: [mixed(50, 50)])
    example.plan.frozen.episodeIndexes = nil
    example.plan.frozen.denominators.policy = "as_planned"
    example.recount()
    let evidence = try example.evidence()
    #expect(evidence["verdict"]?.string == "not_auditable")
    #expect(evidence.at("reasons").words == ["denominator_unknown"])
    #expect(evidence.at("primary", "rate").isNull)
    #expect(evidence.at("grade", "letter").string == "D")
  }

  @Test(.enabled(if: Reference.isThere), arguments: Reference.denominators(atMost: 120))
  func `bands and policies are those of the reference`(row: Reference.Denominators) throws {
    var example = try JudgingExample(
      tasks: [row.letters], threshold: row.threshold, confidence: row.confidence)
    example.plan.frozenAt = nil  // so that nothing is settled
    if row.planned == nil { example.plan.frozen.episodeIndexes = nil }
    example.recount()
    let evidence = try example.evidence()
    for (policy, expected) in try #require(row.out["policies"]?.object).members {
      let got = evidence.at("policies", policy)
      #expect(got.isNull == expected.isNull, "\(policy)")
      #expect(got["k"] == expected["k"] && got["n"] == expected["n"], "\(policy)")
      #expect(got["verdict"]?.string == expected["verdict"]?.string, "\(policy)")
    }
    let band = evidence.at("band")
    let expected = row.out["band"] ?? nil
    for key in ["unresolved", "n", "flips", "successes_needed", "successes_still_refuted"] {
      #expect(band[key] ?? nil == expected[key] ?? nil, "\(key)")
    }
  }

  @Test(.enabled(if: Reference.isThere), arguments: Reference.criticalValues(atMost: 100))
  func `critical values are those of the reference`(row: Reference.CriticalValue) throws {
    let example = try JudgingExample(
      tasks: [mixed(min(row.supportMin, row.n), row.n)], threshold: row.threshold,
      confidence: row.confidence)
    let evidence = try example.evidence()
    #expect(evidence.at("test", "support_min").int == Int64(row.supportMin))
    #expect(evidence.at("test", "refute_max").int == Int64(row.refuteMax))
    #expect((evidence["verdict"]?.string == "supported") == (row.supportMin <= row.n))
  }
}

/// Rows of the statistics oracle that an audit of small runs can be held against.
enum Reference {
  struct Denominators: Sendable, CustomTestStringConvertible {
    let id: String
    let letters: String
    let planned: Int64?
    let (threshold, confidence): (String, String)
    let out: JSONValue
    var testDescription: String { id }
  }
  struct CriticalValue: Sendable, CustomTestStringConvertible {
    let id: String
    let n: Int
    let (threshold, confidence): (String, String)
    let (supportMin, refuteMax): (Int, Int)
    var testDescription: String { id }
  }

  static var path: String? { Fixtures.shared("statistics/reference.json") }
  static var isThere: Bool { path != nil }

  static func cases(_ name: String) -> [JSONValue] {
    guard let path, let bytes = try? Fixtures.read(path),
      let all = try? JSONValue.parse(bytes)
    else { return [] }
    return all.at("statistics", name, "cases").array ?? []
  }

  static func denominators(atMost limit: Int64) -> [Denominators] {
    cases("denominators").compactMap { row in
      let input = row.at("in")
      guard let s = input["succeeded"]?.int, let f = input["failed"]?.int,
        let e = input["errored"]?.int, let x = input["excluded"]?.int,
        let threshold = input["threshold"]?.string, let confidence = input["confidence"]?.string
      else { return nil }
      let planned = input["planned"]?.int
      let recorded = s + f + e + x
      guard recorded > 0, recorded <= limit, planned ?? recorded <= limit else { return nil }
      // A run beyond its plan has no cells for the surplus in an audit input.
      guard planned ?? recorded >= recorded else { return nil }
      let letters = [
        ("S", s), ("F", f), ("E", e), ("X", x), ("M", (planned ?? recorded) - recorded),
      ]
      return Denominators(
        id: row["id"]?.string ?? "",
        letters: letters.map { String(repeating: $0.0, count: Int($0.1)) }.joined(),
        planned: planned, threshold: threshold, confidence: confidence, out: row.at("out"))
    }
  }

  static func criticalValues(atMost limit: Int64) -> [CriticalValue] {
    cases("critical_value").compactMap { row in
      guard let n = row.at("in", "n").int, n > 0, n <= limit,
        let c = row.at("out", "support_min").int, let r = row.at("out", "refute_max").int,
        let threshold = row.at("in", "threshold").string, threshold != "0",
        let confidence = row.at("in", "confidence").string
      else { return nil }
      return CriticalValue(
        id: row["id"]?.string ?? "", n: Int(n), threshold: threshold, confidence: confidence,
        supportMin: Int(c), refuteMax: Int(r))
    }
  }
}
