import Audit

/// Tasks that cannot stand in the table of differences: in one version only, renamed, or perhaps so.
struct LoneTasksMarkup {
  let comparison: Comparison
  private static let mostRows = 200

  @MarkupBuilder var markup: Markup {
    list("In the new version only", comparison.onlyB.map(Self.counted))
    list("In the old version only", comparison.onlyA.map(Self.counted))
    list(
      "Renamed",
      comparison.tasks.compactMap { task in
        task.renamed.map { name in
          [code(task.task), Markup(text: " "), bdi(name.a), Markup(text: " → "), bdi(name.b)]
        }
      })
    list(
      "Perhaps renamed, not compared",
      comparison.possibleRenames.map { pair in
        [code(pair.a), Markup(text: " → "), code(pair.b), Markup(text: " "), bdi(pair.name)]
      })
  }

  @MarkupBuilder private func list(_ title: String, _ rows: [[Markup]]) -> Markup {
    if !rows.isEmpty {
      element(.details) {
        element(.summary) { "\(title): \(Figures.amount(rows.count, "task", "tasks"))" }
        element(.ul) {
          for row in rows.prefix(Self.mostRows) { element(.li) { Markup(joining: row) } }
        }
        if rows.count > Self.mostRows {
          element(.p) { "\(rows.count - Self.mostRows) more are not on this page." }
        }
      }
    }
  }

  private static func counted(_ task: CountedTask) -> [Markup] {
    let counts = Figures.counts(Int64(task.counted.k), Int64(task.counted.n))
    let name = task.name.map { name in [element(.bdi) { name }, Markup(text: " ")] } ?? []
    return name + [element(.code) { task.task }, Markup(text: " \(counts)")]
  }

  private func code(_ text: String) -> Markup { element(.code) { text } }
  private func bdi(_ text: String) -> Markup { element(.bdi) { text } }
}
