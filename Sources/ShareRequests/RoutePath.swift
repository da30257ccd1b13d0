internal import Platform

/// The parts of a request's path after one percent-decoding.
///
/// Nothing that a proxy, a file system or a second decoding may read otherwise: no `.` or `..`, no
/// empty part, no control character, no backslash, no `%` that is left over.
package struct RoutePath: Sendable, Equatable {
  package let parts: [String]

  /// - Parameter text: a path that begins with `/`, without query.
  package init?(_ text: Substring) {
    guard text.utf8.first == 0x2F, let decoded = PercentText.decode(text.utf8.dropFirst()) else {
      return nil
    }
    var parts: [String] = []
    for part in decoded.split(separator: 0x2F, omittingEmptySubsequences: false) {
      guard let text = String(validating: part, as: UTF8.self), text != ".", text != "..",
        part.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != 0x5C && $0 != 0x25 })
      else { return nil }
      parts.append(text)
    }
    if parts == [""] { parts = [] }  // the root
    if parts.contains("") { return nil }
    self.parts = parts
  }
}

/// Percent-encoding (RFC 3986 §2.1), taken off once.
package enum PercentText {
  /// Nil where a `%` has no two digits.
  package static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var rest = text.makeIterator()
    while let byte = rest.next() {
      guard byte == 0x25 else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  /// A hexadecimal digit in either case.
  package static func digit(_ byte: UInt8) -> UInt8? {
    Hex.value((0x41...0x46).contains(byte) ? byte | 0x20 : byte)
  }
}
