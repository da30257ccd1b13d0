internal import Platform
package import Signing

/// A text and the signatures under it (C2SP signed-note).
public struct SignedNote: Sendable, Equatable {
  /// One line below the text.
  public struct Signature: Sendable, Equatable {
    public let name: String
    /// Four bytes; with the name it says whose line this is.
    public let keyID: [UInt8]
    public let bytes: [UInt8]
  }

  /// With its final newline, which is signed too.
  public let text: String
  public private(set) var signatures: [Signature]

  public static let maximumBytes = 1_000_000
  public static let maximumSignatures = 100

  /// A note that nobody has signed yet.
  ///
  /// Throws `checkpoint_invalid` for a text that no note can hold.
  public init(text: String) throws(LogError) {
    guard text.utf8.last == 0x0A, !Self.holdsControls(text.utf8) else { throw Self.malformed() }
    self.text = text
    signatures = []
  }

  /// Reads a note; lines of keys that nobody knows must be well formed as well.
  ///
  /// Throws `checkpoint_invalid`.
  public init(parsing bytes: [UInt8]) throws(LogError) {
    guard bytes.count <= Self.maximumBytes, String(validating: bytes, as: UTF8.self) != nil,
      !Self.holdsControls(bytes), bytes.last == 0x0A, let end = Self.textEnd(bytes)
    else { throw Self.malformed() }
    text = String(decoding: bytes[..<end], as: UTF8.self)
    var signatures: [Signature] = []
    for line in bytes[(end + 1)...].dropLast().split(
      separator: 0x0A, maxSplits: .max, omittingEmptySubsequences: false)
    {
      guard signatures.count < Self.maximumSignatures, let signature = Signature(line: line) else {
        throw Self.malformed()
      }
      signatures.append(signature)
    }
    self.signatures = signatures
  }

  /// The place behind the text's last newline: that before the last empty line.
  private static func textEnd(_ bytes: [UInt8]) -> Int? {
    var at = bytes.count - 1
    while at > 0 {
      if bytes[at] == 0x0A, bytes[at - 1] == 0x0A { return at }
      at -= 1
    }
    return nil
  }

  private static func holdsControls(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.contains { $0 < 0x20 && $0 != 0x0A }
  }

  private static func malformed() -> LogError {
    LogError(.checkpointInvalid, "this is no signed note")
  }

  /// The note's bytes.
  public var bytes: [UInt8] {
    Array(text.utf8) + [0x0A] + signatures.flatMap { Array($0.line.utf8) }
  }
}

extension SignedNote.Signature {
  /// `— NAME BASE64`, the base64 of four bytes of key id and at least one of signature.
  fileprivate init?(line: ArraySlice<UInt8>) {
    let dash = Array("— ".utf8)
    guard line.starts(with: dash) else { return nil }
    let parts = line.dropFirst(dash.count).split(
      separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 2, let name = String(validating: parts[0], as: UTF8.self),
      VerifierKey.isName(name), let bytes = Base64.decode(Array(parts[1])), bytes.count > 4
    else { return nil }
    self.name = name
    keyID = Array(bytes.prefix(4))
    self.bytes = Array(bytes.dropFirst(4))
  }

  /// With its newline.
  fileprivate var line: String { "— \(name) \(Base64.encode(keyID + bytes))\n" }

  /// Whether the line says that this key made it.
  func isBy(_ key: VerifierKey) -> Bool { name == key.name && keyID == key.id }
}

extension SignedNote {
  /// The keys among `known` that signed, in the order of the lines, each once.
  ///
  /// Every line of a known key has to hold, also a second one of the same key: Go's `note` looks at
  /// the first alone. Throws `checkpoint_invalid` where one does not, `log_key_unknown` where there
  /// is none.
  public func verified(by known: [VerifierKey]) throws(LogError) -> [VerifierKey] {
    var signers: [VerifierKey] = []
    for signature in signatures {
      guard let key = known.first(where: signature.isBy) else { continue }
      guard key.use == .note,
        Ed25519.verifies(signature.bytes, of: Array(text.utf8), by: key.key)
      else {
        throw LogError(
          .checkpointInvalid, "the signature does not fit these bytes", place: key.name)
      }
      if !signers.contains(key) { signers.append(key) }
    }
    guard !signers.isEmpty else {
      let others = Set(signatures.map(\.name)).sorted().joined(separator: ", ")
      throw LogError(
        .logKeyUnknown, "no known key signed this; it names \(others)",
        hint: "compare the log's key with its owner and give it with --vkey")
    }
    return signers
  }

  /// Puts a line of this signer below the text.
  ///
  /// Throws what the signer throws.
  package mutating func sign(as name: String, with signer: Signer) throws(LogError) {
    let key = try signer.verifierKey(name: name, use: .note)
    do throws(SigningError) {
      append(key, try signer.sign(Array(text.utf8)))
    } catch {
      throw LogError(error)
    }
  }

  /// Takes over the lines that one key has below the same text elsewhere.
  ///
  /// Throws `checkpoint_invalid` for another text.
  public mutating func copyLines(of key: VerifierKey, from other: SignedNote) throws(LogError) {
    guard other.text == text else { throw Self.malformed() }
    signatures += other.signatures.filter { $0.isBy(key) }
  }

  mutating func append(_ key: VerifierKey, _ signature: [UInt8]) {
    signatures.append(Signature(name: key.name, keyID: key.id, bytes: signature))
  }
}

extension Signer {
  /// The text by which others check this signer's notes or cosignatures.
  ///
  /// Throws `log_key_malformed` for a key that is not Ed25519 and for a name no note can hold.
  package func verifierKey(name: String, use: VerifierKey.Use) throws(LogError) -> VerifierKey {
    try VerifierKey(name: name, use: use, key: publicKey.ed25519 ?? [])
  }
}
