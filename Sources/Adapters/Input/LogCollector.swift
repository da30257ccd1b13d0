internal import Platform

/// What collected the output of several programs into one log, as it shows before each line: a
/// container's name and a bar (`docker compose logs`), a task's number (`srun --label`), a time
/// (`--timestamps`).
struct LogCollector: Hashable {
  var name: String
  var hasTime: Bool

  /// Takes a line apart; nil where nothing of the kind stands before it.
  static func split(_ line: String) -> (collector: LogCollector, rest: Substring)? {
    var rest = line.utf8[...]
    let word = rest.prefix(128).prefix { isNameByte($0) }
    let behind = rest.dropFirst(word.count)
    let bar = behind.drop { $0 == 0x20 }
    var name = ""
    if !word.isEmpty, bar.starts(with: "| ".utf8) {
      name = String(Substring(word)) + "|"
      rest = bar.dropFirst(2)
    } else if !word.isEmpty, word.allSatisfy({ (0x30...0x39).contains($0) }),
      behind.starts(with: ": ".utf8)
    {
      name = String(Substring(word)) + ":"
      rest = behind.dropFirst(2)
    }
    var hasTime = false
    if let space = rest.prefix(40).firstIndex(of: 0x20),
      UTCTime(anyRFC3339: String(Substring(rest[..<space]))) != nil
    {
      hasTime = true
      rest = rest[space...].dropFirst()
    }
    if name.isEmpty, !hasTime { return nil }
    return (LogCollector(name: name, hasTime: hasTime), Substring(rest))
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || [0x2D, 0x2E, 0x5F].contains(byte)
  }
}
