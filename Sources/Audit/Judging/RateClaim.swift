internal import Evidence
internal import Statistics

/// "The success rate is at least (or at most) p0", read exactly.
///
/// `at_most p0` is `at_least 1 − p0` on the failures; every test below runs on that mirrored form
/// (STATISTICS §3.2).
struct RateClaim: Sendable {
  let isAtMost: Bool
  /// p0 as claimed.
  let threshold: Rational
  /// p0 of the `at_least` form: 1 − p0 for an `at_most`.
  let tested: Rational
  let confidence: Confidence
  var alpha: Rational { confidence.alpha }

  /// Nil when threshold or confidence cannot be read or lie outside of their range (STATISTICS §1).
  init?(kind: ClaimMetric.Kind, threshold: String?, confidence: String?) {
    guard let threshold = threshold.flatMap(Self.decimal) else { return nil }
    self.init(kind: kind, threshold: threshold, confidence: confidence)
  }

  /// Nil for another kind, and when threshold or confidence lie outside of their range.
  init?(kind: ClaimMetric.Kind, threshold: Rational, confidence: String?) {
    guard kind == .atLeast || kind == .atMost,
      let level = confidence.flatMap(Self.decimal), let confidence = Confidence(level),
      let complement = threshold.complement
    else { return nil }
    isAtMost = kind == .atMost
    guard isAtMost ? threshold < .one : .zero < threshold else { return nil }
    self.threshold = threshold
    self.confidence = confidence
    tested = isAtMost ? complement : threshold
  }

  /// A decimal such as `0.8`, or a percentage such as `80 %`, which is exactly 4/5.
  static func decimal(_ text: String) -> Rational? {
    guard text.hasSuffix("%") else { return Rational(decimal: text) }
    var digits = text.dropLast()
    while digits.hasSuffix(" ") || digits.hasSuffix("\u{A0}") { digits = digits.dropLast() }
    return Rational(decimal: String(digits))?.asPercentage
  }

  /// The counts in the `at_least` form.
  func mirrored(_ counted: Counted) -> Counted {
    isAtMost ? Counted(k: counted.n - counted.k, n: counted.n) : counted
  }

  func critical(_ n: Int) -> CriticalValues? {
    CriticalValues(n: n, threshold: tested, alpha: alpha)
  }

  /// What these counts say with a fixed n; `notAuditable` when nothing was counted.
  func verdict(_ counted: Counted) -> RateVerdict {
    critical(counted.n)?.verdict(mirrored(counted).k) ?? .inconclusive
  }

  /// The p-values for supporting and for refuting; both 1 when nothing was counted.
  func pValues(_ counted: Counted) -> (support: Double, refute: Double) {
    guard let binomial = Binomial(n: counted.n, p: tested) else { return (1, 1) }
    let k = mirrored(counted).k
    return (binomial.upper(k), binomial.lower(k))
  }
}
