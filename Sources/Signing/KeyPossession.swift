/// The proof that somebody who is listed as a signer has the key (SIGNING.md §8, key history).
///
/// An armoured SSHSIG, namespace `wf-key`, over principal, parent commit and fingerprint, a line each,
/// so that it fits one place of one history alone.
public enum KeyPossession {
  static let namespace = "wf-key"

  /// - Parameter parent: hex id of the commit before the one that lists the key; 64 zeros for a root.
  static func statement(principal: String, parent: String, key: SSHPublicKey) -> [UInt8] {
    Array("wf key\n\(principal)\n\(parent)\n\(key.fingerprint)\n".utf8)
  }

  /// Throws what the signer throws.
  public static func prove(
    principal: String, parent: String, signer: Signer
  ) throws(SigningError) -> String {
    try signArmoured(
      message: statement(principal: principal, parent: parent, key: signer.publicKey),
      namespace: namespace, key: signer)
  }

  /// Whether `proof` is this key's for this place.
  public static func holds(
    _ proof: [UInt8], principal: String, parent: String, key: SSHPublicKey
  ) -> Bool {
    guard let signature = try? SSHSignature(armoured: proof), signature.publicKey == key else {
      return false
    }
    return signature.failure(
      of: statement(principal: principal, parent: parent, key: key), namespace: namespace) == nil
  }
}
