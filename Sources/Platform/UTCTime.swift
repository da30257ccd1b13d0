/// A moment in whole seconds, and its texts in the Gregorian calendar, always UTC.
///
/// Years 0000 to 9999. Day arithmetic over eras of 400 years (146,097 days), counted from 1 March
/// so that the leap day is a year's last day.
public struct UTCTime: Sendable, Hashable, Comparable {
  /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
  public let seconds: Int64

  public init(seconds: Int64) { self.seconds = seconds }

  public static func < (a: Self, b: Self) -> Bool { a.seconds < b.seconds }

  /// Exactly `2026-11-20T09:00:00Z`; nil for any other form or an impossible date.
  public init?(rfc3339 text: String) {
    guard text.utf8.count == 20, text.utf8.last == 90 else { return nil }
    self.init(anyRFC3339: text)
  }

  /// Any RFC 3339 time: fraction (cut off) and offset are allowed, `T` and `Z` in capitals.
  public init?(anyRFC3339 text: String) {
    var scan = Scan(Array(text.utf8))
    guard let year = scan.number(4), scan.take(45), let month = scan.number(2), scan.take(45),
      let day = scan.number(2), scan.take(84), let hour = scan.number(2), scan.take(58),
      let minute = scan.number(2), scan.take(58), let second = scan.number(2)
    else { return nil }
    if scan.take(46) {
      guard scan.digits() > 0 else { return nil }
    }
    var offset: Int64 = 0
    if !scan.take(90) {
      let isAhead = scan.take(43)
      guard isAhead || scan.take(45), let hours = scan.number(2), scan.take(58),
        let minutes = scan.number(2), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 3600 + minutes * 60) * (isAhead ? 1 : -1)
    }
    guard scan.isAtEnd,
      let local = UTCTime(
        year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    else { return nil }
    seconds = local.seconds - offset
  }

  /// Exactly `20261120090000Z`.
  public init?(compact text: String) {
    var scan = Scan(Array(text.utf8))
    guard let year = scan.number(4), let month = scan.number(2), let day = scan.number(2),
      let hour = scan.number(2), let minute = scan.number(2), let second = scan.number(2),
      scan.take(90), scan.isAtEnd
    else { return nil }
    self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
  }

  /// A calendar date and time; nil where there is no such day or second.
  public init?(
    year: Int64, month: Int64, day: Int64, hour: Int64 = 0, minute: Int64 = 0, second: Int64 = 0
  ) {
    guard (0...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.daysInMonth(year: year, month: month), (0..<24).contains(hour),
      (0..<60).contains(minute), (0..<60).contains(second)
    else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second
  }

  /// `2026-11-20T09:00:00Z`.
  public var rfc3339: String {
    let f = fields
    return Self.pad(f.year, 4) + "-" + Self.pad(f.month, 2) + "-" + Self.pad(f.day, 2) + "T"
      + Self.pad(f.hour, 2) + ":" + Self.pad(f.minute, 2) + ":" + Self.pad(f.second, 2) + "Z"
  }

  /// `20261120090000Z`.
  public var compact: String {
    let f = fields
    return Self.pad(f.year, 4) + Self.pad(f.month, 2) + Self.pad(f.day, 2)
      + Self.pad(f.hour, 2) + Self.pad(f.minute, 2) + Self.pad(f.second, 2) + "Z"
  }

  /// Calendar fields; outside years 0000 to 9999 those of the nearest end.
  public var fields:
    (year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64)
  {
    let bounded = min(max(seconds, -62_167_219_200), 253_402_300_799)
    let days = bounded >= 0 ? bounded / 86_400 : (bounded - 86_399) / 86_400
    let rest = bounded - days * 86_400
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let index = (5 * dayOfYear + 2) / 153
    let month = index < 10 ? index + 3 : index - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (
      year, month, dayOfYear - (153 * index + 2) / 5 + 1, rest / 3600, rest % 3600 / 60, rest % 60
    )
  }

  private static func daysInMonth(year: Int64, month: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func pad(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  /// A place in ASCII text.
  private struct Scan {
    private let bytes: [UInt8]
    private var at = 0
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    mutating func take(_ byte: UInt8) -> Bool {
      guard at < bytes.count, bytes[at] == byte else { return false }
      at += 1
      return true
    }

    mutating func number(_ width: Int) -> Int64? {
      guard at + width <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[at..<at + width] {
        guard (48...57).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 48)
      }
      at += width
      return value
    }

    mutating func digits() -> Int {
      let start = at
      while at < bytes.count, (48...57).contains(bytes[at]) { at += 1 }
      return at - start
    }
  }
}
