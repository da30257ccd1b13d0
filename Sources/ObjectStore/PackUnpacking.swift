internal import Platform

/// How much a foreign pack may unfold to before it is refused.
public struct UnpackLimits: Sendable {
  /// Bytes of one object.
  public var object: Int
  /// Bytes that inflating and applying deltas may produce in all, what is made twice counted twice.
  public var total: Int

  public init(object: Int = ObjectStore.defaultLimit, total: Int = 16 << 30) {
    self.object = object
    self.total = total
  }
}

/// Reads a foreign pack that has no index, every object once (gitformat-pack(5)).
///
/// The checksum first, then whole objects from front to back, then deltas as their bases become
/// known: work is linear in what comes out, which is bounded, and memory is a few objects.
/// A class that owns its buffers; it belongs to one thread.
final class PackUnpacking {
  typealias Taking = (ObjectID, RawObject) throws(ObjectError) -> Void

  private let file: MappedFile
  private let start: Int
  private let limits: UnpackLimits
  private let inflater = Inflater()
  private var produced = 0
  private var recent = RecentObjects(limit: 64 << 20)
  /// Where each object that is known lies, by id, for deltas that name their base so.
  private var places: [ObjectID: Int] = [:]
  /// Where objects lie whose bytes can be had.
  private var known: Set<Int> = []
  /// The base of each delta that can be applied.
  private var bases: [Int: Int] = [:]
  /// Deltas that wait for their base.
  private var byOffset: [Int: [Int]] = [:]
  private var byID: [ObjectID: [Int]] = [:]
  private var waiting = 0
  /// Deltas on top of each other, as `PackDecoder` reads them.
  private static var deepest: Int { 4095 }

  /// - Parameter start: where the pack begins in the file, which it ends.
  init(_ file: MappedFile, from start: Int, limits: UnpackLimits) {
    self.file = file
    self.start = start
    self.limits = limits
  }

  private var size: Int { file.count - start }
  private var end: Int { size - Pack.trailerSize }

  /// Gives every object to `take`, bases before what is built on them.
  ///
  /// - Parameter base: an object that lies elsewhere; nil where it does not.
  /// - Throws: `pack_malformed` `pack_checksum_mismatch` and what is wrong with an entry.
  func run(
    base: (ObjectID) throws(ObjectError) -> RawObject?, _ take: Taking
  ) throws(ObjectError) {
    let count = try checkHead()
    var at = Pack.headSize
    for _ in 0..<count { at = try scan(at, take) }
    guard at == end else { throw malformed(at, "there is more in the pack than its objects") }
    if waiting == 0 { return }
    for id in byID.keys.sorted() where places[id] == nil {
      guard let object = try base(id) else { continue }
      // An address that no entry has: whatever is built on it finds it there meanwhile.
      let place = -1 - places.count
      recent.pinned = (place, object)
      places[id] = place
      try build(on: place, id, take)
    }
    if waiting > 0 {
      let missing = byID.keys.filter { places[$0] == nil }.sorted().first
      throw ObjectError(
        .deltaBaseMissing, object: missing, place: missing?.hex ?? file.path,
        message: "a delta's base is neither in the pack nor here")
    }
  }

  private func checkHead() throws(ObjectError) -> Int {
    guard size >= Pack.headSize + Pack.trailerSize else { throw malformed(0, "it is cut off") }
    let (magic, version, count, stated, actual) = unsafe file.withBytes { raw in
      let pack = unsafe UnsafeRawBufferPointer(rebasing: raw[start...])
      var hash = ObjectHash()
      unsafe hash.update(UnsafeRawBufferPointer(rebasing: pack[..<end]))
      return unsafe (
        bigEndian32(pack, 0), bigEndian32(pack, 4), Int(bigEndian32(pack, 8)),
        ObjectID(loading: pack, at: end), hash.finish()
      )
    }
    guard magic == 0x5041_434B, version == 2 || version == 3 else {
      throw malformed(0, "it is no pack of version 2 or 3")
    }
    guard stated == actual else {
      throw ObjectError(
        .packChecksumMismatch, place: file.path, message: "the pack is not the one that was written"
      )
    }
    // A head and the shortest zlib stream make nine bytes.
    guard count <= (end - Pack.headSize) / 9 else {
      throw malformed(8, "it counts too many objects")
    }
    return count
  }

  /// Reads the entry at `at`; returns where the next one begins.
  private func scan(_ at: Int, _ take: Taking) throws(ObjectError) -> Int {
    let (entry, bytes, next) = try entry(at)
    if case .whole(let kind) = entry.form {
      let object = RawObject(kind: kind, bytes: bytes)
      let id = ObjectID.of(kind, bytes)
      try note(id, object, at)
      try take(id, object)
      if byID[id] != nil || byOffset[at] != nil { try build(on: at, id, take) }
      return next
    }
    waiting += 1
    switch entry.form {
    case .whole: break
    case .offsetDelta(let base):
      if known.contains(base) {
        try resolve(at, on: base, take)
      } else {
        byOffset[base, default: []].append(at)
      }
    case .idDelta(let base):
      if let place = places[base] {
        try resolve(at, on: place, take)
      } else {
        byID[base, default: []].append(at)
      }
    }
    return next
  }

  private func note(_ id: ObjectID, _ object: RawObject, _ at: Int) throws(ObjectError) {
    known.insert(at)
    if places[id] == nil { places[id] = at }
    recent.keep(object, at)
    try object.checkForm(id: id)
  }

  /// One delta whose base is known, and all that waited for it.
  private func resolve(_ at: Int, on base: Int, _ take: Taking) throws(ObjectError) {
    bases[at] = base
    let object = try object(at)
    let id = ObjectID.of(object.kind, object.bytes)
    waiting -= 1
    try note(id, object, at)
    try take(id, object)
    try build(on: at, id, take)
  }

  /// Works through what waits for an object, without recursion: chains may be long.
  private func build(on at: Int, _ id: ObjectID, _ take: Taking) throws(ObjectError) {
    var stack = children(of: at, id).map { (delta: $0, base: at) }
    while let (delta, base) = stack.popLast() {
      bases[delta] = base
      let object = try object(delta)
      let id = ObjectID.of(object.kind, object.bytes)
      waiting -= 1
      try note(id, object, delta)
      try take(id, object)
      for next in children(of: delta, id) { stack.append((next, delta)) }
    }
  }

  private func children(of at: Int, _ id: ObjectID) -> [Int] {
    (byOffset.removeValue(forKey: at) ?? []) + (byID.removeValue(forKey: id) ?? [])
  }

  /// The object at a place whose base is known: from the cache, or built again from the last base
  /// that is in it.
  private func object(_ at: Int) throws(ObjectError) -> RawObject {
    var chain: [Int] = []
    var place = at
    var found = recent[place]
    while found == nil, let base = bases[place] {
      chain.append(place)
      guard chain.count <= Self.deepest else {
        throw ObjectError(.deltaLoop, place: file.path, message: "a chain of deltas is too long")
      }
      place = base
      found = recent[place]
    }
    var object: RawObject
    if let found {
      object = found
    } else {
      let (entry, bytes, _) = try entry(place)
      guard case .whole(let kind) = entry.form else {
        throw malformed(place, "a delta's base is none of the pack's objects")
      }
      object = RawObject(kind: kind, bytes: bytes)
    }
    for delta in chain.reversed() {
      let text = try entry(delta).bytes
      let body = try Delta.apply(
        text, to: object.bytes, limit: limits.object, place: "\(file.path), offset \(delta)")
      try count(body.count)
      object = RawObject(kind: object.kind, bytes: body)
    }
    return object
  }

  private func entry(_ at: Int) throws(ObjectError) -> (entry: PackEntry, bytes: [UInt8], end: Int)
  {
    try unsafe file.withBytes { (raw) throws(ObjectError) in
      let pack = unsafe UnsafeRawBufferPointer(rebasing: raw[start...])
      guard at < end else { throw malformed(at, "it ends before its last object") }
      let entry = try unsafe PackEntry.parse(pack, at: at, end: end, place: file.path)
      if entry.size > limits.object { throw tooLarge(nil, entry.size) }
      try count(entry.size)
      // Safe because the entry's data begins inside of the pack, before its trailer.
      let input = unsafe UnsafeRawBufferPointer(rebasing: pack[entry.dataStart..<end])
      let (bytes, read) = try unsafe inflate(input, size: entry.size, at: at)
      return (entry, bytes, entry.dataStart + read)
    }
  }

  private func inflate(
    _ input: UnsafeRawBufferPointer, size: Int, at: Int
  ) throws(ObjectError) -> (bytes: [UInt8], read: Int) {
    if size > Inflater.mostBytes(from: input.count) {
      throw malformed(at, "an object declares more bytes than there can be")
    }
    inflater.reset()
    var run = (outcome: Inflater.Outcome.needsInput, read: 0, written: 0)
    // One byte more than declared, so that a longer stream shows itself.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
      let target = unsafe UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: size + 1)
      run = unsafe inflater.run(input, into: target)
      count = min(run.written, size)
    }
    let place = "\(file.path), offset \(at)"
    switch run.outcome {
    case .invalid:
      throw ObjectError(.zlibInvalid, place: place, message: "an object's bytes are no zlib stream")
    case .needsInput where run.written <= size:
      throw ObjectError(.objectTruncated, place: place, message: "an object is cut off")
    case .done where run.written == size: return (bytes, run.read)
    case .needsInput, .needsOutput, .done:
      throw ObjectError(
        .objectSizeMismatch, place: place, message: "an object has not the size that it declares")
    }
  }

  private func count(_ bytes: Int) throws(ObjectError) {
    produced += bytes
    if produced > limits.total {
      throw ObjectError(
        .objectTooLarge, place: file.path,
        message: "the pack unfolds to more than \(limits.total) bytes")
    }
  }

  private func malformed(_ offset: Int, _ why: String) -> ObjectError {
    ObjectError(.packMalformed, place: "\(file.path), offset \(offset)", message: why)
  }
}

extension RawObject {
  /// Parses what has a form, so that nothing malformed goes further.
  fileprivate func checkForm(id: ObjectID) throws(ObjectError) {
    if kind != .blob { _ = try links(id: id) }
  }
}

/// Objects that deltas are built on, up to a number of bytes; the oldest go first.
private struct RecentObjects {
  private let limit: Int
  private var objects: [Int: RawObject] = [:]
  private var order: [Int] = []
  private var size = 0
  /// A base from elsewhere, which cannot be built again.
  var pinned: (place: Int, object: RawObject)?

  init(limit: Int) { self.limit = limit }

  subscript(place: Int) -> RawObject? {
    if let pinned, pinned.place == place { return pinned.object }
    return objects[place]
  }

  mutating func keep(_ object: RawObject, _ place: Int) {
    guard object.bytes.count <= limit / 4, objects[place] == nil else { return }
    objects[place] = object
    order.append(place)
    size += object.bytes.count
    if size <= limit && order.count <= 1 << 16 { return }
    let half = order.count / 2 + 1
    for old in order.prefix(half) { size -= objects.removeValue(forKey: old)?.bytes.count ?? 0 }
    order.removeFirst(min(half, order.count))
  }
}
