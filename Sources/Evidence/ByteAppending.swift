internal import JSON

extension [UInt8] {
  /// Appends text that needs no escaping.
  mutating func append(text: String) { append(contentsOf: text.utf8) }

  /// Appends the decimal digits of an integer.
  mutating func append(integer value: Int) {
    if value < 0 { append(0x2D) }
    let magnitude = value.magnitude
    var divisor: UInt = 1
    while magnitude / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      append(0x30 + UInt8(truncatingIfNeeded: magnitude / divisor % 10))
      divisor /= 10
    }
  }

  mutating func append(integerOrNull value: Int?) {
    guard let value else { return append(text: "null") }
    append(integer: value)
  }

  mutating func append(stringOrNull value: String?) {
    guard let value else { return append(text: "null") }
    CanonicalJSON.appendString(value, to: &self)
  }

  mutating func append(seed: Seed?) {
    switch seed {
    case .integer(let value): append(integer: Int(value))
    case .text(let value): CanonicalJSON.appendString(value, to: &self)
    case nil: append(text: "null")
    }
  }

  /// Appends an array of strings in the given order.
  mutating func append(strings: [String]) {
    append(0x5B)
    for (place, value) in strings.enumerated() {
      if place > 0 { append(0x2C) }
      CanonicalJSON.appendString(value, to: &self)
    }
    append(0x5D)
  }
}
