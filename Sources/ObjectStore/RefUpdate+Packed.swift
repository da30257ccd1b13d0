internal import Platform

extension ObjectStore {
  /// Beyond so many, refs move together by one new `packed-refs`: a file for each, and a sync of each,
  /// would be most of the cost of a thousand.
  static var mostLooseUpdates: Int { 16 }

  /// Moves refs by a new `packed-refs`; the caller holds the lock of each, and of HEAD where that is
  /// given.
  ///
  /// A loose file hides a packed ref, so files go last, once what takes their place is on disk. A crash
  /// before that leaves refs that have a file old and the others new.
  ///
  /// - Returns: the refs that have a file, which the caller is to remove.
  func updatePacked(
    _ updates: [RefUpdate], head: RefName?, _ durably: Bool, _ waiting: Int
  ) throws(ObjectError) -> [RefName] {
    let file = path + "/packed-refs"
    let lock = try lock(file, waiting: waiting)
    defer { lock.release() }
    var rows: [RefName: PackedRefs.Row] = [:]
    for row in try packedRefs().rows { rows[row.name] = row }
    var loose: [RefName] = []
    for update in updates {
      let own = try refFile(update.name)
      let target =
        switch own {
        case .id(let id): id
        case .symbolic: try ref(update.name)
        case nil: rows[update.name]?.target
        }
      if target != update.old { throw moved(update) }
      if own != nil { loose.append(update.name) }
      if rows[update.name]?.target == update.new { continue }
      rows[update.name] = update.new.map {
        PackedRefs.Row(name: update.name, target: $0, peeled: nil)
      }
    }
    let staged = try head.map { (head) throws(ObjectError) in
      try stage("ref: \(head)\n", for: "HEAD", durably: durably)
    }
    do throws(ObjectError) {
      let bytes = PackedRefs(rows: Array(rows.values)).encoded
      try wrapping { () throws(PlatformError) in
        try system.write(bytes, to: file, durably ? .durable : .atomic)
        if let staged { try system.rename(staged.temporary, to: staged.file) }
      }
    } catch {
      if let staged { try? system.remove(staged.temporary) }
      throw error
    }
    writers.release(updates.compactMap(\.new))
    return loose
  }

  /// Puts refs that have a file each into `packed-refs`, where they are many: reading a thousand files takes
  /// longer than all that a push of nothing has to do.
  func packRefs() throws(ObjectError) {
    var updates: [RefUpdate] = []
    for text in try looseRefFiles() {
      guard let name = RefName(text), case .id(let id) = try refFile(name) else { continue }
      updates.append(RefUpdate(name, from: id, to: id))
    }
    if updates.count <= Self.mostLooseUpdates { return }
    do throws(ObjectError) {
      try update(updates)
    } catch {
      // Somebody moves one of them; the next gc packs them.
      guard error.code == .refMoved || error.reason == "locked" else { throw error }
    }
  }

  func moved(_ update: RefUpdate) -> ObjectError {
    ObjectError(
      .refMoved, object: update.old, place: update.name.text,
      message: "the ref was moved by someone else meanwhile")
  }
}
