import Attestation
import JSON
import Platform
import Signing
import TestSupport

/// The package of the DSSE rows, keys of fixed seeds, and envelopes made with them.
enum Samples {
  /// A moment inside of every window here: 2026-05-04T10:00:00Z.
  static let now: Int64 = 1_777_888_800

  static func members() throws -> [String: [UInt8]] {
    let folder = Fixtures.path("signing/dsse/package")
    let names = try FileSystem().list(folder).compactMap(\.name)
    return Dictionary(
      uniqueKeysWithValues: try names.map { ($0, try Fixtures.read(folder + "/" + $0)) })
  }

  static func package(_ version: AttestedPackage.Version? = nil) throws -> AttestedPackage {
    try AttestedPackage(members: try members(), version: version)
  }

  static let version = AttestedPackage.Version(
    commit: String(repeating: "ab", count: 32), tree: String(repeating: "cd", count: 32), date: now)

  static func signer(_ number: UInt8) throws -> Signer {
    let seed = [UInt8](repeating: number, count: 32)
    return Signer(try SecretKey(seed: seed.span))
  }

  /// An envelope over any payload, with a signature of each signer.
  static func envelope(
    _ payload: [UInt8], by numbers: [UInt8] = [1], keyID: ((Signer) -> String?)? = nil
  ) throws -> Envelope {
    let message = preAuthenticationEncoding(type: Envelope.inTotoType, body: payload)
    let signatures = try numbers.map { number in
      let key = try signer(number)
      return Envelope.Signature(
        keyID: keyID.map { $0(key) } ?? key.publicKey.fingerprint, bytes: try key.sign(message))
    }
    return Envelope(
      payload: payload, payloadType: Envelope.inTotoType, signatures: signatures)
  }

  /// The statement about the package, with members of its JSON changed.
  static func payload(
    _ version: AttestedPackage.Version? = nil, change: (inout JSONObject) -> Void = { _ in }
  ) throws -> [UInt8] {
    let bytes = try EvidenceStatement(about: try package(version), now: now).encoded()
    var object = try JSONValue.parse(bytes).object ?? [:]
    change(&object)
    return try CanonicalJSON.bytes(.object(object))
  }

  /// One row of a file of trusted signers.
  struct Row {
    var number: UInt8 = 1
    var after: String?
    var before: String?
    var scopes: [String]?

    func json() throws -> JSONValue {
      let key = try signer(number).publicKey
      var row: JSONObject = [
        "label": "lab \(number)", "public_key": .string(key.line()),
        "fingerprint": .string(key.fingerprint),
        "valid_after": after.map { .string($0) } ?? .null,
        "valid_before": before.map { .string($0) } ?? .null,
      ]
      if let scopes { row["scopes"] = .array(scopes.map { .string($0) }) }
      return .object(row)
    }
  }

  static func trusted(_ rows: [Row] = [Row()], revoked: [UInt8] = []) throws -> TrustedSigners {
    let prints = try revoked.map { JSONValue.string(try signer($0).publicKey.fingerprint) }
    return try TrustedSigners(
      parsing: try CanonicalJSON.bytes([
        "schema": .string(TrustedSigners.schema), "signers": .array(try rows.map { try $0.json() }),
        "revoked": .array(prints),
      ]))
  }
}

/// The code of the error that some work ends in; nil when it ends well or in another one.
func code(_ work: () throws -> Void) -> AttestationError.Code? {
  do {
    try work()
    return nil
  } catch let error as AttestationError {
    return error.code
  } catch {
    return nil
  }
}
