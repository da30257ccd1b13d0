internal import Platform

extension ZipWriter {
  /// MS-DOS time (low half) and date (high half), in UTC, two-second steps: APPNOTE 4.4.6.
  static func dosTime(_ seconds: Int64) -> UInt32 {
    let first: Int64 = 315_532_800  // 1980-01-01
    let last: Int64 = 4_354_819_198  // 2107-12-31 23:59:58
    let time = UTCTime(seconds: min(max(seconds, first), last)).fields
    let date = (time.year - 1980) << 9 | time.month << 5 | time.day
    return UInt32(date << 16 | time.hour << 11 | time.minute << 5 | time.second / 2)
  }
}
