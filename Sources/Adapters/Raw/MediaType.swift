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
    if let type = containerType(prefix) ?? recordType(prefix) { return type }
    return TextMediaType.detect(prefix, isWhole: isWhole) ?? unknown
  }

  private static let magics: [([UInt8], String)] = [
    (Array("GIF87a".utf8), "image/gif"),
    (Array("GIF89a".utf8), "image/gif"),
    ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "image/png"),
    ([0xFF, 0xD8, 0xFF], "image/jpeg"),
    (hdf5, "application/x-hdf5"),
    ([0x93] + Array("NUMPY".utf8), "application/x-npy"),
    (Array("PAR1".utf8), "application/vnd.apache.parquet"),
    (Array("ARROW1".utf8), "application/vnd.apache.arrow.file"),
    (Array("#ROSBAG V2.0".utf8), "application/x-rosbag"),
    ([0x89] + Array("MCAP0\r\n".utf8), "application/x-mcap"),
    ([0x1F, 0x8B], "application/gzip"),
    ([0x28, 0xB5, 0x2F, 0xFD], "application/zstd"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "application/x-xz"),
    (Array("BZh".utf8), "application/x-bzip2"),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "application/x-7z-compressed"),
    (Array("Rar!".utf8), "application/vnd.rar"),
    (Array("SQLite format 3\0".utf8), "application/vnd.sqlite3"),
    (Array("%PDF-".utf8), "application/pdf"),
    (Array("OggS".utf8), "application/ogg"),
    (Array("GGUF".utf8), "application/x-gguf"),
  ]

  private static let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  private static func holds(_ prefix: [UInt8], _ text: String, at offset: Int) -> Bool {
    prefix.dropFirst(offset).starts(with: text.utf8)
  }

  /// Formats whose kind stands behind a container's own magic bytes.
  private static func containerType(_ prefix: [UInt8]) -> String? {
    if holds(prefix, "ftyp", at: 4) {
      return holds(prefix, "qt  ", at: 8) ? "video/quicktime" : "video/mp4"
    }
    if prefix.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
      // The EBML header names its document type within the first bytes.
      let header = prefix.prefix(64)
      let isWebM = header.indices.contains { header[$0...].starts(with: "webm".utf8) }
      return isWebM ? "video/webm" : "video/x-matroska"
    }
    if holds(prefix, "RIFF", at: 0) {
      if holds(prefix, "AVI ", at: 8) { return "video/x-msvideo" }
      if holds(prefix, "WEBP", at: 8) { return "image/webp" }
      if holds(prefix, "WAVE", at: 8) { return "audio/wav" }
    }
    if holds(prefix, "PK\u{3}\u{4}", at: 0) { return zipType(prefix) }
    if holds(prefix, "ustar", at: 257) { return "application/x-tar" }
    // The signature may stand behind a user block of 512 bytes or a power of two times that.
    if [512, 1024, 2048].contains(where: { prefix.dropFirst($0).starts(with: hdf5) }) {
      return "application/x-hdf5"
    }
    return nil
  }

  /// APPNOTE 4.3.7: the length of the first member's name stands at 26, the name at 30.
  private static func zipType(_ prefix: [UInt8]) -> String {
    guard prefix.count >= 30 else { return "application/zip" }
    let end = 30 + Int(prefix[26]) + Int(prefix[27]) << 8
    guard end <= prefix.count else { return "application/zip" }
    let name = prefix[30..<end]
    if name.suffix(4).elementsEqual(".npy".utf8) { return "application/x-npz" }
    return name.suffix(8).elementsEqual("data.pkl".utf8)
      ? "application/x-pytorch" : "application/zip"
  }

  /// Files of records that have no magic bytes but a shape.
  private static func recordType(_ prefix: [UInt8]) -> String? {
    // Protocols 2 to 5 begin with PROTO and their number; a whole pickle ends with STOP.
    if prefix.count > 2, prefix[0] == 0x80, (2...5).contains(prefix[1]) {
      return "application/x-pickle"
    }
    // Length of a header of JSON, as safetensors begin.
    if prefix.count > 8, prefix[8] == 0x7B, (2...100_000_000).contains(word(prefix, 0, 8)) {
      return "application/x-safetensors"
    }
    // TFRecord: length (8), masked CRC-32C of the length (4), data, CRC of the data.
    if prefix.count >= 16, masked(CRC32C.of(prefix[0..<8])) == UInt32(word(prefix, 8, 4)) {
      return "application/x-tfrecord"
    }
    return nil
  }

  private static func word(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
    bytes[start..<start + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The rotation and offset by which a TFRecord keeps a CRC.
  private static func masked(_ crc: UInt32) -> UInt32 {
    (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }
}

/// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78) of a few bytes.
enum CRC32C {
  static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    return ~crc
  }
}
