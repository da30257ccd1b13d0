internal import Attestation
internal import Crypto
internal import JSON
internal import Platform
internal import Signing

/// Runs `cases.json` of a folder of DSSE rows (`wf.dsse-cases/1`).
///
/// Rows of kind `pae` give bytes and signatures over them, rows of kind `envelope` an envelope that
/// is checked twice: with the time it claims, and with a proven time demanded, where the row's
/// `strict_reason` is the answer if it has one. Throws when a table or a file cannot be read.
public func dsseCases(folder: String) throws -> [CaseResult] {
  return try caseRows(folder).map { row in
    switch row["kind"]?.string {
    case "pae": try EncodingRow(row).run()
    case "envelope": try EnvelopeRow(row, folder: folder).run()
    default: throw MalformedRow(name: row["name"]?.string ?? "?", member: "kind")
    }
  }
}

private struct EncodingRow {
  let row: JSONValue
  let name: String

  init(_ row: JSONValue) {
    self.row = row
    name = row["name"]?.string ?? "?"
  }

  func run() throws -> CaseResult {
    guard let type = row["type"]?.string else { throw MalformedRow(name: name, member: "type") }
    let bytes = preAuthenticationEncoding(type: type, body: try base64("body_base64"))
    var faults: [String] = []
    if row["pae_base64"] != nil, bytes != (try base64("pae_base64")) { faults.append("bytes") }
    if bytes.isEmpty || Hex.encode(SHA256.hash(data: bytes)) != row["pae_sha256"]?.string {
      faults.append("digest")
    }
    let key = SSHPublicKey(ed25519: try hex("ed25519_public_hex"))
    if !key.verifies(try hex("ed25519_signature_hex"), of: bytes) { faults.append("ed25519") }
    if row["p256_signature_raw_hex"] != nil, try !p256Holds(over: bytes) { faults.append("p256") }
    return CaseResult(
      name: name, passed: faults.isEmpty, expected: "good",
      got: faults.isEmpty ? "good" : "other " + faults.joined(separator: ", "))
  }

  private func p256Holds(over bytes: [UInt8]) throws -> Bool {
    let point = [4] + (try hex("p256_public_x_hex")) + (try hex("p256_public_y_hex"))
    let key = try P256.Signing.PublicKey(x963Representation: point)
    let signature = try P256.Signing.ECDSASignature(
      rawRepresentation: try hex("p256_signature_raw_hex"))
    return key.isValidSignature(signature, for: bytes)
  }

  private func base64(_ member: String) throws -> [UInt8] {
    guard let bytes = row[member]?.string.flatMap({ Base64.decode($0) }) else {
      throw MalformedRow(name: name, member: member)
    }
    return bytes
  }

  private func hex(_ member: String) throws -> [UInt8] {
    guard let bytes = row[member]?.string.flatMap({ Hex.decode($0) }) else {
      throw MalformedRow(name: name, member: member)
    }
    return bytes
  }
}

private struct EnvelopeRow {
  let row: JSONValue
  let folder: String
  let name: String

  init(_ row: JSONValue, folder: String) {
    self.row = row
    self.folder = folder
    name = row["name"]?.string ?? "?"
  }

  func run() throws -> CaseResult {
    let reason = try reason(demanding: .claimed)
    var fault: String?
    let strict = try self.reason(demanding: .proven(nil))
    if let wanted = row["strict_reason"]?.string {
      if strict?.rawValue ?? "ok" != wanted {
        fault = "with a proven time demanded \(strict?.rawValue ?? "ok") and not \(wanted)"
      }
    } else if strict != reason {
      fault = "with a proven time demanded \(strict?.rawValue ?? "ok")"
    }
    return Expectation(row).judge(reason?.rawValue, also: fault)
  }

  /// The code with which the envelope is refused; nil when it is good.
  private func reason(demanding time: TimeDemand) throws -> AttestationError.Code? {
    guard let now = row["now"]?.string.flatMap({ UTCTime(rfc3339: $0) }) else {
      throw MalformedRow(name: name, member: "now")
    }
    let envelope = try bytes("envelope")
    let signers = try bytes("trusted_signers")
    let members = try members()
    do throws(AttestationError) {
      _ = try Envelope(parsing: envelope).verify(
        by: TrustedSigners(parsing: signers), of: AttestedPackage(members: members),
        now: now.seconds, time: time)
      return nil
    } catch {
      return error.code
    }
  }

  private func members() throws -> [String: [UInt8]] {
    let package = Path.join(folder, try text("package"))
    let names = try FileSystem().list(package).compactMap(\.name)
    return Dictionary(
      uniqueKeysWithValues: try names.map { ($0, try mappedBytes(Path.join(package, $0))) })
  }

  private func bytes(_ member: String) throws -> [UInt8] {
    try mappedBytes(Path.join(folder, try text(member)))
  }

  private func text(_ member: String) throws -> String {
    guard let text = row[member]?.string else { throw MalformedRow(name: name, member: member) }
    return text
  }
}
