/// Something that signs: a key read from a file, or one that an agent holds.
public struct Signer: Sendable {
  public let publicKey: SSHPublicKey
  /// The comment of the key file, which for our own keys is the principal; empty if unknown.
  public let comment: String
  private let source: Source

  private enum Source: Sendable {
    case file(Held)
    case agent(SSHAgent)
  }

  /// A class only because the key can't be copied and a signer is passed around.
  private final class Held: Sendable {
    let key: SecretKey
    init(_ key: consuming SecretKey) { self.key = key }
  }

  public init(_ key: consuming SecretKey, comment: String = "") {
    publicKey = key.publicKey
    self.comment = comment
    source = .file(Held(key))
  }

  /// A key that the agent is asked for when something has to be signed.
  public init(_ key: SSHPublicKey, in agent: SSHAgent, comment: String = "") {
    publicKey = key
    self.comment = comment
    source = .agent(agent)
  }

  /// The signature of 64 bytes over exactly these bytes.
  ///
  /// Throws what the agent throws.
  public func sign(_ bytes: [UInt8]) throws(SigningError) -> [UInt8] {
    switch source {
    case .file(let held): held.key.sign(bytes)
    case .agent(let agent): try agent.sign(bytes, by: publicKey)
    }
  }
}

extension Signer {
  /// The signer that a setting names: a private key file, a `.pub` file, or `key::TYPE BASE64`.
  ///
  /// A private key behind a passphrase and a bare public key are looked for in the agent.
  /// Throws `key_not_found`, `key_permissions`, `key_malformed`, `key_type_unsupported`,
  /// `key_encrypted`, and what the agent throws.
  public static func named(
    _ name: String, agent: SSHAgent?
  ) throws(SigningError) -> Signer {
    if name.hasPrefix("key::") {
      let (key, comment) = try SSHPublicKey.parse(line: String(name.dropFirst(5)))
      return try held(key, by: agent, comment: comment)
    }
    if name.hasSuffix(".pub") {
      let (key, comment) = try PublicKeyFile.read(name)
      return try held(key, by: agent, comment: comment)
    }
    switch try PrivateKeyFile.read(name) {
    case .secret(let key, let comment):
      return Signer(key, comment: comment)
    case .encrypted(let key):
      let encrypted = SigningError(
        .keyEncrypted, "the private key is behind a passphrase and the ssh-agent does not hold it",
        place: name, hint: "ssh-add \(name)")
      guard let agent, let found = try? agent.identities(),
        let identity = found.first(where: { $0.blob == key.blob })
      else { throw encrypted }
      return Signer(key, in: agent, comment: identity.comment)
    }
  }

  private static func held(
    _ key: SSHPublicKey, by agent: SSHAgent?, comment: String
  ) throws(SigningError) -> Signer {
    guard key.ed25519 != nil else {
      throw SigningError(.keyTypeUnsupported, "wf signs with Ed25519 keys, this is \(key.type)")
    }
    guard let agent else {
      throw AgentChannel.unavailable("this key is a public one, and there is no ssh-agent to ask")
    }
    return Signer(key, in: agent, comment: comment)
  }
}

/// Signs a message in a namespace and gives the armour, after checking it as a reader would.
///
/// Throws what the signer throws; `namespace_mismatch` for an empty namespace.
public func signArmoured(
  message: [UInt8], namespace: String = "git", key: Signer
) throws(SigningError) -> String {
  let space = Array(namespace.utf8)
  guard !space.isEmpty, !space.contains(0),
    let bytes = SSHSignature.signedBytes(message: message, namespace: space, hashName: "sha512")
  else { throw SigningError(.namespaceMismatch, "a namespace is a text that is not empty") }
  let signature = try key.sign(bytes)
  let text = SSHSignature.armour(
    publicKey: key.publicKey, namespace: space, signature: signature)
  // a fault of memory here would give away an unusable signature, or worse
  if let reason = try SSHSignature(armoured: Array(text.utf8))
    .failure(of: message, namespace: namespace)
  {
    throw SigningError(reason, "the signature just made does not hold")
  }
  return text
}
