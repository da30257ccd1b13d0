internal import Glibc
internal import Platform

/// OpenSSH's own private key file without a passphrase (PROTOCOL.key), for Ed25519.
///
/// Secrets stay in locked memory from the file to the key and back.
package enum PrivateKeyFile {
  private static let header = "-----BEGIN OPENSSH PRIVATE KEY-----\n"
  private static let footer = "-----END OPENSSH PRIVATE KEY-----"
  private static let magic = Array("openssh-key-v1".utf8) + [0]
  /// Far above the largest RSA key.
  static let maximumBytes = 64 << 10

  /// What a file holds.
  package enum Contents: ~Copyable {
    case secret(SecretKey, comment: String)
    /// Behind a passphrase; the public key stands in clear.
    case encrypted(SSHPublicKey)
  }

  /// Reads a key file that belongs to the user and that nobody else may touch.
  ///
  /// Throws `key_not_found`, `key_permissions`, `key_malformed`, `key_type_unsupported`.
  package static func read(_ path: String) throws(SigningError) -> Contents {
    let text = try load(path)
    do throws(SigningError) {
      return try text.withSpan { (span) throws(SigningError) in try parse(span) }
    } catch {
      throw error.at(path)
    }
  }

  /// Reads the text of a key file.
  package static func parse(_ text: Span<UInt8>) throws(SigningError) -> Contents {
    guard let body = bodyRange(text), isOneBlock(text, body),
      let blob = try LockedBytes.decodingBase64(text.extracting(body))
    else {
      throw SigningError(
        .keyMalformed, "this is no private key file in OpenSSH's form",
        hint: "ssh-keygen -p -f FILE writes other private keys anew in that form")
    }
    return try blob.withSpan { (span) throws(SigningError) in
      do throws(WireError) {
        return try contents(span)
      } catch {
        throw SigningError(.keyMalformed, "the private key file is damaged")
      }
    }.get()
  }

  /// A key that was read, or a fault with a reason of its own.
  private enum Reading: ~Copyable {
    case contents(Contents)
    case fault(SigningError)

    consuming func get() throws(SigningError) -> Contents {
      switch consume self {
      case .contents(let contents): return contents
      case .fault(let error): throw error
      }
    }
  }

  private static func contents(_ bytes: Span<UInt8>) throws(WireError) -> Reading {
    var cursor = WireCursor(0..<bytes.count)
    guard equal(bytes, try cursor.take(magic.count), magic) else { throw WireError() }
    let cipher = try cursor.string(in: bytes)
    let derivation = try cursor.string(in: bytes)
    let parameters = try cursor.string(in: bytes)
    guard try cursor.u32(in: bytes) == 1 else { throw WireError() }
    let publicKey = try SSHPublicKey(wire: copy(bytes, try cursor.string(in: bytes)))
    let secret = try cursor.string(in: bytes)
    guard equal(bytes, cipher, Array("none".utf8)) else {
      guard !cipher.isEmpty, !secret.isEmpty else { throw WireError() }
      return .contents(.encrypted(publicKey))
    }
    try cursor.finish()
    guard equal(bytes, derivation, Array("none".utf8)), parameters.isEmpty else {
      throw WireError()
    }
    guard let half = publicKey.ed25519 else {
      return .fault(
        SigningError(.keyTypeUnsupported, "wf signs with Ed25519 keys, this is \(publicKey.type)"))
    }
    return try secretPart(bytes, secret, publicKey: publicKey, half: half)
  }

  private static func secretPart(
    _ bytes: Span<UInt8>, _ range: Range<Int>, publicKey: SSHPublicKey, half: [UInt8]
  ) throws(WireError) -> Reading {
    guard range.count % 8 == 0 else { throw WireError() }
    var cursor = WireCursor(range)
    let check = try cursor.u32(in: bytes)
    guard try cursor.u32(in: bytes) == check,
      equal(bytes, try cursor.string(in: bytes), Array(SSHPublicKey.ed25519Type.utf8)),
      equal(bytes, try cursor.string(in: bytes), half)
    else { throw WireError() }
    let pair = try cursor.string(in: bytes)
    guard pair.count == 64, equal(bytes, pair.dropFirst(32), half) else { throw WireError() }
    let comment = copy(bytes, try cursor.string(in: bytes))
    guard cursor.remaining < 8, !comment.contains(0) else {
      throw WireError()
    }
    for (index, place) in (cursor.offset..<cursor.end).enumerated() {
      guard bytes[place] == UInt8(index + 1) else { throw WireError() }
    }
    let seed = bytes.extracting(pair.prefix(32))
    guard let key = try? SecretKey(seed: seed) else { throw WireError() }
    // a public half that is not the seed's makes Ed25519 give the private key away
    guard key.publicKey == publicKey else { throw WireError() }
    return .contents(.secret(key, comment: String(decoding: comment, as: UTF8.self)))
  }

  private static func equal(_ bytes: Span<UInt8>, _ range: Range<Int>, _ other: [UInt8]) -> Bool {
    guard range.count == other.count else { return false }
    var difference: UInt8 = 0
    for (index, place) in range.enumerated() { difference |= bytes[place] ^ other[index] }
    return difference == 0
  }

  private static func copy(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    range.map { bytes[$0] }
  }

  /// Where the base64 stands, between header and footer; nil where one of them is not as it must be.
  private static func bodyRange(_ text: Span<UInt8>) -> Range<Int>? {
    var end = text.count
    if end > 0, text[end - 1] == 0x0A { end -= 1 }
    let last = Array(("\n" + footer).utf8)
    let start = header.utf8.count
    guard end - last.count > start, equal(text, 0..<start, Array(header.utf8)),
      equal(text, (end - last.count)..<end, last)
    else { return nil }
    return start..<(end - last.count)
  }

  /// Whether no line between header and footer is empty.
  private static func isOneBlock(_ text: Span<UInt8>, _ body: Range<Int>) -> Bool {
    var previous: UInt8 = 0x0A
    for index in body {
      if text[index] == 0x0A, previous == 0x0A { return false }
      previous = text[index]
    }
    return previous != 0x0A
  }
}

extension PrivateKeyFile {
  /// The file's text for a key; `check` is a random number that stands in it twice.
  package static func text(
    of key: borrowing SecretKey, comment: String, check: UInt32
  ) throws(SigningError) -> LockedBytes {
    var front = SSHWriter()
    front.u32(check)
    front.u32(check)
    front.string(SSHPublicKey.ed25519Type)
    front.string(key.publicKey.ed25519 ?? [])
    front.u32(64)
    var back = SSHWriter()
    back.string(comment)
    let secretCount = front.bytes.count + 64 + back.bytes.count
    let padding = (8 - secretCount % 8) % 8
    back.raw((0..<padding).map { UInt8($0 + 1) })

    var head = SSHWriter()
    head.raw(magic)
    head.string("none")
    head.string("none")
    head.string("")
    head.u32(1)
    head.string(key.publicKey.blob)
    head.u32(UInt32(secretCount + padding))

    var blob = try LockedBytes(
      count: head.bytes.count + front.bytes.count + 64 + back.bytes.count)
    var at = 0
    for byte in head.bytes + front.bytes {
      blob[at] = byte
      at += 1
    }
    key.withPair { pair in
      for index in 0..<64 { blob[at + index] = pair[index] }
    }
    at += 64
    for byte in back.bytes {
      blob[at] = byte
      at += 1
    }
    return try armour(try blob.base64())
  }

  private static func armour(_ base64: consuming LockedBytes) throws(SigningError) -> LockedBytes {
    let head = Array(header.utf8)
    let foot = Array((footer + "\n").utf8)
    let breaks = (base64.count + 69) / 70
    var text = try LockedBytes(count: head.count + base64.count + breaks + foot.count)
    var at = 0
    for byte in head {
      text[at] = byte
      at += 1
    }
    for index in 0..<base64.count {
      text[at] = base64[index]
      at += 1
      if index % 70 == 69 || index == base64.count - 1 {
        text[at] = 0x0A
        at += 1
      }
    }
    for byte in foot {
      text[at] = byte
      at += 1
    }
    return text
  }
}

extension PrivateKeyFile {
  /// The bytes of a file that only its owner can touch, straight into locked memory.
  private static func load(_ path: String) throws(SigningError) -> LockedBytes {
    guard !path.utf8.contains(0) else {
      throw SigningError(.keyNotFound, "there is no key file", place: path)
    }
    // safe because the path is a Swift string, ended by NUL for C
    let descriptor = afterSignals {
      unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    }
    if descriptor < 0 {
      let number = errno
      if number == ENOENT || number == ENOTDIR {
        throw SigningError(
          .keyNotFound, "there is no key file", place: path, hint: "wf key generate makes one")
      }
      throw SigningError(PlatformError(errno: number, doing: "read this key", place: path))
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size <= maximumBytes
    else {
      throw SigningError(.keyMalformed, "this is no private key file", place: path)
    }
    guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
      throw SigningError(
        .keyPermissions, "others can read or change this private key", place: path,
        hint: "chmod 600 \(path)")
    }
    return try fill(descriptor, count: Int(status.st_size), path)
  }

  private static func fill(
    _ descriptor: Int32, count: Int, _ path: String
  ) throws(SigningError) -> LockedBytes {
    var bytes = try LockedBytes(count: count)
    var done = 0
    while done < count {
      // safe because at most the rest of the memory is asked for
      let got = unsafe bytes.withMutablePointer {
        unsafe Glibc.read(descriptor, $0 + done, count - done)
      }
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else {
        throw SigningError(.keyMalformed, "the key file became shorter while read", place: path)
      }
      done += got
    }
    return bytes
  }

  /// Writes a new file with mode 0600 that reaches the disk before this returns.
  ///
  /// Past Platform's writer, because that one holds what it writes in memory that is not wiped.
  static func write(_ text: borrowing LockedBytes, to path: String) throws(SigningError) {
    let descriptor = afterSignals {
      unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(0o600))
    }
    if descriptor < 0 {
      throw SigningError(PlatformError(errno: errno, doing: "write this key", place: path))
    }
    defer { close(descriptor) }
    var done = 0
    let count = text.count
    while done < count {
      // safe because C reads no further than the end of the memory
      let put = unsafe text.withPointer { unsafe Glibc.write(descriptor, $0 + done, count - done) }
      if put < 0 && errno == EINTR { continue }
      if put < 0 {
        throw SigningError(PlatformError(errno: errno, doing: "write this key", place: path))
      }
      done += put
    }
    if afterSignals({ fsync(descriptor) }) != 0 {
      throw SigningError(PlatformError(errno: errno, doing: "write this key", place: path))
    }
  }
}

/// Makes a system call again after a signal.
private func afterSignals(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
