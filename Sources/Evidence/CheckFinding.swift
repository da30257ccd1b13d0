/// One thing that a check of a package found wrong.
public struct CheckFinding: Sendable, Equatable, CustomStringConvertible {
  /// The checks of DESIGN §6 that need nothing but the package itself, in their order.
  public enum Check: String, Sendable, CaseIterable {
    case shape, manifest, schema, cross, raw
  }

  public var check: Check
  /// The number of the cross check (SCHEMAS §14); nil elsewhere.
  public var number: Int?
  /// A word of SCHEMAS §15.
  public var code: EvidenceError.Code
  /// The member that is named first, with line or pointer.
  public var place: EvidencePlace
  /// Where the other side of a disagreement stands.
  public var otherPlace: EvidencePlace?
  public var detail: String

  public var reason: String { code.rawValue }
  public var member: String { place.member }

  public init(
    _ check: Check, number: Int? = nil, _ code: EvidenceError.Code, at place: EvidencePlace,
    against otherPlace: EvidencePlace? = nil, _ detail: String
  ) {
    self.check = check
    self.number = number
    self.code = code
    self.place = place
    self.otherPlace = otherPlace
    self.detail = detail
  }

  init(_ check: Check, number: Int? = nil, _ error: EvidenceError) {
    self.init(check, number: number, error.code, at: error.location, error.message)
  }

  public var description: String {
    var text = "\(check.rawValue)\(number.map { " \($0)" } ?? ""): \(place)"
    if let otherPlace { text += " against \(otherPlace)" }
    return text + ": \(detail) [\(reason)]"
  }
}

/// How much of a package is there to be checked.
public enum PackageScope: Sendable {
  /// All eleven members.
  case full
  /// The seven that may be shared; of the cross checks 1, 6, 7 and 9 are run.
  case publicSubset
}
