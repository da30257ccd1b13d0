public import Platform

/// The user's own folder: key, trust, revocation and secret (CLI.md, "the user's own files").
public struct KeyFolder: Sendable {
  public let path: String
  let files: FileSystem

  public init(path: String, files: FileSystem = FileSystem()) {
    self.path = path
    self.files = files
  }

  /// The folder that the environment names: `WF_CONFIG_DIR`, else `$XDG_CONFIG_HOME/wf`, else
  /// `~/.config/wf`.
  ///
  /// Throws `config_folder_unknown` where none of the three is set.
  public init(
    environment: [String: String], files: FileSystem = FileSystem()
  ) throws(SigningError) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let own = value("WF_CONFIG_DIR") {
      self.init(path: own, files: files)
    } else if let base = value("XDG_CONFIG_HOME"), base.hasPrefix("/") {
      self.init(path: Path.join(base, "wf"), files: files)
    } else if let home = value("HOME") {
      self.init(path: Path.join(home, ".config/wf"), files: files)
    } else {
      throw SigningError(
        .configFolderUnknown, "no folder for keys can be named", hint: "set WF_CONFIG_DIR")
    }
  }

  public var keyPath: String { Path.join(path, "key") }
  public var publicKeyPath: String { Path.join(path, "key.pub") }
  public var logKeyPath: String { Path.join(path, "log_key") }
  public var secretPath: String { Path.join(path, "secret") }
  public var revokedPath: String { Path.join(path, "revoked") }
  public var settingsPath: String { Path.join(path, "settings") }
  public var policyPath: String { Path.join(path, "signing_policy.json") }
  public var trust: TrustFile { TrustFile(path: Path.join(path, "allowed_signers"), files: files) }

  /// Makes the folder, 0700, where it is not there.
  public func make() throws(SigningError) {
    try platform { () throws(PlatformError) in _ = try files.makeDirectories(path, mode: 0o700) }
  }

  /// Whether the user has a signing key here.
  public var hasKey: Bool { files.exists(keyPath) }

  /// The user's revocation list; one that is not there is empty, one that can't be read has a fault.
  public func revocation() -> RevocationList {
    do throws(PlatformError) {
      if try files.statusIfPresent(revokedPath, followingLinks: false) == nil { return .empty }
    } catch {
      // what cannot be looked at is there for all we know
      return RevocationList(
        unreadable: SigningError(.revocationListMalformed, error.message, place: revokedPath))
    }
    return Self.revocationList(at: revokedPath, files: files)
  }

  /// The revocation list in a file that the user names; one that is not there has a fault too.
  public static func revocationList(
    at path: String, files: FileSystem = FileSystem()
  ) -> RevocationList {
    do throws(PlatformError) {
      return RevocationList(
        parsing: try files.read(path, limit: RevocationList.maximumBytes), place: path)
    } catch {
      return RevocationList(
        unreadable: SigningError(.revocationListMalformed, error.message, place: path))
    }
  }

  /// The user's signing policy; nil where there is none.
  ///
  /// Throws `signing_policy_malformed`, and what the system says: a policy that cannot be read is none
  /// that lets everybody through.
  public func policy() throws(SigningError) -> SigningPolicy? {
    let bytes = try platform { () throws(PlatformError) in
      try files.readIfPresent(policyPath, limit: SigningPolicy.maximumBytes)
    }
    return try bytes.map { (bytes) throws(SigningError) in
      try SigningPolicy(parsing: bytes, place: policyPath)
    }
  }

  /// The signing policy in a file that the user names.
  public static func policy(
    at path: String, files: FileSystem = FileSystem()
  ) throws(SigningError) -> SigningPolicy {
    let bytes: [UInt8]
    do throws(PlatformError) {
      bytes = try files.read(path, limit: SigningPolicy.maximumBytes)
    } catch {
      throw SigningError(error)
    }
    return try SigningPolicy(parsing: bytes, place: path)
  }

  /// The user's public key and its comment, from `key.pub` or else from the key itself.
  ///
  /// Throws `key_not_found`, `key_malformed` and what reading the private key throws.
  public func publicKey() throws(SigningError) -> (key: SSHPublicKey, comment: String) {
    if files.exists(publicKeyPath) { return try PublicKeyFile.read(publicKeyPath, files: files) }
    switch try PrivateKeyFile.read(keyPath) {
    case .secret(let key, let comment): return (key.publicKey, comment)
    case .encrypted(let key): return (key, "")
    }
  }

  /// The user's signer: `key`, or the agent where that is behind a passphrase or only `key.pub` is
  /// there.
  public func signer(agent: SSHAgent?) throws(SigningError) -> Signer {
    if !hasKey, files.exists(publicKeyPath) {
      return try Signer.named(publicKeyPath, agent: agent)
    }
    return try Signer.named(keyPath, agent: agent)
  }

  func platform<R>(_ body: () throws(PlatformError) -> R) throws(SigningError) -> R {
    do throws(PlatformError) {
      return try body()
    } catch {
      throw SigningError(error)
    }
  }
}

extension KeyFolder {
  /// A key that was just made.
  public struct Made: Sendable {
    public let key: SSHPublicKey
    public let principal: String
    public let path: String
  }

  /// Makes an Ed25519 key: `key` (0600) and `key.pub`, and a line for it in `allowed_signers`.
  ///
  /// - Parameters:
  ///   - principal: the comment and the trusted identity; nil: `HEX16@keys.invalid`.
  ///   - randomBytes: from which the seed comes.
  ///   - now: Unix seconds, from which the trust line is valid; nil: for all times.
  ///   - replacing: whether a key that is there may go; its `.pub` and trust line stay trusted.
  /// - Throws: `key_exists`, `principal_invalid`, and what the system says.
  public func generateKey(
    principal: String? = nil, randomBytes: (Int) -> [UInt8], now: Int64?, replacing: Bool = false
  ) throws(SigningError) -> Made {
    if !replacing, hasKey {
      throw SigningError(
        .keyExists, "there is a key already", place: keyPath,
        hint: "wf key show prints it; --force puts a new one in its place")
    }
    var seed = randomBytes(32)
    let key = try SecretKey(wiping: &seed)
    let publicKey = key.publicKey
    let name = principal ?? publicKey.defaultPrincipal
    let entry = TrustFile.Entry(principal: name, key: publicKey, validAfter: now)
    _ = try entry.line()
    try make()
    try put(key, at: keyPath, comment: name, check: randomBytes(4), replacing: replacing)
    let line = publicKey.line(comment: name) + "\n"
    try platform { () throws(PlatformError) in
      try files.write(Array(line.utf8), to: publicKeyPath, .durable, mode: 0o644)
    }
    try trust.add(entry)
    // with the others, so that a first commit need not wait for one more file
    if !files.exists(logKeyPath) { try makeLogKey(randomBytes: randomBytes) }
    return Made(key: publicKey, principal: name, path: keyPath)
  }

  /// Writes a private key, 0600; one that is there is replaced only where that is said.
  func put(
    _ key: borrowing SecretKey, at keyPath: String, comment: String, check: [UInt8],
    replacing: Bool
  ) throws(SigningError) {
    let number = check.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let text = try PrivateKeyFile.text(of: key, comment: comment, check: number)
    let temporary = files.temporaryName(beside: keyPath)
    defer { try? files.remove(temporary) }
    try PrivateKeyFile.write(text, to: temporary)
    do throws(PlatformError) {
      if replacing {
        try files.rename(temporary, to: keyPath)
      } else {
        // a link, unlike a rename, never takes the place of a key that came in between
        try files.link(temporary, to: keyPath)
      }
      try files.syncDirectory(path)
    } catch {
      if error.code == .fileExists {
        throw SigningError(.keyExists, "there is a key already", place: keyPath)
      }
      throw SigningError(error)
    }
  }

  /// The 32 bytes from which salts are derived, made at first use.
  ///
  /// Throws `secret_malformed` for a file of another size, `key_permissions` where others can read
  /// it, and what the system says.
  public func secret(randomBytes: (Int) -> [UInt8]) throws(SigningError) -> [UInt8] {
    if let bytes = try readSecret() { return bytes }
    try make()
    let temporary = files.temporaryName(beside: secretPath)
    defer { try? files.remove(temporary) }
    do throws(PlatformError) {
      let writer = try files.create(temporary, mode: 0o600)
      try writer.append(randomBytes(32))
      try writer.finish(durably: true)
      try files.link(temporary, to: secretPath)
      try files.syncDirectory(path)
    } catch {
      // another process was first: its secret is the one
      if error.code != .fileExists { throw SigningError(error) }
    }
    guard let bytes = try readSecret() else {
      throw SigningError(.secretMalformed, "the secret vanished", place: secretPath)
    }
    return bytes
  }

  private func readSecret() throws(SigningError) -> [UInt8]? {
    let (bytes, status) = try platform { () throws(PlatformError) in
      (try files.readIfPresent(secretPath, limit: 1 << 16), try files.statusIfPresent(secretPath))
    }
    guard let bytes, let status else { return nil }
    guard bytes.count == 32 else {
      throw SigningError(.secretMalformed, "the secret has 32 bytes", place: secretPath)
    }
    guard status.mode & 0o077 == 0 else {
      throw SigningError(
        .keyPermissions, "others can read this secret", place: secretPath,
        hint: "chmod 600 \(secretPath)")
    }
    return bytes
  }
}
