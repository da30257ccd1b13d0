internal import Platform

// The key of the log of tips: `log_key`, never the one that signs commits (SIGNING.md §8).
extension KeyFolder {
  /// The signer of the log that this user keeps in one store; `log_key` is made at first use.
  ///
  /// Each store gets a key of its own, derived from `log_key` and the store's id. One key for all
  /// would sign a different history in each of them under one name, and whoever saw two of them would
  /// have to call that a fork.
  ///
  /// Throws what reading a private key throws, and what the system says.
  public func logSigner(
    store id: String, randomBytes: (Int) -> [UInt8]
  ) throws(SigningError) -> Signer {
    try derivedSigner("wf log of tips " + id, randomBytes)
  }

  /// The signer of cosignatures, derived from `log_key` too.
  ///
  /// Throws as above.
  public func witnessSigner(randomBytes: (Int) -> [UInt8]) throws(SigningError) -> Signer {
    try derivedSigner("wf witness", randomBytes)
  }

  private func derivedSigner(
    _ purpose: String, _ randomBytes: (Int) -> [UInt8]
  ) throws(SigningError) -> Signer {
    if !files.exists(logKeyPath) { try makeLogKey(randomBytes: randomBytes) }
    switch try PrivateKeyFile.read(logKeyPath) {
    case .secret(let key, _): return Signer(try key.derived(for: purpose))
    case .encrypted:
      throw SigningError(
        .keyEncrypted, "the key of logs cannot be behind a passphrase", place: logKeyPath,
        hint: "ssh-keygen -p -f \(logKeyPath) takes it away")
    }
  }

  func makeLogKey(randomBytes: (Int) -> [UInt8]) throws(SigningError) {
    var seed = randomBytes(32)
    let key = try SecretKey(wiping: &seed)
    try make()
    do throws(SigningError) {
      try put(key, at: logKeyPath, comment: "wf log", check: randomBytes(4), replacing: false)
    } catch {
      // another process was first: its key is the one
      if error.code != .keyExists { throw error }
    }
  }
}
