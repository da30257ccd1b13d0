/// Tells what a file is by its first bytes; its name has no say.
enum MediaType {
  /// How many bytes from the start are looked at.
  static let prefixLength = 4096
  static let unknown = "application/octet-stream"

  /// The media type of a file that begins with these bytes.
  ///
  /// - Parameter isWhole: whether there are no more bytes than these.
  static func detect(_ prefix: [UInt8], isWhole: Bool) -> String {
    for (magic, type) in magics where prefix.starts(with: magic) { return type }
    if let container = containerType(prefix) { return container }
    return textType(prefix, isWhole: isWhole) ?? unknown
  }

  private static let magics: [([UInt8], String)] = [
    (Array("GIF87a".utf8), "image/gif"),
    (Array("GIF89a".utf8), "image/gif"),
    ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "image/png"),
    ([0xFF, 0xD8, 0xFF], "image/jpeg"),
    ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], "application/x-hdf5"),
    ([0x93] + Array("NUMPY".utf8), "application/x-npy"),
    (Array("PAR1".utf8), "application/vnd.apache.parquet"),
    ([0x1F, 0x8B], "application/gzip"),
    ([0x28, 0xB5, 0x2F, 0xFD], "application/zstd"),
    (Array("SQLite format 3\0".utf8), "application/vnd.sqlite3"),
    (Array("%PDF-".utf8), "application/pdf"),
  ]

  /// Formats whose kind stands behind a container's own magic bytes.
  private static func containerType(_ prefix: [UInt8]) -> String? {
    func holds(_ text: String, at offset: Int) -> Bool {
      let wanted = Array(text.utf8)
      return prefix.count >= offset + wanted.count
        && prefix[offset..<offset + wanted.count].elementsEqual(wanted)
    }
    if holds("ftyp", at: 4) { return holds("qt  ", at: 8) ? "video/quicktime" : "video/mp4" }
    if prefix.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
      // The EBML header names its document type within the first bytes.
      let header = prefix.prefix(64)
      let webm = Array("webm".utf8)
      let isWebM = header.indices.contains { header[$0...].starts(with: webm) }
      return isWebM ? "video/webm" : "video/x-matroska"
    }
    if holds("RIFF", at: 0) {
      if holds("AVI ", at: 8) { return "video/x-msvideo" }
      if holds("WEBP", at: 8) { return "image/webp" }
      if holds("WAVE", at: 8) { return "audio/wav" }
    }
    if holds("PK\u{3}\u{4}", at: 0) {
      return firstZipNameEnds(with: ".npy", prefix) ? "application/x-npz" : "application/zip"
    }
    return nil
  }

  /// APPNOTE 4.3.7: the length of the first member's name stands at 26, the name at 30.
  private static func firstZipNameEnds(with suffix: String, _ prefix: [UInt8]) -> Bool {
    guard prefix.count >= 30 else { return false }
    let end = 30 + Int(prefix[26]) + Int(prefix[27]) << 8
    guard end <= prefix.count else { return false }
    return prefix[30..<end].suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  private static func textType(_ prefix: [UInt8], isWhole: Bool) -> String? {
    // The prefix may end inside of a character.
    let text = isWhole ? prefix[...] : prefix.dropLast(trailingBytes(prefix))
    guard !text.isEmpty, String(validating: text, as: UTF8.self) != nil,
      text.allSatisfy({ $0 >= 0x20 || [0x09, 0x0A, 0x0C, 0x0D, 0x1B].contains($0) })
    else { return nil }
    let first = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    return first == 0x7B || first == 0x5B ? "application/json" : "text/plain"
  }

  /// Bytes at the end that may belong to a character that goes on.
  private static func trailingBytes(_ bytes: [UInt8]) -> Int {
    for (distance, byte) in bytes.reversed().prefix(4).enumerated() {
      if byte < 0x80 { return distance }
      if byte >= 0xC0 { return distance + 1 }
    }
    return 0
  }
}
