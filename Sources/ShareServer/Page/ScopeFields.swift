internal import Audit
internal import JSON
internal import Pages

/// What the result is limited to, the protocol, and what was seen of a deployment.
struct ScopeFields {
  let dto: JSONValue
  let evidence: EvidenceFields

  /// The rows that show one field of evidence.json as it is.
  private static let plainTerms = [
    "Robot": "robot_embodiment", "Simulator": "simulator", "Cameras": "camera_distribution",
  ]

  private static let deployment: [(term: String, key: String)] = [
    ("Setting", "setting"), ("Robot", "robot_embodiment"), ("Kind of robot", "embodiment_class"),
    ("Control", "control_mode"), ("Cameras", "camera_topology"), ("Benchmark", "benchmark"),
    ("Simulator", "simulator"),
  ]

  var fields: [String: PageFields.Field] {
    let excluded = dto.rows("scope", "excludes").compactMap(\.string)
    let summary = dto["deployment_summary"]
    return [
      "scope": .rows(
        ScopeSection(fields: evidence).rows.map { term, value in
          PageFields([
            "term": .text(term), "value": .text(value),
            "at": .text(value == "not stated" ? nil : Self.plainTerms[term]),
          ])
        }),
      "excluded": .text(
        excluded.isEmpty ? "not stated" : excluded.map(Wording.plain).joined(separator: ", ")),
      "frozen": .text(
        dto.text("protocol", "frozen_at").map { PageWords.moment($0) + ", by its own clock" }
          ?? "not frozen"),
      "policy": .text(Wording.plain(dto.text("protocol", "denominator_policy") ?? "unknown")),
      "stopping": .text(Wording.plain(dto.text("protocol", "stopping") ?? "unknown")),
      "freeze_digest": .text(dto.text("protocol", "freeze_digest") ?? "not stated"),
      "deployment_statement": .text(PageWords.statement(summary?.text("statement") ?? "unknown")),
      "deployment": .rows(
        Self.deployment.compactMap { term, key in
          summary?.text(key).map { value in
            PageFields([
              "term": .text(term), "key": .text(key), "value": .text(Wording.plain(value)),
            ])
          }
        }),
    ]
  }
}
