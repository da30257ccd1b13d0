import Platform
import Signing
import TestSupport

/// Keys and files that the tests of this target share; every seed is fixed.
enum Samples {
  static func signer(_ number: UInt8, comment: String = "") throws -> Signer {
    let seed = [UInt8](repeating: number, count: 32)
    return Signer(try SecretKey(seed: seed.span), comment: comment)
  }

  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// `PRINCIPAL OPTIONS KEY`, one line.
  static func trust(
    _ principal: String, _ key: SSHPublicKey, options: String = ""
  ) throws -> AllowedSigners {
    let line = [principal, options, key.line()].filter { !$0.isEmpty }.joined(separator: " ")
    return try AllowedSigners(parsing: Array((line + "\n").utf8), zone: .utc)
  }

  /// A private key file, mode 0600, in a folder.
  static func writeKey(
    _ number: UInt8, comment: String, at path: String
  ) throws {
    let seed = [UInt8](repeating: number, count: 32)
    let text = try PrivateKeyFile.text(
      of: try SecretKey(seed: seed.span), comment: comment, check: 0x0102_0304)
    var bytes: [UInt8] = []
    for index in 0..<text.count { bytes.append(text[index]) }
    try FileSystem().write(bytes, to: path, .atomic, mode: 0o600)
  }

  static func parse(_ text: [UInt8]) throws(SigningError) -> (key: SSHPublicKey, comment: String) {
    switch try PrivateKeyFile.parse(text.span) {
    case .secret(let key, let comment): (key.publicKey, comment)
    case .encrypted: throw SigningError(.keyEncrypted, "encrypted")
    }
  }
}

/// The code of the error that some work ends in; nil when it ends well.
func code(_ work: () throws -> Void) -> SigningError.Code? {
  do {
    try work()
    return nil
  } catch let error as SigningError {
    return error.code
  } catch {
    return nil
  }
}
