/// The content of a `tile/entries/N` file: for each entry its length in two bytes, then the entry.
public enum EntryBundle {
  /// No entry is longer; one of a log of tips stays far below.
  public static let maximumEntryBytes = 65_535

  static func encode(_ entry: [UInt8]) throws(LogError) -> [UInt8] {
    guard entry.count <= maximumEntryBytes else {
      throw LogError(.logEntryMalformed, "an entry of \(entry.count) bytes is too long for a log")
    }
    return [UInt8(entry.count >> 8), UInt8(entry.count & 0xFF)] + entry
  }

  /// The entries of a file that holds `count` of them and nothing more.
  ///
  /// Throws `log_tree_mismatch`.
  public static func decode(_ bytes: [UInt8], count: Int) throws(LogError) -> [[UInt8]] {
    var entries: [[UInt8]] = []
    var at = 0
    while at < bytes.count {
      guard bytes.count - at >= 2 else { throw cut() }
      let length = Int(bytes[at]) << 8 | Int(bytes[at + 1])
      at += 2
      guard bytes.count - at >= length else { throw cut() }
      entries.append(Array(bytes[at..<at + length]))
      at += length
    }
    guard entries.count == count else { throw cut() }
    return entries
  }

  private static func cut() -> LogError {
    LogError(.logTreeMismatch, "a file of entries holds other entries than its name says")
  }
}
