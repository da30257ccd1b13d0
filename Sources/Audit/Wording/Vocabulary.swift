/// The closed lists of machine words that derived members may hold (SCHEMAS §5.3).
///
/// Whoever shows a package to strangers lets these through and nothing else.
public enum Vocabulary {
  public static var missingLabels: [String] { MissingLabel.allCases.map(\.rawValue) }
  public static var axes: [String] { FalsificationAxis.allCases.map(\.rawValue) }
  /// What the recorded episodes lack along an axis.
  public static var gaps: [String] { Wording.gaps.keys.sorted() }
  /// `I01`…`I24`.
  public static var checkIDs: [String] { Rules.integrity.map(\.id) }
  /// Caps of the package, of integrity checks, and those that only history decides.
  public static var capWords: [String] {
    CapWord.allCases.map(\.rawValue) + Wording.historyCaps.keys.sorted() + checkIDs
  }
  /// Why a verdict is what it is: words of its own, and checks.
  public static var verdictReasons: [String] { Wording.reasons.keys.sorted() + checkIDs }
  public static var countingPolicies: [String] { CountingPolicy.allCases.map(\.rawValue) }
}
