internal import Platform

extension KeyFolder {
  private var nextPath: String { Path.join(path, "key.next") }

  /// The key that is to come after the present one: made and on disk before anything names it.
  ///
  /// - Throws: `key_malformed`, `key_encrypted` for a file in its place that is none of ours, and
  ///   what the system says.
  public func nextKey(
    comment: String, randomBytes: (Int) -> [UInt8]
  ) throws(SigningError) -> Signer {
    if files.exists(nextPath) { return try Signer.named(nextPath, agent: nil) }
    var seed = randomBytes(32)
    let key = try SecretKey(wiping: &seed)
    try put(key, at: nextPath, comment: comment, check: randomBytes(4), replacing: false)
    return Signer(key, comment: comment)
  }

  /// Puts the next key in the place of the present one, which is kept beside it.
  ///
  /// - Parameters:
  ///   - last: Unix seconds at which the trust in the old key ends.
  ///   - now: Unix seconds from which the new one is trusted.
  /// - Returns: where the old private key lies; nil where there was no file of it.
  public func takeNextKey(
    _ next: SSHPublicKey, principal: String, retiring old: SSHPublicKey, at last: Int64, now: Int64
  ) throws(SigningError) -> String? {
    try trust.retire(old, at: last)
    try trust.add(TrustFile.Entry(principal: principal, key: next, validAfter: now))
    var kept: String?
    if hasKey {
      let place = Path.join(path, "key.retired-\(old.hex16)")
      // A second name, so that there is a key at every moment.
      do throws(PlatformError) {
        try files.link(keyPath, to: place)
      } catch {
        if error.code != .fileExists { throw SigningError(error) }
      }
      kept = place
    }
    let line = next.line(comment: principal) + "\n"
    try platform { () throws(PlatformError) in
      try files.rename(nextPath, to: keyPath)
      try files.write(Array(line.utf8), to: publicKeyPath, .durable, mode: 0o644)
      try files.syncDirectory(path)
    }
    return kept
  }
}
