/// The head of one object in a pack: gitformat-pack(5), "object entries".
struct PackEntry {
  enum Form: Equatable {
    case whole(ObjectKind)
    /// A delta against the entry that begins at this offset of the same pack.
    case offsetDelta(Int)
    case idDelta(ObjectID)

    var isDelta: Bool { if case .whole = self { false } else { true } }
  }

  let form: Form
  /// Bytes after inflating: the body, or the delta's own text.
  let size: Int
  /// Where the zlib stream begins.
  let dataStart: Int

  /// Reads the head at `offset`, which must lie before `end` (where the pack's trailer begins).
  static func parse(
    _ raw: UnsafeRawBufferPointer, at offset: Int, end: Int, place: String
  ) throws(ObjectError) -> PackEntry {
    var at = offset
    func malformed(_ why: String) -> ObjectError {
      ObjectError(.packMalformed, place: "\(place), offset \(offset)", message: why)
    }
    func next() throws(ObjectError) -> UInt8 {
      guard at < end else { throw malformed("the pack ends inside an object's head") }
      defer { at += 1 }
      return unsafe raw[at]
    }
    var byte = try next()
    let type = byte >> 4 & 7
    var size = Int(byte & 15)
    var shift = 4
    while byte & 0x80 != 0 {
      byte = try next()
      guard shift < 60 else { throw malformed("an object's size has too many digits") }
      size |= Int(byte & 0x7F) << shift
      shift += 7
    }
    if let kind = ObjectKind(packType: type) {
      return PackEntry(form: .whole(kind), size: size, dataStart: at)
    }
    switch type {
    case 6:
      byte = try next()
      var distance = Int(byte & 0x7F)
      while byte & 0x80 != 0 {
        byte = try next()
        guard distance < 1 << 54 else { throw malformed("a delta's base lies too far away") }
        distance = (distance + 1) << 7 | Int(byte & 0x7F)
      }
      if distance == 0 {
        throw ObjectError(
          .deltaLoop, place: "\(place), offset \(offset)", message: "a delta is its own base")
      }
      guard distance <= offset - 12 else {
        throw ObjectError(
          .deltaBaseMissing, place: "\(place), offset \(offset)",
          message: "a delta's base lies before the pack")
      }
      return PackEntry(form: .offsetDelta(offset - distance), size: size, dataStart: at)
    case 7:
      guard end - at >= 32 else { throw malformed("the pack ends inside a delta's base id") }
      let base = unsafe ObjectID(loading: raw, at: at)
      return PackEntry(form: .idDelta(base), size: size, dataStart: at + 32)
    default:
      throw ObjectError(
        .objectTypeUnknown, place: "\(place), offset \(offset)",
        message: "an object in the pack has type \(type)")
    }
  }

  /// Appends the head of a whole object.
  static func appendHead(_ kind: ObjectKind, size: Int, to result: inout [UInt8]) {
    appendHead(type: kind.packType, size: size, to: &result)
  }

  /// Appends the head of a delta of `size` bytes whose base begins `distance` bytes before it.
  static func appendDeltaHead(size: Int, distance: Int, to result: inout [UInt8]) {
    appendHead(type: 6, size: size, to: &result)
    var digits = [UInt8(distance & 0x7F)]
    var rest = distance >> 7
    while rest > 0 {
      rest -= 1
      digits.append(0x80 | UInt8(rest & 0x7F))
      rest >>= 7
    }
    result.append(contentsOf: digits.reversed())
  }

  private static func appendHead(type: UInt8, size: Int, to result: inout [UInt8]) {
    var rest = size >> 4
    var byte = type << 4 | UInt8(size & 15)
    while rest > 0 {
      result.append(byte | 0x80)
      byte = UInt8(rest & 0x7F)
      rest >>= 7
    }
    result.append(byte)
  }
}
