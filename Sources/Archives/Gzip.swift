/// Takes the bytes that a writer makes, piece by piece.
public typealias ArchiveSink = ([UInt8]) throws -> Void

/// Writes one gzip member (RFC 1952) without name and time, so that equal input is equal output.
public final class GzipWriter {
  private let sink: ArchiveSink
  private let stream = DeflateStream()
  private var checksum = Checksum32()
  private var size: UInt32 = 0
  private var hasBegun = false

  public init(to sink: @escaping ArchiveSink) { self.sink = sink }

  public func append(_ bytes: [UInt8]) throws {
    try begin()
    checksum.update(bytes)
    size &+= UInt32(truncatingIfNeeded: bytes.count)
    let packed = stream.append(bytes, isLast: false)
    if !packed.isEmpty { try sink(packed) }
  }

  public func finish() throws {
    try begin()
    var rest = stream.append([], isLast: true)
    rest.appendLittleEndian(checksum.value)
    rest.appendLittleEndian(size)
    try sink(rest)
  }

  private func begin() throws {
    if hasBegun { return }
    hasBegun = true
    // Deflate, no flags, no time, no level, system unknown.
    try sink([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF])
  }
}

/// Reads one gzip member that is the whole archive.
final class GzipReader {
  private let data: ArchiveData
  private let stream = InflateStream()
  private var at: Int
  private var checksum = Checksum32()
  private var size: UInt32 = 0
  private var isAtEnd = false

  /// - Throws: `archive_malformed` `archive_truncated` `archive_method_unknown`.
  init(_ data: ArchiveData) throws(ArchiveError) {
    self.data = data
    at = try Self.headerEnd(data)
  }

  /// The next piece of the content, nil behind the last one, whose checksums are checked.
  func next() throws(ArchiveError) -> [UInt8]? {
    var output: [UInt8] = []
    while !isAtEnd, output.isEmpty {
      let input = data.piece(at..<at + 1 << 16)
      let (outcome, read) = stream.run(input[...], into: &output, room: 1 << 18)
      at += read
      switch outcome {
      case .invalid: throw ArchiveError(.malformed, "gzip, byte \(at)", "this is no deflate data")
      case .goesOn:
        if read == 0, output.isEmpty { throw truncated }
      case .done: isAtEnd = true
      }
    }
    checksum.update(output)
    size &+= UInt32(truncatingIfNeeded: output.count)
    if isAtEnd, output.isEmpty { try checkTrailer() }
    return output.isEmpty ? nil : output
  }

  private func checkTrailer() throws(ArchiveError) {
    let trailer = data.bytes(at..<at + 8)
    guard trailer.count == 8 else { throw truncated }
    guard trailer.littleEndian32(at: 0) == checksum.value, trailer.littleEndian32(at: 4) == size
    else {
      throw ArchiveError(.checksumMismatch, "gzip", "the content is not the one that was packed")
    }
    if at + 8 != data.count {
      throw ArchiveError(
        .trailingData, "gzip, byte \(at + 8)", "something follows the end, or a second member")
    }
  }

  private var truncated: ArchiveError {
    ArchiveError(.truncated, "gzip", "the archive ends before its content does")
  }

  /// Where the deflate data begins: RFC 1952, 2.3.
  private static func headerEnd(_ data: ArchiveData) throws(ArchiveError) -> Int {
    // Far more than any header needs; a longer one is made to be skipped.
    let head = data.bytes(0..<1 << 16)
    func cut() -> ArchiveError {
      ArchiveError(.truncated, "gzip", "the archive ends inside its header")
    }
    guard head.count >= 10 else { throw cut() }
    guard head[2] == 8 else {
      throw ArchiveError(.methodUnknown, "gzip", "it is packed by another method than deflate")
    }
    let flags = head[3]
    if flags & 0xE0 != 0 { throw ArchiveError(.malformed, "gzip", "reserved flags are set") }
    var at = 10
    if flags & 4 != 0 {
      guard at + 2 <= head.count else { throw cut() }
      at += 2 + Int(head[at]) + Int(head[at + 1]) << 8
    }
    for flag: UInt8 in [8, 16] where flags & flag != 0 {
      guard at <= head.count, let end = head[at...].firstIndex(of: 0) else { throw cut() }
      at = end + 1
    }
    if flags & 2 != 0 {
      guard at + 2 <= head.count else { throw cut() }
      var sum = Checksum32()
      sum.update(Array(head[..<at]))
      guard Int(head[at]) + Int(head[at + 1]) << 8 == Int(sum.value & 0xFFFF) else {
        throw ArchiveError(.checksumMismatch, "gzip", "the header is not the one that was packed")
      }
      at += 2
    }
    guard at <= head.count else { throw cut() }
    return at
  }
}

extension [UInt8] {
  mutating func appendLittleEndian(_ value: UInt16) { appendLittleEndian(UInt64(value), bytes: 2) }
  mutating func appendLittleEndian(_ value: UInt32) { appendLittleEndian(UInt64(value), bytes: 4) }
  mutating func appendLittleEndian(_ value: UInt64) { appendLittleEndian(value, bytes: 8) }

  private mutating func appendLittleEndian(_ value: UInt64, bytes: Int) {
    for place in 0..<bytes { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * place))) }
  }

  /// The caller has checked the length.
  func littleEndian16(at place: Int) -> UInt16 {
    UInt16(self[place]) | UInt16(self[place + 1]) << 8
  }

  func littleEndian32(at place: Int) -> UInt32 {
    UInt32(littleEndian16(at: place)) | UInt32(littleEndian16(at: place + 2)) << 16
  }

  func littleEndian64(at place: Int) -> UInt64 {
    UInt64(littleEndian32(at: place)) | UInt64(littleEndian32(at: place + 4)) << 32
  }
}
