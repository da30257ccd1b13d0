internal import Platform

/// An idx file, version 2: which object lies where in its pack.
///
/// gitformat-pack(5), "Version 2 pack-*.idx files", with 32-byte ids. Layout: magic, version,
/// 256 fan-out counts, ids in order, CRC-32s, offsets, 64-bit offsets, pack checksum, own checksum.
struct PackIndex: Sendable {
  private let file: MappedFile
  let count: Int
  private let largeCount: Int
  let path: String

  private static var idsAt: Int { 8 + 256 * 4 }
  private var checksumsAt: Int { Self.idsAt + count * 32 }
  private var offsetsAt: Int { checksumsAt + count * 4 }
  private var largeAt: Int { offsetsAt + count * 4 }
  private var trailerAt: Int { largeAt + largeCount * 8 }

  /// Checks the lengths and the fan-out, so that no later look-up leaves the file.
  init(_ file: MappedFile) throws(ObjectError) {
    self.file = file
    path = file.path
    func malformed(_ why: String) -> ObjectError {
      ObjectError(.idxMalformed, place: file.path, message: "the pack index \(why)")
    }
    guard file.count >= Self.idsAt + 64 else { throw malformed("is too short") }
    let fanout = unsafe file.withBytes { raw in
      (0..<258).map { unsafe bigEndian32(raw, $0 * 4) }
    }
    guard fanout[0] == 0xFF74_4F63, fanout[1] == 2 else {
      throw malformed("is not of version 2")
    }
    for row in 3..<258 where fanout[row] < fanout[row - 1] {
      throw malformed("counts backwards in its fan-out table")
    }
    count = Int(fanout[257])
    let rest = file.count - Self.idsAt - 64 - count * 40
    guard rest >= 0, rest % 8 == 0, rest / 8 <= count else {
      throw malformed("has a length that does not fit its number of objects")
    }
    largeCount = rest / 8
  }

  func id(_ position: Int) -> ObjectID {
    unsafe file.withBytes { raw in unsafe ObjectID(loading: raw, at: Self.idsAt + position * 32) }
  }

  func checksum(_ position: Int) -> UInt32 {
    unsafe file.withBytes { raw in unsafe bigEndian32(raw, checksumsAt + position * 4) }
  }

  /// Where the object begins in the pack; nil where the row points outside the 64-bit table.
  func offset(_ position: Int) -> Int? {
    unsafe file.withBytes { raw in
      let small = unsafe bigEndian32(raw, offsetsAt + position * 4)
      if small & 0x8000_0000 == 0 { return Int(small) }
      let row = Int(small & 0x7FFF_FFFF)
      guard row < largeCount else { return nil }
      let high = unsafe UInt64(bigEndian32(raw, largeAt + row * 8))
      let low = unsafe UInt64(bigEndian32(raw, largeAt + row * 8 + 4))
      return Int(exactly: high << 32 | low)
    }
  }

  /// The row of an object.
  func position(of id: ObjectID) -> Int? {
    let (start, end) = range(firstByte: id.firstByte)
    var low = start
    var high = end
    while low < high {
      let middle = (low + high) / 2
      let found = self.id(middle)
      if found == id { return middle }
      if found < id { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// The rows whose ids begin with a byte.
  func range(firstByte: UInt8) -> (start: Int, end: Int) {
    unsafe file.withBytes { raw in
      let row = 8 + Int(firstByte) * 4
      let end = unsafe Int(bigEndian32(raw, row))
      return unsafe (firstByte == 0 ? 0 : Int(bigEndian32(raw, row - 4)), end)
    }
  }

  /// The pack's checksum that the idx was made for.
  var packChecksum: ObjectID {
    unsafe file.withBytes { raw in unsafe ObjectID(loading: raw, at: trailerAt) }
  }

  /// What only a full check looks at: own checksum, order of ids, ids in their fan-out rows.
  func checkWhole() throws(ObjectError) {
    let (stated, actual) = unsafe file.withBytes { raw in
      var hash = ObjectHash()
      unsafe hash.update(UnsafeRawBufferPointer(rebasing: raw.prefix(file.count - 32)))
      return unsafe (ObjectID(loading: raw, at: file.count - 32), hash.finish())
    }
    var isOrdered = true
    for byte in 0...255 {
      let (start, end) = range(firstByte: UInt8(byte))
      for position in start..<end {
        let id = id(position)
        if Int(id.firstByte) != byte || (position > 0 && self.id(position - 1) >= id) {
          isOrdered = false
        }
      }
    }
    if stated != actual || !isOrdered {
      let why = stated != actual ? "does not match its own checksum" : "has ids out of order"
      throw ObjectError(.idxMalformed, place: path, message: "the pack index \(why)")
    }
  }
}

/// Reads four bytes, highest first; the caller keeps `offset` inside the buffer.
func bigEndian32(_ raw: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
  precondition(offset >= 0 && raw.count - offset >= 4, "the caller checked the length")
  return unsafe UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
}
