internal import Platform

/// An object compressed for a new pack.
struct PackedObject: Sendable {
  let id: ObjectID
  let kind: ObjectKind
  /// What it is told as a change of; nil for a whole object.
  let base: ObjectID?
  /// Bytes after inflating.
  let size: Int
  let stream: [UInt8]
  /// Whether it was such a delta before.
  var isReused = false
}

/// Versions of one thing, newest first, on their way into a pack: each is told as a change of one
/// before it where that saves bytes.
///
/// A delta that is there already, on a base of this chain, is taken as it is.
///
/// Bounds: chains of at most 50 (git writes as many), a window of versions and of bytes, no
/// deltas for objects over 8 MiB.
struct DeltaChain: Sendable {
  private struct Candidate: Sendable {
    let id: ObjectID
    let kind: ObjectKind
    let depth: Int
    let body: [UInt8]
    /// Made when a delta on the body is first looked for.
    var index: DeltaIndex?
    /// Bytes of memory, the index counted before it is made.
    var size: Int { body.count + body.count / 2 }
  }

  let objects: [ReachedObject]
  private(set) var next = 0
  /// Objects of the chain that are in the pack, with the deltas below each.
  private var depths: [ObjectID: Int] = [:]
  private var window: [Candidate] = []
  private var windowSize = 0

  static var deepest: Int { 50 }
  static var largest: Int { 8 << 20 }
  private static var level: Int32 { 6 }
  /// Bytes of one chain's window.
  private static var windowLimit: Int { 32 << 20 }
  /// Bytes that one run reads, and objects.
  private static var runSize: Int { 8 << 20 }
  private static var runCount: Int { 2048 }

  init(_ objects: [ReachedObject]) { self.objects = objects }

  var isDone: Bool { next == objects.count }

  /// Reads and compresses the next objects.
  ///
  /// Objects too large for a delta are passed over: `copyLarge` is for these.
  mutating func run(_ store: ObjectStore) throws(ObjectError) -> [PackedObject] {
    let decoder = store.takeDecoder()
    defer { store.giveBack(decoder) }
    let deflater = Deflater(level: Self.level)
    var result: [PackedObject] = []
    var bytes = 0
    while next < objects.count, bytes < Self.runSize, result.count < Self.runCount {
      let row = objects[next]
      next += 1
      let object = try store.object(row.id, limit: ObjectStore.defaultLimit, with: decoder)
      if object.kind != row.kind { throw wrongKind(row.id, object.kind, expected: row.kind) }
      bytes += object.bytes.count
      if let kept = kept(object, row.id, store) {
        keep(object, row.id, depth: depths[row.id] ?? 0)
        result.append(kept)
      } else {
        result.append(pack(object, row.id, deflater))
      }
    }
    if isDone {
      window = []
      depths = [:]
    }
    return result
  }

  /// The object as the delta that the store has of it; its bytes were checked when it was read.
  private mutating func kept(
    _ object: RawObject, _ id: ObjectID, _ store: ObjectStore
  ) -> PackedObject? {
    guard let delta = store.storedDelta(of: id), let below = depths[delta.base],
      below < Self.deepest
    else { return nil }
    depths[id] = below + 1
    return PackedObject(
      id: id, kind: object.kind, base: delta.base, size: delta.size, stream: delta.stream,
      isReused: true)
  }

  private mutating func pack(
    _ object: RawObject, _ id: ObjectID, _ deflater: Deflater
  ) -> PackedObject {
    let found = object.bytes.count <= Self.largest ? best(for: object) : nil
    var packed: PackedObject?
    var depth = 0
    if let (candidate, delta) = found {
      var stream: [UInt8] = []
      deflater.append(delta, to: &stream)
      packed = PackedObject(
        id: id, kind: object.kind, base: candidate.id, size: delta.count, stream: stream)
      depth = candidate.depth + 1
    }
    // Where a delta is not far smaller than the body, compressing may make up for it.
    if packed == nil || packed?.size ?? 0 > object.bytes.count / 16 {
      var stream: [UInt8] = []
      deflater.append(object.bytes, to: &stream)
      if packed == nil || stream.count <= packed?.stream.count ?? 0 {
        packed = PackedObject(
          id: id, kind: object.kind, base: nil, size: object.bytes.count, stream: stream)
        depth = 0
      }
    }
    depths[id] = depth
    keep(object, id, depth: depth)
    guard let packed else { preconditionFailure("one of the two forms was made") }
    return packed
  }

  /// The shortest delta from one of the window; a deep base has to save more.
  private mutating func best(for object: RawObject) -> (Candidate, [UInt8])? {
    var best: (Candidate, [UInt8])?
    var limit = object.bytes.count / 2 - 20
    var tries = Self.tries(object.bytes.count)
    for place in window.indices.reversed() where window[place].kind == object.kind && tries > 0 {
      let candidate = window[place]
      if candidate.depth >= Self.deepest { continue }
      let depth = best?.0.depth ?? 0
      let allowed = limit * (Self.deepest - candidate.depth) / max(1, Self.deepest - depth)
      if allowed <= 4 || candidate.body.count < object.bytes.count / 32 { continue }
      tries -= 1
      let index = candidate.index ?? DeltaIndex(candidate.body)
      window[place].index = index
      guard let delta = index.delta(to: object.bytes, limit: min(allowed, limit)) else { continue }
      let again = try? Delta.apply(
        delta, to: candidate.body, limit: object.bytes.count, place: "")
      precondition(again == object.bytes, "a delta makes the body that it was made for")
      best = (candidate, delta)
      limit = delta.count - 1
      if delta.count < object.bytes.count / 256 { break }
    }
    return best
  }

  private static func tries(_ size: Int) -> Int {
    size > 1 << 20 ? 3 : size > 1 << 16 ? 6 : 12
  }

  private mutating func keep(_ object: RawObject, _ id: ObjectID, depth: Int) {
    guard object.bytes.count <= Self.largest, object.bytes.count >= 32 else { return }
    let candidate = Candidate(id: id, kind: object.kind, depth: depth, body: object.bytes)
    window.append(candidate)
    windowSize += candidate.size
    var first = 0
    while windowSize > Self.windowLimit || window.count - first > 16, first < window.count - 1 {
      windowSize -= window[first].size
      first += 1
    }
    window.removeFirst(first)
  }
}

/// An object as a pack tells it, as a change of another.
struct StoredDelta {
  let base: ObjectID
  /// Bytes after inflating.
  let size: Int
  let stream: [UInt8]
}

extension ObjectStore {
  /// The delta as which a pack has an object; nil where it has it whole, or not at all.
  func storedDelta(of id: ObjectID) -> StoredDelta? {
    guard case .packed(let pack, let position)? = (try? location(of: id)) ?? nil,
      let start = try? pack.offset(at: position), let file = try? pack.data()
    else { return nil }
    let end = file.count - Pack.trailerSize
    let entry = try? unsafe file.withBytes { (raw) throws(ObjectError) in
      try unsafe PackEntry.parse(raw, at: start, end: end, place: pack.path)
    }
    guard let entry, entry.form.isDelta, let places = try? pack.places() else { return nil }
    let base: ObjectID
    switch entry.form {
    case .idDelta(let id): base = id
    case .offsetDelta(let offset):
      guard let row = places.position(at: offset) else { return nil }
      base = pack.index.id(row)
    case .whole: return nil
    }
    let last = places.end(of: start)
    guard last > entry.dataStart else { return nil }
    let stream = unsafe file.withBytes { raw in unsafe Array(raw[entry.dataStart..<last]) }
    return StoredDelta(base: base, size: entry.size, stream: stream)
  }
}
