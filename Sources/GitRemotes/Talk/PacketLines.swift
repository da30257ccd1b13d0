internal import Platform

/// One pkt-line of git's protocol: gitprotocol-common(5).
enum Packet: Equatable {
  case flush
  case data([UInt8])

  /// The longest line that git writes, with its four digits.
  static var longest: Int { 65_520 }

  static let flushLine = Array("0000".utf8)

  /// A line with its length in front; at most `longest` bytes.
  static func line(_ payload: [UInt8]) -> [UInt8] {
    let length = payload.count + 4
    precondition(length <= longest, "callers cut what they send")
    let digits = String(length, radix: 16)
    return Array((String(repeating: "0", count: 4 - digits.count) + digits).utf8) + payload
  }

  /// The lines up to the first flush or the end; nil where they are cut, or no lines.
  static func lines(in bytes: [UInt8]) -> [[UInt8]]? {
    var lines: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard rest.count >= 4, let length = length(rest.prefix(4)) else { return nil }
      if length == 0 { return lines }
      guard length >= 4, rest.count >= length else { return nil }
      lines.append(Array(rest.prefix(length).dropFirst(4)))
      rest = rest.dropFirst(length)
    }
    return lines
  }

  /// The length that four digits tell, themselves counted; nil where they are none.
  static func length(_ digits: ArraySlice<UInt8>) -> Int? {
    var length = 0
    for digit in digits {
      // Upper-case letters are digits too.
      guard let value = Hex.value(digit | 0x20) else { return nil }
      length = length << 4 | Int(value)
    }
    return length
  }
}
