/// The parts of an https address that a reference needs (RFC 3986).
struct WebAddress {
  /// In lower case, without `www.`.
  let host: String
  /// Percent-encoded, without empty parts.
  let path: [String]
  private let query: String
  private let scheme: String
  private let authority: String

  /// nil for another scheme, for user and password, for a host that is not in ASCII (it could look like
  /// another), and for what is no address.
  init?(_ text: String) {
    guard
      text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x22 && $0 != 0x3C && $0 != 0x3E }),
      text.utf8.count <= 2000
    else { return nil }
    let whole = text.prefix { $0 != "#" }
    var rest = whole
    if let colon = whole.firstRange(of: "://") {
      scheme = whole[..<colon.lowerBound].lowercased()
      rest = whole[colon.upperBound...]
    } else {
      scheme = "https"
    }
    guard scheme == "https" || scheme == "http" else { return nil }
    authority = rest.prefix { $0 != "/" && $0 != "?" }.lowercased()
    let name = String(authority.prefix { $0 != ":" })
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, !authority.utf8.contains(0x40),
      authority.utf8.allSatisfy({ Self.isUnreserved($0) || $0 == 0x3A }),
      labels.allSatisfy({ !$0.isEmpty }), labels.last?.first?.isLetter == true
    else { return nil }
    host = name.hasPrefix("www.") ? String(name.dropFirst(4)) : name
    let tail = rest.dropFirst(authority.count)
    path = tail.prefix { $0 != "?" }.split(separator: "/").map { Self.encoded(String($0), "%") }
    query = Self.encoded(String(tail.drop { $0 != "?" }.dropFirst()), "%/?")
  }

  /// The address without fragment and tracking parameters.
  var uri: String {
    let kept = query.split(separator: "&").filter { part in
      !["utm_", "fbclid", "gclid"].contains { part.hasPrefix($0) }
    }
    return "\(scheme)://\(authority)" + path.map { "/" + $0 }.joined()
      + (kept.isEmpty ? "" : "?" + kept.joined(separator: "&"))
  }

  /// The decoded value of a parameter of the query.
  func parameter(_ name: String) -> String? {
    for part in query.split(separator: "&") where part.hasPrefix(name + "=") {
      return Self.decoded(String(part.dropFirst(name.utf8.count + 1)))
    }
    return nil
  }

  /// Percent-encoded but for what a path may hold (RFC 3986, pchar) and `others`.
  static func encoded(_ text: String, _ others: String) -> String {
    let kept = Array("!$&'()*+,;=:@".utf8) + Array(others.utf8)
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if isUnreserved(byte) || kept.contains(byte) {
        bytes.append(byte)
      } else {
        bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    byte.isDigit || (byte | 0x20) &- 0x61 < 26 || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
  }

  /// Percent signs resolved; nil when one is broken or the bytes are no text.
  static func decoded(_ text: String) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == 0x25 else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
