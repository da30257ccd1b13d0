/// The rule table as a page: what `Docs/Rules.md` holds, byte for byte.
///
/// Made from the code, so that the page can't say anything else than what is applied.
public func rulesDocument() -> String {
  RulesDocument().lines.joined(separator: "\n") + "\n"
}

struct RulesDocument {
  var lines: [String] {
    head + changes + integrity + caps + labels + reasons + recommendations + axes
  }

  private var head: [String] {
    [
      "# Rules", "",
      "Which check, cap, label and recommendation an audit applies, and in which words. Made from "
        + "`Sources/Audit/Judging/Rules*.swift` and `Sources/Audit/Wording`; evidence.json names the "
        + "rules it was made under. Changed rules take the next number, and the old ones stay "
        + "callable: `wf verify --recompute` derives every package under the rules that it names. "
        + "New packages are made under `\(RuleSet.current.name)`.",
      "",
      "An audit says what recorded episodes show about one claim under one protocol. It is no "
        + "decision about deployment.",
    ]
  }

  private var integrity: [String] {
    [
      "", "## Integrity checks", "", "| id | word | severity | cap | fails when | in words |",
      "|---|---|---|---|---|---|",
    ]
      + Rules.integrity.map {
        "| \($0.id) | \($0.word) | \($0.severity.rawValue) | \($0.cap) | \($0.failsWhen) | "
          + "\(Wording.check($0.id)) |"
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
      "", "| word | cap | when | in words |", "|---|---|---|---|",
    ]
      + Rules.caps.map {
        "| \($0.word.rawValue) | \($0.cap.rawValue) | \($0.appliesWhen) | "
          + "\(Wording.cap($0.word.rawValue)) |"
      }
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
      "", "| label | severity | when | in words |", "|---|---|---|---|",
    ]
      + Rules.labels.map {
        "| \($0.label.rawValue) | \($0.severity.rawValue) | \($0.appliesWhen) | "
          + "\(Wording.label($0.label.rawValue)) |"
      }
  }

  private var reasons: [String] {
    [
      "", "## Verdicts and their reasons", "", "| verdict | in words |", "|---|---|",
    ]
      + ["supported", "refuted", "inconclusive", "not_auditable"].map {
        "| \($0) | \(Wording.verdict($0)) |"
      }
      + ["", "| reason | in words |", "|---|---|"]
      + Wording.reasons.keys.sorted().map { "| \($0) | \(Wording.reason($0)) |" }
      + ["", "The id of a serious check that failed on counted episodes is a reason too."]
  }

  private var recommendations: [String] {
    [
      "", "## Recommendations", "",
      "Chosen by the verdict and its first reason; `{n}` counted attempts, `{k}` successes, `{u}` open "
        + "episodes.", "", "| case | word | text |", "|---|---|---|",
    ]
      + (Rules.recommendations + Rules.laterRecommendations).map {
        "| \($0.key) | \($0.word.rawValue) | \($0.pattern) |"
      }
      + [
        "",
        "`dimensions_…` rows, for a claim over several dimensions, and "
          + "`inconclusive_dimensions_not_pooled` are of `\(RuleSet.v2.name)`.",
      ]
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
        "| axis | phrases | in words |", "|---|---|---|",
      ]
      + FalsificationAxis.allCases.map {
        "| \($0.rawValue) | \(Rules.phrases($0).joined(separator: ", ")) | "
          + "\(Wording.axis($0.rawValue)) |"
      }
      + [
        "",
        "Suites whose tasks are known: "
          + Rules.suites.map { "\($0.suite) (\($0.tasks))" }.joined(separator: ", ") + ".",
      ]
  }
}
