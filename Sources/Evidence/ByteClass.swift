internal import Glibc

// Classes of ASCII bytes that the redactor's patterns are made of.
extension UInt8 {
  var isDigit: Bool { self &- 0x30 < 10 }
  var isLowerHex: Bool { isDigit || (self &- 0x61) < 6 }
  var isHex: Bool { isDigit || ((self | 0x20) &- 0x61) < 6 }
  var isLetter: Bool { ((self | 0x20) &- 0x61) < 26 }
  var isAlphanumeric: Bool { isDigit || isLetter }
  var isUpperAlphanumeric: Bool { isDigit || (self &- 0x41) < 26 }
  /// One of `[A-Za-z0-9_]`.
  var isWord: Bool { isAlphanumeric || self == 0x5F }
  /// One of `[A-Za-z0-9_-]`.
  var isBase64URL: Bool { isWord || self == 0x2D }
  /// Space, tab, CR, LF.
  var isSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
  /// What ends a path or URL inside of a text: spaces, quotes, brackets, `,` `;` `|` and controls.
  var endsToken: Bool {
    switch self {
    case ..<0x21, 0x7F, 0x22, 0x27, 0x60, 0x3C, 0x3E, 0x28, 0x29, 0x5B, 0x5D, 0x7B, 0x7D, 0x2C,
      0x3B, 0x7C:
      true
    default: false
    }
  }
}

extension [UInt8] {
  /// Whether some ASCII text stands at a place.
  func has(_ text: StaticString, at place: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard place >= 0, place + count <= self.count else { return false }
    // Compared in place, for every key of every row: both ranges hold `count` bytes.
    return unsafe withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return count == 0 }
      return unsafe memcmp(base + place, text.utf8Start, count) == 0
    }
  }

  /// Whether a part of these bytes is the same as other bytes.
  func holds(_ other: [UInt8], at range: Range<Int>) -> Bool {
    guard range.count == other.count else { return false }
    return order(of: range, other, 0..<other.count) == 0
  }

  /// How a part of these bytes is ordered before a part of others: below 0, 0 or above.
  func order(of range: Range<Int>, _ other: [UInt8], _ otherRange: Range<Int>) -> Int {
    precondition(range.upperBound <= count && otherRange.upperBound <= other.count)
    // Rows are compared without a slice for each: both ranges were checked above.
    let difference = unsafe withUnsafeBufferPointer { one in
      unsafe other.withUnsafeBufferPointer { two -> Int in
        guard let left = one.baseAddress, let right = two.baseAddress else {
          return 0
        }
        return Int(
          unsafe memcmp(
            left + range.lowerBound, right + otherRange.lowerBound,
            Swift.min(range.count, otherRange.count)))
      }
    }
    return difference != 0 ? difference : range.count - otherRange.count
  }

  /// As `has`, with ASCII letters of this array taken as lower case.
  func hasFolded(_ text: StaticString, at place: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard place >= 0, place + count <= self.count else { return false }
    // Safe as above.
    return text.withUTF8Buffer { letters in
      unsafe zip(letters, self[place..<place + count]).allSatisfy {
        $0 == ($1.isLetter ? $1 | 0x20 : $1)
      }
    }
  }

  /// The first place at or after `start` where a text stands; nil when nowhere.
  func first(_ text: StaticString, from start: Int) -> Int? {
    let count = text.utf8CodeUnitCount
    guard count > 0, start + count <= self.count else { return nil }
    let lead = unsafe text.utf8Start.pointee  // safe: the text is not empty
    var place = start
    while place + count <= self.count {
      if self[place] == lead, has(text, at: place) { return place }
      place += 1
    }
    return nil
  }

  /// Whether nothing that would make one word of both stands before a place (`(?<!w)`).
  func isWordStart(_ place: Int) -> Bool { place == 0 || !self[place - 1].isAlphanumeric }
}

extension RandomAccessCollection where Element == UInt8, Index == Int {
  /// The end of the run of bytes of a class that begins at a place.
  @inline(__always)
  func end(of isMember: (UInt8) -> Bool, from start: Int) -> Int {
    var place = start
    while place < endIndex, isMember(self[place]) { place += 1 }
    return place
  }
}
