internal import Platform

/// A SHA-256 as a number, to look for among many: its text would be hashed and copied for every row.
struct DigestKey: Hashable, Sendable {
  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// From `sha256:` and 64 hex digits that a shape has allowed; nil for anything else.
  init?(_ bytes: [UInt8], at range: Range<Int>) {
    guard range.count == 71, range.upperBound <= bytes.count else { return nil }
    func word(_ number: Int) -> UInt64? {
      var value: UInt64 = 0
      let start = range.lowerBound + 7 + 16 * number
      for place in start..<start + 16 {
        guard let digit = Hex.value(bytes[place]) else { return nil }
        value = value << 4 | UInt64(digit)
      }
      return value
    }
    guard let a = word(0), let b = word(1), let c = word(2), let d = word(3) else { return nil }
    words = (a, b, c, d)
  }

  static func == (one: DigestKey, other: DigestKey) -> Bool { one.words == other.words }

  func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }

  /// `sha256:` and 64 hex digits.
  var text: String {
    let bytes = [words.0, words.1, words.2, words.3].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
    }
    return "sha256:" + Hex.encode(bytes)
  }
}
