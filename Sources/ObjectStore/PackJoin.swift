internal import Platform

/// Joining small packs: a commit's pack takes them in, so that their number stays small.
///
/// No extra syncs: the objects travel in the pack that is written anyway, and the old packs are
/// removed once it is on disk. The sizes left form a geometric row (as git repack --geometric),
/// so an object is copied a number of times that grows with the logarithm of the history.
struct PackJoin {
  let store: ObjectStore

  /// Packs that may lie side by side before any are joined.
  static var packLimit: Int { 24 }
  /// Bytes copied for one commit at most.
  static var byteLimit: Int { 64 << 20 }

  /// One object as it lies in a pack.
  private struct Stored {
    let id: ObjectID
    let start: Int
    let end: Int
    let checksum: UInt32
  }

  /// Copies what the chosen packs hold behind the objects already in `writer`.
  ///
  /// - Returns: the packs that are no longer needed once `writer` has finished.
  func copy(into writer: PackWriter, except ids: Set<ObjectID>) throws(ObjectError) -> [Pack] {
    let packs = try store.packs()
    if packs.count < Self.packLimit { return [] }
    var seen = ids
    var joined: [Pack] = []
    for pack in choose(packs, newObjects: writer.count) {
      // What cannot be copied blindly stays where it is; fsck says what is wrong with it.
      guard let rows = try? wholeObjects(of: pack), let file = try? pack.data() else { continue }
      var entries: [PackWriter.Entry] = []
      var bytes: [UInt8] = []
      for row in rows where seen.insert(row.id).inserted {
        unsafe file.withBytes { raw in unsafe bytes.append(contentsOf: raw[row.start..<row.end]) }
        entries.append(
          PackWriter.Entry(id: row.id, count: row.end - row.start, checksum: row.checksum))
      }
      try writer.append(entries, bytes)
      joined.append(pack)
    }
    return joined
  }

  /// The longest run of small packs whose largest is smaller than twice all the others together.
  private func choose(_ packs: [Pack], newObjects: Int) -> [Pack] {
    let bySize = packs.filter(mayGo).sorted {
      ($0.index.count, $0.stem) < ($1.index.count, $1.stem)
    }
    var sum = newObjects
    var bytes = 0
    var end = 0
    for (position, pack) in bySize.enumerated() {
      bytes += (try? store.system.status(pack.path).size) ?? 0
      if bytes > Self.byteLimit { break }
      if pack.index.count < 2 * sum { end = position + 1 }
      sum += pack.index.count
    }
    return Array(bySize[..<end])
  }

  /// Packs that git was told to keep, or keeps books about, are left alone.
  private func mayGo(_ pack: Pack) -> Bool {
    [".keep", ".mtimes", ".promisor"].allSatisfy { !store.system.exists(pack.stem + $0) }
  }

  /// The pack's objects in its order, none a delta, each with the CRC-32 its index promises.
  private func wholeObjects(of pack: Pack) throws(ObjectError) -> [Stored] {
    let file = try pack.data()
    let end = file.count - Pack.trailerSize
    var rows: [(start: Int, position: Int)] = []
    for position in 0..<pack.index.count {
      rows.append((try pack.offset(at: position), position))
    }
    rows.sort { $0.start < $1.start }
    var result: [Stored] = []
    for (index, row) in rows.enumerated() {
      let next = index + 1 < rows.count ? rows[index + 1].start : end
      let id = pack.index.id(row.position)
      let checksum = pack.index.checksum(row.position)
      let (entry, actual) = try unsafe file.withBytes { (raw) throws(ObjectError) in
        let entry = try unsafe PackEntry.parse(raw, at: row.start, end: end, place: pack.path)
        return (entry, unsafe checksum32(UnsafeRawBufferPointer(rebasing: raw[row.start..<next])))
      }
      guard case .whole = entry.form, actual == checksum else {
        throw ObjectError(.packMalformed, object: id, place: pack.path, message: "left as it is")
      }
      result.append(Stored(id: id, start: row.start, end: next, checksum: checksum))
    }
    return result
  }

  /// Removes packs whose objects are all in a newer one.
  ///
  /// What cannot be removed is only garbage.
  func remove(_ packs: [Pack]) {
    store.forget(packs)
    for pack in packs {
      // Index first: a reader that sees no index looks for the objects elsewhere.
      for ending in [".idx", ".rev", ".bitmap", ".pack"] {
        let file = pack.stem + ending
        if store.system.exists(file) { try? store.system.remove(file) }
      }
    }
  }
}
