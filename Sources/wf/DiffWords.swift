import Audit
import Evidence
import Terminal

/// Numbers and sentences of a comparison, the same in every format for people.
enum DiffWords {
  /// The answer in one line: what a team lead has to know.
  static func answer(_ comparison: Comparison) -> String {
    guard comparison.comparability.state != .notComparable else {
      return "Not comparable: differences are shown, no test is made"
    }
    guard let overall = comparison.overall, !comparison.tasks.isEmpty else {
      return "No task counted episodes on both sides, so nothing can be tested"
    }
    let lost = comparison.tasks(.regression).count
    let won = comparison.tasks(.improvement).count
    let counts =
      "\(number(lost, "regression")), \(number(won, "improvement")) in "
      + number(comparison.tasks.count, "task")
    return counts + "; " + whole(overall)
  }

  /// STATISTICS §5.3: where the change differs between tasks, the whole does not lead.
  private static func whole(_ overall: OverallComparison) -> String {
    let isClear = overall.change == .regression || overall.change == .improvement
    guard overall.homogeneity?.isRejected == true else {
      return "overall \(overall.change.rawValue)"
    }
    return isClear
      ? "overall \(overall.change.rawValue), though the change differs between tasks"
      : "the change differs between tasks"
  }

  static func number(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  static func verdict(_ change: Comparison.Change) -> String {
    let words = (Wording.plain(change.a), Wording.plain(change.b))
    return change.isChanged ? "\(words.0) → \(words.1)" : "\(words.0), as before"
  }

  static func state(_ state: Comparability.State) -> String {
    switch state {
    case .comparable: "comparable"
    case .degraded: "comparable with care"
    case .notComparable: "not comparable"
    }
  }

  /// A word of the gate, of the pairing or of the notes as a sentence with the word in brackets.
  ///
  /// A note's sizes behind a colon stand in parentheses.
  static func sentence(_ note: String) -> String {
    let parts = note.split(separator: ":", maxSplits: 1)
    let word = parts.first.map(String.init) ?? note
    let sizes = parts.count > 1 ? " (\(parts[1].drop { $0 == " " }))" : ""
    return Wording.bracketed(Wording.comparison(word) + sizes, word)
  }

  /// By what the episodes are paired, or why they are not.
  static func pairing(_ pairing: Pairing, notes: [String]) -> String {
    switch pairing.state {
    case .proven:
      let dropped =
        pairing.dropped > 0
        ? "; \(number(pairing.dropped, "pair")) left out, as an outcome is not counted" : ""
      return sentence(pairing.word) + " \(number(pairing.pairs, "pair"))\(dropped)"
    case .partial, .none:
      let sized = notes.first { $0.hasPrefix("pairing_partial:") }
      let word = pairing.reason == "pairing_partial" ? sized ?? pairing.word : pairing.word
      return "unpaired: " + sentence(word)
    }
  }

  /// Notes that no other line says.
  static func notes(_ comparison: Comparison) -> [String] {
    let renamed = comparison.tasks.contains { $0.renamed != nil } ? ["task_renamed"] : []
    return comparison.notes.filter { !$0.hasPrefix("pairing_partial") }.map(sentence)
      + renamed.map(sentence)
  }

  static func test(_ overall: OverallComparison) -> String? {
    let name: String? =
      switch overall.test {
      case "mcnemar": "McNemar's exact test on pairs"
      case "boschloo": "Boschloo's exact test, unpaired"
      case "fisher": "Fisher's exact test, unpaired"
      case "cochran_mantel_haenszel": "Cochran–Mantel–Haenszel within tasks, unpaired"
      default: overall.test
      }
    return name
  }

  /// `31/50`.
  static func counts(_ counted: CountedEpisodes) -> String { "\(counted.k)/\(counted.n)" }

  /// `31/50 62.0 %`; the rate has one digit, half up.
  static func rate(_ counted: CountedEpisodes) -> String {
    guard let percent = percent(counted) else { return counts(counted) }
    return counts(counted) + " " + percent
  }

  static func percent(_ counted: CountedEpisodes) -> String? {
    guard counted.n > 0 else { return nil }
    let tenths =
      (Int128(counted.k) * 2000 + Int128(counted.n)) / (2 * Int128(counted.n))
    return "\(tenths / 10).\(tenths % 10)\u{A0}%"
  }

  /// A six-digit difference as percentage points with one digit, half up, with its sign.
  static func points(_ text: String) -> String {
    Percentage.points(text).map { $0 + "\u{A0}pp" } ?? text
  }

  static func interval(_ bounds: [String]?) -> String? {
    bounds.map { "\(points($0[0])) to \(points($0[1]))" }
  }

  /// `95 %` for a confidence of `0.950000`.
  static func level(_ confidence: String?) -> String? {
    guard let digits = confidence?.split(separator: ".").last, digits.count == 6 else { return nil }
    var rest = digits.dropFirst(2)
    while rest.last == "0" { rest.removeLast() }
    return digits.prefix(2) + (rest.isEmpty ? "" : "." + rest) + "\u{A0}%"
  }

  /// Both rates, their difference with its interval, and the p-value of the whole.
  static func overall(_ comparison: Comparison) -> String? {
    guard let row = comparison.overall else { return nil }
    var line = "\(rate(row.a)) → \(rate(row.b))"
    if let difference = row.difference { line += ", \(points(difference))" }
    if let interval = interval(row.interval) {
      line += " (\(level(comparison.confidence).map { $0 + " interval " } ?? "")\(interval))"
    }
    if let value = row.pValue { line += ", p\u{A0}\(p(value))" }
    guard comparison.comparability.state != .notComparable else { return line }
    return line + ", \(row.change.rawValue)"
  }

  /// A p-value for people: what rounds to nothing is not nothing.
  static func p(_ text: String) -> String { text == "0.000000" ? "<\u{A0}0.000001" : text }

  static func seed(_ flip: Flip) -> String? {
    switch flip.seed {
    case .integer(let value)?: "seed \(value)"
    case .text(let text)?: "seed \(plainText(text))"
    case nil: nil
    }
  }

  static func episode(_ flip: Flip) -> String {
    flip.episode == flip.episodeB
      ? "episode \(flip.episode)" : "episode \(flip.episode), then \(flip.episodeB)"
  }

  /// Without known flips: none happened only where every episode has its counterpart.
  static func noFlip(_ comparison: Comparison) -> String {
    comparison.pairing.state == .proven
      ? "no episode" : "none is known, as not all episodes are proven to be the same"
  }

  /// Lost episodes first, those of tasks with a regression before the others, each with its raw
  /// digests.
  static func flips(_ comparison: Comparison, _ raw: [[String]]) -> [(flip: Flip, raw: [String])] {
    let rows = zip(comparison.flips, raw).map { (flip: $0, raw: $1) }
    let worse = Set(comparison.tasks(.regression).map(\.task))
    let lost = rows.filter(\.flip.from)
    return lost.filter { worse.contains($0.flip.task) }
      + lost.filter { !worse.contains($0.flip.task) }
      + rows.filter { !$0.flip.from }
  }
}
