public import JSON
internal import Platform

/// A DSSE envelope: bytes, what they are, and signatures over both (SIGNING.md §6).
public struct Envelope: Sendable, Equatable {
  /// One signature; whose it is, only a key can tell.
  public struct Signature: Sendable, Equatable {
    /// A hint for people, which nothing protects; nil where the envelope has none.
    public let keyID: String?
    /// The raw signature, 64 bytes for Ed25519; DER for the ECDSA keys of Sigstore.
    public let bytes: [UInt8]

    public init(keyID: String?, bytes: [UInt8]) {
      self.keyID = keyID
      self.bytes = bytes
    }
  }

  /// The type of payload that an in-toto statement has.
  public static let inTotoType = "application/vnd.in-toto+json"
  /// The name of the file beside the members.
  public static let fileName = PackagePredicate.evidencePackage.envelopeName
  /// Bytes of an envelope that is read (SHARING §3); one over a package has a few thousand.
  public static let maximumSize = 1 << 20
  /// Each is tried with each key, so that their number is bounded.
  public static let maximumSignatures = 64

  public let payload: [UInt8]
  public let payloadType: String
  public let signatures: [Signature]

  public init(payload: [UInt8], payloadType: String, signatures: [Signature]) {
    self.payload = payload
    self.payloadType = payloadType
    self.signatures = signatures
  }

  /// Reads an envelope in any spelling of JSON; fields that are not known are passed over.
  ///
  /// Throws `envelope_malformed`.
  public init(parsing bytes: [UInt8]) throws(AttestationError) {
    guard bytes.count <= Self.maximumSize else {
      throw AttestationError(
        .envelopeMalformed, "an envelope has at most \(Self.maximumSize) bytes")
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue.parse(bytes, options: attestationJSON)
    } catch {
      throw AttestationError(.envelopeMalformed, error.message, place: error.place)
    }
    try self.init(value)
  }

  /// An envelope that stands inside of another JSON text, as in a Sigstore bundle.
  ///
  /// Throws `envelope_malformed`.
  public init(_ value: JSONValue) throws(AttestationError) {
    guard let object = value.object else { throw Self.malformed("an envelope is an object") }
    payload = try Self.base64(object["payload"], "payload")
    guard let type = object["payloadType"]?.string else {
      throw Self.malformed("payloadType is a text")
    }
    payloadType = type
    guard let rows = object["signatures"]?.array, rows.count <= Self.maximumSignatures else {
      throw Self.malformed("signatures is a list of at most \(Self.maximumSignatures)")
    }
    var signatures: [Signature] = []
    for row in rows {
      guard let signature = row.object else { throw Self.malformed("a signature is an object") }
      let bytes = try Self.base64(signature["sig"], "sig")
      switch signature["keyid"] {
      case nil, .null?: signatures.append(Signature(keyID: nil, bytes: bytes))
      case .string(let keyID)?: signatures.append(Signature(keyID: keyID, bytes: bytes))
      default: throw Self.malformed("keyid is a text")
      }
    }
    self.signatures = signatures
  }

  /// What every signature is over.
  public var signedBytes: [UInt8] {
    preAuthenticationEncoding(type: payloadType, body: payload)
  }

  /// Canonical JSON and a newline.
  public func encoded() -> [UInt8] {
    let rows = signatures.map { signature -> JSONValue in
      var row: JSONObject = ["sig": .string(Base64.encode(signature.bytes))]
      if let keyID = signature.keyID { row["keyid"] = .string(keyID) }
      return .object(row)
    }
    return canonical([
      "payload": .string(Base64.encode(payload)), "payloadType": .string(payloadType),
      "signatures": .array(rows),
    ]) + [0x0A]
  }

  /// DSSE lets a producer choose between the two alphabets.
  private static func base64(
    _ value: JSONValue?, _ name: String
  ) throws(AttestationError) -> [UInt8] {
    guard let text = value?.string, let bytes = Base64.decode(text) ?? Base64.decodeURL(text)
    else { throw malformed("\(name) is a text in base64") }
    return bytes
  }

  private static func malformed(_ expected: String) -> AttestationError {
    AttestationError(.envelopeMalformed, "expected that \(expected)")
  }
}

/// How envelopes, statements and trusted signers are read.
let attestationJSON = JSONOptions(maximumDepth: 64)

/// The canonical bytes of a value that this module has built itself.
func canonical(_ value: JSONValue) -> [UInt8] {
  guard let bytes = try? CanonicalJSON.bytes(value) else {
    preconditionFailure("texts and integers of a fixed shape have a canonical form")
  }
  return bytes
}
