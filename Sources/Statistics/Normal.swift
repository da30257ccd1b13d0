import Glibc

/// The standard normal distribution: tails and quantiles to 1e-12 relative.
public enum Normal {
  /// P(Z ≥ z).
  public static func upperTail(_ z: Double) -> Double { 0.5 * erfc(z / 2.0.squareRoot()) }

  /// The z with P(Z ≥ z) = tail, for 0 < tail ≤ ½.
  ///
  /// The four usual two-sided levels come from a table, so that every machine prints the same Wilson
  /// bounds; all others by Wichura 1988, algorithm AS 241. STATISTICS §2.3.
  public static func quantile(upperTail tail: Rational) -> Double {
    switch (tail.numerator, tail.denominator) {
    case (1, 10): 1.2815515655446004
    case (1, 20): 1.6448536269514722
    case (1, 40): 1.959963984540054
    case (1, 200): 2.5758293035489004
    default: wichura(tail.double)
    }
  }

  /// AS 241, routine PPND16, by the upper tail: about 1e-16 relative.
  private static func wichura(_ tail: Double) -> Double {
    let q = 0.5 - tail
    if abs(q) <= 0.425 {
      let r = 0.180625 - q * q
      return q * horner(r, centreNumerator) / horner(r, centreDenominator)
    }
    let r = (-log(min(tail, 1 - tail))).squareRoot()
    let magnitude =
      r <= 5
      ? horner(r - 1.6, middleNumerator) / horner(r - 1.6, middleDenominator)
      : horner(r - 5, farNumerator) / horner(r - 5, farDenominator)
    return q < 0 ? -magnitude : magnitude
  }

  private typealias Coefficients = (
    Double, Double, Double, Double, Double, Double, Double, Double
  )

  private static func horner(_ x: Double, _ c: Coefficients) -> Double {
    ((((((c.7 * x + c.6) * x + c.5) * x + c.4) * x + c.3) * x + c.2) * x + c.1) * x + c.0
  }

  private static let centreNumerator: Coefficients = (
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
    1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
    3.3430575583588128105e4, 2.5090809287301226727e3
  )
  private static let centreDenominator: Coefficients = (
    1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
    2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
    5.2264952788528545610e3
  )
  private static let middleNumerator: Coefficients = (
    1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
    3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
    2.27238449892691845833e-2, 7.74545014278341407640e-4
  )
  private static let middleDenominator: Coefficients = (
    1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
    1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
    1.05075007164441684324e-9
  )
  private static let farNumerator: Coefficients = (
    6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
    2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
    2.71155556874348757815e-5, 2.01033439929228813265e-7
  )
  private static let farDenominator: Coefficients = (
    1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
    2.04426310338993978564e-15
  )
}
