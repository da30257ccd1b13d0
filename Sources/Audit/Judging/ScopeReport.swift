internal import Evidence
internal import JSON

/// What the sentence of the claim is limited to, and where the evidence comes from (SCHEMAS §4).
struct ScopeReport: Sendable {
  /// `world_model`, `real_robot`, `simulation` or `unknown`.
  let setting: String
  let scope: JSONValue
  let deployment: JSONValue
  let conformance: JSONValue

  init(_ facts: AuditFacts) {
    let applicability = facts.claim.applicability
    let profile = facts.plan.frozen.profile
    setting =
      if facts.input.sourceNotes?.generated != nil {
        "world_model"
      } else if profile.simulatorFamily == "none" {
        "real_robot"
      } else if profile.simulatorFamily != nil || applicability.simulator != nil {
        "simulation"
      } else {
        "unknown"
      }
    scope = Self.scope(facts, setting: setting)
    deployment = [
      "setting": .string(setting), "embodiment_class": .text(profile.embodimentClass),
      "robot_embodiment": .text(applicability.robotEmbodiment),
      "simulator": .text(applicability.simulator), "benchmark": .text(applicability.benchmark),
      "camera_topology": .text(profile.cameraTopology),
      "control_mode": .text(profile.controlMode), "statement": "not_a_deployment_decision",
    ]
    conformance = Self.conformance(facts)
  }

  private static func scope(_ facts: AuditFacts, setting: String) -> JSONValue {
    let applicability = facts.claim.applicability
    var suites: [String] = []
    for tally in facts.tasks {
      let suite = facts.input.tasks[tally.position].suite
      if !suites.contains(suite) { suites.append(suite) }
    }
    let sizes = Set(facts.tasks.map(\.outcomes.attempted))
    return [
      "benchmark": .text(applicability.benchmark),
      "benchmark_version": .text(applicability.benchmarkVersion), "suites": .texts(suites),
      "tasks": .count(facts.tasks.count),
      "episodes_per_task": .count(sizes.count == 1 ? sizes.first : nil),
      "robot_embodiment": .text(applicability.robotEmbodiment),
      "simulator": .text(applicability.simulator),
      "camera_distribution": .text(applicability.cameraDistribution),
      "excludes": .texts(
        ["other_tasks", "other_embodiments"] + (setting == "real_robot" ? [] : ["real_robot"])),
    ]
  }

  /// Frozen cells against records; seeds and digests that differ from the plan.
  private static func conformance(_ facts: AuditFacts) -> JSONValue {
    let planned = facts.isPlanned ? facts.totals.cells : 0
    let missing = facts.isPlanned ? facts.totals.missing : 0
    let plannedDigest = facts.plan.frozen.profile.checkpointDigest
    let digest = facts.input.model.checkpointDigest
    let digestDiffers = plannedDigest != nil && digest != nil && plannedDigest != digest
    return [
      "planned_cells": .count(planned), "matched_cells": .count(planned - missing),
      "missing_cells": .count(missing),
      "out_of_protocol_episodes": .count(facts.input.outOfProtocolEpisodes),
      "digest_mismatches": .count(digestDiffers ? 1 : 0),
      "metadata_mismatches": .count(facts.seedMismatches),
    ]
  }
}

extension AuditFacts {
  /// Recorded seeds that differ from the planned ones, where the plan reaches.
  var seedMismatches: Int {
    guard input.seedLabel == .recorded, isPlanned else { return 0 }
    let cells = SeedPlanCells(plan)
    var mismatches = 0
    for (place, tally) in tasks.enumerated() {
      guard let seeds = input.tasks[tally.position].episodes.seeds else { continue }
      for (row, seed) in seeds.enumerated() {
        guard let seed, let expected = cells.seed(place: place, cell: row) else { continue }
        if seed != expected { mismatches += 1 }
      }
    }
    return mismatches
  }
}
