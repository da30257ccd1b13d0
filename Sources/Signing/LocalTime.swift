internal import Glibc
internal import Platform

/// What a date without `Z` means.
public enum TimeZoneRule: Sendable {
  /// The zone of the machine (`TZ`), as ssh-keygen takes it.
  case local
  case utc
}

/// The dates of allowed-signers options: `YYYYMMDD[HHMM[SS]][Z]`.
enum OptionDate {
  /// Unix seconds; nil where the text is no date.
  static func parse(_ text: some StringProtocol, zone: TimeZoneRule) -> Int64? {
    var digits = Array(text.utf8)
    let isUTC = digits.last == UInt8(ascii: "Z")
    if isUTC { digits.removeLast() }
    guard [8, 12, 14].contains(digits.count),
      digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
    else { return nil }
    func number(_ range: Range<Int>) -> Int64 {
      digits[range].reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }
    let hasTime = digits.count >= 12
    let hour = hasTime ? number(8..<10) : 0
    let minute = hasTime ? number(10..<12) : 0
    let second = digits.count == 14 ? number(12..<14) : 0
    guard
      let time = UTCTime(
        year: number(0..<4), month: number(4..<6), day: number(6..<8), hour: hour, minute: minute,
        second: second)
    else { return nil }
    return isUTC || zone == .utc ? time.seconds : local(time)
  }

  /// The moment at which clocks of the machine's zone show these fields.
  private static func local(_ time: UTCTime) -> Int64? {
    let fields = time.fields
    var broken = unsafe tm()
    // safe because only numbers are set; mktime writes no pointer that we read
    unsafe broken.tm_year = Int32(fields.year - 1900)
    unsafe broken.tm_mon = Int32(fields.month - 1)
    unsafe broken.tm_mday = Int32(fields.day)
    unsafe broken.tm_hour = Int32(fields.hour)
    unsafe broken.tm_min = Int32(fields.minute)
    unsafe broken.tm_sec = Int32(fields.second)
    unsafe broken.tm_isdst = -1
    let seconds = unsafe mktime(&broken)
    return seconds == -1 ? nil : Int64(seconds)
  }
}
