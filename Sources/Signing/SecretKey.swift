internal import CSodium

/// An Ed25519 private key in locked memory, wiped when it goes; it has no text form but the file's.
@safe public struct SecretKey: ~Copyable, Sendable {
  /// seed(32) ‖ public key(32), libsodium's form.
  private let memory: LockedBytes
  public let publicKey: SSHPublicKey

  /// Derives the key pair from 32 bytes of seed.
  ///
  /// Throws `key_malformed` for another length.
  public init(seed: Span<UInt8>) throws(SigningError) {
    guard seed.count == 32 else {
      throw SigningError(.keyMalformed, "the seed of an Ed25519 key has 32 bytes")
    }
    var memory = try LockedBytes(count: 64)
    var half = [UInt8](repeating: 0, count: 32)
    // safe because C reads 32 bytes and writes 32 and 64, the sizes given above
    let status = unsafe seed.withUnsafeBufferPointer { source in
      unsafe memory.withMutablePointer { pair -> Int32 in
        guard let start = source.baseAddress else { return -1 }
        return unsafe crypto_sign_ed25519_seed_keypair(&half, pair, start)
      }
    }
    guard status == 0 else {
      throw SigningError(.keyMalformed, "no key pair can be derived from the seed")
    }
    self.memory = memory
    publicKey = SSHPublicKey(ed25519: half)
  }

  /// Derives the key pair from a seed and wipes it, as far as it is nobody else's copy.
  public init(wiping seed: inout [UInt8]) throws(SigningError) {
    try self.init(seed: seed.span)
    let count = seed.count
    unsafe seed.withUnsafeMutableBufferPointer { unsafe sodium_memzero($0.baseAddress, count) }
  }

  /// The detached signature, 64 bytes.
  public borrowing func sign(_ message: [UInt8]) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: 64)
    // safe because C writes 64 bytes and reads the given length and 64 bytes of key
    unsafe memory.withPointer { pair in
      _ = unsafe crypto_sign_ed25519_detached(
        &signature, nil, message, UInt64(message.count), pair)
    }
    return signature
  }

  /// Another key that follows from this one and a purpose; neither tells anything of the other.
  ///
  /// Its seed is BLAKE2b-256 of the purpose, keyed with this key's seed.
  public borrowing func derived(for purpose: String) throws(SigningError) -> SecretKey {
    var seed = try LockedBytes(count: 32)
    let label = Array(purpose.utf8)
    // safe because C writes 32 bytes, and reads the given length and the 32 bytes of seed
    let status = unsafe seed.withMutablePointer { out in
      unsafe memory.withPointer { own in
        unsafe crypto_generichash(out, 32, label, UInt64(label.count), own, 32)
      }
    }
    guard status == 0 else { throw SigningError(.keyMalformed, "no key can be derived") }
    return try seed.withSpan { (span) throws(SigningError) in try SecretKey(seed: span) }
  }

  /// seed(32) ‖ public key(32), for the private key file.
  borrowing func withPair<R: ~Copyable, E: Error>(
    _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try memory.withSpan(body)
  }
}
