internal import Crypto
public import Platform

/// The SHA-256 of a file that somebody else owns, and what was seen on the way.
public struct FileDigest: Sendable, Equatable {
  /// As members write it: `sha256:` and 64 hex digits.
  public let text: String
  /// Bytes.
  public let size: Int
  /// The first bytes, as many as were asked for.
  public let head: [UInt8]
  /// Whether the file was cut short or written to meanwhile: what was hashed never lay there so.
  public let isTorn: Bool
}

/// Hashes files one after the other through one buffer; each thread has its own.
public struct FileHasher {
  /// Fits into a second-level cache, so that bytes are hashed before they leave it.
  static let pieceLength = 1 << 18
  private let headLength: Int
  private var buffer: [UInt8] = []

  /// - Parameter headLength: how many of the first bytes are wanted, at most 256 KiB.
  public init(headLength: Int = 0) { self.headLength = min(headLength, Self.pieceLength) }

  /// Hashes as many bytes as the file had when it was opened, so that one that grows has an end.
  ///
  /// - Parameter goOn: told after each piece how many bytes it had; false ends the work.
  /// - Returns: nil when it was ended.
  public mutating func digest(
    of file: ForeignFile, goOn: (Int) -> Bool = { _ in true }
  ) throws(PlatformError) -> FileDigest? {
    let size = file.status.size
    let room = min(size, Self.pieceLength)
    if buffer.count < room {
      buffer = [UInt8](repeating: 0, count: max(room, min(buffer.count * 2, Self.pieceLength)))
    }
    if size > Self.pieceLength { file.adviseSequential() }
    var hash = SHA256()
    var head: [UInt8] = []
    var place = 0
    while place < size {
      let count = try file.fill(&buffer, from: place)
      if count == 0 { break }
      if place == 0 { head = Array(buffer.prefix(min(count, headLength))) }
      // Safe because the hash copies what it needs before the call returns.
      unsafe buffer.withUnsafeBytes { bytes in
        unsafe hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
      }
      place += count
      if !goOn(count) { return nil }
    }
    let now = try file.currentStatus()
    let isTorn =
      place < size || now.size != size || now.modified != file.status.modified
      || now.modifiedNanoseconds != file.status.modifiedNanoseconds
    return FileDigest(
      text: "sha256:" + Hex.encode(Array(hash.finalize())), size: place, head: head,
      isTorn: isTorn)
  }
}
