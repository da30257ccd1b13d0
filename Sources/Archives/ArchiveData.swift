public import Platform

/// The bytes of an archive, read at any place: from memory or from a mapped file.
public struct ArchiveData: Sendable {
  private enum Source: Sendable {
    case memory([UInt8])
    case file(MappedFile)
  }

  private let source: Source
  public let count: Int

  public init(_ bytes: [UInt8]) {
    source = .memory(bytes)
    count = bytes.count
  }

  public init(_ file: MappedFile) {
    source = .file(file)
    count = file.count
  }

  /// The bytes of a range, cut at the archive's end.
  public func bytes(_ range: Range<Int>) -> [UInt8] {
    let range = range.clamped(to: 0..<count)
    switch source {
    case .memory(let bytes): return Array(bytes[range])
    case .file(let file):
      return unsafe file.withBytes { raw in
        // Safe because the range was cut to the file.
        unsafe Array(UnsafeRawBufferPointer(rebasing: raw[range]))
      }
    }
  }

  /// As `bytes`, for a range of a walk from front to back: its pages are given back to the system.
  func piece(_ range: Range<Int>) -> [UInt8] {
    let bytes = bytes(range)
    if case .file(let file) = source {
      // With a range the system also maps what lies around it.
      file.release(max(0, range.lowerBound - 1 << 19)..<min(range.upperBound, count))
    }
    return bytes
  }

  /// A range piece by piece.
  func pieces(_ range: Range<Int>) -> @Sendable () -> FoundFile.Next {
    {
      var at = range.lowerBound
      return {
        guard at < range.upperBound else { return nil }
        let bytes = piece(at..<min(at + 1 << 18, range.upperBound))
        at += bytes.count
        return bytes.isEmpty ? nil : bytes
      }
    }
  }

  public func starts(with text: String) -> Bool {
    bytes(0..<text.utf8.count).elementsEqual(text.utf8)
  }
}

/// Bytes that come in pieces, taken in exact amounts.
struct PieceReader {
  private let next: () throws(ArchiveError) -> [UInt8]?
  private var piece: [UInt8] = []
  private var used = 0
  /// Bytes taken so far.
  private(set) var position = 0

  /// - Parameter next: the next piece; nil at the end.
  init(_ next: @escaping () throws(ArchiveError) -> [UInt8]?) { self.next = next }

  /// Reads a whole archive from front to back in pieces of 256 KiB.
  init(_ data: ArchiveData) {
    let cursor = Cursor()
    self.init { () throws(ArchiveError) in cursor.next(of: data) }
  }

  /// At most `count` bytes; fewer only at the end.
  mutating func take(_ count: Int) throws(ArchiveError) -> [UInt8] {
    var result: [UInt8] = []
    // A declared size is not believed before the bytes are there.
    result.reserveCapacity(min(count, 1 << 20))
    while result.count < count {
      if used == piece.count {
        guard let more = try next() else { break }
        piece = more
        used = 0
        continue
      }
      let end = min(piece.count, used + count - result.count)
      result += piece[used..<end]
      used = end
    }
    position += result.count
    return result
  }

  /// Passes over `count` bytes and looks at each piece of them; fewer only at the end.
  mutating func skip(
    _ count: Int, _ look: ([UInt8]) -> Void = { _ in }
  ) throws(ArchiveError) -> Int {
    var skipped = 0
    while skipped < count {
      let piece = try take(min(count - skipped, 1 << 18))
      if piece.isEmpty { break }
      look(piece)
      skipped += piece.count
    }
    return skipped
  }

  private final class Cursor {
    private var at = 0

    func next(of data: ArchiveData) -> [UInt8]? {
      guard at < data.count else { return nil }
      let bytes = data.piece(at..<min(at + 1 << 18, data.count))
      at += bytes.count
      return bytes
    }
  }
}
