internal import Platform

/// Objects on their way into the store, as one pack.
///
/// Objects that the store has, or that came before, are not written again. Nothing can be read
/// back, and no ref may point at it, before `finish`. Compressing runs on all cores. An object that is
/// told to be a change of one in the store may be kept as a delta (`ChangedObject`).
public final class ObjectBatch {
  /// What a batch did.
  public struct Summary: Sendable, Equatable {
    /// Objects new to the store.
    public let written: Int
    /// Objects given that the store had already, or given twice.
    public let present: Int
    /// Bytes of the pack.
    public let packed: Int
  }

  private let store: ObjectStore
  private let known: KnownObjects
  /// From before the look at what is there until a ref holds the objects, nothing is pruned.
  private var lease: FileLease?
  /// Commits and tags given: what a ref may come to hold.
  private var heads: Set<ObjectID> = []
  private var pending: [PendingObject] = []
  private var pendingBytes = 0
  private var ids: Set<ObjectID> = []
  private var present = 0
  private var packed = 0
  private var writer: PackWriter?
  /// Deltas that are written last, behind their bases.
  private var changed: [ChangedObject] = []
  private var changedBytes = 0

  /// Bytes that wait in memory before they are compressed and written.
  private static var pendingLimit: Int { 16 << 20 }

  init(store: ObjectStore) throws(ObjectError) {
    self.store = store
    lease = try store.beginWriting()
    known = try store.knownObjects()
  }

  /// Takes one object; returns its id.
  @discardableResult
  public func add(_ kind: ObjectKind, _ body: [UInt8]) throws(ObjectError) -> ObjectID {
    let id = ObjectID.of(kind, body)
    try add(RawObject(kind: kind, bytes: body), as: id)
    return id
  }

  /// Takes many objects, hashing on all cores; ids come in the order of the objects.
  ///
  /// - Parameter bases: for each object one of the store that it is likely a change of, or nil.
  public func add(
    _ objects: [RawObject], changedFrom bases: [ObjectID?] = []
  ) throws(ObjectError) -> [ObjectID] {
    let ids = concurrentMap(ranges(objects.count) { objects[$0].bytes.count }) { range in
      objects[range].map { ObjectID.of($0.kind, $0.bytes) }
    }.flatMap { $0 }
    for (index, (id, object)) in zip(ids, objects).enumerated() {
      try add(object, as: id, changedFrom: index < bases.count ? bases[index] : nil)
    }
    return ids
  }

  public func add(_ tree: Tree) throws(ObjectError) -> ObjectID { try add(.tree, tree.encoded) }

  /// Objects given so far that are new to the store.
  public var count: Int { ids.count }

  /// Whether an object is in the store or in this batch.
  public func contains(_ id: ObjectID) -> Bool { ids.contains(id) || known.contains(id) }

  /// Writes what is left and makes the pack part of the store.
  ///
  /// - Parameter durably: three syncs (pack, index, their folder), so that it survives power loss.
  public func finish(durably: Bool = true) throws(ObjectError) -> Summary {
    try flush()
    if writer == nil, !changed.isEmpty { try begin() }
    if let writer {
      self.writer = nil
      let join = PackJoin(store: store)
      let joined = try join.copy(into: writer, except: ids, changed: changed)
      packed = writer.byteCount - joined.bytes - Pack.headSize
      // Packs on disk may only be replaced by one that is on disk.
      let stem = try writer.finish(durably: durably || !joined.packs.isEmpty)
      try store.adopt(packAt: stem)
      // A pack joined alone with nothing new would be written under its own name again.
      join.remove(joined.packs.filter { $0.stem != stem })
    }
    if let lease, !heads.isEmpty { store.writers.keep(lease, until: heads) }
    lease = nil
    return Summary(written: ids.count, present: present, packed: packed)
  }

  /// Takes an object whose id is known.
  func add(
    _ object: RawObject, as id: ObjectID, changedFrom base: ObjectID? = nil
  ) throws(ObjectError) {
    if object.kind == .commit || object.kind == .tag { heads.insert(id) }
    if known.contains(id) || !ids.insert(id).inserted {
      present += 1
      return
    }
    pending.append(PendingObject(id: id, object: object, base: base))
    pendingBytes += object.bytes.count
    if pendingBytes > Self.pendingLimit { try flush() }
  }

  private func flush() throws(ObjectError) {
    if pending.isEmpty { return }
    let objects = pending
    // Deltas wait in memory for their bases, so there is an end to them.
    let triesDeltas = changedBytes < Self.pendingLimit
    let parts = concurrentMap(ranges(objects.count) { objects[$0].object.bytes.count }) { [store] in
      CompressedPart(objects[$0], triesDeltas ? store : nil)
    }
    pending.removeAll()
    pendingBytes = 0
    for part in parts {
      changed += part.changed
      changedBytes += part.changed.reduce(0) { $0 + $1.stream.count }
      if part.entries.isEmpty { continue }
      if writer == nil { try begin() }
      try writer?.append(part.entries, part.bytes)
    }
  }

  private func begin() throws(ObjectError) {
    writer = try PackWriter(folder: store.packFolder, system: store.system)
  }
}

/// An object that waits to be compressed.
private struct PendingObject: Sendable {
  let id: ObjectID
  let object: RawObject
  let base: ObjectID?
}

/// Cuts `0..<count` where about a sixteenth of the weight, and at least 64 KiB, has come together.
private func ranges(_ count: Int, weight: (Int) -> Int) -> [Range<Int>] {
  var total = 0
  for index in 0..<count { total += weight(index) + 256 }
  let share = max(1 << 16, total / 16)
  var result: [Range<Int>] = []
  var start = 0
  var sum = 0
  for index in 0..<count {
    sum += weight(index) + 256
    if sum >= share {
      result.append(start..<index + 1)
      start = index + 1
      sum = 0
    }
  }
  if start < count { result.append(start..<count) }
  return result
}

/// Some objects, compressed.
private struct CompressedPart: Sendable {
  private(set) var entries: [PackWriter.Entry] = []
  private(set) var bytes: [UInt8] = []
  private(set) var changed: [ChangedObject] = []

  /// - Parameter store: has the bases of deltas; nil to make none.
  init(_ objects: ArraySlice<PendingObject>, _ store: ObjectStore?) {
    let deflater = Deflater()
    entries.reserveCapacity(objects.count)
    for pending in objects {
      if let store, let base = pending.base,
        let delta = ChangedObject(pending.object, pending.id, of: base, in: store, deflater)
      {
        changed.append(delta)
        continue
      }
      let body = pending.object.bytes
      let start = bytes.count
      PackEntry.appendHead(pending.object.kind, size: body.count, to: &bytes)
      deflater.append(body, to: &bytes)
      let checksum = unsafe bytes[start...].withRawBytes { raw in unsafe checksum32(raw) }
      entries.append(
        PackWriter.Entry(id: pending.id, count: bytes.count - start, checksum: checksum))
    }
  }
}
