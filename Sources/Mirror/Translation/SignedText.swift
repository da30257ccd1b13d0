/// The head of a commit or tag, cut into its header lines byte for byte.
struct SignedText {
  struct Line {
    let name: String
    /// First line and continuation lines, each with its newline.
    let bytes: ArraySlice<UInt8>
  }
  let lines: [Line]
  /// The empty line and all behind it.
  let rest: ArraySlice<UInt8>

  /// Nil for bytes that are no headers.
  init?(_ body: [UInt8]) {
    var lines: [Line] = []
    var at = 0
    while at < body.count, body[at] != 10 {
      if body[at] == 32 { return nil }
      guard var end = body[at...].firstIndex(of: 10) else { return nil }
      let name = body[at..<end].prefix { $0 != 32 }
      while end + 1 < body.count, body[end + 1] == 32 {
        guard let next = body[(end + 1)...].firstIndex(of: 10) else { return nil }
        end = next
      }
      lines.append(Line(name: String(decoding: name, as: UTF8.self), bytes: body[at...end]))
      at = end + 1
    }
    self.lines = lines
    rest = body[at...]
  }

  static let ownSignature = "gpgsig-sha256"
  static let addedSignature = "gpgsig"

  /// A header line of a name and a value whose lines are joined by newlines, none at its end.
  static func header(_ name: String, _ value: some Sequence<UInt8>) -> [UInt8] {
    var bytes = Array(name.utf8) + [32]
    for byte in value {
      bytes.append(byte)
      if byte == 10 { bytes.append(32) }
    }
    bytes.append(10)
    return bytes
  }

  /// The value of a header: what follows the name, the leading space of each further line taken off.
  static func value(_ line: Line) -> [UInt8] {
    var value: [UInt8] = []
    var bytes = line.bytes.dropFirst(line.name.utf8.count + 1)
    if bytes.last == 10 { bytes = bytes.dropLast() }
    var isAfterNewline = false
    for byte in bytes {
      if !(isAfterNewline && byte == 32) { value.append(byte) }
      isAfterNewline = byte == 10
    }
    return value
  }
}
