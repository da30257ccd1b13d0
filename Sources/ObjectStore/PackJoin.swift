internal import Platform

/// Joining small packs: a commit's pack takes them in, so that their number stays small.
///
/// No extra syncs: the objects travel in the pack that is written anyway. The old packs are removed
/// only when the new one and its name are on disk, so that power loss leaves one of both.
struct PackJoin {
  let store: ObjectStore

  /// Bytes copied for one commit at most.
  static var byteLimit: Int { 256 << 20 }

  /// Copies what the chosen packs hold behind the objects already in `writer`, and writes the changed
  /// objects behind these.
  ///
  /// - Returns: the packs that are no longer needed once `writer` has finished, and the bytes that
  ///   were copied out of them.
  func copy(
    into writer: PackWriter, except ids: Set<ObjectID>, changed: [ChangedObject]
  ) throws(ObjectError) -> (packs: [Pack], bytes: Int) {
    let new = changed.reduce(writer.byteCount) { $0 + $1.stream.count }
    let (packs, rows) = chosen(try store.packs(), newBytes: new, changed)
    var copier = EntryCopier(writer: writer, seen: ids, isTracking: !changed.isEmpty)
    let start = writer.byteCount
    for (pack, rows) in zip(packs, rows) { try copier.copy(rows, from: pack) }
    let copied = writer.byteCount - start
    try write(changed, to: writer, behind: copier)
    return (packs, copied)
  }

  private func write(
    _ changed: [ChangedObject], to writer: PackWriter, behind copier: EntryCopier
  ) throws(ObjectError) {
    let deflater = Deflater()
    for object in changed {
      if let offset = copier.offset(of: object.base),
        copier.depths[object.base] ?? 0 < ChangedObject.deepest
      {
        try writer.append(object, onBaseAt: offset)
      } else {
        try writer.append(try object.object(in: store), object.id, deflater)
      }
    }
  }

  /// The packs to take in, and what they hold: those that keep the number of packs small, and those
  /// with bases of deltas that save enough.
  ///
  /// What cannot be copied blindly stays where it is; fsck says what is wrong with it.
  private func chosen(
    _ packs: [Pack], newBytes: Int, _ changed: [ChangedObject]
  ) -> (packs: [Pack], rows: [[StoredEntry]]) {
    var sized = packs.filter(mayGo).compactMap { pack in
      (try? store.system.status(pack.path).size).map { (pack: pack, bytes: $0) }
    }.sorted { ($0.bytes, $0.pack.stem) < ($1.bytes, $1.pack.stem) }
    let savings = savings(changed, in: sized.map(\.pack))
    while true {
      let end = PackTiers.run(sized.map(\.bytes), new: newBytes, limit: Self.byteLimit)
      var packs = sized[..<end].map(\.pack)
      var copied = sized[..<end].reduce(0) { $0 + $1.bytes }
      for (pack, bytes) in sized[end...] {
        let saved = savings[pack.stem] ?? 0
        guard saved > 0, bytes <= ChangedObject.copyFactor * saved,
          copied + bytes <= Self.byteLimit
        else { continue }
        packs.append(pack)
        copied += bytes
      }
      let rows = packs.map { try? $0.storedEntries() }
      let unfit = Set(rows.indices.filter { rows[$0] == nil }.map { packs[$0].stem })
      if unfit.isEmpty { return (packs, rows.compactMap { $0 }) }
      sized.removeAll { unfit.contains($0.pack.stem) }
    }
  }

  /// Bytes that deltas on objects of each pack save, by the pack's path without ending.
  private func savings(_ changed: [ChangedObject], in packs: [Pack]) -> [String: Int] {
    var savings: [String: Int] = [:]
    for object in changed {
      let pack = packs.first { $0.index.position(of: object.base) != nil }
      if let pack { savings[pack.stem, default: 0] += object.saving }
    }
    return savings
  }

  /// Packs that git was told to keep, or keeps books about, are left alone.
  private func mayGo(_ pack: Pack) -> Bool {
    [".keep", ".mtimes", ".promisor"].allSatisfy { !store.system.exists(pack.stem + $0) }
  }

  /// Removes packs whose objects are all in a newer one.
  ///
  /// What cannot be removed is only garbage.
  func remove(_ packs: [Pack]) {
    store.forget(packs)
    if !packs.isEmpty { removeMultiPackIndex() }
    for pack in packs {
      // Index first: a reader that sees no index looks for the objects elsewhere.
      for ending in [".idx", ".rev", ".bitmap", ".mtimes", ".pack"] {
        let file = pack.stem + ending
        if store.system.exists(file) { try? store.system.remove(file) }
      }
    }
  }

  /// git's index over many packs names them; without it git reads the index of each.
  private func removeMultiPackIndex() {
    let names = (try? store.system.listIfPresent(store.packFolder))?.compactMap(\.name) ?? []
    for name in names where name.hasPrefix("multi-pack-index") {
      try? store.system.remove(store.packFolder + "/" + name)
    }
  }
}
