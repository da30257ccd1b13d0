internal import Platform

/// One object in a file of its own: a zlib stream of `KIND SIZE NUL BODY`.
enum LooseObject {
  /// Longest header: `commit ` and the 19 digits of the largest size, and NUL.
  private static var longestHeader: Int { 32 }

  /// The path below `objects/`.
  static func path(_ id: ObjectID) -> String {
    let hex = id.hex
    return "\(hex.prefix(2))/\(hex.dropFirst(2))"
  }

  /// Reads a loose object's file; its hash is the caller's to check.
  ///
  /// - Throws: `object_truncated` `zlib_invalid` `zlib_trailing_bytes` `object_size_mismatch`
  ///   `object_type_unknown` `object_too_large`.
  static func decode(
    _ file: [UInt8], id: ObjectID, limit: Int, with inflater: Inflater
  ) throws(ObjectError) -> RawObject {
    try unsafe file.withRawBytes { (raw) throws(ObjectError) in
      try unsafe decode(raw, id: id, limit: limit, with: inflater)
    }
  }

  private static func decode(
    _ file: UnsafeRawBufferPointer, id: ObjectID, limit: Int, with inflater: Inflater
  ) throws(ObjectError) -> RawObject {
    if unsafe file.isEmpty { throw truncated(id) }
    inflater.reset()
    var head = [UInt8](repeating: 0, count: longestHeader)
    let first = unsafe head.withUnsafeMutableBytes { target in
      unsafe inflater.run(file, into: target)
    }
    if first.outcome == .invalid { throw invalid(id) }
    guard let end = head[..<first.written].firstIndex(of: 0) else {
      if first.outcome == .needsInput { throw truncated(id) }
      throw ObjectError(.objectTypeUnknown, object: id, message: "the object has no header")
    }
    let (kind, size) = try parseHeader(head[..<end], id: id)
    if size > limit { throw tooLarge(id, size) }
    if size > Inflater.mostBytes(from: file.count) { throw wrongSize(id, size) }
    let early = head[(end + 1)..<first.written]
    if early.count > size { throw wrongSize(id, size) }

    let rest = unsafe UnsafeRawBufferPointer(rebasing: file.dropFirst(first.read))
    var outcome = first.outcome
    var read = first.read
    var written = early.count
    // One byte more than declared, so that a longer stream shows itself.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
      let target = UnsafeMutableRawBufferPointer(buffer)
      unsafe target.copyBytes(from: early)
      if outcome != .done {
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: target.dropFirst(early.count))
        let run = unsafe inflater.run(rest, into: room)
        outcome = run.outcome
        read += run.read
        written += run.written
      }
      count = min(written, size)
    }
    switch outcome {
    case .invalid: throw invalid(id)
    case .needsOutput: throw wrongSize(id, size)
    case .needsInput: throw written > size ? wrongSize(id, size) : truncated(id)
    case .done: break
    }
    if written != size { throw wrongSize(id, size) }
    if read != file.count {
      throw ObjectError(
        .zlibTrailingBytes, object: id, message: "there are bytes after the compressed object")
    }
    return RawObject(kind: kind, bytes: bytes)
  }

  /// The file of an object.
  static func encode(_ object: RawObject) -> [UInt8] {
    var whole = Array("\(object.kind.rawValue) \(object.bytes.count)\0".utf8)
    whole.append(contentsOf: object.bytes)
    var file: [UInt8] = []
    Deflater().append(whole, to: &file)
    return file
  }

  private static func parseHeader(
    _ header: ArraySlice<UInt8>, id: ObjectID
  ) throws(ObjectError) -> (ObjectKind, Int) {
    guard let space = header.firstIndex(of: 32) else {
      throw ObjectError(.objectTypeUnknown, object: id, message: "the object's header is malformed")
    }
    let word = String(decoding: header[..<space], as: UTF8.self)
    guard let kind = ObjectKind(rawValue: word) else {
      throw ObjectError(
        .objectTypeUnknown, object: id, message: "the object's type is none of git's four")
    }
    let digits = header[(space + 1)...]
    let isPlain = digits.allSatisfy { (48...57).contains($0) }
    let isShortest = digits.first != 48 || digits.count == 1
    guard isPlain, isShortest, !digits.isEmpty,
      let size = Int(String(decoding: digits, as: UTF8.self))
    else {
      throw ObjectError(
        .objectSizeMismatch, object: id, message: "the object's declared size is no number")
    }
    return (kind, size)
  }
}

@inline(never) func truncated(_ id: ObjectID?) -> ObjectError {
  ObjectError(.objectTruncated, object: id, message: "the object ends too early")
}

@inline(never) func invalid(_ id: ObjectID?) -> ObjectError {
  ObjectError(.zlibInvalid, object: id, message: "the object's compressed bytes are damaged")
}

@inline(never) func tooLarge(_ id: ObjectID?, _ size: Int) -> ObjectError {
  ObjectError(.objectTooLarge, object: id, message: "the object says it has \(size) bytes")
}

@inline(never) func wrongSize(_ id: ObjectID?, _ size: Int) -> ObjectError {
  ObjectError(
    .objectSizeMismatch, object: id, message: "the object has not the \(size) bytes it declares")
}
