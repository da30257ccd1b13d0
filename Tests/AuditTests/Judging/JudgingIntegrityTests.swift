import Audit
import Evidence
import JSON
import Testing

struct JudgingIntegrityTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let id: String
    let (severity, observed): (String, String)
    let change: @Sendable (inout JudgingExample) -> Void
    var testDescription: String { "\(id): \(observed)" }
    init(
      _ id: String, _ severity: String, _ observed: String,
      _ change: @escaping @Sendable (inout JudgingExample) -> Void
    ) {
      (self.id, self.severity, self.observed, self.change) = (id, severity, observed, change)
    }
  }

  /// Two tasks of 40 with different, well mixed outcomes.
  static func clean() throws -> JudgingExample {
    try JudgingExample(tasks: [mixed(37, 40), mixed(36, 40)])
  }

  static let failing = [
    Row("I01", "fatal", "81") { $0.input.sourceAggregates = ["n_episodes": 81] },
    Row("I01", "fatal", "74") { $0.input.sourceAggregates = ["num_success": 74] },
    Row("I01", "serious", "0.92") { $0.input.sourceAggregates = ["success_rate": "0.92"] },
    Row("I01", "serious", "91.2500001") {
      $0.input.sourceAggregates = ["pc_success": "91.2500001"]
    },
    Row("I01", "serious", "91.25000100000000") {
      $0.input.sourceAggregates = ["pc_success": "91.25000100000000"]
    },
    Row("I03", "serious", "1") { example in
      example.input.tasks[0].episodes.seeds?[7] = .integer(1003)
      example.input.tasks[0].episodes.initialStates?[7] = "state-0-3"
    },
    Row(
      "I05", "warn", "libero_spatial/0 and libero_spatial/1: the same 20 outcomes in the same order"
    ) { $0.setTasks([mixed(14, 20), mixed(14, 20)]) },
    Row("I06", "warn", "20 of 40 distinct in libero_spatial/1") { example in
      example.plan.frozen.seeds = .unset
      for row in 0..<20 { example.input.tasks[1].episodes.seeds?[row] = .integer(1039) }
    },
    Row("I07", "serious", "1 gaps") { example in
      example.setTasks([mixed(37, 40), "SSSMSS" + mixed(31, 34)])
    },
    Row("I08", "serious", "3 missing in libero_spatial/1: 37–39, all after the last success") {
      $0.setTasks([mixed(37, 40), mixed(37, 37) + "MMM"])
    },
    Row("I08", "serious", "2 missing in libero_spatial/1: 0–39, after a run of failures") {
      $0.setTasks([mixed(37, 40), "M" + mixed(35, 35) + "FFFM"])
    },
    Row("I09", "warn", "2 runs in 40 episodes, 20 succeeded (libero_spatial/1)") {
      $0.setTasks([
        mixed(37, 40), String(repeating: "S", count: 20) + String(repeating: "F", count: 20),
      ])
    },
    Row("I10", "warn", "20 of 20, then 10 of 20 (libero_spatial/1)") {
      $0.setTasks([mixed(37, 40), String(repeating: "S", count: 20) + mixed(10, 20)])
    },
    Row("I13", "warn", "40, 39") { example in
      example.plan.frozen.denominators.policy = "errors_excluded"
      example.setTasks([mixed(37, 40), mixed(36, 39) + "E"])
    },
    Row("I14", "serious", "1 of 2 named") {
      $0.setTasks([mixed(37, 40), String(repeating: "M", count: 40)])
    },
    Row("I15", "warn", "1") { $0.addTask(suite: "libero_spatial", id: "10") },
    Row("I16", "serious", "0 excluded, 9 errored of 80") {
      $0.setTasks([mixed(37, 40), mixed(31, 31) + "EEEEEEEEE"])
    },
    Row("I16", "serious", "1 excluded, 0 errored of 80") { example in
      example.setTasks([mixed(37, 40), mixed(36, 39) + "X"])
      example.input.tasks[1].episodes.reasons = [:]
    },
    Row("I21", "fatal", "checkpoint digest differs from the protocol's") {
      $0.plan.frozen.profile.checkpointDigest = "sha256:" + String(repeating: "0", count: 64)
    },
    Row("I21", "serious", "1") { $0.input.model.id = "another/model" },
    Row("I24", "serious", "1") { example in
      let recorded = example.input.tasks
      example.setTasks(Array(repeating: String(repeating: "M", count: 40), count: 2))
      for var task in recorded {
        (task.suite, task.inProtocol) = ("libero_goal", false)
        example.input.tasks.append(task)
      }
      example.input.outOfProtocolTasks = 2
      example.input.outOfProtocolEpisodes = 80
    },
    Row("I04", "serious", "79 distinct of 80") { $0.observe("I04", "79 distinct of 80") },
    Row("I11", "serious", "2 attempts, first counted") {
      $0.observe("I11", "2 attempts, first counted")
    },
    Row("I17", "serious", "3 of 3 failing") { $0.observe("I17", "3 of 3 failing") },
    Row("I18", "warn", "3 of 4 failures below horizon") {
      $0.observe("I18", "3 of 4 failures below horizon")
    },
    Row("I18", "serious", "1 of 70 successes after horizon") {
      $0.observe("I18", "1 of 70 successes after horizon")
    },
    Row("I19", "fatal", "2 of 100 disagree") { $0.observe("I19", "2 of 100 disagree") },
    Row("I19", "serious", "1 of 100 disagree") { $0.observe("I19", "1 of 100 disagree") },
    Row("I20", "fatal", "2 values") { $0.observe("I20", "2 values") },
    Row("I22", "serious", "1 of 80 durations below zero") {
      $0.observe("I22", "1 of 80 durations below zero")
    },
    Row("I22", "warn", "reported 2026-11-19T00:00:00Z") {
      $0.observe("I22", "reported 2026-11-19T00:00:00Z")
    },
    Row("I12", "warn", "2 checkpoints") { $0.observe("I12", "2 checkpoints") },
    Row("I23", "serious", "80 of 100") { $0.observe("I23", "80 of 100") },
  ]

  @Test(arguments: failing)
  func `each check fails on what it is for`(row: Row) throws {
    var example = try Self.clean()
    row.change(&example)
    let evidence = try example.evidence()
    let check = evidence.at("integrity").row(row.id)
    #expect(check["state"]?.string == "fail")
    #expect(check["severity"]?.string == row.severity)
    #expect(check["observed"]?.string == row.observed)
    #expect(!(check["cap"] ?? nil).isNull)
    #expect(evidence.capWords.contains(row.id))
    let reasons = evidence.at("reasons").words
    let isAuditable = evidence["verdict"]?.string != "not_auditable"
    if row.severity == "fatal" { #expect(reasons.contains("integrity")) }
    if row.severity == "serious", isAuditable { #expect(reasons.contains(row.id)) }
    if row.severity == "warn" { #expect(!reasons.contains(row.id)) }
  }

  @Test func `a clean run fails no check and has a row for each`() throws {
    let rows = try Self.clean().evidence()["integrity"]?.array ?? []
    #expect(rows.compactMap { $0["id"]?.string } == (1...24).map { $0 < 10 ? "I0\($0)" : "I\($0)" })
    #expect(rows.filter { $0["state"]?.string == "fail" } == [])
    #expect(rows.allSatisfy { $0["cap"]?.isNull == true })
    for id in ["I03", "I06", "I07", "I08", "I10", "I13", "I14", "I15", "I16", "I20", "I21"] {
      #expect(JSONValue.array(rows).row(id)["state"]?.string == "pass", "\(id)")
    }
    for id in ["I01", "I02", "I04", "I05", "I09", "I11", "I12", "I17", "I18", "I19", "I22", "I23"] {
      #expect(JSONValue.array(rows).row(id)["state"]?.string == "not_applicable", "\(id)")
    }
  }

  @Test(arguments: [
    ("91.25", "pass", "serious"), ("91.3", "pass", "serious"), ("91.2", "pass", "serious"),
    ("91.250000000000", "pass", "serious"), ("91", "pass", "serious"),
    ("91.4", "fail", "serious"), ("92", "fail", "serious"), ("91.1", "fail", "serious"),
  ])
  func `a stated rate agrees when some count gives it`(
    rate: String, state: String, severity: String
  )
    throws
  {
    var example = try Self.clean()
    example.input.sourceAggregates = ["pc_success": .string(rate), "n_episodes": 80]
    let checks = try example.evidence().at("integrity")
    #expect(checks.row("I01")["state"]?.string == state)
    #expect(checks.row("I01")["observed"]?.string == rate)
    #expect(checks.row("I01")["expected"]?.string == "91.250000")
  }

  @Test func `a rate that no count gives is impossible, a cut one is a note`() throws {
    var example = try JudgingExample(tasks: [mixed(47, 50)])
    example.input.sourceAggregates = ["pc_success": "85.3"]
    let impossible = try example.evidence().at("integrity").row("I02")
    #expect(impossible["state"]?.string == "fail")
    #expect(impossible["observed"]?.string == "85.3 of 50")
    #expect(impossible["expected"]?.string == "smallest fitting n: 34")
    #expect(impossible["cap"]?.string == "D")
    example.setTasks([mixed(2, 3)])
    example.input.sourceAggregates = ["pc_success": "66.6"]
    let evidence = try example.evidence()
    let cut = evidence.at("integrity").row("I02")
    #expect(cut["state"]?.string == "fail")
    #expect(cut["severity"]?.string == "note")
    #expect(cut["cap"]?.isNull == true)
    #expect(!evidence.at("reasons").words.contains("I02"))
  }

  @Test func `a source whose rows are not all here cannot be recounted`() throws {
    var example = try Self.clean()
    example.input.sourceAggregates = ["n_episodes": 90]
    example.input.outOfProtocolEpisodes = 10
    #expect(try example.evidence().at("integrity").row("I01")["state"]?.string == "not_applicable")
  }

  @Test func `planned seeds may repeat`() throws {
    var example = try Self.clean()
    let seeds = (0..<40).map { Seed.integer(Int64($0 / 4)) }
    example.plan.frozen.seeds = .list(seeds, sameForEveryTask: true)
    for place in 0..<2 { example.input.tasks[place].episodes.seeds = seeds }
    let planned = try example.evidence()
    #expect(planned.at("integrity").row("I06")["state"]?.string == "pass")
    #expect(planned.at("conformance", "metadata_mismatches").int == 0)
    example.plan.frozen.seeds = .range(first: 0, step: 1, count: 40, sameForEveryTask: true)
    let other = try example.evidence()
    #expect(other.at("integrity").row("I06")["state"]?.string == "fail")
    #expect(other.at("conformance", "metadata_mismatches").int == 78)
  }

  @Test func `a known task of the suite is outside of the protocol and not unknown`() throws {
    var example = try Self.clean()
    example.addTask(suite: "libero_spatial", id: "9")
    let evidence = try example.evidence()
    #expect(evidence.at("integrity").row("I15")["state"]?.string == "pass")
    #expect(evidence.labels == ["out_of_protocol_episodes", "sim_only"])
    #expect(evidence.at("counts", "attempted").int == 80)
  }

  @Test func `a failure seen while reading is never overruled`() throws {
    var example = try Self.clean()
    example.observe("I03", "2 repeated")
    #expect(try example.evidence().at("integrity").row("I03")["state"]?.string == "fail")
  }
}

extension JudgingExample {
  mutating func observe(_ id: String, _ observed: String) {
    input.observations.append(
      Observation(id: id, state: .fail, observed: observed, expected: nil, at: nil))
  }

  /// Adds a task outside of the protocol with one successful episode.
  mutating func addTask(suite: String, id: String) {
    input.tasks.append(
      AuditedTask(
        suite: suite, taskID: id, name: nil, inProtocol: false,
        episodes: Self.columns("S", place: 99)))
    input.outOfProtocolTasks += 1
    input.outOfProtocolEpisodes += 1
  }
}
