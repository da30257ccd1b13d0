/// The rule table as a page: what `Docs/Rules.md` holds, byte for byte.
///
/// Made from the code, so that the page can't say anything else than what is applied.
public func rulesDocument() -> String {
  RulesDocument().lines.joined(separator: "\n") + "\n"
}

struct RulesDocument {
  var lines: [String] {
    head + integrity + caps + labels + recommendations + axes
  }

  private var head: [String] {
    [
      "# Rules (`\(Rules.name)`)", "",
      "Which check, cap, label and recommendation an audit applies. Made from "
        + "`Sources/Audit/Judging/Rules*.swift`; evidence.json names the table it was made with. "
        + "A changed table takes the next number.",
      "",
      "An audit says what recorded episodes show about one claim under one protocol. It is no "
        + "decision about deployment.",
    ]
  }

  private var integrity: [String] {
    [
      "", "## Integrity checks", "", "| id | word | severity | cap | fails when |",
      "|---|---|---|---|---|",
    ]
      + Rules.integrity.map {
        "| \($0.id) | \($0.word) | \($0.severity.rawValue) | \($0.cap) | \($0.failsWhen) |"
      }
      + [
        "",
        "A row that does not fail has no cap and the severity above. I01 is serious when a rate and not "
          + "a count differs; I02 is a note without cap when the rate was cut and not rounded; I13 is "
          + "serious with cap C when a macro claim has one task twice the size of another; I18 is serious "
          + "when a success comes after the horizon; I19 is serious up to 1 % of the episodes; I21 is "
          + "fatal when checkpoint digests differ; I22 is a warning with cap B when only the freeze is "
          + "later than the run.",
        "",
        "A fatal failure makes the verdict `not_auditable`; a serious one on counted episodes makes it "
          + "`inconclusive`.",
      ]
  }

  private var caps: [String] {
    [
      "", "## Grade caps", "",
      "The grade starts at A and takes the worst cap. `planned_grade` is the grade that the protocol "
        + "planned (none counts as D), and each failed check adds its own cap under its id.",
      "", "| word | cap | when |", "|---|---|---|",
    ]
      + Rules.caps.map { "| \($0.word.rawValue) | \($0.cap.rawValue) | \($0.appliesWhen) |" }
      + [
        "",
        "Left to `verify`: `registration` (B), `signature` (C), `independent_signer` (B).",
      ]
  }

  private var labels: [String] {
    [
      "", "## Missing evidence", "",
      "Questions of the protocol come first, as far as the package leaves them open; then the labels in "
        + "this order. A question outside of the list is shown as `other` (info).",
      "", "| label | severity | when |", "|---|---|---|",
    ]
      + Rules.labels.map {
        "| \($0.label.rawValue) | \($0.severity.rawValue) | \($0.appliesWhen) |"
      }
  }

  private var recommendations: [String] {
    [
      "", "## Recommendations", "",
      "Chosen by the verdict and its first reason; `{n}` counted attempts, `{k}` successes, `{u}` open "
        + "episodes.", "", "| case | word | text |", "|---|---|---|",
    ]
      + Rules.recommendations.map { "| \($0.key) | \($0.word.rawValue) | \($0.pattern) |" }
  }

  private var axes: [String] {
    func list(_ axes: [FalsificationAxis]) -> String {
      axes.isEmpty ? "–" : axes.map(\.rawValue).joined(separator: ", ")
    }
    return [
      "", "## Falsification axes", "",
      "A template is chosen by a word in benchmark, simulator, simulator family or suite; without one, "
        + "task, seed and horizon can be varied.",
      "", "| template | words | varied by the suite | can be varied |", "|---|---|---|---|",
    ]
      + Rules.axisTemplates.map {
        "| \($0.name) | \($0.words.joined(separator: ", ")) | \(list($0.variedBySuite)) | "
          + "\(list($0.variable)) |"
      }
      + [
        "",
        "Phrases of a claim that name an axis, unless one of "
          + Rules.exclusions.map { "*\($0)*" }.joined(separator: ", ") + " stands before:", "",
        "| axis | phrases |", "|---|---|",
      ]
      + FalsificationAxis.allCases.map {
        "| \($0.rawValue) | \(Rules.phrases($0).joined(separator: ", ")) |"
      }
      + [
        "",
        "Suites whose tasks are known: "
          + Rules.suites.map { "\($0.suite) (\($0.tasks))" }.joined(separator: ", ") + ".",
      ]
  }
}
