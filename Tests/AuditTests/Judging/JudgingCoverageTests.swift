import Evidence
import JSON
import Testing

@testable import Audit

/// Every check, cap and label has a row that makes it apply and one where it does not.
struct JudgingCoverageTests {
  typealias Row = JudgingIntegrityTests.Row

  /// Severity and observed text of a row that does not fail.
  static let passing: [Row] = [
    Row("I01", "fatal", "80") { $0.input.sourceAggregates = ["n_episodes": 80] },
    Row("I02", "serious", "91.2") {
      $0.input.sourceAggregates = ["pc_success": "91.2", "n_episodes": 80]
    },
    Row("I03", "serious", "0") { _ in },
    Row("I04", "serious", "80 distinct of 80") { $0.see("I04", "80 distinct of 80") },
    Row("I05", "warn", "0 of 2 tasks alike") { $0.setTasks([mixed(20, 40), mixed(21, 40)]) },
    Row("I06", "warn", "40 of 40 distinct per task") { _ in },
    Row("I07", "serious", "0 gaps") { _ in },
    Row("I08", "serious", "1 missing") { $0.setTasks([mixed(37, 40), "MF" + mixed(37, 38)]) },
    Row("I09", "warn", "shuffled") {
      $0.setTasks([mixed(20, 40)])
      $0.input.tasks[0].episodes.outcomes = Array("FSSFSFFSFSSSFFSFSSFFFSFSSSFSFFSFSFFSSSFF".utf8)
      $0.recount()
    },
    Row("I10", "warn", "halves alike") { _ in },
    Row("I11", "serious", "1 attempt each") { $0.see("I11", "1 attempt each") },
    Row("I12", "warn", "1 checkpoint") { $0.see("I12", "1 checkpoint") },
    Row("I13", "warn", "40, 40") { _ in },
    Row("I14", "serious", "2 of 2 named") { _ in },
    Row("I15", "warn", "0") { _ in },
    Row("I16", "serious", "1 excluded, 7 errored of 80") {
      $0.setTasks([mixed(37, 40), mixed(30, 32) + "EEEEEEEX"])
    },
    Row("I17", "serious", "2 of 3 failing") { $0.see("I17", "2 of 3 failing") },
    Row("I18", "warn", "0 of 7 failures below horizon") {
      $0.see("I18", "0 of 7 failures below horizon")
    },
    Row("I19", "fatal", "0 of 80 disagree") { $0.see("I19", "0 of 80 disagree") },
    Row("I20", "fatal", "0") { _ in },
    Row("I21", "serious", "0") { _ in },
    Row("I22", "serious", "0 of 80 durations below zero") {
      $0.see("I22", "0 of 80 durations below zero")
    },
    Row("I23", "serious", "80 of 80") { $0.see("I23", "80 of 80") },
    Row("I24", "serious", "0") { _ in },
  ]

  @Test(arguments: passing)
  func `each check passes on what it allows, without a cap`(row: Row) throws {
    var example = try JudgingIntegrityTests.clean()
    row.change(&example)
    let evidence = try example.evidence()
    let check = evidence.at("integrity").row(row.id)
    #expect(check["state"]?.string == "pass")
    #expect(check["severity"]?.string == row.severity)
    #expect(check["cap"]?.isNull == true)
    if row.id != "I09" && row.id != "I10" { #expect(check["observed"]?.string == row.observed) }
    #expect(!evidence.capWords.contains(row.id))
    #expect(!evidence.at("reasons").words.contains(row.id))
  }

  @Test func `every check has a row that fails and one that passes`() {
    let ids = Rules.integrity.map(\.id)
    #expect(ids.count == 24)
    // I02's two ways to fail have a test of their own.
    #expect(Set(JudgingIntegrityTests.failing.map(\.id) + ["I02"]) == Set(ids))
    #expect(Self.passing.map(\.id) == ids)
  }

  /// STATISTICS §8, column "cap", for each failing row of the table.
  @Test(arguments: JudgingIntegrityTests.failing)
  func `each failed check has the cap of its row`(row: Row) throws {
    var example = try JudgingIntegrityTests.clean()
    row.change(&example)
    let check = try example.evidence().at("integrity").row(row.id)
    let usual = [
      "I01": "D", "I02": "D", "I03": "C", "I04": "D", "I05": "C", "I06": "C", "I07": "C",
      "I08": "C", "I09": "C", "I10": "C", "I11": "C", "I12": "B", "I13": "B", "I14": "C",
      "I15": "C", "I16": "C", "I17": "C", "I18": "C", "I19": "D", "I20": "D", "I21": "D",
      "I22": "C", "I23": "C", "I24": "C",
    ]
    // A freeze after the run refuses grade A and no more.
    let isFreeze = row.id == "I22" && row.severity == "warn"
    #expect(check["cap"]?.string == (isFreeze ? "B" : usual[row.id]))
  }

  @Test(arguments: [(19, 38, "serious", "C"), (20, 38, "warn", "B")])
  func `unequal tasks weigh more where their mean is claimed`(
    small: Int, large: Int, severity: String, cap: String
  ) throws {
    var example = try JudgingExample(
      tasks: [
        mixed(small, small) + String(repeating: "E", count: large - small), mixed(large, large),
      ],
      aggregate: .macro)
    example.plan.frozen.denominators.policy = "errors_excluded"
    let check = try example.evidence().at("integrity").row("I13")
    #expect(check["severity"]?.string == severity)
    #expect(check["cap"]?.string == cap)
    example.claim.metric?.aggregate = .micro
    #expect(try example.evidence().at("integrity").row("I13")["severity"]?.string == "warn")
  }

  @Test func `every cap word has a row in the table of caps`() {
    let tested = Set(JudgingGradeTests.rows.map(\.word))
    // The first three need other inputs and have tests of their own; per-task totals without
    // episodes are read by no adapter.
    let apart: Set = ["stopping_unknown", "total_count_only", "per_task_counts_only"]
    for word in CapWord.allCases.map(\.rawValue) {
      #expect(tested.contains(word) != apart.contains(word), "\(word)")
    }
  }

  @Test func `every label has a row in the table of labels`() {
    let tested = Set(JudgingMissingEvidenceTests.rows.map(\.word) + Self.moreLabels.map(\.word))
    let apart: Set = ["protocol_not_registered", "generated_rollouts", "sim_only"]
    for label in MissingLabel.allCases.map(\.rawValue) {
      #expect(tested.contains(label) != apart.contains(label), "\(label)")
    }
  }

  static let moreLabels: [JudgingGradeTests.Row] = [
    .init("baseline_missing", "major") { example in
      example.claim.metric?.kind = .betterThan
      example.claim.baseline = ["kind": "measured", "value": nil, "episodes": nil]
    },
    .init("baseline_not_rerun", "minor") { example in
      example.claim.metric?.kind = .betterThan
      example.claim.baseline = [
        "kind": "reported", "value": nil, "episodes": ["succeeded": 30, "denominator": 100],
      ]
    },
  ]

  @Test(arguments: moreLabels)
  func `a baseline can lack its value or its run`(row: JudgingGradeTests.Row) throws {
    var example = try JudgingGradeTests.clean()
    row.change(&example)
    let evidence = try example.evidence()
    #expect(evidence.labels == [row.word, "sim_only"])
    #expect(
      (evidence["missing_evidence"]?.array ?? []).first?["severity"]?.string == row.letter)
    // The same baseline matters to no claim about a threshold.
    example.claim.metric?.kind = .atLeast
    #expect(try example.evidence().labels == ["sim_only"])
  }
}

extension JudgingExample {
  /// A check of the reader that passed.
  mutating func see(_ id: String, _ observed: String) {
    input.observations.append(
      Observation(id: id, state: .pass, observed: observed, expected: nil, at: nil))
  }
}
