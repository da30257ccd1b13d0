internal import Evidence

/// The recorded failure texts of a run, redacted in the order of the members' rows.
struct FailureTexts: Sendable {
  /// By matched task, then by position in it.
  private(set) var byTask: [[Int: FailureText]] = []
  private(set) var counts = RedactionCounts()

  /// - Parameter redactor: numbers what it replaces in order of appearance, so it is passed on.
  init(_ built: BuiltInput, run: SavedRun, policy: DenominatorPolicy, redactor: inout Redactor) {
    let reading = FailureReading(policy)
    for (task, audited) in zip(built.matched.tasks, built.input.tasks) {
      var texts: [Int: FailureText] = [:]
      if let source = task.source, !run.tasks[source].failures.isEmpty {
        let saved = run.tasks[source]
        task.forEachEpisode { position, _, row in
          guard let row, let text = saved.failures[row],
            let outcome = Outcome(letter: audited.episodes.outcomes[position]),
            outcome != .succeeded
          else { return }
          let (clean, found) = redactor.redact(text)
          counts += found
          texts[position] = Self.text(
            text, clean: clean, redactions: found.total, outcome, reading)
        }
      }
      byTask.append(texts)
    }
  }

  private static func text(
    _ text: String, clean: String, redactions: Int, _ outcome: Outcome, _ reading: FailureReading
  ) -> FailureText {
    var (label, source) = reading.label(text, outcome: outcome)
    if outcome == .excluded, let rule = reading.rule(for: text) {
      (label, source) = (.excludedByRule, "rule:" + rule.id)
    }
    return FailureText(
      label: label, labelSource: source,
      sourceLabel: redactions == 0 ? reading.sourceLabel(text) : nil,
      message: TextRules.cut(clean, to: 500), redactions: redactions)
  }
}
