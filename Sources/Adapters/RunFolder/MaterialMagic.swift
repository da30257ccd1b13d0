/// Tells what a file is by its bytes (IMPORT §2, the column of magic bytes); nothing is decoded.
enum MaterialMagic {
  /// The kind that the first bytes show; nil where they show none.
  ///
  /// - Parameters:
  ///   - head: the first bytes, at most 64 KiB.
  ///   - name: the file's name in lower case, which tells apart uses of one container.
  static func kind(_ head: ArraySlice<UInt8>, name: String) -> MaterialKind? {
    for (magic, kind) in starts where head.starts(with: magic) { return kind }
    if head.starts(with: sqlite) {
      if name == "mlflow.db" { return .mlflow }
      return name.hasSuffix(".db3") ? .ros2Bag : .otherBinary
    }
    if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return zip(head) }
    return behindTheStart(head)
  }

  private static let sqlite = Array("SQLite format 3\0".utf8)

  private static let starts: [([UInt8], MaterialKind)] = [
    (Array(":W&B".utf8) + [0xE1, 0xBE], .wandb),
    (Array("PAR1".utf8), .otherDataset),
    (Array("#ROSBAG V2.0".utf8), .ros1Bag),
    ([0x89] + Array("MCAP0\r\n".utf8), .mcap),
    (Array("PXR-USDC".utf8), .isaac),
    (Array("#usda".utf8), .isaac),
    ([0x93] + Array("NUMPY".utf8), .npy),
    ([0x80, 0x02], .torch), ([0x80, 0x03], .torch), ([0x80, 0x04], .torch), ([0x80, 0x05], .torch),
    (Array("GGUF".utf8), .otherBinary),
    ([0x1A, 0x45, 0xDF, 0xA3], .video),
    (Array("GIF8".utf8), .image),
    ([0x89] + Array("PNG".utf8), .image),
    ([0xFF, 0xD8, 0xFF], .image),
    ([0x1F, 0x8B], .archive),
    ([0x37, 0x7A, 0xBC, 0xAF], .archive),
    (Array("Rar!".utf8), .archive),
    ([0x28, 0xB5, 0x2F, 0xFD], .archive),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], .archive),
    (Array("BZh".utf8), .archive),
    (Array("%PDF-".utf8), .notes),
  ]

  private static let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  private static func behindTheStart(_ head: ArraySlice<UInt8>) -> MaterialKind? {
    if holds(head, "ftyp", at: 4) { return .video }
    if holds(head, "RIFF", at: 0), holds(head, "AVI ", at: 8) { return .video }
    if holds(head, "ustar", at: 257) { return .archive }
    if head.count > 12, head.prefix(12 + 64).firstRange(of: "brain.Event:".utf8) != nil {
      return .tensorboard
    }
    // The signature may stand behind a user block of 512 bytes or a power of two times that.
    var place = 0
    while place + hdf5.count <= head.count {
      if head.dropFirst(place).starts(with: hdf5) { return .hdf5 }
      place = place == 0 ? 512 : place * 2
    }
    if head.count > 8, head[head.startIndex + 8] == 0x7B {
      let length = head.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      if (2...100_000_000).contains(length) { return .safetensors }
    }
    return nil
  }

  /// APPNOTE 4.3.7: the length of the first member's name stands at 26, the name at 30.
  private static func zip(_ head: ArraySlice<UInt8>) -> MaterialKind {
    let bytes = head.prefix(30 + 65_535)
    guard bytes.count >= 30 else { return .archive }
    let start = bytes.startIndex
    let length = Int(bytes[start + 26]) + Int(bytes[start + 27]) << 8
    let name = bytes.dropFirst(30).prefix(length)
    if name.suffix(4).elementsEqual(".npy".utf8) { return .npy }
    return name.suffix(8).elementsEqual("data.pkl".utf8) ? .torch : .archive
  }

  private static func holds(_ head: ArraySlice<UInt8>, _ text: String, at offset: Int) -> Bool {
    head.dropFirst(offset).starts(with: text.utf8)
  }
}

extension ArraySlice<UInt8> {
  /// Where a text stands first.
  fileprivate func firstRange(of text: String.UTF8View) -> Range<Int>? {
    let wanted = Array(text)
    guard count >= wanted.count else { return nil }
    for place in startIndex...(endIndex - wanted.count)
    where self[place] == wanted[0] && self[place...].starts(with: wanted) {
      return place..<(place + wanted.count)
    }
    return nil
  }
}
