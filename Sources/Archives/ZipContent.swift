/// The content of one entry of a zip archive from front to back, its size and checksum checked at the end.
final class ZipContent {
  private let data: ArchiveData
  private let row: ZipRow
  private let name: String
  private let stream: InflateStream?
  private var at: Int
  private let end: Int
  private var size = 0
  private var checksum = Checksum32()
  private var isDone = false

  /// - Throws: `archive_headers_differ` `archive_expansion`.
  init(_ row: ZipRow, of data: ArchiveData, at start: Int, _ name: String) throws(ArchiveError) {
    self.data = data
    self.row = row
    self.name = name
    at = start
    end = start + row.packed
    stream = row.method == 0 ? nil : InflateStream()
    if row.method == 0, row.packed != row.size {
      throw ArchiveError(.headersDiffer, name, "a stored entry has two sizes")
    }
    // What deflate cannot reach is a lie, for which nothing is allocated.
    guard row.method == 0 || row.size / 1033 <= row.packed else {
      throw ArchiveError(.expansion, name, "so few bytes cannot unfold to so many")
    }
  }

  /// The next piece, nil behind the last one.
  func next() throws(ArchiveError) -> [UInt8]? {
    let piece = try stream.map { (stream) throws(ArchiveError) in try inflated(stream) } ?? stored()
    checksum.update(piece)
    size += piece.count
    if !piece.isEmpty { return piece }
    guard size == row.size, checksum.value == row.checksum else {
      throw ArchiveError(.checksumMismatch, name, "the content is not the one that was packed")
    }
    return nil
  }

  private func stored() -> [UInt8] {
    let piece = data.piece(at..<min(at + 1 << 18, end))
    at += piece.count
    return piece
  }

  private func inflated(_ stream: InflateStream) throws(ArchiveError) -> [UInt8] {
    var piece: [UInt8] = []
    while !isDone, piece.isEmpty {
      let input = data.piece(at..<min(at + 1 << 18, end))
      // One byte more than declared, so that a longer stream shows itself.
      let room = min(row.size + 1 - size, 1 << 18)
      let (outcome, read) = stream.run(input[...], into: &piece, room: room)
      at += read
      guard size + piece.count <= row.size else {
        throw ArchiveError(.headersDiffer, name, "the entry unfolds to more than it declares")
      }
      switch outcome {
      case .invalid: throw ZipDirectory.malformed(name, "the entry is no deflate data")
      case .done:
        guard at == end else {
          throw ArchiveError(.trailingData, name, "there are bytes behind the entry's content")
        }
        isDone = true
      case .goesOn:
        if read == 0 && piece.isEmpty {
          throw ArchiveError(.truncated, name, "the entry's content is cut off")
        }
      }
    }
    return piece
  }
}
