/// Scans over raw bytes, eight at a time where that pays.
enum ByteScan {
  static let ones: UInt64 = 0x0101_0101_0101_0101
  static let highs: UInt64 = 0x8080_8080_8080_8080
  private static let spaces: UInt64 = 0x2020_2020_2020_2020

  /// The first offset from `start` on that is not JSON whitespace, or the end.
  @inline(__always)
  static func skipSpace(_ bytes: TextBytes, from start: Int) -> Int {
    var place = start
    let end = bytes.count
    while place < end {
      let byte = bytes[place]
      if byte > 0x20 { return place }
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return place }
      place += 1
      // Indentation: runs of spaces.
      while place + 8 <= end {
        let other = bytes.word(at: place) ^ spaces
        guard other == 0 else {
          place += other.trailingZeroBitCount >> 3
          break
        }
        place += 8
      }
    }
    return place
  }

  /// The first offset from `start` on whose byte is a quote, backslash, control or not ASCII.
  @inline(__always)
  static func skipPlainText(_ bytes: TextBytes, from start: Int) -> Int {
    var place = start
    let end = bytes.count
    while place + 8 <= end {
      let word = bytes.word(at: place)
      let quote = word ^ (ones &* 0x22)
      let slash = word ^ (ones &* 0x5C)
      let found =
        ((word &- spaces) | (quote &- ones) | (slash &- ones)) & ~word & highs | (word & highs)
      if found != 0 {
        // A borrow may mark a byte above a marked one, never below it.
        return place + (found.trailingZeroBitCount >> 3)
      }
      place += 8
    }
    while place < end {
      let byte = bytes[place]
      if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { return place }
      place += 1
    }
    return place
  }

  /// The first offset from `start` on whose byte must be escaped in a string, or the end.
  static func skipUnescaped(_ bytes: TextBytes, from start: Int) -> Int {
    var place = start
    while place < bytes.count {
      place = skipPlainText(bytes, from: place)
      guard place < bytes.count && bytes[place] >= 0x80 else { break }
      place += 1
    }
    return place
  }

  /// The length of the well-formed UTF-8 sequence at an offset, or 0.
  ///
  /// Unicode 16.0, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
  static func sequenceLength(_ bytes: TextBytes, at place: Int) -> Int {
    let left = bytes.count - place
    let first = bytes[place]
    func follows(_ index: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
      let byte = bytes[place + index]
      return byte >= low && byte <= high
    }
    switch first {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: return left >= 2 && follows(1) ? 2 : 0
    case 0xE0: return left >= 3 && follows(1, 0xA0) && follows(2) ? 3 : 0
    case 0xED: return left >= 3 && follows(1, 0x80, 0x9F) && follows(2) ? 3 : 0
    case 0xE1...0xEF: return left >= 3 && follows(1) && follows(2) ? 3 : 0
    case 0xF0: return left >= 4 && follows(1, 0x90) && follows(2) && follows(3) ? 4 : 0
    case 0xF4: return left >= 4 && follows(1, 0x80, 0x8F) && follows(2) && follows(3) ? 4 : 0
    case 0xF1...0xF3: return left >= 4 && follows(1) && follows(2) && follows(3) ? 4 : 0
    default: return 0
    }
  }

  /// The offset of the first byte that belongs to no well-formed sequence, or nil.
  static func firstInvalidUTF8(_ bytes: TextBytes) -> Int? {
    var place = 0
    while place < bytes.count {
      if place + 8 <= bytes.count,
        bytes.word(at: place) & highs == 0
      {
        place += 8
        continue
      }
      let length = sequenceLength(bytes, at: place)
      if length == 0 { return place }
      place += length
    }
    return nil
  }

  /// The offset of the bracket that opens level `limit + 1`, or nil; strings are passed over.
  ///
  /// Looks at brackets alone, so that it has an answer for texts that are not JSON too.
  static func firstTooDeep(_ bytes: TextBytes, limit: Int) -> Int? {
    var depth = 0
    var place = 0
    var inString = false
    while place < bytes.count {
      let byte = bytes[place]
      switch byte {
      case 0x22: inString.toggle()
      case 0x5C where inString: place += 1
      case 0x5B where !inString, 0x7B where !inString:
        depth += 1
        if depth > limit { return place }
      case 0x5D where !inString, 0x7D where !inString: depth = max(0, depth - 1)
      default: break
      }
      place += 1
    }
    return nil
  }
}
