internal import Platform

/// Objects on their way into the store, as one pack.
///
/// Objects that the store has, or that came before, are not written again. Nothing can be read
/// back, and no ref may point at it, before `finish`. Compressing runs on all cores.
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
  private var pending: [(id: ObjectID, object: RawObject)] = []
  private var pendingBytes = 0
  private var ids: Set<ObjectID> = []
  private var present = 0
  private var packed = 0
  private var writer: PackWriter?

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
    try add(id, RawObject(kind: kind, bytes: body))
    return id
  }

  /// Takes many objects, hashing on all cores; ids come in the order of the objects.
  public func add(_ objects: [RawObject]) throws(ObjectError) -> [ObjectID] {
    let ids = concurrentMap(ranges(objects.count) { objects[$0].bytes.count }) { range in
      objects[range].map { ObjectID.of($0.kind, $0.bytes) }
    }.flatMap { $0 }
    for (id, object) in zip(ids, objects) { try add(id, object) }
    return ids
  }

  public func add(_ tree: Tree) throws(ObjectError) -> ObjectID { try add(.tree, tree.encoded) }

  /// Whether an object is in the store or in this batch.
  public func contains(_ id: ObjectID) -> Bool { ids.contains(id) || known.contains(id) }

  /// Writes what is left and makes the pack part of the store.
  ///
  /// - Parameter durably: three syncs (pack, index, their folder), so that it survives power loss.
  public func finish(durably: Bool = true) throws(ObjectError) -> Summary {
    try flush()
    if let writer {
      self.writer = nil
      let join = PackJoin(store: store)
      let joined = try join.copy(into: writer, except: ids)
      // Packs on disk may only be replaced by one that is on disk.
      let stem = try writer.finish(durably: durably || !joined.isEmpty)
      try store.adopt(packAt: stem)
      // A pack joined alone with nothing new would be written under its own name again.
      join.remove(joined.filter { $0.stem != stem })
    }
    if let lease, !heads.isEmpty { store.writers.keep(lease, until: heads) }
    lease = nil
    return Summary(written: ids.count, present: present, packed: packed)
  }

  private func add(_ id: ObjectID, _ object: RawObject) throws(ObjectError) {
    if object.kind == .commit || object.kind == .tag { heads.insert(id) }
    if known.contains(id) || !ids.insert(id).inserted {
      present += 1
      return
    }
    pending.append((id, object))
    pendingBytes += object.bytes.count
    if pendingBytes > Self.pendingLimit { try flush() }
  }

  private func flush() throws(ObjectError) {
    if pending.isEmpty { return }
    let objects = pending
    let parts = concurrentMap(ranges(objects.count) { objects[$0].object.bytes.count }) { range in
      compress(objects[range])
    }
    pending.removeAll()
    pendingBytes = 0
    if writer == nil {
      writer = try PackWriter(folder: store.packFolder, system: store.system)
    }
    for part in parts {
      try writer?.append(part.entries, part.bytes)
      packed += part.bytes.count
    }
  }
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

private func compress(
  _ objects: ArraySlice<(id: ObjectID, object: RawObject)>
) -> (entries: [PackWriter.Entry], bytes: [UInt8]) {
  let deflater = Deflater()
  var bytes: [UInt8] = []
  var entries: [PackWriter.Entry] = []
  entries.reserveCapacity(objects.count)
  for (id, object) in objects {
    let start = bytes.count
    PackEntry.appendHead(object.kind, size: object.bytes.count, to: &bytes)
    deflater.append(object.bytes, to: &bytes)
    let checksum = unsafe bytes[start...].withRawBytes { raw in unsafe checksum32(raw) }
    entries.append(PackWriter.Entry(id: id, count: bytes.count - start, checksum: checksum))
  }
  return (entries, bytes)
}
