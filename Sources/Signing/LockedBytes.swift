internal import CSodium

/// Memory for secrets: between guard pages, kept from the swap where the system lets us, wiped when
/// it goes.
///
/// libsodium, "Secure memory".
@safe package struct LockedBytes: ~Copyable, @unchecked Sendable {
  // safe because the pointer is ours alone, never leaves this file but inside a closure, and the
  // bytes change only while the owner is borrowed exclusively
  private let memory: UnsafeMutablePointer<UInt8>
  package let count: Int

  /// Zeroed memory for `count` bytes.
  package init(count: Int) throws(SigningError) {
    guard sodium_init() >= 0, let raw = unsafe sodium_malloc(max(count, 1)) else {
      throw SigningError(.memoryUnavailable, "no memory can be kept for a secret")
    }
    unsafe memory = raw.bindMemory(to: UInt8.self, capacity: max(count, 1))
    unsafe memory.initialize(repeating: 0, count: max(count, 1))
    self.count = count
  }

  deinit { unsafe sodium_free(memory) }

  package borrowing func withSpan<R: ~Copyable, E: Error>(
    _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    let buffer = unsafe UnsafeBufferPointer(start: memory, count: count)
    return try body(unsafe buffer.span)
  }

  /// For C functions that read the bytes; the pointer is good within `body` only.
  @unsafe borrowing func withPointer<R, E: Error>(
    _ body: (UnsafePointer<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try unsafe body(UnsafePointer(memory))
  }

  /// For C functions that fill the bytes; the pointer is good within `body` only.
  @unsafe mutating func withMutablePointer<R, E: Error>(
    _ body: (UnsafeMutablePointer<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try unsafe body(memory)
  }

  package subscript(index: Int) -> UInt8 {
    get {
      precondition(index >= 0 && index < count, "index inside the memory")
      return unsafe memory[index]
    }
    set {
      precondition(index >= 0 && index < count, "index inside the memory")
      unsafe memory[index] = newValue
    }
  }

  /// The bytes of base64 text in which only LF may stand between the characters.
  static func decodingBase64(_ text: Span<UInt8>) throws(SigningError) -> LockedBytes? {
    let capacity = text.count / 4 * 3 + 3
    var decoded = try LockedBytes(count: capacity)
    var count = 0
    let status = unsafe text.withUnsafeBufferPointer { source in
      unsafe decoded.withMutablePointer { target in
        unsafe source.withMemoryRebound(to: CChar.self) { characters in
          unsafe sodium_base642bin(
            target, capacity, characters.baseAddress, characters.count, "\n", &count, nil,
            sodium_base64_VARIANT_ORIGINAL)
        }
      }
    }
    guard status == 0 else { return nil }
    var exact = try LockedBytes(count: count)
    for index in 0..<count { exact[index] = decoded[index] }
    return exact
  }

  /// Base64 text of the bytes, without a newline at its end.
  borrowing func base64() throws(SigningError) -> LockedBytes {
    // sodium's own size holds the NUL that it writes behind the text
    let size = sodium_base64_encoded_len(count, sodium_base64_VARIANT_ORIGINAL)
    var encoded = try LockedBytes(count: size)
    unsafe encoded.withMutablePointer { target in
      unsafe target.withMemoryRebound(to: CChar.self, capacity: size) { characters in
        _ = unsafe sodium_bin2base64(
          characters, size, memory, count, sodium_base64_VARIANT_ORIGINAL)
      }
    }
    var text = try LockedBytes(count: size - 1)
    for index in 0..<(size - 1) { text[index] = encoded[index] }
    return text
  }
}
