internal import Platform

/// A new object told as a change of one that the store has, which a batch may write as a delta.
///
/// A delta must lie in one pack with its base, behind it (git's OFS_DELTA; git looks for a base in no
/// other pack). So the pack of the base is copied into the new one, if the deltas save enough for
/// that; where they do not, the object is written whole.
struct ChangedObject: Sendable {
  let id: ObjectID
  let kind: ObjectKind
  let base: ObjectID
  /// Bytes of the delta before compressing.
  let size: Int
  let stream: [UInt8]
  /// About so many bytes less than the whole object.
  let saving: Int

  /// Deltas on top of each other that a commit writes; git reads them all to give the last one.
  static var deepest: Int { 20 }
  /// Bytes that may be copied for one byte that is saved.
  static var copyFactor: Int { 4 }
  /// A body shorter than this is not worth the search.
  private static var shortest: Int { 1 << 16 }
  private static var sampleSize: Int { 1 << 16 }

  /// - Returns: nil where the base cannot be had, or a delta of it saves less than half.
  init?(
    _ object: RawObject, _ id: ObjectID, of base: ObjectID, in store: ObjectStore,
    _ deflater: Deflater
  ) {
    let body = object.bytes
    guard body.count >= Self.shortest, body.count <= DeltaChain.largest,
      let old = try? store.object(base), old.kind == object.kind,
      old.bytes.count <= DeltaChain.largest,
      let text = DeltaIndex(old.bytes).delta(to: body, limit: body.count / 4)
    else { return nil }
    let again = try? Delta.apply(text, to: old.bytes, limit: body.count, place: "")
    precondition(again == body, "a delta makes the body that it was made for")
    var stream: [UInt8] = []
    deflater.append(text, to: &stream)
    var sample: [UInt8] = []
    deflater.append(Array(body.prefix(Self.sampleSize)), to: &sample)
    let whole = sample.count * (body.count / Self.sampleSize)
    if stream.count > whole / 2 { return nil }
    self.id = id
    kind = object.kind
    self.base = base
    size = text.count
    self.stream = stream
    saving = whole - stream.count
  }

  /// The object itself, made of its base again.
  func object(in store: ObjectStore) throws(ObjectError) -> RawObject {
    let old = try store.object(base)
    let text = try unsafe stream.withRawBytes { (raw) throws(ObjectError) in
      try unsafe Inflater().body(raw, size: size, id: id).bytes
    }
    let body = try Delta.apply(
      text, to: old.bytes, limit: ObjectStore.defaultLimit, place: id.hex)
    return RawObject(kind: kind, bytes: body)
  }
}

extension PackWriter {
  /// Appends a delta whose base begins at `offset` of this pack.
  func append(_ changed: ChangedObject, onBaseAt offset: Int) throws(ObjectError) {
    var bytes: [UInt8] = []
    PackEntry.appendDeltaHead(size: changed.size, distance: byteCount - offset, to: &bytes)
    bytes += changed.stream
    let sum = unsafe bytes.withRawBytes { raw in unsafe checksum32(raw) }
    try append([Entry(id: changed.id, count: bytes.count, checksum: sum)], bytes)
  }
}
