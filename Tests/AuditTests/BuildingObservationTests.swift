import Audit
import Evidence
import JSON
import Platform
import TestSupport
import Testing

struct BuildingObservationTests {
  @Test func `two episodes with one recording fail I04 at the second`() throws {
    var raw = BuildingExample.raw()
    raw.media[1][0].reference.sha256 = raw.media[0][2].reference.sha256
    let check = try observation("I04", raw: raw)
    #expect(check.state == .fail)
    #expect(check.observed == "4 distinct of 5")
    #expect(check.at == "libero_spatial/1/0")
  }

  @Test func `without digests nothing is said about recordings`() throws {
    var raw = BuildingExample.raw()
    for task in raw.media.indices {
      for media in raw.media[task].indices { raw.media[task][media].reference.sha256 = nil }
    }
    #expect(try observation("I04", raw: raw).state == .notApplicable)
  }

  @Test(arguments: [
    (["0.2", "0.0", "0.4"], Observation.State.fail, "3 of 3 partial outcomes are failures"),
    (["0.2", "1.0", "0.4"], .pass, "2 of 3 partial outcomes are failures"),
    (["0.2", nil, "0.4"], .pass, "2 of 2 partial outcomes are failures"),
  ])
  func `errors that hide failures fail I17`(
    _ rewards: [String?], _ state: Observation.State, _ text: String
  ) throws {
    var run = BuildingExample.run()
    var lexemes = BuildingExample.Text()
    run.tasks[0].outcomes = Array("EEE".utf8)
    run.tasks[0].maxRewards = rewards.map { lexemes.add($0) }
    run.tasks[0].sumRewards = nil
    run.tasks[1].maxRewards = nil
    run.tasks[1].sumRewards = nil
    run.lexemes = lexemes
    let check = try observation("I17", run: run)
    #expect(check.state == state)
    #expect(check.observed == text)
  }

  @Test func `failures far below the horizon and late successes fail I18`() throws {
    var run = BuildingExample.run()
    run.tasks[0].outcomes = Array("FFF".utf8)
    run.tasks[0].steps = [10, 280, 20]
    var check = try observation("I18", run: run)
    #expect(check.state == .fail)
    #expect(check.observed == "2 of 3 failures below horizon")
    #expect(check.at == "libero_spatial/0/0")
    run.tasks[0].failures = [0: "collision", 2: "collision"]
    #expect(try observation("I18", run: run).observed == "0 of 3 failures below horizon")
    run.tasks[1].steps = [281, 3, 4]
    check = try observation("I18", run: run)
    #expect(check.observed == "1 of 2 successes after horizon")
    #expect(check.at == "libero_spatial/1/0")
    run.tasks[0].steps = nil
    run.tasks[1].steps = nil
    #expect(try observation("I18", run: run).state == .notApplicable)
  }

  @Test func `results from before the freeze and negative durations fail I22`() throws {
    var run = BuildingExample.run()
    run.createdAt = "2026-11-20T09:09:59Z"
    #expect(try observation("I22", run: run).state == .fail)
    run.createdAt = "2026-11-20T09:10:00Z"
    #expect(try observation("I22", run: run).state == .pass)
    var lexemes = BuildingExample.Text()
    run.tasks = [run.tasks[0]]
    run.tasks[0].sumRewards = nil
    run.tasks[0].maxRewards = nil
    run.tasks[0].durations = ["1.5", "-0.0", "-2"].map { lexemes.add($0) }
    run.lexemes = lexemes
    let check = try observation("I22", run: run)
    #expect(check.state == .fail)
    #expect(check.observed == "1 of 3 durations below zero")
    #expect(check.at == "libero_spatial/0/2")
  }

  @Test func `coverage counts recordings that are present, of counted episodes`() throws {
    var raw = BuildingExample.raw()
    raw.media[0][0].state = .changed
    raw.media[0][2].reference.role = "log"
    let coverage = try build(raw: raw).rawCoverage
    #expect(coverage.countedEpisodes == 6)
    #expect(coverage.withRaw == 3)
    #expect(coverage.failedEpisodes == 1)
    #expect(coverage.failedWithRaw == 0)
  }

  private func observation(
    _ id: String, run: SavedRun = BuildingExample.run(), raw: RawEvidence = BuildingExample.raw()
  ) throws -> Observation {
    try #require(try build(run: run, raw: raw).observations.first { $0.id == id })
  }

  private func build(
    run: SavedRun = BuildingExample.run(), raw: RawEvidence = BuildingExample.raw()
  ) throws -> AuditInput {
    try buildAuditInput(
      run: run, raw: raw, claim: try Claim.decode(BuildingExample.member(.claim)),
      protocol: try EvaluationProtocol.decode(BuildingExample.member(.evaluationProtocol)),
      options: AuditOptions())
  }
}
