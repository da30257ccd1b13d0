import Audit

/// Whether the two may be compared, in words, before any number.
struct GateSection {
  let comparison: Comparison

  private var state: (RowState, String) {
    switch comparison.comparability.state {
    case .comparable:
      (
        RowState(word: "Comparable", ink: .good, marker: .disc),
        "Both sides measured the same thing in the same way."
      )
    case .degraded:
      (
        RowState(word: "Comparable with care", ink: .caution, marker: .ring),
        "The tests stand, with the reservations below."
      )
    case .notComparable:
      (
        RowState(word: "Not comparable", ink: .bad, marker: .square),
        "Differences are shown, and no test is made."
      )
    }
  }

  @MarkupBuilder var markup: Markup {
    let (sign, sentence) = state
    section(.gate, "May they be compared?", isPanel: true) {
      element(.p, .classes(.big, sign.ink)) {
        sign.marker.sign(reach: 9)
        sign.word
      }
      element(.p) { worded(sentence, comparison.comparability.state.rawValue) }
      element(.p) {
        let pairing = comparison.pairing
        let isProven = pairing.state == .proven
        worded((isProven ? "" : "Unpaired: ") + Wording.comparison(pairing.word), pairing.word)
        isProven
          ? " \(Figures.amount(pairing.pairs, "pair", "pairs")), \(pairing.dropped) left out." : ""
      }
      let words = comparison.comparability.reasons + comparison.notes
      if !words.isEmpty {
        element(.ul) { for word in words { element(.li) { Self.remark(word) } } }
      }
    }
  }

  /// A word, or a word with details after a colon such as `pairing_partial: 4 of 5 and 5`.
  private static func remark(_ text: String) -> Markup {
    let word = text.prefix { $0 != ":" }
    let details = text.dropFirst(word.count + 1)
    return Markup(joining: [
      worded(Wording.comparison(String(word)), String(word)),
      details.isEmpty ? Markup() : element(.small) { String(details) },
    ])
  }
}

/// Verdict and grade on both sides.
struct ChangeSection {
  let comparison: Comparison

  @MarkupBuilder var markup: Markup {
    section(.verdict, "Verdict and grade", isPanel: true) {
      element(.table) {
        element(.caption) { "What each audit says by itself" }
        element(.thead) {
          element(.tr) {
            for name in ["", "Old", "New", "Change"] { element(.th, .scope(.col)) { name } }
          }
        }
        element(.tbody) {
          element(.tr) {
            element(.th, .scope(.row)) { "Verdict" }
            verdict(comparison.verdict.a)
            verdict(comparison.verdict.b)
            element(.td) { word(comparison.verdict) }
          }
          element(.tr) {
            element(.th, .scope(.row)) { "Grade" }
            element(.td) { comparison.grade.a }
            element(.td) { comparison.grade.b }
            element(.td) { word(comparison.grade) }
          }
        }
      }
    }
  }

  private func verdict(_ word: String) -> Markup {
    let state = RowState.verdict(word)
    return element(.td, .classes(state.ink)) { state.word }
  }

  private func word(_ change: Comparison.Change) -> String {
    change.isChanged ? "changed" : "as before"
  }
}

/// All common tasks together, in a sentence that has the counts beside the rates.
struct OverallSection {
  let comparison: Comparison

  @MarkupBuilder var markup: Markup {
    section(.overall, "All common tasks together") {
      if let row = comparison.overall {
        let state = row.change.state
        element(.p, .classes(.big, state.ink)) {
          state.marker.sign(reach: 9)
          capitalised(state.word)
        }
        element(.p) { Self.sentence(row) }
        element(.p, .classes(.quiet)) { Self.test(row) }
        if let same = row.homogeneity {
          element(.p, .classes(.quiet)) {
            "Same change in every task? Breslow–Day with Tarone's correction: "
              + "\(same.statistic) on \(same.degrees) degrees of freedom, p \(Figures.pValue(same.pValue))."
          }
        }
      } else {
        element(.p) { "No task is in both versions." }
      }
    }
  }

  private static func sentence(_ row: OverallComparison) -> String {
    var text =
      "\(side(row.a)) before, \(side(row.b)) now: a difference of \(Figures.points(row.difference))"
    if let interval = row.interval, interval.count == 2 {
      text += ", interval \(Figures.points(interval[0])) to \(Figures.points(interval[1]))"
    }
    return text + "."
  }

  private static func side(_ counted: CountedEpisodes) -> String {
    guard counted.n > 0 else { return "0 counted" }
    let tenths = (Int64(counted.k) * 2000 + Int64(counted.n)) / (2 * Int64(counted.n))
    return "\(Figures.grouped(Int64(counted.k))) of \(Figures.grouped(Int64(counted.n))) "
      + "(\(tenths / 10).\(tenths % 10) %)"
  }

  private static func test(_ row: OverallComparison) -> String {
    guard let test = row.test, let p = row.pValue else { return "No test is made." }
    let pairing = row.isPaired ? "Episode by episode" : "Not paired"
    return "\(pairing), two-sided, \(TestName.shown(test)): p \(Figures.pValue(p))."
  }
}

/// The names of tests as statisticians write them.
enum TestName {
  static func shown(_ word: String) -> String {
    switch word {
    case "mcnemar": "McNemar's exact test"
    case "boschloo": "Boschloo's exact test"
    case "fisher": "Fisher's exact test"
    case "cochran_mantel_haenszel": "the Cochran–Mantel–Haenszel test"
    default: word
    }
  }
}
