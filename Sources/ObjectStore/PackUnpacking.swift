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

/// An object as a pack without index gives it.
struct UnpackedObject {
  let id: ObjectID
  let object: RawObject
  /// Head and zlib stream, counted from the pack's start.
  let place: Range<Int>
}

/// Reads a pack that has no index, or none that is believed, every object once (gitformat-pack(5)).
///
/// The checksum first, then whole objects from front to back, then deltas as their bases become
/// known: work is linear in what comes out, which is bounded, and memory is a few objects.
/// A class that owns its buffers; it belongs to one thread.
final class PackUnpacking {
  typealias Taking = (UnpackedObject) throws(ObjectError) -> Void
  typealias Elsewhere = (ObjectID) throws(ObjectError) -> RawObject?

  private let file: MappedFile
  private let start: Int
  private let limits: UnpackLimits
  private let goesOn: Bool
  private let inflater = Inflater()
  private let cache = ObjectCache(limit: 16 << 20)
  private var produced = 0
  /// Where each object that is known lies, by id, for deltas that name their base so.
  private var places: [ObjectID: Int] = [:]
  /// Where objects lie whose bytes can be had.
  private var known: Set<Int> = []
  /// The base of each delta that can be applied.
  private var bases: [Int: Int] = [:]
  /// Where each delta ends, until it is applied.
  private var ends: [Int: Int] = [:]
  /// Deltas that wait for their base.
  private var byOffset: [Int: [Int]] = [:]
  private var byID: [ObjectID: [Int]] = [:]
  /// A base from elsewhere, which cannot be built again, under an address that no entry has.
  private var borrowed: (place: Int, object: RawObject)?
  /// The first thing that is wrong, where the reading goes on behind it.
  private(set) var fault: ObjectError?
  /// The checksum at the end, where it is that of the bytes.
  private(set) var checksum: ObjectID?
  /// Deltas on top of each other, as `PackDecoder` reads them.
  private static var deepest: Int { 4095 }

  /// - Parameters:
  ///   - start: where the pack begins in the file, which it ends.
  ///   - goesOn: gives what is good and remembers the first `fault`, for a repair.
  init(_ file: MappedFile, from start: Int, limits: UnpackLimits, goesOn: Bool = false) {
    self.file = file
    self.start = start
    self.limits = limits
    self.goesOn = goesOn
  }

  private var size: Int { file.count - start }
  private var end: Int { size - Pack.trailerSize }

  /// Gives every object to `take`, bases before what is built on them.
  ///
  /// - Parameter base: an object that lies elsewhere; nil where it does not.
  /// - Throws: `pack_malformed` `pack_checksum_mismatch` and what is wrong with an entry; of a reading
  ///   that goes on, only what `take` throws.
  func run(base: Elsewhere = { _ in nil }, _ take: Taking) throws(ObjectError) {
    try tolerating { () throws(ObjectError) in
      let count = try checkHead()
      var at = Pack.headSize
      for _ in 0..<count { at = try scan(at, take) }
      guard at == end else { throw malformed(at, "there is more in the pack than its objects") }
    }
    if ends.isEmpty { return }
    for id in byID.keys.sorted() where places[id] == nil {
      guard let object = try base(id) else { continue }
      // Whatever is built on it finds it there meanwhile.
      let place = -1 - places.count
      borrowed = (place, object)
      places[id] = place
      try build(children(of: place, id), take)
    }
    borrowed = nil
    if !ends.isEmpty {
      try tolerating { () throws(ObjectError) in
        let missing = byID.keys.filter { places[$0] == nil }.sorted().first
        throw ObjectError(
          .deltaBaseMissing, object: missing, place: missing?.hex ?? file.path,
          message: "a delta's base is neither in the pack nor here")
      }
    }
  }

  /// What `take` throws is not the pack's fault, and ends every reading.
  private var isRefused = false

  private func give(_ object: UnpackedObject, to take: Taking) throws(ObjectError) {
    do throws(ObjectError) {
      try take(object)
    } catch {
      isRefused = true
      throw error
    }
  }

  private func tolerating(_ body: () throws(ObjectError) -> Void) throws(ObjectError) {
    do throws(ObjectError) {
      try body()
    } catch {
      if !goesOn || isRefused { throw error }
      fault = fault ?? error
    }
  }

  private func checkHead() throws(ObjectError) -> Int {
    guard size >= Pack.headSize + Pack.trailerSize else { throw malformed(0, "it is cut off") }
    let actual = file.hash(start..<start + end)
    let (magic, version, count, stated) = unsafe file.withBytes { raw in
      let pack = unsafe UnsafeRawBufferPointer(rebasing: raw[start...])
      return unsafe (
        bigEndian32(pack, 0), bigEndian32(pack, 4), Int(bigEndian32(pack, 8)),
        ObjectID(loading: pack, at: end)
      )
    }
    if stated == actual { checksum = stated }
    guard magic == 0x5041_434B, version == 2 || version == 3 else {
      throw malformed(0, "it is no pack of version 2 or 3")
    }
    if checksum == nil {
      try tolerating { () throws(ObjectError) in
        throw ObjectError(
          .packChecksumMismatch, place: file.path,
          message: "the pack is not the one that was written")
      }
    }
    // A head and the shortest zlib stream make nine bytes.
    guard count <= (end - Pack.headSize) / 9 || goesOn else {
      throw malformed(8, "it counts too many objects")
    }
    return count
  }

  /// Reads the entry at `at`; returns where the next one begins.
  private func scan(_ at: Int, _ take: Taking) throws(ObjectError) -> Int {
    let (entry, bytes, next) = try entry(at)
    switch entry.form {
    case .whole(let kind):
      let object = RawObject(kind: kind, bytes: bytes)
      let id = ObjectID.of(kind, bytes)
      try note(id, object, at)
      try give(UnpackedObject(id: id, object: object, place: at..<next), to: take)
      try build(children(of: at, id), take)
    case .offsetDelta(let base):
      ends[at] = next
      if known.contains(base) {
        try build([(at, base)], take)
      } else {
        byOffset[base, default: []].append(at)
      }
    case .idDelta(let base):
      ends[at] = next
      if let place = places[base] {
        try build([(at, place)], take)
      } else {
        byID[base, default: []].append(at)
      }
    }
    return next
  }

  private func note(_ id: ObjectID, _ object: RawObject, _ at: Int) throws(ObjectError) {
    known.insert(at)
    if places[id] == nil { places[id] = at }
    cache.keep(object, file, at)
    // A repair keeps what is malformed; fsck says what is wrong with it.
    if !goesOn { try object.checkForm(id: id) }
  }

  private typealias Child = (delta: Int, base: Int)

  /// Works through deltas whose bases are known and what waits for these, without recursion: chains
  /// may be long.
  private func build(_ children: [Child], _ take: Taking) throws(ObjectError) {
    var stack = children
    while let (delta, base) = stack.popLast() {
      try tolerating { () throws(ObjectError) in
        bases[delta] = base
        let object = try object(delta)
        let id = ObjectID.of(object.kind, object.bytes)
        guard let end = ends.removeValue(forKey: delta) else {
          preconditionFailure("a delta is applied once")
        }
        try note(id, object, delta)
        try give(UnpackedObject(id: id, object: object, place: delta..<end), to: take)
        stack += self.children(of: delta, id)
      }
    }
  }

  private func children(of at: Int, _ id: ObjectID) -> [Child] {
    if byOffset.isEmpty && byID.isEmpty { return [] }
    return ((byOffset.removeValue(forKey: at) ?? []) + (byID.removeValue(forKey: id) ?? []))
      .map { ($0, at) }
  }

  /// The object at a place whose base is known: from the cache, or built again from the last base
  /// that is in it.
  private func object(_ at: Int) throws(ObjectError) -> RawObject {
    var chain: [Int] = []
    var place = at
    var found = recent(place)
    while found == nil, let base = bases[place] {
      chain.append(place)
      guard chain.count <= Self.deepest else {
        throw ObjectError(.deltaLoop, place: file.path, message: "a chain of deltas is too long")
      }
      place = base
      found = recent(place)
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

  private func recent(_ place: Int) -> RawObject? {
    if let borrowed, borrowed.place == place { return borrowed.object }
    return cache.object(file, place)
  }

  private func entry(_ at: Int) throws(ObjectError) -> (entry: PackEntry, bytes: [UInt8], end: Int)
  {
    guard at < end else { throw malformed(at, "it ends before its last object") }
    let (entry, bytes, read) = try unsafe file.withBytes { (raw) throws(ObjectError) in
      let pack = unsafe UnsafeRawBufferPointer(rebasing: raw[start...])
      let entry = try unsafe PackEntry.parse(pack, at: at, end: end, place: file.path)
      if entry.size > limits.object { throw tooLarge(nil, entry.size) }
      try count(entry.size)
      // Safe because the entry's data begins inside of the pack, before its trailer.
      let input = unsafe UnsafeRawBufferPointer(rebasing: pack[entry.dataStart..<end])
      do throws(ObjectError) {
        let (bytes, read) = try unsafe inflater.body(input, size: entry.size, id: nil)
        return (entry, bytes, read)
      } catch {
        throw error.at("\(file.path), offset \(at)")
      }
    }
    let next = entry.dataStart + read
    if read >= PackDecoder.largeEntry { file.releaseAround(start + entry.dataStart..<start + next) }
    return (entry, bytes, next)
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
