import Audit
import JSON

/// What the result is limited to, and what it does not cover.
struct ScopeSection {
  let fields: EvidenceFields

  @MarkupBuilder var markup: Markup {
    let excluded = fields.words("scope", "excludes")
    section(.scope, "Scope") {
      element(.p) { "The result holds for this and for nothing else:" }
      element(.dl) {
        for (term, detail) in rows {
          element(.dt) { term }
          element(.dd) { element(.bdi) { detail } }
        }
        element(.dt) { "Not covered" }
        element(.dd) {
          element(.strong) {
            excluded.isEmpty
              ? "not stated" : excluded.map(Wording.plain).joined(separator: ", ")
          }
        }
      }
    }
  }

  private var rows: [(String, String)] {
    let benchmark = [fields.text("scope", "benchmark"), fields.text("scope", "benchmark_version")]
      .compactMap(\.self).joined(separator: " ")
    let suites = fields.words("scope", "suites").joined(separator: ", ")
    return [
      ("Model", fields.text("claim", "subject_id") ?? "not stated"),
      ("Benchmark", benchmark.isEmpty ? "not stated" : benchmark),
      ("Suites", suites.isEmpty ? "not stated" : suites),
      ("Tasks", tasks),
      ("Robot", fields.text("scope", "robot_embodiment") ?? "not stated"),
      ("Simulator", fields.text("scope", "simulator") ?? "not stated"),
      ("Cameras", fields.text("scope", "camera_distribution") ?? "not stated"),
      ("Setting", setting),
    ]
  }

  private var tasks: String {
    guard let count = fields.count("scope", "tasks") else { return "not stated" }
    let number = Figures.amount(Int(clamping: count), "task", "tasks")
    guard let each = fields.count("scope", "episodes_per_task") else {
      return number + ", uneven numbers of episodes"
    }
    return number + ", " + Figures.amount(Int(clamping: each), "episode", "episodes") + " each"
  }

  private var setting: String {
    fields.text("deployment_summary", "setting").map(Wording.plain) ?? "unknown"
  }
}
