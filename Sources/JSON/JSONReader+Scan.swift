extension JSONReader {
  mutating func word(
    _ word: StaticString, _ kind: JSONToken.Kind, at place: Int, from start: Int? = nil
  ) throws(JSONError) -> JSONToken {
    let length = word.utf8CodeUnitCount
    guard bytes.hold(word, from: place, to: place + length) else {
      throw brokenWord(word, at: place)
    }
    let start = start ?? place
    if kind == .nonFinite, judgesContent, !allowNonFinite { throw fail(.nanNotAllowed, at: start) }
    return take(kind, from: start, to: place + length)
  }

  @inline(never)
  private func brokenWord(_ word: StaticString, at start: Int) -> JSONError {
    var place = start
    for letter in word.description.utf8 {
      guard place < bytes.count else { return fail(.truncated, at: place) }
      guard bytes[place] == letter else { break }
      place += 1
    }
    return fail(.syntax, at: place, "expected \(word)")
  }

  mutating func number(at start: Int) throws(JSONError) -> JSONToken {
    if bytes[start] == 0x2D, start + 1 < bytes.count, bytes[start + 1] == 0x49 {
      return try word("Infinity", .nonFinite, at: start + 1, from: start)
    }
    return take(.number, from: start, to: try endOfNumber(at: start))
  }

  /// The end of the number at an offset, its grammar and range checked.
  @inline(__always)
  func endOfNumber(at start: Int) throws(JSONError) -> Int {
    let end = bytes.count
    var place = start
    if bytes[place] == 0x2D { place += 1 }
    let digits = place
    place = skipDigits(from: place)
    let whole = place - digits
    guard whole > 0 else { throw badDigit(at: place) }
    if whole > 1 && bytes[digits] == 0x30 {
      throw fail(.syntax, at: digits + 1, "a number does not begin with 0 and a further digit")
    }
    guard place < end else {
      return try rangeChecked(start, digits, whole, exponent: 0, end: place)
    }
    if bytes[place] == 0x2E {
      let fraction = place + 1
      place = skipDigits(from: fraction)
      guard place > fraction else { throw badDigit(at: place) }
    }
    guard place < end && bytes[place] | 0x20 == 0x65 else {
      return try rangeChecked(start, digits, whole, exponent: 0, end: place)
    }
    place += 1
    var isNegative = false
    if place < end, bytes[place] == 0x2D || bytes[place] == 0x2B {
      isNegative = bytes[place] == 0x2D
      place += 1
    }
    let first = place
    var exponent = 0
    while place < end {
      let digit = bytes[place] &- 0x30
      guard digit < 10 else { break }
      // Beyond any number of digits that a buffer can hold; the sum below cannot overflow.
      if exponent < 1 << 56 { exponent = exponent * 10 + Int(digit) }
      place += 1
    }
    guard place > first else { throw badDigit(at: place) }
    return try rangeChecked(
      start, digits, whole, exponent: isNegative ? -exponent : exponent, end: place)
  }

  @inline(__always)
  private func skipDigits(from start: Int) -> Int {
    var place = start
    while place < bytes.count, bytes[place] &- 0x30 < 10 { place += 1 }
    return place
  }

  @inline(never)
  private func badDigit(at place: Int) -> JSONError {
    place < bytes.count
      ? fail(.syntax, at: place, "expected a digit") : fail(.truncated, at: place)
  }

  /// `end`, when the number is within a double's range.
  ///
  /// With `whole` digits before the point the value is below 10^(whole + exponent), and 10^308 is
  /// below the limit of about 1.797e308.
  @inline(__always)
  private func rangeChecked(
    _ start: Int, _ digits: Int, _ whole: Int, exponent: Int, end: Int
  ) throws(JSONError) -> Int {
    if whole + exponent > 308, judgesContent, isInfinite(digits, whole, exponent, end) {
      throw fail(.numberOutOfRange, at: start)
    }
    return end
  }

  /// Decides the cases that the count of digits alone does not.
  @inline(never)
  private func isInfinite(_ digits: Int, _ whole: Int, _ exponent: Int, _ end: Int) -> Bool {
    // The decimal exponent of the first digit that is not 0: value = 0.d… × 10^magnitude.
    var magnitude = whole + exponent
    var place = digits
    while place < end {
      let byte = bytes[place]
      if byte >= 0x31 && byte <= 0x39 { break }
      if byte == 0x65 || byte == 0x45 { return false }
      if byte == 0x30 { magnitude -= 1 }
      place += 1
    }
    if place == end || magnitude < 309 { return false }
    if magnitude > 309 { return true }
    return Double(bytes.string(from: digits, to: end))?.isInfinite ?? true
  }

  /// The end of the string whose quote stands at an offset, and whether it has escapes.
  @inline(__always)
  func endOfString(at start: Int) throws(JSONError) -> (end: Int, hasEscapes: Bool) {
    let place = ByteScan.skipPlainText(bytes, from: start + 1)
    if place < bytes.count && bytes[place] == 0x22 { return (place + 1, false) }
    return try endOfUnusualString(at: place)
  }

  private func endOfUnusualString(
    at start: Int
  ) throws(JSONError) -> (end: Int, hasEscapes: Bool) {
    var place = start
    var hasEscapes = false
    while true {
      guard place < bytes.count else { throw fail(.truncated, at: bytes.count) }
      let byte = bytes[place]
      if byte == 0x22 { return (place + 1, hasEscapes) }
      if byte == 0x5C {
        hasEscapes = true
        place = try endOfEscape(at: place)
      } else if byte < 0x20 {
        throw fail(.syntax, at: place, "a control character stands in a string unescaped")
      } else if byte >= 0x80 {
        let length = ByteScan.sequenceLength(bytes, at: place)
        guard length > 0 else { throw fail(.invalidUTF8, at: place) }
        place += length
      }
      place = ByteScan.skipPlainText(bytes, from: place)
    }
  }

  private func endOfEscape(at start: Int) throws(JSONError) -> Int {
    guard start + 1 < bytes.count else { throw fail(.truncated, at: bytes.count) }
    switch bytes[start + 1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return start + 2
    case 0x75: break
    default: throw fail(.syntax, at: start + 1, "this character cannot be escaped")
    }
    let unit = try codeUnit(at: start + 2)
    guard unit & 0xF800 == 0xD800 else { return start + 6 }
    // A high surrogate needs a low one behind it; a low one alone stands for nothing.
    if unit < 0xDC00 && start + 7 < bytes.count && bytes[start + 6] == 0x5C
      && bytes[start + 7] == 0x75
    {
      if try codeUnit(at: start + 8) & 0xFC00 == 0xDC00 { return start + 12 }
    }
    if judgesContent { throw fail(.invalidUnicode, at: start) }
    return start + 6
  }

  private func codeUnit(at start: Int) throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for place in start..<start + 4 {
      guard place < bytes.count else { throw fail(.truncated, at: bytes.count) }
      guard let digit = hexValue(bytes[place]) else {
        throw fail(.syntax, at: place, "expected four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}

/// The value of a hexadecimal digit in ASCII, or nil.
func hexValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x41 + 10
  case 0x61...0x66: byte - 0x61 + 10
  default: nil
  }
}
