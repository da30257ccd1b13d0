import Platform

/// A reader of plain ustar archives, enough for the fixtures.
public enum Tar {
  public struct Malformed: Error {}

  /// Unpacks files and folders below `folder`.
  public static func unpack(_ bytes: [UInt8], to folder: String) throws {
    let system = FileSystem()
    var at = 0
    while at + 512 <= bytes.count, bytes[at] != 0 {
      func text(_ offset: Int, _ count: Int) -> String {
        String(
          decoding: bytes[(at + offset)..<(at + offset + count)].prefix { $0 != 0 }, as: UTF8.self)
      }
      let prefix = text(345, 155)
      let name = prefix.isEmpty ? text(0, 100) : prefix + "/" + text(0, 100)
      guard let size = Int(text(124, 12).filter { $0.isNumber }, radix: 8),
        at + 512 + size <= bytes.count
      else { throw Malformed() }
      let path = folder + "/" + name
      switch bytes[at + 156] {
      case 53: try system.makeDirectories(path)
      case 0, 48:
        try system.makeDirectories(Path.parent(path))
        let writer = try system.create(path)
        try writer.append(bytes[(at + 512)..<(at + 512 + size)])
        try writer.finish(durably: false)
      default: throw Malformed()
      }
      at += 512 + (size + 511) / 512 * 512
    }
  }
}
