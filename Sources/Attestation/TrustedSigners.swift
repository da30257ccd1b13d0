internal import JSON
internal import Platform
public import Signing

/// Whose envelopes count, when, and for which claims: the file of `--trusted-signer-config`.
///
/// `wf.trusted_signers/1`, read strictly: a file that means something else than its reader thinks is
/// worse than none.
public struct TrustedSigners: Sendable, Equatable {
  /// One row; a key may stand in several, with a window each.
  public struct Signer: Sendable, Equatable {
    /// Shown to people.
    public let label: String
    public let key: SSHPublicKey
    /// Unix seconds, both ends belong to the window; nil is open.
    public let validAfter: Int64?
    public let validBefore: Int64?
    /// Patterns of claim slugs; nil is all, an empty list none.
    public let scopes: [String]?

    /// A row that vouches for one key, for every claim and at all times.
    public init(label: String, key: SSHPublicKey) {
      self.label = label
      self.key = key
      validAfter = nil
      validBefore = nil
      scopes = nil
    }
  }

  public static let schema = "wf.trusted_signers/1"
  public static let maximumSize = 1 << 20

  public let signers: [Signer]
  /// Fingerprints.
  public let revoked: Set<String>

  public init(_ signers: [Signer]) {
    self.signers = signers
    revoked = []
  }

  /// Reads the bytes of the file.
  ///
  /// Throws `trusted_signers_malformed`.
  public init(parsing bytes: [UInt8]) throws(AttestationError) {
    guard bytes.count <= Self.maximumSize else {
      throw Self.malformed("", "a file of at most \(Self.maximumSize) bytes")
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue.parse(bytes, options: attestationJSON)
    } catch {
      throw AttestationError(.trustedSignersMalformed, error.message, place: error.place)
    }
    let file = try StrictObject(
      value, place: "", needed: ["schema", "signers"], allowed: ["revoked"])
    guard try file.text("schema") == Self.schema else {
      throw Self.malformed("/schema", Self.schema)
    }
    guard let rows = file.object["signers"]?.array else {
      throw Self.malformed("/signers", "a list")
    }
    var signers: [Signer] = []
    for (index, row) in rows.enumerated() {
      signers.append(try Signer(row, place: "/signers/\(index)"))
    }
    self.signers = signers
    revoked = Set(try file.texts("revoked") ?? [])
    for fingerprint in revoked where !Self.isFingerprint(fingerprint) {
      throw Self.malformed("/revoked", "fingerprints, SHA256: and 43 digits of base64")
    }
  }

  /// The file: canonical JSON and a newline.
  public func encoded() -> [UInt8] {
    func time(_ seconds: Int64?) -> JSONValue {
      seconds.map { .string(UTCTime(seconds: $0).rfc3339) } ?? .null
    }
    let rows = signers.map { signer -> JSONValue in
      var row: JSONObject = [
        "label": .string(signer.label), "public_key": .string(signer.key.line()),
        "fingerprint": .string(signer.key.fingerprint), "valid_after": time(signer.validAfter),
        "valid_before": time(signer.validBefore),
      ]
      if let scopes = signer.scopes { row["scopes"] = .array(scopes.map { .string($0) }) }
      return .object(row)
    }
    let list = revoked.sorted().map { JSONValue.string($0) }
    return canonical([
      "schema": .string(Self.schema), "signers": .array(rows), "revoked": .array(list),
    ]) + [0x0A]
  }

  private static func isFingerprint(_ text: String) -> Bool {
    text.hasPrefix("SHA256:") && text.utf8.count == 50
      && Base64.decode(String(text.dropFirst(7)) + "=")?.count == 32
  }

  static func malformed(_ place: String, _ expected: String) -> AttestationError {
    AttestationError(
      .trustedSignersMalformed, "expected \(expected)", place: place.isEmpty ? nil : place)
  }
}

extension TrustedSigners.Signer {
  fileprivate init(_ value: JSONValue, place: String) throws(AttestationError) {
    let row = try StrictObject(
      value, place: place,
      needed: ["label", "public_key", "fingerprint", "valid_after", "valid_before"],
      allowed: ["scopes"])
    label = try row.text("label")
    guard !label.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw TrustedSigners.malformed(place + "/label", "a text without control characters") }
    let line = try row.text("public_key")
    do throws(SigningError) {
      key = try SSHPublicKey.parse(line: line).key
    } catch {
      throw AttestationError(
        .trustedSignersMalformed, error.message, place: place + "/public_key")
    }
    guard key.ed25519 != nil, key.line().utf8.elementsEqual(line.utf8) else {
      throw TrustedSigners.malformed(
        place + "/public_key", "`ssh-ed25519 BASE64` without a comment")
    }
    guard try row.text("fingerprint") == key.fingerprint else {
      throw TrustedSigners.malformed(
        place + "/fingerprint", "the fingerprint of this public key, \(key.fingerprint)")
    }
    validAfter = try row.time("valid_after")
    validBefore = try row.time("valid_before")
    scopes = try row.texts("scopes")
  }

  /// Whether the row vouches for statements about this claim.
  func covers(_ claim: String) -> Bool {
    scopes?.contains {
      PatternList.fits(Array($0.utf8), Array(claim.utf8), anyByte: nil)
    } ?? true
  }

  /// Why the time is outside of the row's window; nil when it is inside.
  func failure(at time: Int64) -> AttestationError.Code? {
    if let validAfter, time < validAfter { return .signerNotYetValid }
    if let validBefore, time > validBefore { return .signerExpired }
    return nil
  }
}

/// An object that has the members it needs and none but those that are known.
private struct StrictObject {
  let object: JSONObject
  private let place: String

  init(
    _ value: JSONValue, place: String, needed: [String], allowed: [String]
  ) throws(AttestationError) {
    guard let object = value.object else { throw TrustedSigners.malformed(place, "an object") }
    for key in needed where object[key] == nil {
      throw TrustedSigners.malformed(place + "/" + key, "this member")
    }
    for key in object.keys where !(needed + allowed).contains(key) {
      throw AttestationError(
        .trustedSignersMalformed, "the member is not known", place: place + "/" + key)
    }
    self.object = object
    self.place = place
  }

  func text(_ key: String) throws(AttestationError) -> String {
    guard let text = object[key]?.string else {
      throw TrustedSigners.malformed(place + "/" + key, "a text")
    }
    return text
  }

  /// A list of texts; nil where the member is absent.
  func texts(_ key: String) throws(AttestationError) -> [String]? {
    guard let value = object[key] else { return nil }
    guard let rows = value.array else {
      throw TrustedSigners.malformed(place + "/" + key, "a list of texts")
    }
    var texts: [String] = []
    for row in rows {
      guard let text = row.string else {
        throw TrustedSigners.malformed(place + "/" + key, "a list of texts")
      }
      texts.append(text)
    }
    return texts
  }

  /// Unix seconds, or nil for null.
  func time(_ key: String) throws(AttestationError) -> Int64? {
    if let value = object[key], value.isNull { return nil }
    guard let time = UTCTime(anyRFC3339: try text(key)) else {
      throw TrustedSigners.malformed(place + "/" + key, "a time as in RFC 3339, or null")
    }
    return time.seconds
  }
}
