public import JSON

/// What only history can tell about a package (SCHEMAS §5.1).
public struct HistoryFacts: Sendable, Equatable {
  /// A registration with the same claim and protocol bytes is proven to precede the run.
  public var isRegisteredBeforeRun: Bool
  /// The package's commit has a valid signature.
  public var isSigned: Bool
  /// A trusted principal other than the commit's signer has co-signed or attested.
  public var hasIndependentSigner: Bool

  public init(isRegisteredBeforeRun: Bool, isSigned: Bool, hasIndependentSigner: Bool) {
    self.isRegisteredBeforeRun = isRegisteredBeforeRun
    self.isSigned = isSigned
    self.hasIndependentSigner = hasIndependentSigner
  }

  /// The caps that evidence.json leaves to verify, in order.
  static let capWords = ["registration", "signature", "independent_signer"]

  /// The caps that these facts leave in place.
  var caps: [GradeCap] {
    var caps: [GradeCap] = []
    if !isRegisteredBeforeRun { caps.append(GradeCap(word: "registration", cap: .b)) }
    if !isSigned { caps.append(GradeCap(word: "signature", cap: .c)) }
    if !hasIndependentSigner { caps.append(GradeCap(word: "independent_signer", cap: .b)) }
    return caps
  }
}

/// One reason why a grade is not better.
public struct GradeCap: Sendable, Equatable {
  public var word: String
  public var cap: Grade
  public init(word: String, cap: Grade) {
    self.word = word
    self.cap = cap
  }
}

/// The grade that is shown: that of evidence.json, lowered by what history does not prove.
public struct DisplayedGrade: Sendable, Equatable {
  public let letter: Grade
  /// The caps of evidence.json, then those of history.
  public let caps: [GradeCap]

  public init(letter: Grade, caps: [GradeCap]) {
    self.letter = letter
    self.caps = caps
  }
}

/// Applies the caps that only `verify` can decide (SCHEMAS §5.1): never raises a letter.
///
/// A letter that cannot be read counts as D, and a letter above its own caps counts as they do.
public func displayedGrade(evidence: JSONValue, history: HistoryFacts) -> DisplayedGrade {
  let packaged = (evidence["grade"]?["caps"]?.array ?? []).compactMap { row in
    row["word"]?.string.map {
      GradeCap(word: $0, cap: row["cap"]?.string.flatMap(Grade.init(rawValue:)) ?? .d)
    }
  }
  return displayedGrade(
    letter: evidence["grade"]?["letter"]?.string, packaged: packaged, history: history)
}

/// The same from a letter alone, where the package itself is not at hand.
public func displayedGrade(
  letter: String?, packaged: [GradeCap] = [], history: HistoryFacts
) -> DisplayedGrade {
  let stated = letter.flatMap(Grade.init(rawValue:)) ?? .d
  let caps = packaged + history.caps
  return DisplayedGrade(letter: min(stated, caps.map(\.cap).min() ?? .a), caps: caps)
}
