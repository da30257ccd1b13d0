import Audit
import JSON

/// What the result is limited to, and what it does not cover.
package struct ScopeSection {
  let fields: EvidenceFields

  package init(fields: EvidenceFields) { self.fields = fields }

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

  /// The scope in one line; what is not stated is left out, the section has it.
  package var sentence: String {
    let named = [benchmark, suites].compactMap(\.self) + [tasks]
    let place = [fields.text("scope", "robot_embodiment"), fields.text("scope", "simulator")]
      .compactMap(\.self).joined(separator: " in ")
    return named.joined(separator: ", ") + (place.isEmpty ? "" : "; " + place) + "."
  }

  private var benchmark: String? {
    let parts = [fields.text("scope", "benchmark"), fields.text("scope", "benchmark_version")]
      .compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  private var suites: String? {
    let words = fields.words("scope", "suites")
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }

  /// What the result is limited to, term by term.
  package var rows: [(String, String)] {
    [
      ("Model", fields.text("claim", "subject_id") ?? "not stated"),
      ("Benchmark", benchmark ?? "not stated"),
      ("Suites", suites ?? "not stated"),
      ("Tasks", tasks),
      ("Robot", fields.text("scope", "robot_embodiment") ?? "not stated"),
      ("Simulator", fields.text("scope", "simulator") ?? "not stated"),
      ("Cameras", fields.text("scope", "camera_distribution") ?? "not stated"),
      ("Setting", setting),
    ]
  }

  private var tasks: String {
    guard let count = fields.count("scope", "tasks") else { return "number of tasks not stated" }
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
