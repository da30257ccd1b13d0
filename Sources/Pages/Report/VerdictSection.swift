import Audit
import JSON

/// The verdict in one word and one sentence, with its reasons.
struct VerdictSection {
  let fields: EvidenceFields

  @MarkupBuilder var markup: Markup {
    let state = RowState.verdict(fields.verdict)
    section(.verdict, "Verdict", isPanel: true) {
      element(.p, .classes(.big, state.ink)) {
        state.marker.sign(reach: 9)
        capitalised(state.word)
      }
      element(.p) { worded(Wording.verdict(fields.verdict), fields.verdict) }
      let reasons = fields.words("reasons")
      if !reasons.isEmpty {
        element(.ul) {
          for word in reasons { element(.li) { worded(Wording.reason(word), word) } }
        }
      }
      assumed
      element(.p) {
        element(.span, .classes(.quiet)) { "Limited to: " }
        element(.bdi) { ScopeSection(fields: fields).sentence }
      }
    }
  }

  /// What the counts alone would say, where something lowered it.
  @MarkupBuilder private var assumed: Markup {
    if let word = fields.text("verdict_if_all_assumptions_hold"), word != fields.verdict {
      element(.p, .classes(.quiet)) {
        "If every assumption held, the counts alone would read: "
        element(.strong) { Wording.plain(word) }
        "."
      }
    }
  }
}

/// The letter that is shown and why it is not better.
struct GradeSection {
  let fields: EvidenceFields
  let findings: VerifyFindings?

  private var letter: String { findings?.grade ?? fields.text("grade", "letter") ?? "D" }

  private var caps: [VerifyFindings.Cap] {
    if let findings { return findings.caps }
    return fields.rows("grade", "caps").map {
      VerifyFindings.Cap(word: $0["word"]?.string ?? "other", cap: $0["cap"]?.string ?? "?")
    }
  }

  @MarkupBuilder var markup: Markup {
    // A letter of a later version is taken for a reason that counts.
    let others = caps.filter { ["A", "B", "C", "D"].contains($0.cap) && $0.cap < letter }
    let binding = caps.filter { !others.contains($0) }
    section(.grade, "Grade of the evidence", isPanel: true) {
      element(.p) {
        element(.span, .classes(.letter)) { letter }
        element(.span, .classes(.quiet)) { "from A (best) to D" + planned }
      }
      if letter == "none" {
        element(.p) { "A check of the bytes failed, so no letter can be shown for them." }
      } else if binding.isEmpty {
        element(.p) {
          letter == "A"
            ? "Nothing keeps it from a better letter." : "Why it is not better is not known."
        }
      } else {
        element(.p) { "Not better, because:" }
        list(binding)
      }
      if letter != "none", !others.isEmpty {
        element(.details) {
          element(.summary) {
            Figures.amount(others.count, "more reason", "more reasons")
              + " that would stop a better letter"
          }
          list(others)
        }
      }
      if findings == nil { unverified }
    }
  }

  private var planned: String {
    fields.text("grade", "planned").map { "; planned before the run: \($0)" }
      ?? "; no grade was planned"
  }

  private func list(_ caps: [VerifyFindings.Cap]) -> Markup {
    element(.ul) {
      for cap in caps {
        element(.li) {
          worded(Wording.cap(cap.word), cap.word)
          element(.small) { " at most \(cap.cap)" }
        }
      }
    }
  }

  @MarkupBuilder private var unverified: Markup {
    element(.p, .classes(.caution)) {
      "Signature and registration were not checked for this page; they can lower the letter."
    }
  }
}

/// A failed verification, before everything else.
struct FailureAlert {
  let findings: VerifyFindings?

  @MarkupBuilder var markup: Markup {
    if let failure = findings?.failure {
      element(.div, .classes(.alert)) {
        element(.p, .classes(.bad)) {
          element(.strong) { "Verification failed: do not use this page." }
        }
        element(.p) {
          worded(
            "The check “\(failure.check)” failed: \(failure.detail).", failure.reason ?? "failed")
        }
      }
    }
  }
}

/// The first letter in upper case, where it is one of a to z.
func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
