internal import Audit
public import JSON

extension VersionSeries {
  /// `wf.diff_series/1` (Docs/Diff.md).
  public var diffJSON: JSONValue {
    [
      "schema": "wf.diff_series/1", "claim": .string(slug),
      "versions": .array(versions.map(\.json)), "tasks": .array(taskRows),
      "steps": .array(steps.map { json($0) }), "first_to_last": whole.map { json($0) } ?? .null,
      "multiplicity": "holm_within_each_comparison",
    ]
  }

  /// `wf.history/1` (Docs/Diff.md).
  public var historyJSON: JSONValue {
    let regressions = steps.flatMap { step in
      step.comparison.tasks(.regression).map { row -> JSONValue in
        [
          "task": .string(row.task), "from": number(versions[step.from].number),
          "to": number(versions[step.to].number), "difference": text(row.difference),
          "adjusted": text(row.adjusted),
        ]
      }
    }
    return [
      "schema": "wf.history/1", "claim": .string(slug),
      "versions": .array(versions.map(\.json)), "others": .array(others.map(\.json)),
      "tasks": .array(taskRows), "steps": .array(steps.map { json($0) }),
      "regressions": .array(regressions),
    ]
  }

  private var taskRows: [JSONValue] {
    tasks.map { task in
      [
        "task": .string(task.task), "name": text(task.name),
        "counts": .array(
          task.counts.map { counts in
            counts.map { ["k": number($0.k), "n": number($0.n)] } ?? .null
          }),
      ]
    }
  }

  private func json(_ step: Step) -> JSONValue {
    let comparison = step.comparison
    let parts = comparison.json()
    return [
      "from": number(versions[step.from].number), "to": number(versions[step.to].number),
      "comparability": parts["comparability"] ?? .null, "pairing": parts["pairing"] ?? .null,
      "verdict": parts["verdict"] ?? .null, "grade": parts["grade"] ?? .null,
      "overall": parts["overall"] ?? .null, "tasks": parts["tasks"] ?? .null,
      "tasks_only_a": parts["tasks_only_a"] ?? .null,
      "tasks_only_b": parts["tasks_only_b"] ?? .null, "notes": parts["notes"] ?? .null,
    ]
  }

  private func number(_ value: Int) -> JSONValue { .number(JSONNumber(Int64(value))) }
  private func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}

extension VersionSeries.Version {
  /// The line of `wf log`, with what was counted.
  var json: JSONValue {
    guard var object = entry.json.object else { return .null }
    object["k"] = .number(JSONNumber(Int64(counted.k)))
    object["n"] = .number(JSONNumber(Int64(counted.n)))
    object["rate"] = rate.map { .string($0) } ?? .null
    return .object(object)
  }
}
