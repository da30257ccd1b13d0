internal import Platform
internal import Signing

/// Somebody's public key for notes, with the name under which they sign.
///
/// C2SP signed-note, "verifier keys": `name+hex(id)+base64(type ‖ key)`.
public struct VerifierKey: Sendable, Hashable, CustomStringConvertible {
  /// What a signature of this key means; the raw value is the type's byte.
  public enum Use: UInt8, Sendable {
    /// A log's own signature over a note's text.
    case note = 1
    /// A witness's word that a checkpoint continues what it saw, with a time (C2SP
    /// tlog-cosignature).
    case cosignature = 4
  }

  public let name: String
  public let use: Use
  /// 32 bytes of an Ed25519 key.
  public let key: [UInt8]
  /// The first four bytes of SHA-256(name ‖ LF ‖ type ‖ key).
  public let id: [UInt8]

  /// Throws `log_key_malformed` for a name with spaces or `+`, and for a key of another length.
  public init(name: String, use: Use, key: [UInt8]) throws(LogError) {
    guard Self.isName(name), key.count == 32 else {
      throw LogError(.logKeyMalformed, "a key for notes has a name without spaces and 32 bytes")
    }
    self.name = name
    self.use = use
    self.key = key
    id = Self.id(name: name, type: use.rawValue, key: key)
  }

  /// Reads a key's text.
  ///
  /// Throws `log_key_malformed`, also for types that are not known here and upper-case ids.
  public init(parsing text: String) throws(LogError) {
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard text.utf8.count <= 1024, parts.count == 3, let id = Hex.decode(parts[1]),
      let typed = Base64.decode(parts[2]), let type = typed.first, let use = Use(rawValue: type)
    else {
      throw LogError(
        .logKeyMalformed, "this is no key for notes of a kind that is known here",
        hint: "it reads NAME+8 hex digits+BASE64")
    }
    try self.init(name: String(parts[0]), use: use, key: Array(typed.dropFirst()))
    guard id == self.id else {
      throw LogError(.logKeyMalformed, "the key's id is not that of its name and bytes")
    }
  }

  public var description: String {
    "\(name)+\(Hex.encode(id))+\(Base64.encode([use.rawValue] + key))"
  }

  /// The first 16 hex digits of SHA-256 of the key: HEX16 of a log's ref and default origin.
  public var hex16: String { String(Hex.encode(Digests.sha256(key)).prefix(16)) }

  /// The name that a log has unless it is given another.
  public static func defaultName(of key: [UInt8]) -> String {
    "wf-log.invalid/" + Hex.encode(Digests.sha256(key)).prefix(16)
  }

  private static func id(name: String, type: UInt8, key: [UInt8]) -> [UInt8] {
    Array(Digests.sha256(Array(name.utf8) + [0x0A, type] + key).prefix(4))
  }

  /// Not empty, without `+`, and without anything that Unicode takes for a space.
  static func isName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty && name.utf8.count <= 512
      && name.unicodeScalars.allSatisfy {
        $0 != "+" && !$0.properties.isWhitespace && $0.properties.generalCategory != .control
      }
  }
}
