import Audit
import Evidence
import JSON
import Platform
import TestSupport
import Testing

struct BuildingInputTests {
  // MARK: - Cells and tasks

  @Test func `frozen cells without a row are missing, and counted as planned`() throws {
    var run = BuildingExample.run()
    keepRows([0, 2], of: &run.tasks[0])
    run.tasks[0].indexes = [0, 2]
    let input = try build(run)
    #expect(letters(input) == ["SMF", "SES"])
    #expect(input.counts.planned == 6)
    #expect(input.counts.missing == 1)
    #expect(input.counts.attempted == 5)
    #expect(input.tasks[0].episodes.indexes == [0...2])
    #expect(input.tasks[0].episodes.seeds == [.integer(1000), nil, .integer(1002)])
  }

  @Test func `a planned task that the run lacks is all missing`() throws {
    var run = BuildingExample.run()
    run.tasks.remove(at: 0)
    let input = try build(run)
    #expect(letters(input) == ["MMM", "SES"])
    #expect(input.counts.missing == 3)
    #expect(input.tasks[0].name == "pick up the black bowl between the plate and the ramekin")
  }

  @Test func `tasks come in protocol order, then the others by the bytes of their names`() throws {
    var run = BuildingExample.run()
    run.tasks.reverse()
    for (suite, id) in [("libero_spatial", "9"), ("Zebra", "0"), ("libero_goal", "10")] {
      run.tasks.append(SavedTask(suite: suite, taskID: id, name: nil, outcomes: Array("SF".utf8)))
    }
    let input = try build(run, raw: RawEvidence(media: []))
    #expect(
      input.tasks.map { $0.suite + "/" + $0.taskID } == [
        "libero_spatial/0", "libero_spatial/1", "Zebra/0", "libero_goal/10", "libero_spatial/9",
      ])
    #expect(input.tasks.map(\.inProtocol) == [true, true, false, false, false])
    #expect(input.outOfProtocolTasks == 3)
    #expect(input.outOfProtocolEpisodes == 6)
    #expect(input.counts.attempted == 6)
  }

  @Test func `episodes beyond the frozen indexes are listed outside of the protocol`() throws {
    var run = BuildingExample.run()
    keepRows([0, 1, 2, 0, 1], of: &run.tasks[0])
    run.tasks[0].indexes = [0, 7, 1, 2, 9]
    let input = try build(run, raw: RawEvidence(media: []))
    #expect(letters(input) == ["SFS", "SES", "SS"])
    #expect(input.tasks[2].inProtocol == false)
    #expect(input.tasks[2].episodes.indexes == [7...7, 9...9])
    #expect(input.outOfProtocolEpisodes == 2)
    #expect(input.counts.planned == 6)
    #expect(input.counts.attempted == 6)
    try input.checkCounts()
    let bytes = try input.memberBytes()
    #expect(try AuditInput.decode(bytes).memberBytes() == bytes)
  }

  @Test func `without frozen indexes every recorded episode counts and none is missing`() throws {
    let plan = try protocolWith { $0["episode_indexes"] = .null }
    var run = BuildingExample.run()
    run.tasks.remove(at: 1)
    let input = try build(run, protocol: plan, raw: RawEvidence(media: []))
    #expect(letters(input) == ["SSF", ""])
    #expect(input.counts.planned == nil)
    #expect(input.counts.missing == 0)
    #expect(input.tasks[1].episodes.indexes.isEmpty)
  }

  @Test func `gaps split ranges, neighbours join them`() throws {
    let plan = try protocolWith { $0["episode_indexes"] = [[0, 1], [4, 4]] }
    var run = BuildingExample.run()
    run.tasks[0].indexes = [4, 0, 1]
    let input = try build(run, protocol: plan, raw: RawEvidence(media: []))
    #expect(input.tasks[0].episodes.indexes == [0...1, 4...4])
    #expect(letters(input)[0] == "SFS")
    #expect(letters(input)[1] == "SEM")
  }

  @Test func `a run that names no task is the only task of the protocol, and says so`() throws {
    let plan = try protocolWith { frozen in
      frozen["tasks"] = [["suite": "pusht", "task_id": "0", "name": "push"]]
    }
    var run = BuildingExample.run()
    run.tasks = [SavedTask(suite: "", taskID: "", name: nil, outcomes: Array("SFS".utf8))]
    let input = try build(run, protocol: plan, raw: RawEvidence(media: []))
    #expect(input.tasks.map(\.suite) == ["pusht"])
    #expect(input.format.detectedBy.last == "protocol:only_task")
    let other = try build(run, raw: RawEvidence(media: []))
    #expect(other.tasks.map(\.inProtocol) == [true, true, false])
    #expect(other.format.detectedBy == run.format.detectedBy)
  }

  @Test func `a protocol with more cells than memory is refused`() throws {
    for ranges in [[0...(.max - 1)], [0...40_000_000], [-1...1]] {
      var plan = try protocolWith { _ in }
      plan.frozen.episodeIndexes = ranges
      #expect(try failure { try build(BuildingExample.run(), protocol: plan) } == .indexOutOfRange)
    }
  }

  // MARK: - Repeats

  @Test(arguments: [nil, "none"] as [String?])
  func `a repeat without a policy is refused with its episode`(_ retries: String?) throws {
    let plan = try retrying(retries)
    let run = repeated(attempts: [1, 2, 1, 1])
    let error = #expect(throws: AuditError.self) { try build(run, protocol: plan) }
    #expect(error?.code == .duplicateEpisode)
    #expect(error?.place == "libero_spatial/0/0")
  }

  @Test(arguments: [("first_attempt", "FSF"), ("last_attempt", "SSF")])
  func `the retry policy decides which attempt counts`(_ retries: String, _ kept: String) throws {
    let run = repeated(attempts: [1, 2, 1, 1])
    let input = try build(run, protocol: try retrying(retries))
    #expect(letters(input)[0] == kept)
    #expect(input.duplicates == 1)
    #expect(input.attempts == 2)
    let check = try #require(input.observations.first { $0.id == "I11" })
    #expect(check.state == .pass)
    #expect(check.observed?.hasPrefix("up to 2 attempts") == true)
  }

  @Test func `repeats without numbers are attempts in the order of the file`() throws {
    var run = repeated(attempts: [1, 2, 1, 1])
    run.tasks[0].attempts = nil
    let input = try build(run, protocol: try retrying("last_attempt"))
    #expect(letters(input)[0] == "SSF")
    #expect(input.attempts == 2)
  }

  @Test func `two rows for the same attempt are refused under any policy`() throws {
    let run = repeated(attempts: [1, 1, 1, 1])
    #expect(
      try failure { try build(run, protocol: try retrying("last_attempt")) } == .duplicateEpisode)
  }

  @Test func `later attempts alone are a check that fails without a policy`() throws {
    var run = BuildingExample.run()
    run.tasks[0].attempts = [1, 3, 1]
    let check = try #require(try build(run).observations.first { $0.id == "I11" })
    #expect(check.state == .fail)
    #expect(check.at == "libero_spatial/0/1#3")
  }

  // MARK: - Outcomes, seeds, model

  @Test func `an exclusion leaves the count only under a frozen rule`() throws {
    var run = BuildingExample.run()
    run.tasks[0].outcomes = Array("XSX".utf8)
    run.tasks[0].failures = [0: "camera_fault: frame lost", 2: "looked odd"]
    let plan = try protocolWith { frozen in
      var policy = frozen["denominator_policy"]?.object
      policy?["exclusion_rules"] = [
        ["id": "camera_fault", "text": "no picture for a second", "reason": "broken cable"]
      ]
      frozen["denominator_policy"] = policy.map { .object($0) }
    }
    let ruled = try build(run, protocol: plan)
    #expect(letters(ruled)[0] == "XSE")
    #expect(ruled.tasks[0].episodes.reasons == [0: "camera_fault", 2: "unlabelled"])
    #expect(ruled.counts.excluded == 1)
    let unruled = try build(run)
    #expect(letters(unruled)[0] == "ESE")
    #expect(unruled.counts.excluded == 0)
    #expect(unruled.counts.attempted == 6)
  }

  @Test(arguments: [
    ("CUDA out of memory. Tried to allocate 2 GiB", "out_of_memory"),
    ("server_unreachable", "communication_error"), ("connection_closed", "communication_error"),
    ("policy server: Connection refused", "communication_error"),
    ("emergency stop pressed", "safety_stop"), ("mujoco.FatalError", "simulator_error"),
    ("policy returned 6 actions", "policy_error"), ("???", "unlabelled"),
    ("simulator_error", "simulator_error"),
  ])
  func `public reasons come from a fixed list`(_ text: String, _ label: String) throws {
    var run = BuildingExample.run()
    run.tasks[1].failures[1] = text
    #expect(try build(run).tasks[1].episodes.reasons == [1: label])
  }

  @Test func `a start seed derives the seeds of lerobot and of no other format`() throws {
    var run = BuildingExample.run()
    run.seedLabel = .missing
    for number in run.tasks.indices { run.tasks[number].seeds = nil }
    var options = AuditOptions()
    options.seedStart = 1000
    let other = try build(run, options: options)
    #expect(other.seedLabel == .missing)
    #expect(other.tasks[0].episodes.seeds == nil)
    run.format.name = "lerobot"
    let input = try build(run, options: options)
    #expect(input.seedLabel == .derived)
    #expect(input.tasks[1].episodes.seeds == [.integer(1000), .integer(1001), .integer(1002)])
    options.seedStart = (1 << 53) - 1
    #expect(
      try build(run, options: options).tasks[0].episodes.seeds?.last == .text("9007199254740993"))
    options.seedStart = .max
    #expect(try failure { try build(run, options: options) } == .seedOutOfRange)
  }

  @Test func `recorded seeds are not replaced by a start seed`() throws {
    var run = BuildingExample.run()
    run.format.name = "lerobot"
    var options = AuditOptions()
    options.seedStart = 7
    let input = try build(run, options: options)
    #expect(input.seedLabel == .recorded)
    #expect(input.tasks[0].episodes.seeds?.first == .integer(1000))
  }

  @Test func `the source's model comes before the flag, and digests must agree`() throws {
    let one = "sha256:" + String(repeating: "1", count: 64)
    let two = "sha256:" + String(repeating: "2", count: 64)
    var run = BuildingExample.run()
    var options = AuditOptions()
    options.modelID = "mine"
    options.checkpointDigest = one
    #expect(
      try build(run, options: options).model
        == ModelIdentity(id: "example-org/example-vla", checkpointDigest: one, identity: .declared))
    run.model = ModelIdentity(id: nil, checkpointDigest: two, identity: .unknown)
    #expect(try failure { try build(run, options: options) } == .checkpointDigestConflict)
    run.model.checkpointDigest = nil
    options.checkpointDigest = nil
    #expect(try build(run, options: options).model.id == "mine")
    options.modelID = nil
    #expect(try build(run, options: options).model.identity == .unknown)
    options.checkpointDigest = "sha256:12"
    #expect(try failure { try build(run, options: options) } == .digestInvalid)
  }

  @Test func `an attestation from before the run lifts the identity`() throws {
    let digest = "sha256:" + String(repeating: "1", count: 64)
    var run = BuildingExample.run()
    run.createdAt = "2026-11-21T10:00:00+01:00"
    var options = AuditOptions()
    options.attestation = ModelAttestation(
      digest: digest, checkpointDigest: digest, signerFingerprint: "SHA256:x",
      madeAt: "2026-11-21T08:59:59Z")
    let input = try build(run, options: options)
    #expect(input.model.identity == .attestedBeforeRun)
    #expect(input.reportedAt == "2026-11-21T09:00:00Z")
    options.attestation?.madeAt = "2026-11-21T09:00:01Z"
    #expect(try build(run, options: options).model.identity == .attestedAfterRun)
  }

  @Test func `a bounded score carries the scores as written`() throws {
    let value = try JSONValue.parse(BuildingExample.member(.evaluationProtocol))
    var object = try #require(value.object)
    var contract = try #require(object["metric_contract"]?.object)
    contract["kind"] = "bounded_score"
    object["metric_contract"] = .object(contract)
    let plan = try EvaluationProtocol.decode(CanonicalJSON.bytes(.object(object)) + [10])
    let input = try build(BuildingExample.run(), protocol: plan)
    #expect(input.tasks[1].episodes.scores == ["1.0", nil, "1.0"])
  }

  @Test func `a protocol for another claim is refused`() throws {
    var plan = try protocolWith { _ in }
    plan.claimID = "clm_01JD8Q4M2N0000000000000009"
    #expect(try failure { try build(BuildingExample.run(), protocol: plan) } == .protocolMismatch)
  }

  @Test func `columns of different length are refused, not read past their end`() throws {
    var run = BuildingExample.run()
    run.tasks[0].steps = [1]
    #expect(try failure { try build(run) } == .columnMismatch)
    run = BuildingExample.run()
    run.tasks[0].outcomes = Array("SQF".utf8)
    #expect(try failure { try build(run) } == .columnMismatch)
    run = BuildingExample.run()
    run.tasks.append(run.tasks[0])
    #expect(try failure { try build(run) } == .duplicateTask)
    run = BuildingExample.run()
    run.tasks[0].indexes = [0, -1, 1]
    #expect(try failure { try build(run) } == .indexOutOfRange)
  }

  // MARK: - Tools

  private func build(
    _ run: SavedRun, protocol plan: EvaluationProtocol? = nil, raw: RawEvidence? = nil,
    options: AuditOptions = AuditOptions()
  ) throws -> AuditInput {
    try buildAuditInput(
      run: run, raw: raw ?? RawEvidence(media: []),
      claim: try Claim.decode(BuildingExample.member(.claim)),
      protocol: try plan ?? protocolWith { _ in }, options: options)
  }

  private func failure(_ work: () throws -> AuditInput) throws -> AuditError.Code? {
    do {
      _ = try work()
      return nil
    } catch let error as AuditError {
      return error.code
    }
  }

  private func protocolWith(_ change: (inout JSONObject) -> Void) throws -> EvaluationProtocol {
    try EvaluationProtocol.decode(BuildingExample.protocolBytes(change))
  }

  private func retrying(_ retries: String?) throws -> EvaluationProtocol {
    try protocolWith { frozen in
      var policy = frozen["denominator_policy"]?.object
      policy?["retries"] = retries.map { .string($0) } ?? .null
      policy?["attempts_per_episode"] = 2
      frozen["denominator_policy"] = policy.map { .object($0) }
    }
  }

  /// Task 0 with a second attempt of episode 0, which succeeds where the first failed.
  private func repeated(attempts: [Int]) -> SavedRun {
    var run = BuildingExample.run()
    run.tasks[0] = SavedTask(
      suite: "libero_spatial", taskID: "0", name: nil, outcomes: Array("FSSF".utf8))
    run.tasks[0].indexes = [0, 0, 1, 2]
    run.tasks[0].attempts = attempts
    return run
  }

  private func keepRows(_ rows: [Int], of task: inout SavedTask) {
    let old = task
    task.outcomes = rows.map { old.outcomes[$0] }
    task.seeds = old.seeds.map { column in rows.map { column[$0] } }
    task.steps = old.steps.map { column in rows.map { column[$0] } }
    task.sumRewards = old.sumRewards.map { column in rows.map { column[$0] } }
    task.maxRewards = old.maxRewards.map { column in rows.map { column[$0] } }
    task.media = []
    task.failures = [:]
  }

  private func letters(_ input: AuditInput) -> [String] {
    input.tasks.map { String(decoding: $0.episodes.outcomes, as: UTF8.self) }
  }
}
