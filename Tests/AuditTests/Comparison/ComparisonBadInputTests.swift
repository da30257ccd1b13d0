import Audit
import Evidence
import JSON
import Testing

/// What two versions can have against being compared, each with a defined outcome.
struct ComparisonBadInputTests {
  private func version(
    _ tasks: [String], _ change: (inout JudgingExample) -> Void = { _ in }
  ) throws -> AuditedVersion {
    try ComparisonTests.version(tasks, change)
  }

  struct Outcome: Sendable, CustomTestStringConvertible {
    let name: String
    let state: Comparability.State
    let reasons: [String]
    let notes: [String]
    let classes: [ChangeClass]
    var a: [String] = [mixed(45, 50)]
    var b: [String] = [mixed(20, 50)]
    let change: @Sendable (inout JudgingExample) -> Void
    var testDescription: String { name }
  }

  static let outcomes = [
    Outcome(
      name: "a task in the new version only", state: .degraded, reasons: ["task_sets_differ"],
      notes: [], classes: [.same], b: [mixed(45, 50), mixed(3, 50)], change: { _ in }),
    Outcome(
      name: "a task in the old version only", state: .degraded, reasons: ["task_sets_differ"],
      notes: [], classes: [.same], a: [mixed(45, 50), mixed(3, 50)], b: [mixed(45, 50)],
      change: { _ in }),
    Outcome(
      name: "changed seeds", state: .comparable, reasons: [], notes: [],
      classes: [.regression], change: { ComparisonTests.reseeded(&$0) }),
    Outcome(
      name: "no common task", state: .notComparable,
      reasons: ["no_common_task", "task_sets_differ"], notes: [], classes: [],
      change: {
        $0.plan.frozen.tasks[0].taskID = "9"
        $0.input.tasks[0].taskID = "9"
      }),
    Outcome(
      name: "no protocol task at all", state: .notComparable,
      reasons: ["no_common_task", "b_not_auditable", "task_sets_differ", "horizon_unknown"],
      notes: [], classes: [],
      change: {
        $0.setTasks([])
        $0.plan.metricContract.horizonSteps = nil
      }),
    Outcome(
      name: "not auditable", state: .notComparable, reasons: ["b_not_auditable"],
      notes: ["thresholds_differ"], classes: [.unclear],
      change: { $0.claim.metric?.threshold = "0" }),
    Outcome(
      name: "other horizon", state: .degraded, reasons: ["horizons_differ"], notes: [],
      classes: [.regression], change: { $0.plan.metricContract.horizonSteps = 600 }),
    Outcome(
      name: "other metric", state: .notComparable, reasons: ["other_metric"], notes: [],
      classes: [.unclear],
      change: {
        $0.plan.metricContract.name = "coverage"
        $0.claim.metric?.name = "coverage"
      }),
    Outcome(
      name: "a score and no success", state: .notComparable,
      reasons: ["other_metric", "b_not_auditable"], notes: [], classes: [.unclear],
      change: { $0.plan.metricContract.kind = "bounded_score" }),
    Outcome(
      name: "other policy", state: .degraded, reasons: ["denominator_policies_differ"], notes: [],
      classes: [.regression], change: { $0.plan.frozen.denominators.policy = "errors_excluded" }),
    Outcome(
      name: "other threshold", state: .comparable, reasons: [], notes: ["thresholds_differ"],
      classes: [.regression], change: { $0.claim.metric?.threshold = "0.7" }),
    Outcome(
      name: "the same threshold in other letters", state: .comparable, reasons: [], notes: [],
      classes: [.regression], change: { $0.claim.metric?.threshold = "80 %" }),
    Outcome(
      name: "other claim and protocol", state: .comparable, reasons: [],
      notes: ["claims_differ", "protocols_differ"], classes: [.regression],
      change: {
        $0.claim.id = "clm_00000000000000000000000000"
        $0.plan.claimID = $0.claim.id
        $0.input.claimID = $0.claim.id
        $0.plan.freezeDigest = "sha256:" + String(repeating: "1", count: 64)
      }),
  ]

  @Test(arguments: outcomes)
  func `each has its state, reasons, notes and classes`(row: Outcome) throws {
    let comparison = compare(try version(row.a), try version(row.b, row.change))
    #expect(comparison.comparability.state == row.state)
    #expect(comparison.comparability.reasons == row.reasons)
    #expect(comparison.notes == row.notes)
    #expect(comparison.tasks.map(\.change) == row.classes)
    let isTested = row.state != .notComparable
    #expect(comparison.tasks.allSatisfy { ($0.pValue != nil) == isTested })
    #expect((comparison.overall?.pValue != nil) == isTested)
  }

  @Test func `tasks of one version only are told with their counts`() throws {
    let comparison = compare(
      try version(["SSFF", "SSSF"]),
      try version(["SSFF", "SFFF", "SSSS"]) {
        $0.plan.frozen.tasks[1].taskID = "8"
        $0.input.tasks[1].taskID = "8"
      })
    #expect(comparison.tasks.map(\.task) == ["libero_spatial/0"])
    #expect(comparison.onlyA.map(\.task) == ["libero_spatial/1"])
    #expect(comparison.onlyA.map(\.counted) == [CountedEpisodes(k: 3, n: 4)])
    #expect(comparison.onlyB.map(\.task) == ["libero_spatial/8", "libero_spatial/2"])
    #expect(comparison.overall?.a.n == 4)
    let json = comparison.json()
    #expect(json.at("tasks_only_b").array?.first?["k"] == 1)
  }

  @Test func `the same task under another name is one task, and it is said`() throws {
    let a = try version(["SSFF"])
    let b = try version(["SSFF"]) { $0.input.tasks[0].name = "put the bowl away" }
    let comparison = compare(a, b)
    let row = try #require(comparison.tasks.first)
    #expect(row.renamed == Comparison.Change(a: "task 0", b: "put the bowl away"))
    #expect(row.name == "put the bowl away")
    #expect(row.change == .same)
    #expect(comparison.comparability.reasons == [])
    #expect(comparison.possibleRenames == [])
  }

  @Test func `the same name under another id is a suggestion and never a pair`() throws {
    let moved: @Sendable (inout JudgingExample) -> Void = {
      $0.plan.frozen.tasks[1].taskID = "71"
      $0.input.tasks[1].taskID = "71"
    }
    let comparison = compare(try version(["SSFF", "SSSF"]), try version(["SSFF", "FFFF"], moved))
    #expect(
      comparison.possibleRenames == [
        PossibleRename(a: "libero_spatial/1", b: "libero_spatial/71", name: "task 1")
      ])
    #expect(comparison.tasks.map(\.task) == ["libero_spatial/0"])
    // Two of that name on a side: nobody knows which.
    let twice = compare(
      try version(["SSFF", "SSSF"]),
      try version(["SSFF", "FFFF", "FFFF"]) {
        moved(&$0)
        $0.input.tasks[2].name = "task 1"
      })
    #expect(twice.possibleRenames == [])
    #expect(twice.onlyB.count == 2)
  }

  @Test func `task and suite are told apart wherever the slash stands`() throws {
    let comparison = compare(
      try version(["SSFF"]) { $0.renameTask(suite: "a/b", id: "c") },
      try version(["SSFF"]) { $0.renameTask(suite: "a", id: "b/c") })
    #expect(comparison.tasks.isEmpty)
    #expect(comparison.comparability.reasons.first == "no_common_task")
  }

  @Test func `a task that counted nothing on a side is no part of the whole`() throws {
    let excluding: @Sendable (inout JudgingExample) -> Void = {
      $0.plan.frozen.denominators.policy = "errors_excluded"
    }
    let errors = String(repeating: "E", count: 50)
    let comparison = compare(
      try version([mixed(40, 50), mixed(10, 50)], excluding),
      try version([mixed(40, 50), errors], excluding))
    let empty = try #require(comparison.tasks.last)
    #expect(empty.b == CountedEpisodes(k: 0, n: 0))
    #expect(empty.pValue == nil && empty.difference == nil && empty.change == .unclear)
    #expect(comparison.overall?.a == CountedEpisodes(k: 40, n: 50))
    #expect(comparison.overall?.b == CountedEpisodes(k: 40, n: 50))
    #expect(comparison.overall?.isPaired == true)
    #expect(comparison.notes.contains("task_without_episodes"))
    // The family of Holm holds what was tested.
    #expect(comparison.tasks[0].adjusted == comparison.tasks[0].pValue)
  }

  @Test func `pairs that all left give no class`() throws {
    let excluding: @Sendable (inout JudgingExample) -> Void = {
      $0.plan.frozen.denominators.policy = "errors_excluded"
    }
    let comparison = compare(
      try version(["SSEE", mixed(9, 10)], excluding),
      try version(["EEFF", mixed(9, 10)], excluding))
    let row = try #require(comparison.tasks.first)
    #expect(row.pairs?.dropped == 4)
    #expect(row.a.n == 0 && row.change == .unclear && row.pValue == nil)
  }

  @Test func `what is not planned cannot be counted as planned`() throws {
    let planned: @Sendable (inout JudgingExample) -> Void = {
      $0.plan.frozen.denominators.policy = "as_planned"
    }
    let comparison = compare(
      try version(["SSFM"], planned),
      try version(["SSFE"]) {
        $0.plan.frozen.denominators.policy = "as_planned"
        $0.plan.frozen.episodeIndexes = nil
        $0.recount()
      })
    #expect(comparison.policy == "errors_as_failures")
    #expect(comparison.tasks.first?.a == CountedEpisodes(k: 2, n: 3))
    let both = compare(try version(["SSFM"], planned), try version(["SSFE"], planned))
    #expect(both.policy == "as_planned")
    #expect(both.tasks.first?.a == CountedEpisodes(k: 2, n: 4))
  }

  @Test func `the higher confidence decides, and it is said`() throws {
    let a = try version([mixed(50, 50)])
    let b = try version([mixed(44, 50)]) {
      $0.claim.metric?.confidence = "0.99"
      ComparisonTests.reseeded(&$0)
    }
    // p is 0.0119 here: a regression at 95 %, none at 99 %.
    #expect(compare(a, try version([mixed(44, 50)], ComparisonTests.reseeded)).hasRegression)
    let comparison = compare(a, b)
    #expect(comparison.confidence == "0.990000")
    #expect(comparison.notes.contains("confidences_differ"))
    #expect(!comparison.hasRegression)
  }
}

extension JudgingExample {
  /// Gives the first task another suite and id.
  mutating func renameTask(suite: String, id: String) {
    plan.frozen.tasks[0].suite = suite
    plan.frozen.tasks[0].taskID = id
    input.tasks[0].suite = suite
    input.tasks[0].taskID = id
  }
}
