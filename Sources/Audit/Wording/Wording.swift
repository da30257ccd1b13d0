/// Plain sentences for the machine words of a package: one fixed table for every screen and page.
///
/// A sentence stands beside its word, never instead of it: `No seeds are recorded. [seeds_missing]`.
/// A word that is not in the table gives its letters with blanks for underscores, so that a package
/// of a later version still reads.
public enum Wording {
  /// What a package can be missing (SCHEMAS §5.3).
  public static func label(_ word: String) -> String {
    MissingLabel(rawValue: word).map(sentence) ?? otherLabels[word] ?? plain(word)
  }

  /// What a failed integrity check found, by its id `I01`…`I24` (STATISTICS §8).
  public static func check(_ id: String) -> String { checks[id] ?? plain(id) }

  /// The machine word of an integrity check, such as `drift` of `I10`; nil for an unknown id.
  public static func checkWord(_ id: String) -> String? {
    Rules.integrity.first { $0.id == id }?.word
  }

  /// What varying an axis would show (STATISTICS §10).
  public static func axis(_ word: String) -> String {
    FalsificationAxis(rawValue: word).map(sentence) ?? plain(word)
  }

  /// What the recorded episodes lack along an axis.
  public static func gap(_ word: String) -> String { gaps[word] ?? plain(word) }

  /// Why an axis ranks where it does.
  public static func why(_ word: String) -> String { whys[word] ?? plain(word) }

  /// Why a grade is not better: a cap word of the package, of `verify`, or the id of a check.
  public static func cap(_ word: String) -> String {
    historyCaps[word] ?? CapWord(rawValue: word).map(sentence) ?? check(word)
  }

  /// Why a verdict is what it is (STATISTICS §3).
  public static func reason(_ word: String) -> String { reasons[word] ?? check(word) }

  /// What a verdict says, and no more than that.
  public static func verdict(_ word: String) -> String { verdicts[word] ?? plain(word) }

  /// Why a comparison is weakened or forbidden, and what to know when reading it (STATISTICS §5).
  public static func comparison(_ word: String) -> String { comparisons[word] ?? plain(word) }

  /// What shows that a registration came before the run, or why nothing does (SCHEMAS §5.1).
  public static func order(_ word: String) -> String { orders[word] ?? plain(word) }

  /// Why there is no number of episodes to plan for, at an assumed rate (STATISTICS §11).
  static func power(_ word: String, rate: String) -> String {
    switch word {
    case "rate_not_above_threshold":
      "At the assumed rate of \(rate) more episodes would not support the claim."
    case "over_cap":
      "At the assumed rate of \(rate) it would take more than 20,000 episodes to support the claim."
    default: plain(word)
    }
  }

  /// A sentence with its word in brackets.
  public static func bracketed(_ sentence: String, _ word: String) -> String {
    "\(sentence) [\(word)]"
  }

  /// The word alone, readable.
  public static func plain(_ word: String) -> String {
    word.split(separator: "_").joined(separator: " ")
  }
}
