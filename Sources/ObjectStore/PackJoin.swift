internal import Platform

/// Joining small packs: a commit's pack takes them in, so that their number stays small.
///
/// No extra syncs: the objects travel in the pack that is written anyway. The old packs are removed
/// only when the new one and its name are on disk, so that power loss leaves one of both.
struct PackJoin {
  let store: ObjectStore

  /// Bytes copied for one commit at most.
  static var byteLimit: Int { 256 << 20 }

  /// Copies what the chosen packs hold behind the objects already in `writer`.
  ///
  /// - Returns: the packs that are no longer needed once `writer` has finished.
  func copy(into writer: PackWriter, except ids: Set<ObjectID>) throws(ObjectError) -> [Pack] {
    let (packs, rows) = chosen(try store.packs(), newBytes: writer.byteCount)
    var copier = EntryCopier(writer: writer, seen: ids)
    for (pack, rows) in zip(packs, rows) { try copier.copy(rows, from: pack) }
    return packs
  }

  /// The packs to take in, and what they hold.
  ///
  /// What cannot be copied blindly stays where it is; fsck says what is wrong with it.
  private func chosen(_ packs: [Pack], newBytes: Int) -> (packs: [Pack], rows: [[StoredEntry]]) {
    var sized = packs.filter(mayGo).compactMap { pack in
      (try? store.system.status(pack.path).size).map { (pack: pack, bytes: $0) }
    }.sorted { ($0.bytes, $0.pack.stem) < ($1.bytes, $1.pack.stem) }
    while true {
      let end = PackTiers.run(sized.map(\.bytes), new: newBytes, limit: Self.byteLimit)
      let packs = sized[..<end].map(\.pack)
      let rows = packs.map { try? $0.storedEntries() }
      let unfit = rows.indices.filter { rows[$0] == nil }
      if unfit.isEmpty { return (packs, rows.compactMap { $0 }) }
      for index in unfit.reversed() { sized.remove(at: index) }
    }
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
