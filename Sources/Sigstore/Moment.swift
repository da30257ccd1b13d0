internal import Platform

/// A time with its fraction of a second.
///
/// Validity ranges are closed, so that a token of half a second after `end` must not be cut to `end`.
struct Moment: Sendable, Hashable, Comparable {
  /// Seconds since 1970-01-01T00:00:00Z.
  let seconds: Int64
  /// 0 to 999,999,999.
  let nanoseconds: Int32

  init(seconds: Int64, nanoseconds: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// - Parameter milliseconds: since 1970, as in a signed certificate timestamp.
  init?(milliseconds: UInt64) {
    guard let value = Int64(exactly: milliseconds) else { return nil }
    self.init(seconds: value / 1000, nanoseconds: Int32(value % 1000) * 1_000_000)
  }

  /// RFC 3339, with at most nine digits of a fraction.
  init?(rfc3339 text: String) {
    guard let time = UTCTime(anyRFC3339: text) else { return nil }
    let fraction = text.utf8.drop { $0 != 46 }.dropFirst().prefix { (48...57).contains($0) }
    self.init(seconds: time.seconds, fraction: Array(fraction))
  }

  /// - Parameter fraction: decimal digits after the point, at most nine.
  init?(seconds: Int64, fraction: [UInt8]) {
    guard fraction.count <= 9 else { return nil }
    var value: Int32 = 0
    for place in 0..<9 {
      let digit: UInt8 = place < fraction.count ? fraction[place] : 48
      guard (48...57).contains(digit) else { return nil }
      value = value * 10 + Int32(digit - 48)
    }
    self.init(seconds: seconds, nanoseconds: value)
  }

  /// Whole seconds, for people and reports.
  var rfc3339: String { UTCTime(seconds: seconds).rfc3339 }

  static func < (left: Moment, right: Moment) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}

/// A range of times whose ends both belong to it.
struct ValidityRange: Sendable {
  let start: Moment
  /// nil: for ever.
  let end: Moment?

  func contains(_ time: Moment) -> Bool { time >= start && (end.map { time <= $0 } ?? true) }
}
