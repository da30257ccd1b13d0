/// How the reading of an array of one kind ended.
public enum JSONArrayEnd: Sendable, Equatable {
  /// The closing bracket was read.
  case complete
  /// The value is no array; the reader stands behind this token (inside, when it opened an object).
  case notAnArray(JSONToken)
  /// Element `index`, from 0, is of another kind; the reader stands behind this token.
  ///
  /// Elements before it were appended. The caller may go on with `next()`, or call `finish()` and
  /// then refuse.
  case unexpected(JSONToken, index: Int)
}

/// Where a number lies in the text, in eight bytes.
///
/// From the lowest bit: one bit for a token that is not finite, 23 bits for the length, 40 bits for
/// the offset. A lexeme of 8 MiB and more has its length field filled and is measured again on use.
public struct JSONNumberSpan: Sendable, Equatable {
  public let rawValue: UInt64

  static let longest = 1 << 23 - 1

  init(offset: Int, length: Int, isFinite: Bool) {
    rawValue =
      UInt64(truncatingIfNeeded: offset) << 24 | UInt64(min(length, Self.longest)) << 1
      | (isFinite ? 0 : 1)
  }

  public var offset: Int { Int(rawValue >> 24) }
  /// False for `NaN`, `Infinity` and `-Infinity`.
  public var isFinite: Bool { rawValue & 1 == 0 }
  var storedLength: Int { Int(rawValue >> 1) & Self.longest }
}

extension JSONReader {
  /// Reads the next value as an array of booleans, appending 1 or 0 for each.
  ///
  /// - Throws: what `next()` throws; an element of another kind is no error but the answer.
  public mutating func readBoolArray(
    into values: inout [UInt8]
  ) throws(JSONError) -> JSONArrayEnd {
    let begin = try next()
    guard begin.kind == .beginArray else { return .notAnArray(begin) }
    let before = values.count
    while true {
      let token = try next()
      switch token.kind {
      case .bool: values.append(token.length == 4 ? 1 : 0)
      case .endArray: return .complete
      default: return .unexpected(token, index: values.count - before)
      }
      readPlainBools(into: &values)
    }
  }

  /// Reads the next value as an array of numbers, appending the place of each lexeme.
  ///
  /// Tokens that are not finite are appended too, marked, where `allowNonFinite` lets them pass.
  ///
  /// - Throws: what `next()` throws; an element of another kind is no error but the answer.
  public mutating func readNumberSpans(
    into spans: inout [JSONNumberSpan]
  ) throws(JSONError) -> JSONArrayEnd {
    let begin = try next()
    guard begin.kind == .beginArray else { return .notAnArray(begin) }
    let before = spans.count
    while true {
      let token = try next()
      switch token.kind {
      case .number, .nonFinite:
        spans.append(
          JSONNumberSpan(
            offset: token.offset, length: token.length, isFinite: token.kind == .number))
      case .endArray: return .complete
      default: return .unexpected(token, index: spans.count - before)
      }
      try readPlainNumbers(into: &spans)
    }
  }

  /// A number's text as written.
  public func lexeme(_ span: JSONNumberSpan) -> String {
    bytes.string(from: span.offset, to: end(of: span))
  }

  /// A number's nearest double; NaN or an infinity for those tokens.
  public func double(_ span: JSONNumberSpan) -> Double {
    double(from: span.offset, to: end(of: span))
  }

  private func end(of span: JSONNumberSpan) -> Int {
    if span.storedLength < JSONNumberSpan.longest { return span.offset + span.storedLength }
    return (try? endOfNumber(at: span.offset)) ?? span.offset
  }

  /// Reads `, true` and `, false` for as long as nothing else comes.
  ///
  /// It stops before what it does not know, so that `next()` judges that.
  private mutating func readPlainBools(into values: inout [UInt8]) {
    while true {
      let comma = ByteScan.skipSpace(bytes, from: position)
      guard comma < bytes.count, bytes[comma] == 0x2C else { return }
      let place = ByteScan.skipSpace(bytes, from: comma + 1)
      guard place + 8 <= bytes.count else { return }
      let word = bytes.word(at: place)
      if word & 0xFFFF_FFFF == 0x6575_7274 {  // "true", first letter lowest
        values.append(1)
        position = place + 4
      } else if word & 0xFF_FFFF_FFFF == 0x65_736C_6166 {  // "false"
        values.append(0)
        position = place + 5
      } else {
        return
      }
    }
  }

  private mutating func readPlainNumbers(
    into spans: inout [JSONNumberSpan]
  ) throws(JSONError) {
    while true {
      let comma = ByteScan.skipSpace(bytes, from: position)
      guard comma < bytes.count, bytes[comma] == 0x2C else { return }
      let place = ByteScan.skipSpace(bytes, from: comma + 1)
      guard place + 1 < bytes.count else { return }
      let byte = bytes[place]
      // "-I" may be -Infinity.
      guard byte &- 0x30 < 10 || (byte == 0x2D && bytes[place + 1] != 0x49) else { return }
      let end = try endOfNumber(at: place)
      spans.append(JSONNumberSpan(offset: place, length: end - place, isFinite: true))
      position = end
    }
  }
}
