internal import Evidence
internal import JSON

/// The `governance` object of a line: what embodied-gov-bench asks and what it saw (FORMATS §8).
struct GovernanceRecord {
  /// Each is a suite of its own; no rate is ever taken over several of them.
  static let dimensions = [
    "unauthorized_capability_invocation", "runtime_drift_robustness", "recovery_success",
    "policy_portability", "version_upgrade_safety", "human_override_responsiveness",
    "audit_completeness",
  ]

  var dimension = ""
  var scenario = ""
  var auditEventsExpected: Int?
  var auditEventsFound: Int?

  private static let required = [
    "dimension", "setting", "scenario", "perturbation", "expected", "observed",
  ]

  /// Reads the members of an object that has begun.
  init(from source: inout SourceReader) throws(AdapterError) {
    var record = (dimension: "", scenario: "", expected: Int?.none, found: Int?.none)
    var seen: Set<String> = []
    try source.closedMembers(at: "/governance") { (source, key) throws(AdapterError) in
      seen.insert(key)
      switch key {
      case "dimension":
        record.dimension = try source.word(
          of: Self.dimensions, at: "/governance/dimension", else: .unknownDimension)
      case "setting":
        _ = try source.word(of: ["single_robot", "fleet"], at: "/governance/setting")
      case "scenario": record.scenario = try source.name(at: "/governance/scenario")
      case "perturbation": _ = try source.name(at: "/governance/perturbation")
      case "expected": _ = try source.name(at: "/governance/expected")
      case "observed": _ = try source.name(at: "/governance/observed")
      case "score": try source.scalar(at: "/governance/score")
      case "latency_ms": try Self.readLatency(&source)
      case "audit_events_expected":
        record.expected = try source.countOrNull(at: "/governance/audit_events_expected")
      case "audit_events_found":
        record.found = try source.countOrNull(at: "/governance/audit_events_found")
      default: return false
      }
      return true
    }
    for key in Self.required where !seen.contains(key) {
      throw source.missing(key, at: "/governance")
    }
    dimension = record.dimension
    scenario = record.scenario
    auditEventsExpected = record.expected
    auditEventsFound = record.found
  }

  private static func readLatency(_ source: inout SourceReader) throws(AdapterError) {
    let place = "/governance/latency_ms"
    guard let token = try source.numberOrNull(at: place), source.json.double(token) < 0 else {
      return
    }
    throw source.complaint(.negativeCount, at: place, "a latency cannot be negative")
  }
}

extension BridgeEpisodeReader {
  /// A line of embodied-gov-bench needs the object, and it must fit suite and task.
  func checkGovernance() throws(AdapterError) {
    guard let record = governanceRecord else {
      if header.source == "embodied-gov-bench" { throw source.missing("governance", at: "") }
      return
    }
    guard record.dimension == episode.suite else {
      throw source.complaint(
        .contradictoryEpisode, at: "/governance/dimension",
        "the dimension is \(record.dimension), and the suite \(shown(episode.suite))")
    }
    guard record.scenario == episode.taskID else {
      throw source.complaint(
        .contradictoryEpisode, at: "/governance/scenario",
        "the scenario is \(shown(record.scenario)), and the task \(shown(episode.taskID))")
    }
    guard let found = record.auditEventsFound else { return }
    guard let expected = record.auditEventsExpected, found <= expected else {
      throw source.complaint(
        .contradictoryEpisode, at: "/governance/audit_events_found",
        "\(found) audit events were found, and "
          + (record.auditEventsExpected.map { "only \($0)" } ?? "none") + " expected")
    }
  }
}
