extension JSONReader {
  /// The text of a key or string token, escapes decoded.
  public func string(_ token: JSONToken) -> String {
    guard token.hasEscapes else {
      return bytes.string(from: token.offset + 1, to: token.offset + token.length - 1)
    }
    return String(decoding: decodedString(token, in: bytes), as: UTF8.self)
  }

  /// Whether a key or string token says exactly this, without making a string of it.
  public func matches(_ token: JSONToken, _ text: StaticString) -> Bool {
    if token.hasEscapes {
      return decodedString(token, in: bytes).elementsEqual(text.description.utf8)
    }
    return bytes.hold(text, from: token.offset + 1, to: token.offset + token.length - 1)
  }

  /// A token's bytes as they stand in the text, for strings with quotes and escapes.
  public func lexeme(_ token: JSONToken) -> String {
    bytes.string(from: token.offset, to: token.offset + token.length)
  }

  /// The value of a number token written without fraction and exponent, when it fits.
  public func integer(_ token: JSONToken) -> Int64? {
    guard token.kind == .number else { return nil }
    guard token.length <= 18 else { return JSONNumber(checked: lexeme(token)).integer }
    let isNegative = bytes[token.offset] == 0x2D
    var value: Int64 = 0
    for place in token.offset + (isNegative ? 1 : 0)..<token.offset + token.length {
      let digit = bytes[place] &- 0x30
      guard digit < 10 else { return nil }
      value = value * 10 + Int64(digit)
    }
    return isNegative ? -value : value
  }

  /// The nearest double to a number token; NaN or an infinity for those tokens.
  public func double(_ token: JSONToken) -> Double {
    double(from: token.offset, to: token.offset + token.length)
  }

  func double(from start: Int, to end: Int) -> Double {
    DecimalDouble.value(bytes, from: start, to: end)
      ?? JSONNumber(checked: bytes.string(from: start, to: end)).double
  }
}

/// The UTF-8 of a key or string that a reader has checked.
func decodedString(_ token: JSONToken, in bytes: TextBytes) -> [UInt8] {
  var decoded: [UInt8] = []
  decoded.reserveCapacity(max(token.length, 0))
  var place = token.offset + 1
  let end = min(token.offset + token.length - 1, bytes.count)
  while place < end {
    let byte = bytes[place]
    guard byte == 0x5C, place + 1 < end else {
      decoded.append(byte)
      place += 1
      continue
    }
    let escaped = bytes[place + 1]
    place += 2
    switch escaped {
    case 0x62: decoded.append(0x08)
    case 0x66: decoded.append(0x0C)
    case 0x6E: decoded.append(0x0A)
    case 0x72: decoded.append(0x0D)
    case 0x74: decoded.append(0x09)
    case 0x75:
      var scalar = hexUnit(bytes, at: place, end: end)
      place += 4
      if scalar & 0xFC00 == 0xD800 {
        let low = hexUnit(bytes, at: place + 2, end: end)
        scalar = 0x10000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
        place += 6
      }
      decoded.append(contentsOf: String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
    default: decoded.append(escaped)
    }
  }
  return decoded
}

private func hexUnit(_ bytes: TextBytes, at start: Int, end: Int) -> UInt32 {
  var unit: UInt32 = 0
  for place in start..<min(start + 4, max(start, end)) {
    unit = unit << 4 | UInt32(hexValue(bytes[place]) ?? 0)
  }
  return unit
}
