internal import Platform

/// What a pack holds by its own bytes, without its index: how git's index-pack reads it.
struct PackScan {
  struct Row: Sendable {
    let offset: Int
    let end: Int
    let form: PackEntry.Form
    /// Nil until its delta is resolved.
    var id: ObjectID?
  }

  private(set) var rows: [Row] = []
  /// What ended the scan early, or keeps deltas from being resolved.
  private(set) var error: ObjectError?
  /// The checksum at the end, where it is that of the bytes.
  private(set) var checksum: ObjectID?
  private var rowOf: [Int: Int] = [:]

  /// Whether every object is known and the pack is what its checksum says.
  var isWhole: Bool { error == nil && checksum != nil && rows.allSatisfy { $0.id != nil } }

  /// Bytes of bodies kept for the deltas on top of them.
  private static var cacheLimit: Int { 64 << 20 }

  init(_ file: MappedFile, with decoder: PackDecoder) {
    guard file.count >= Pack.headSize + Pack.trailerSize else {
      error = ObjectError(.packMalformed, place: file.path, message: "the pack is too short")
      return
    }
    let end = file.count - Pack.trailerSize
    let (magic, version, count, stated, actual) = unsafe file.withBytes { raw in
      var hash = ObjectHash()
      unsafe hash.update(UnsafeRawBufferPointer(rebasing: raw[..<end]))
      return unsafe (
        bigEndian32(raw, 0), bigEndian32(raw, 4), Int(bigEndian32(raw, 8)),
        ObjectID(loading: raw, at: end), hash.finish()
      )
    }
    if stated == actual { checksum = stated }
    guard magic == 0x5041_434B, version == 2 || version == 3 else {
      error = ObjectError(
        .packMalformed, place: file.path, message: "the pack does not begin as one of version 2")
      return
    }
    do throws(ObjectError) {
      try readRows(file, count, end, decoder)
    } catch {
      self.error = error
    }
    resolve(file, decoder)
  }

  private mutating func readRows(
    _ file: MappedFile, _ count: Int, _ end: Int, _ decoder: PackDecoder
  ) throws(ObjectError) {
    var offset = Pack.headSize
    for _ in 0..<count {
      if offset >= end {
        throw ObjectError(
          .packMalformed, place: "\(file.path), offset \(offset)",
          message: "the pack ends before its last object")
      }
      let entry = try decoder.parse(file, offset)
      if entry.size > ObjectStore.defaultLimit { throw tooLarge(nil, entry.size) }
      let (bytes, next) = try decoder.inflate(entry, file, id: nil)
      var id: ObjectID?
      if case .whole(let kind) = entry.form { id = ObjectID.of(kind, bytes) }
      rowOf[offset] = rows.count
      rows.append(Row(offset: offset, end: next, form: entry.form, id: id))
      offset = next
    }
    if offset != end {
      throw ObjectError(
        .packMalformed, place: "\(file.path), offset \(offset)",
        message: "there are bytes after the last object of the pack")
    }
  }

  /// Builds what deltas say, as far as their bases are there.
  private mutating func resolve(_ file: MappedFile, _ decoder: PackDecoder) {
    var known: [ObjectID: Int] = [:]
    for (index, row) in rows.enumerated() { if let id = row.id { known[id] = index } }
    var cache: [Int: RawObject] = [:]
    var cached = 0
    var hasNew = true
    while hasNew {
      hasNew = false
      for index in rows.indices where rows[index].id == nil {
        let object: RawObject
        do throws(ObjectError) {
          guard let built = try build(index, file, decoder, known, cache) else { continue }
          object = built
        } catch {
          self.error = self.error ?? error
          continue
        }
        let id = ObjectID.of(object.kind, object.bytes)
        rows[index].id = id
        known[id] = index
        hasNew = true
        cached += object.bytes.count
        if cached > Self.cacheLimit { (cache, cached) = ([:], 0) }
        cache[index] = object
      }
    }
    if error == nil, let row = rows.first(where: { $0.id == nil }) {
      error = ObjectError(
        .deltaBaseMissing, place: "\(file.path), offset \(row.offset)",
        message: "a delta's base is not in its pack")
    }
  }

  /// The object of a row; nil where a base is not known (yet).
  func object(
    _ index: Int, _ file: MappedFile, _ decoder: PackDecoder
  ) throws(ObjectError) -> RawObject? {
    var known: [ObjectID: Int] = [:]
    for (index, row) in rows.enumerated() { if let id = row.id { known[id] = index } }
    return try build(index, file, decoder, known, [:])
  }

  private func build(
    _ index: Int, _ file: MappedFile, _ decoder: PackDecoder, _ known: [ObjectID: Int],
    _ cache: [Int: RawObject]
  ) throws(ObjectError) -> RawObject? {
    var deltas: [[UInt8]] = []
    var at = index
    var base: RawObject
    while true {
      if let object = cache[at] {
        base = object
        break
      }
      let entry = try decoder.parse(file, rows[at].offset)
      let bytes = try decoder.inflate(entry, file, id: nil).bytes
      var next: Int?
      switch entry.form {
      case .whole(let kind):
        base = RawObject(kind: kind, bytes: bytes)
        next = nil
      case .offsetDelta(let offset):
        next = rowOf[offset]
        base = RawObject(kind: .blob, bytes: [])
        if next == nil { return nil }
      case .idDelta(let id):
        next = known[id]
        base = RawObject(kind: .blob, bytes: [])
        if next == nil { return nil }
      }
      guard let below = next else { break }
      deltas.append(bytes)
      if deltas.count > rows.count {
        throw ObjectError(
          .deltaLoop, place: "\(file.path), offset \(rows[index].offset)",
          message: "a chain of deltas does not end")
      }
      at = below
    }
    for delta in deltas.reversed() {
      let bytes = try Delta.apply(
        delta, to: base.bytes, limit: ObjectStore.defaultLimit,
        place: "\(file.path), offset \(rows[index].offset)")
      base = RawObject(kind: base.kind, bytes: bytes)
    }
    return base
  }

  /// An index for the pack; nil where it is not whole.
  func index(of file: MappedFile) -> [UInt8]? {
    guard isWhole, let checksum else { return nil }
    let entries = rows.compactMap { row in
      row.id.map { id in
        let sum = unsafe file.withBytes { raw in
          unsafe checksum32(UnsafeRawBufferPointer(rebasing: raw[row.offset..<row.end]))
        }
        return (id: id, checksum: sum, offset: row.offset)
      }
    }
    return PackWriter.index(entries, packChecksum: checksum)
  }
}
