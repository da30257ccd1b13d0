internal import Evidence
internal import Platform

/// One message of a log, without what terminals and `logging` put around it.
struct LogPiece {
  /// From 1.
  let line: Int
  let text: String
  /// Whether it stood behind `INFO:root:` or `ERROR:root:`.
  let hasPrefix: Bool
}

/// Takes a log apart (FORMATS §3.1): progress bars share lines with messages, so that pieces end at
/// carriage returns too, and a message begins behind the last prefix of its piece.
struct LogReader {
  private let bytes: SourceBytes
  private let path: String

  private static let prefixes = ["INFO:root:", "ERROR:root:"]

  private let limits: ReadLimits

  init(_ bytes: SourceBytes, path: String, limits: ReadLimits = ReadLimits()) {
    self.bytes = bytes
    self.path = path
    self.limits = limits
  }

  /// - Throws: `invalid_utf8` with its line, before any piece is handed out; what `body` throws.
  func forEach(
    _ body: (LogPiece) throws(AdapterError) -> Void
  ) throws(AdapterError) {
    try forEachLine { (line, text) throws(AdapterError) in
      if text == nil {
        throw AdapterError(
          .invalidUTF8, place: "\(path): line \(line)", message: "these bytes are not UTF-8")
      }
    }
    var collectors: Set<LogCollector> = []
    try forEachLine { (line, text) throws(AdapterError) in
      guard let text else { return }
      // A string's characters would join a carriage return with a line feed.
      for part in text.utf8.split(separator: 0x0D, omittingEmptySubsequences: true) {
        try body(piece(String(Substring(part)), line, &collectors))
      }
    }
  }

  /// - Parameter collectors: those seen before `logging`'s own prefix; only what one of these puts
  ///   before a line without prefix is taken off it.
  private func piece(
    _ raw: String, _ line: Int, _ collectors: inout Set<LogCollector>
  ) -> LogPiece {
    let text = raw.utf8.contains(0x1B) ? withoutEscapes(raw) : raw
    if let start = endOfLastPrefix(in: text) {
      if collectors.count < 64, let (collector, _) = LogCollector.split(text) {
        collectors.insert(collector)
      }
      return LogPiece(line: line, text: String(text[start...]), hasPrefix: true)
    }
    guard !collectors.isEmpty, let (collector, rest) = LogCollector.split(text),
      collectors.contains(collector)
    else { return LogPiece(line: line, text: text, hasPrefix: false) }
    return LogPiece(line: line, text: String(rest), hasPrefix: false)
  }

  private func endOfLastPrefix(in text: String) -> String.Index? {
    var rest = text.utf8[...]
    while let colon = rest.lastIndex(of: 0x3A) {
      let end = text.utf8.index(after: colon)
      let head = text.utf8[..<end]
      for prefix in Self.prefixes
      where head.suffix(prefix.utf8.count).elementsEqual(prefix.utf8) {
        return end
      }
      rest = rest[..<colon]
    }
    return nil
  }

  /// Lines from 1 on, nil for one that is not UTF-8.
  private func forEachLine(
    _ body: (_ line: Int, _ text: String?) throws(AdapterError) -> Void
  ) throws(AdapterError) {
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var line = 1
    while start < bytes.count {
      let end = bytes.endOfLine(from: start)
      guard end - start <= limits.lineBytes else {
        throw AdapterError(
          .limitExceeded, place: "\(path): line \(line)",
          message: "a line of more than \(limits.lineBytes) bytes")
      }
      let text = unsafe bytes.withPart(start..<end) { part in
        unsafe String(validating: part, as: UTF8.self)
      }
      try body(line, text)
      start = end + 1
      line += 1
    }
  }
}

/// A text without the sequences by which terminals move and colour (ECMA-48, CSI and OSC).
func withoutEscapes(_ text: String) -> String {
  var result = ""
  var rest = text.unicodeScalars[...]
  while let scalar = rest.popFirst() {
    guard scalar == "\u{1B}", let kind = rest.first, kind == "[" || kind == "]" else {
      result.unicodeScalars.append(scalar)
      continue
    }
    rest = rest.dropFirst()
    if kind == "[" {
      // Parameters and intermediates, and the byte that ends them.
      rest = rest.drop { (0x20...0x3F).contains($0.value) }.dropFirst()
    } else {
      rest = rest.drop { $0 != "\u{07}" && $0 != "\u{1B}" }
      if rest.popFirst() == "\u{1B}", rest.first == "\\" { rest = rest.dropFirst() }
    }
  }
  return result
}

extension LogPiece {
  /// What stands behind `start`; nil when the message begins otherwise.
  func rest(after start: String) -> Substring? {
    text.utf8.starts(with: start.utf8)
      ? text[text.utf8.index(text.startIndex, offsetBy: start.utf8.count)...] : nil
  }

  /// Whether the words stand anywhere in it, byte by byte: very long logs are looked through so.
  func contains(_ words: String) -> Bool {
    let all = text.utf8
    guard let first = words.utf8.first else { return true }
    var rest = all[...]
    while let place = rest.firstIndex(of: first) {
      if all[place...].starts(with: words.utf8) { return true }
      rest = all[all.index(after: place)...]
    }
    return false
  }

  /// The whole number behind `start`, at most nine digits; whatever follows them is a bar.
  func count(after start: String) -> Int? {
    guard let rest = rest(after: start) else { return nil }
    let digits = rest.utf8.prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty, digits.count <= 9 else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// The decimal behind `start`, with its text.
  func decimal(after start: String) -> StatedNumber? {
    guard let rest = rest(after: start) else { return nil }
    let lexeme = String(
      Substring(rest.utf8.prefix { (0x30...0x39).contains($0) || [0x2E, 0x65, 0x2D].contains($0) }))
    return Double(lexeme).map { StatedNumber(value: $0, lexeme: lexeme) }
  }
}
