import Glibc

/// The χ² distribution with whole degrees of freedom, of which two tests take the upper tail.
///
/// 1e-10 relative for up to 10,000 degrees, down to 1e-290. Abramowitz & Stegun 1964, 26.4.4–5.
public enum ChiSquare {
  /// P(χ² ≥ x); nil unless degrees ≥ 1 and x is a number; 1 for x ≤ 0.
  ///
  /// With y = x/2: e^−y·Σ yⁱ/Γ(i+1) over i = 0, 1, … (even degrees) or i = ½, 1½, … (odd degrees)
  /// below degrees/2, plus erfc(√y) when they are odd. All terms are positive.
  public static func upperTail(_ x: Double, degrees: Int) -> Double? {
    guard degrees >= 1, !x.isNaN else { return nil }
    if x <= 0 { return 1 }
    let y = x / 2
    let offset = degrees.isMultiple(of: 2) ? 0.0 : 0.5
    let terms = degrees / 2  // i = offset, offset + 1, …
    let start = offset == 0 ? 0 : erfc(y.squareRoot())
    guard terms > 0 else { return start }
    let anchor = min(terms - 1, Int(min(y, 1e9)))
    let middle = Double(anchor) + offset
    var sign: Int32 = 0
    // Safe because the call writes only the local sign; plain lgamma writes a global one.
    let logGamma = unsafe lgamma_r(middle + 1, &sign)
    let largest = exp(middle * log(y) - y - logGamma)
    var (sum, term) = (1.0, 1.0)
    var i = middle
    while i >= 1, term > 1e-18 * sum {
      term *= i / y
      sum += term
      i -= 1
    }
    term = 1
    i = middle + 1
    while i < Double(terms) + offset, term > 1e-18 * sum {
      term *= y / i
      sum += term
      i += 1
    }
    return min(1, start + largest * sum)
  }
}
