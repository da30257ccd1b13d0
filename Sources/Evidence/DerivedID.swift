/// Ids that follow from what they name: 128 leading bits of SHA-256 in 26 Crockford digits.
public enum DerivedID {
  /// The id of the named parts, joined by `\n` (SCHEMAS §1).
  ///
  /// A package: prefix `pkg`, the digest texts of claim.json, protocol.json and audit_input.json.
  /// A failure: prefix `flr`, package id and episode key.
  public static func text(prefix: String, parts: [String]) -> String {
    let digest = Digest.raw(of: Array(parts.joined(separator: "\n").utf8))
    return Crockford.text(prefix: prefix, bits: digest.prefix(16))
  }

  /// The id of a package.
  public static func package(
    claim: String, protocolDigest: String, auditInput: String
  ) -> String {
    text(prefix: "pkg", parts: [claim, protocolDigest, auditInput])
  }
}

/// Ids that are made once, from time and randomness (ULID).
public enum ULID {
  /// `prefix_` and the 26 digits of 48 bits of Unix milliseconds and 80 random bits.
  ///
  /// Of `random` the first ten bytes are used; missing ones count as zero.
  public static func text(prefix: String, milliseconds: Int64, random: [UInt8]) -> String {
    let time = UInt64(bitPattern: milliseconds) & 0xFFFF_FFFF_FFFF
    var bytes = (0..<6).map { UInt8(truncatingIfNeeded: time >> (40 - 8 * UInt64($0))) }
    bytes += random.prefix(10)
    while bytes.count < 16 { bytes.append(0) }
    return Crockford.text(prefix: prefix, bits: bytes[...])
  }

  /// Whether a text is the prefix, `_` and 26 Crockford digits that fit in 128 bits.
  public static func isValid(_ text: String, prefix: String) -> Bool {
    isValid(text.utf8, prefix: prefix)
  }

  static func isValid(_ text: some Collection<UInt8>, prefix: String) -> Bool {
    let rest = text.dropFirst(prefix.utf8.count)
    guard rest.count == 27, text.starts(with: prefix.utf8), rest.first == 0x5F else { return false }
    let digits = rest.dropFirst()
    guard let first = digits.first, first <= 0x37 else { return false }
    return digits.allSatisfy(Crockford.isDigit)
  }
}

/// Base 32 in Crockford's alphabet, which leaves out I, L, O and U.
enum Crockford {
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  /// The prefix, `_` and 16 bytes, big-endian, as 26 digits; the two leading bits are zero.
  static func text(prefix: String, bits: ArraySlice<UInt8>) -> String {
    var high: UInt64 = 0
    var low: UInt64 = 0
    for byte in bits {
      high = high << 8 | low >> 56
      low = low << 8 | UInt64(byte)
    }
    var digits = [UInt8](repeating: 0x30, count: 26)
    for place in stride(from: 25, through: 0, by: -1) {
      digits[place] = alphabet[Int(low & 31)]
      low = low >> 5 | high << 59
      high >>= 5
    }
    return prefix + "_" + String(decoding: digits, as: UTF8.self)
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39: true
    case 0x41...0x5A: byte != 0x49 && byte != 0x4C && byte != 0x4F && byte != 0x55
    default: false
    }
  }
}
