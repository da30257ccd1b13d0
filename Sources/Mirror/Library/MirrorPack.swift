import GitRemotes
import ObjectStore
internal import Platform

/// A pack of the mirror and its index, both mapped: where the entries lie as they were written.
///
/// gitformat-pack(5), "Version 2 pack-*.idx files", with ids of 20 bytes. Whoever wants objects asks libgit2;
/// this is for copying entries as they are.
final class MirrorPack {
  private let index: MappedFile
  private let pack: MappedFile
  let count: Int
  private var starts: [Int]?
  /// When it was written, Unix seconds.
  var modified: Int64 { pack.status.modified }

  private static var idsAt: Int { 8 + 256 * 4 }
  private static var idSize: Int { 20 }
  private static var headSize: Int { 12 }
  private var checksumsAt: Int { Self.idsAt + count * Self.idSize }
  private var offsetsAt: Int { checksumsAt + count * 4 }
  private var largeAt: Int { offsetsAt + count * 4 }
  private var largeCount: Int { (index.count - largeAt - 2 * Self.idSize) / 8 }

  /// - Parameter stem: the path without `.pack`.
  /// - Throws: `mirror_damaged`.
  init(_ stem: String, files: FileSystem) throws {
    index = try files.map(stem + ".idx")
    pack = try files.map(stem + ".pack")
    let damaged = MirrorError(.mirrorDamaged, place: stem, "a pack of the mirror is cut or changed")
    if index.count < Self.idsAt + 2 * Self.idSize { throw damaged }
    let counts = unsafe index.withBytes { raw in (0..<258).map { unsafe Self.word(raw, $0 * 4) } }
    guard counts[0] == 0xFF74_4F63, counts[1] == 2,
      (3..<258).allSatisfy({ counts[$0] >= counts[$0 - 1] })
    else { throw damaged }
    count = Int(counts[257])
    guard index.count >= Self.idsAt + count * (Self.idSize + 8) + 2 * Self.idSize,
      pack.count >= Self.headSize + Self.idSize
    else { throw damaged }
  }

  /// The bytes of an object's entry; nil where it is not in this pack, is a change of another object, or
  /// does not have the checksum that the index tells.
  func wholeEntry(_ id: SHA1ID) -> [UInt8]? {
    guard let row = row(of: id), let start = offset(row), let end = end(of: start) else {
      return nil
    }
    return unsafe pack.withBytes { raw in
      // Safe: `end(of:)` lies inside of the file.
      let bytes = unsafe UnsafeRawBufferPointer(rebasing: raw[start..<end])
      let type = unsafe bytes[0] >> 4 & 7
      guard (1...4).contains(type), unsafe checksum32(bytes) == checksum(row) else { return nil }
      return unsafe Array(bytes)
    }
  }

  private func row(of id: SHA1ID) -> Int? {
    let key = id.bytes
    return unsafe index.withBytes { raw in
      let first = Int(key[0])
      var low = unsafe first == 0 ? 0 : Int(Self.word(raw, 8 + (first - 1) * 4))
      var high = unsafe Int(Self.word(raw, 8 + first * 4))
      while low < high {
        let middle = (low + high) / 2
        let at = Self.idsAt + middle * Self.idSize
        // Safe: rows below `count` lie inside of the file, whose size was checked.
        let found = unsafe raw[at..<(at + Self.idSize)]
        if unsafe found.elementsEqual(key) { return middle }
        if unsafe found.lexicographicallyPrecedes(key) { low = middle + 1 } else { high = middle }
      }
      return nil
    }
  }

  private func checksum(_ row: Int) -> UInt32 {
    unsafe index.withBytes { raw in unsafe Self.word(raw, checksumsAt + row * 4) }
  }

  /// nil where it lies outside of the pack.
  private func offset(_ row: Int) -> Int? {
    let offset = unsafe index.withBytes { raw -> Int? in
      let small = unsafe Self.word(raw, offsetsAt + row * 4)
      if small & 0x8000_0000 == 0 { return Int(small) }
      let large = Int(small & 0x7FFF_FFFF)
      guard large < largeCount else { return nil }
      let high = unsafe UInt64(Self.word(raw, largeAt + large * 8))
      return unsafe Int(exactly: high << 32 | UInt64(Self.word(raw, largeAt + large * 8 + 4)))
    }
    guard let offset, offset >= Self.headSize, offset < pack.count - Self.idSize else { return nil }
    return offset
  }

  /// Where the entry after the one at `start`, or the trailer, begins.
  private func end(of start: Int) -> Int? {
    let starts = self.starts ?? (0..<count).compactMap(offset).sorted()
    self.starts = starts
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= start { low = middle + 1 } else { high = middle }
    }
    return low < starts.count ? starts[low] : pack.count - Self.idSize
  }

  /// Four bytes, highest first; the caller keeps `place` inside of the buffer.
  private static func word(_ raw: UnsafeRawBufferPointer, _ place: Int) -> UInt32 {
    unsafe UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: place, as: UInt32.self))
  }
}
