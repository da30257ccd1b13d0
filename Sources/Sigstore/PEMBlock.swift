internal import Platform

/// One PEM block (RFC 7468) with lines of any length, as log entries and key files hold them.
struct PEMBlock: Sendable {
  static let sizeLimit = 65_536

  let label: String
  let bytes: [UInt8]

  /// nil for anything but one block, between which and the ends only white space stands.
  init?(_ text: [UInt8]) {
    guard text.count <= Self.sizeLimit else { return nil }
    let lines = text.split { $0 == 10 || $0 == 13 }.map { String(decoding: $0, as: UTF8.self) }
    guard lines.count >= 3, let first = lines.first, first.hasPrefix("-----BEGIN "),
      first.hasSuffix("-----"), first.utf8.count > 16
    else { return nil }
    let label = String(first.dropFirst(11).dropLast(5))
    guard lines.last == "-----END \(label)-----",
      let bytes = Base64.decode(lines.dropFirst().dropLast().joined())
    else { return nil }
    self.label = label
    self.bytes = bytes
  }

  /// The same as text, with lines of 64 characters.
  static func text(_ label: String, _ bytes: [UInt8]) -> String {
    let digits = Array(Base64.encode(bytes).utf8)
    let lines = stride(from: 0, to: digits.count, by: 64).map {
      String(decoding: digits[$0..<min($0 + 64, digits.count)], as: UTF8.self)
    }
    return (["-----BEGIN \(label)-----"] + lines + ["-----END \(label)-----", ""])
      .joined(separator: "\n")
  }
}
