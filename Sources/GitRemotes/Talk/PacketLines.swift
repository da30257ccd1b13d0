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

  /// The length that four digits tell, themselves counted; nil where they are none.
  static func length(_ digits: ArraySlice<UInt8>) -> Int? {
    Int(String(decoding: digits, as: UTF8.self), radix: 16).flatMap { $0 < 0 ? nil : $0 }
  }
}
