internal import Platform

/// Reads objects out of packs: inflates and follows deltas.
///
/// A class that owns its buffers, so that a walk allocates once. Unchecked because one thread uses
/// it at a time: the store hands each caller one of its own.
final class PackDecoder: @unchecked Sendable {
  /// Deltas on top of each other; git writes 50 and reads 4095.
  private static var deepest: Int { 4095 }

  let inflater = Inflater()
  private let cache: ObjectCache
  /// Where the entry read last ends in its pack; nil when it came out of the cache.
  private(set) var lastEnd: Int?

  init(cache: ObjectCache) { self.cache = cache }

  /// One object at an offset, whole.
  ///
  /// - Throws: what a damaged pack can give, see SIGNING §10; the hash is the caller's to check.
  func object(
    in pack: Pack, at start: Int, id: ObjectID?, limit: Int
  ) throws(ObjectError) -> RawObject {
    let file = try pack.data()
    var deltas: [(offset: Int, text: [UInt8])] = []
    var visited: Set<Int> = []
    var offset = start
    var base: RawObject
    lastEnd = nil
    while true {
      if let known = cache.object(pack, offset) {
        base = known
        break
      }
      let entry = try parse(file, offset)
      if entry.size > limit { throw tooLarge(id, entry.size) }
      let (bytes, end) = try inflate(entry, file, id: id)
      if offset == start { lastEnd = end }
      if case .whole(let kind) = entry.form {
        base = RawObject(kind: kind, bytes: bytes)
        if !deltas.isEmpty { cache.keep(base, pack, offset) }
        break
      }
      deltas.append((offset, bytes))
      visited.insert(offset)
      offset = try baseOffset(of: entry, at: offset, in: pack, id: id)
      if visited.contains(offset) || deltas.count > Self.deepest {
        throw ObjectError(
          .deltaLoop, object: id, place: place(file, offset, id),
          message: "a chain of deltas does not end")
      }
    }
    for delta in deltas.reversed() {
      let bytes = try Delta.apply(
        delta.text, to: base.bytes, limit: limit, place: place(file, delta.offset, id))
      base = RawObject(kind: base.kind, bytes: bytes)
      // The object itself too: packs put the next version's delta on top of it.
      cache.keep(base, pack, delta.offset)
    }
    return base
  }

  /// The size of the object's body: of a delta, what its first bytes promise.
  func size(in pack: Pack, at start: Int, id: ObjectID) throws(ObjectError) -> Int {
    let file = try pack.data()
    let entry = try parse(file, start)
    // Who asks for the sizes of many chunks touches a page of each.
    defer { if entry.size >= Self.largeEntry { file.releaseAround(start..<entry.dataStart) } }
    if case .whole = entry.form { return entry.size }
    return try unsafe file.withBytes { (raw) throws(ObjectError) in
      // Safe because the entry's data begins inside of the file, before its trailer.
      let input = unsafe UnsafeRawBufferPointer(
        rebasing: raw[entry.dataStart..<file.count - Pack.trailerSize])
      inflater.reset()
      var head = [UInt8](repeating: 0, count: Delta.longestHead)
      let run = unsafe head.withUnsafeMutableBytes { target in
        unsafe inflater.run(input, into: target)
      }
      if run.outcome == .invalid { throw invalid(id) }
      return try Delta.size(promisedBy: head[..<run.written], place: place(file, start, id))
    }
  }

  /// The object's kind, and its size where that needs no delta to be applied.
  func kind(in pack: Pack, at start: Int, id: ObjectID) throws(ObjectError) -> ObjectKind {
    let file = try pack.data()
    var offset = start
    for _ in 0...Self.deepest {
      let entry = try parse(file, offset)
      if case .whole(let kind) = entry.form { return kind }
      offset = try baseOffset(of: entry, at: offset, in: pack, id: id)
    }
    throw ObjectError(.deltaLoop, object: id, message: "a chain of deltas does not end")
  }

  func parse(_ file: MappedFile, _ offset: Int) throws(ObjectError) -> PackEntry {
    try unsafe file.withBytes { (raw) throws(ObjectError) in
      try unsafe PackEntry.parse(
        raw, at: offset, end: file.count - Pack.trailerSize, place: file.path)
    }
  }

  private func baseOffset(
    of entry: PackEntry, at offset: Int, in pack: Pack, id: ObjectID?
  ) throws(ObjectError) -> Int {
    switch entry.form {
    case .whole, .offsetDelta(offset): return offset
    case .offsetDelta(let base): return base
    case .idDelta(let base):
      guard let position = pack.index.position(of: base) else {
        throw ObjectError(
          .deltaBaseMissing, object: id, message: "a delta's base is not in its pack: \(base)")
      }
      return try pack.offset(at: position)
    }
  }

  /// The entry's bytes, exactly as many as declared, and where its stream ends.
  func inflate(
    _ entry: PackEntry, _ file: MappedFile, id: ObjectID?
  ) throws(ObjectError) -> (bytes: [UInt8], end: Int) {
    let (bytes, read) = try unsafe file.withBytes { (raw) throws(ObjectError) in
      // Safe because the entry's data begins inside of the file, before its trailer.
      let input = unsafe UnsafeRawBufferPointer(
        rebasing: raw[entry.dataStart..<file.count - Pack.trailerSize])
      return try unsafe inflater.body(input, size: entry.size, id: id)
    }
    let end = entry.dataStart + read
    // A large member is read from front to back; its chunks need not stay in memory.
    if read >= Self.largeEntry { file.releaseAround(entry.dataStart..<end) }
    return (bytes, end)
  }

  /// Compressed bytes from which an entry's pages are given back.
  static var largeEntry: Int { 1 << 16 }

  private func place(_ file: MappedFile, _ offset: Int, _ id: ObjectID?) -> String {
    id?.hex ?? "\(file.path), offset \(offset)"
  }
}
