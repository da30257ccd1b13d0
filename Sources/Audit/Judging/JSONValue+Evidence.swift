internal import JSON
internal import Statistics

// The few shapes that evidence.json repeats (SCHEMAS §1, STATISTICS §1).
extension JSONValue {
  static func count(_ value: Int) -> JSONValue { .number(JSONNumber(Int64(value))) }
  static func count(_ value: Int?) -> JSONValue { value.map { .count($0) } ?? .null }
  static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
  static func texts(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }

  /// A real in six digits; null where it is not defined or not finite.
  static func six(_ value: Double?) -> JSONValue {
    guard let value, value.isFinite else { return .null }
    return .string(SixDigits.text(value))
  }

  /// k / n in six digits; null when nothing was counted.
  static func rate(_ counted: Counted) -> JSONValue {
    .text(SixDigits.text(k: counted.k, n: counted.n))
  }

  static func bounds(_ interval: Interval?) -> JSONValue {
    guard let interval else { return .null }
    return ["lower": .six(interval.lower), "upper": .six(interval.upper)]
  }
}

extension JSONObject {
  /// Sets a value; a null one gets the sibling `<key>_reason`.
  mutating func set(_ key: String, _ value: JSONValue, orReason reason: String) {
    self[key] = value
    if value.isNull { self[key + "_reason"] = .string(reason) }
  }
}
