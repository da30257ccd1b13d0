internal import Platform

/// A ref that is to move, if it still is where the caller saw it.
public struct RefUpdate: Sendable, Equatable {
  public let name: RefName
  /// Where the ref must be; nil: it must not exist.
  public let old: ObjectID?
  /// Where it goes; nil: it goes away.
  public let new: ObjectID?

  public init(_ name: RefName, from old: ObjectID?, to new: ObjectID?) {
    self.name = name
    self.old = old
    self.new = new
  }
}

extension ObjectStore {
  /// Moves refs, and HEAD where given, or none of them.
  ///
  /// Takes `REF.lock` of each (in order of their names, so that two writers cannot block each
  /// other), compares, writes all new values beside, and renames them. A crash between two renames
  /// leaves a part moved; each ref is old or new, never torn. When durable: one sync for each
  /// value and one for each folder; HEAD's folder is not synced, since it only says what was last.
  /// More than a few refs move by one new `packed-refs` instead, at two syncs for all of them.
  ///
  /// - Parameter last: a ref that tells of the others: it moves under the same locks, and reaches the
  ///   disk only after they have, so that power loss never leaves it ahead of them.
  /// - Throws: `ref_moved`, `ref_conflict` (a ref lies where a folder is needed), `locked`.
  public func update(
    _ updates: [RefUpdate], last: RefUpdate? = nil, head: RefName? = nil, durably: Bool = true,
    waiting: Int = 2000
  ) throws(ObjectError) {
    let first = updates.sorted { $0.name < $1.name }
    let updates = (updates + [last].compactMap { $0 }).sorted { $0.name < $1.name }
    var locks: [LockFile] = []
    var lastLock: LockFile?
    defer { for lock in locks + [lastLock].compactMap({ $0 }) { lock.release() } }
    var madeFolders: [String] = []
    var folders: Set<String> = []
    let packed = RefFolders(try packedRefs().rows.map(\.name.text))
    for update in updates {
      try checkConflict(update, packed)
      if folders.insert(Path.parent(update.name.text)).inserted {
        madeFolders += try makeFolder(of: update.name)
      }
    }
    locks = try wrapping { () throws(PlatformError) in
      try system.locks(updates.map { path + "/" + $0.name.text }, waiting: waiting)
    }
    if let last, let place = updates.firstIndex(where: { $0.name == last.name }) {
      lastLock = locks.remove(at: place)
    }
    let needsHead = head != nil && (try? self.head()) != head
    if needsHead { locks.append(try lock(path + "/HEAD", waiting: waiting)) }
    if try arePacked(first, last) {
      let hiding = try updatePacked(updates, head: needsHead ? head : nil, durably, waiting)
      var changed = try removeLoose(hiding.filter { $0 != last?.name })
      for lock in locks { lock.release() }
      locks = []
      changed.formUnion(madeFolders.map(Path.parent))
      if let last, hiding.contains(last.name) {
        if durably { try syncFolders(changed) }
        changed = try removeLoose([last.name])
      }
      lastLock?.release()
      lastLock = nil
      if durably { try syncFolders(changed) }
      return
    }
    for update in updates where try ref(update.name) != update.old { throw moved(update) }
    var staged: [(temporary: String, file: String)] = []
    var stagedLast: [(temporary: String, file: String)] = []
    var changed: Set<String> = []
    do throws(ObjectError) {
      for update in updates {
        guard let new = update.new else { continue }
        let file = try stage("\(new)\n", for: update.name.text, durably: durably)
        if update.name == last?.name { stagedLast.append(file) } else { staged.append(file) }
      }
      if needsHead, let head {
        staged.append(try stage("ref: \(head)\n", for: "HEAD", durably: durably))
      }
      try removePacked(updates.filter { $0.new == nil && $0.old != nil }.map(\.name), durably)
      changed = try moveIntoPlace(&staged, first)
      // Before the sync, so that power loss does not bring locks back which nobody holds.
      for lock in locks { lock.release() }
      locks = []
      changed.formUnion(madeFolders.map(Path.parent))
      if durably { try syncFolders(changed) }
      changed = try moveIntoPlace(&stagedLast, [])
      writers.release(updates.compactMap(\.new))
    } catch {
      for (temporary, _) in staged + stagedLast { try? system.remove(temporary) }
      throw error
    }
    lastLock?.release()
    lastLock = nil
    if durably { try syncFolders(changed) }
  }

  /// Whether refs move by one file of all refs rather than by a file of each: where they are many, and
  /// with a label, where the syncs of three files would be too many.
  ///
  /// Not where that would show the last before the others: it would be new at once, while files hide
  /// what they are to be.
  private func arePacked(_ first: [RefUpdate], _ last: RefUpdate?) throws(ObjectError) -> Bool {
    guard let last else { return first.count > Self.mostLooseUpdates }
    if first.count < 2 { return false }
    if try refFile(last.name) != nil { return true }
    for update in first where try refFile(update.name) != nil { return false }
    return true
  }

  private func syncFolders(_ folders: Set<String>) throws(ObjectError) {
    for folder in folders.sorted() {
      try wrapping { () throws(PlatformError) in try system.syncDirectory(folder) }
    }
  }

  func stage(
    _ text: String, for name: String, durably: Bool
  ) throws(ObjectError) -> (temporary: String, file: String) {
    let file = path + "/" + name
    let temporary = system.temporaryName(beside: file)
    try wrapping { () throws(PlatformError) in
      do throws(PlatformError) {
        let writer = try system.create(temporary)
        try writer.append(text)
        try writer.finish(durably: durably)
      } catch {
        try? system.remove(temporary)
        throw error
      }
    }
    return (temporary, file)
  }

  /// - Returns: the folders whose names were changed.
  private func moveIntoPlace(
    _ staged: inout [(temporary: String, file: String)], _ updates: [RefUpdate]
  ) throws(ObjectError) -> Set<String> {
    var folders: Set<String> = []
    while let next = staged.first {
      try wrapping { () throws(PlatformError) in
        do throws(PlatformError) {
          try system.rename(next.temporary, to: next.file)
        } catch {
          // git leaves empty folders behind where refs were.
          guard error.code == .isDirectory || error.code == .directoryNotEmpty else { throw error }
          try system.removeDirectory(next.file)
          try system.rename(next.temporary, to: next.file)
        }
      }
      staged.removeFirst()
      if next.file != path + "/HEAD" { folders.insert(Path.parent(next.file)) }
    }
    folders.formUnion(
      try removeLoose(updates.filter { $0.new == nil && $0.old != nil }.map(\.name)))
    return folders
  }

  /// - Returns: the folders in which the files lay.
  func removeLoose(_ names: [RefName]) throws(ObjectError) -> Set<String> {
    var folders: Set<String> = []
    for name in names {
      let file = path + "/" + name.text
      try wrapping { () throws(PlatformError) in
        do throws(PlatformError) {
          try system.remove(file)
        } catch {
          if error.code != .fileNotFound { throw error }  // it was packed only
        }
      }
      folders.insert(Path.parent(file))
    }
    return folders
  }

  private func removePacked(_ names: [RefName], _ durably: Bool) throws(ObjectError) {
    if names.isEmpty { return }
    let file = path + "/packed-refs"
    let lock = try lock(file, waiting: 2000)
    defer { lock.release() }
    var packed = try packedRefs()
    let before = packed.rows.count
    let names = Set(names)
    packed.rows.removeAll { names.contains($0.name) }
    if packed.rows.count == before { return }
    let bytes = packed.encoded
    try wrapping { () throws(PlatformError) in
      try system.write(bytes, to: file, durably ? .durable : .atomic)
    }
  }

  func lock(_ file: String, waiting: Int) throws(ObjectError) -> LockFile {
    try wrapping { () throws(PlatformError) in try system.lock(file, waiting: waiting) }
  }

  private func makeFolder(of name: RefName) throws(ObjectError) -> [String] {
    let folder = Path.parent(path + "/" + name.text)
    do throws(PlatformError) {
      return try system.makeDirectories(folder)
    } catch {
      if error.code != .notDirectory { throw ObjectError(error) }
      throw ObjectError(
        .refConflict, place: name.text, message: "a ref lies where this one needs a folder")
    }
  }

  /// `a` and `a/b` cannot both be refs.
  private func checkConflict(_ update: RefUpdate, _ packed: RefFolders) throws(ObjectError) {
    if update.new == nil || update.old != nil { return }
    let text = update.name.text
    let loose = RefFolders(try looseRefFiles(below: text))
    guard let other = packed.conflict(with: text) ?? loose.conflict(with: text) else { return }
    throw ObjectError(
      .refConflict, place: text, message: "there is a ref that excludes this one: \(other)")
  }
}

/// Names of refs and the folders that they lie in.
private struct RefFolders {
  private var names: Set<String> = []
  /// A name below each folder.
  private var folders: [String: String] = [:]

  init(_ names: [String]) {
    for name in names {
      self.names.insert(name)
      for folder in Self.parents(of: name) { folders[folder] = name }
    }
  }

  /// A name that cannot stand beside this one.
  func conflict(with name: String) -> String? {
    folders[name] ?? Self.parents(of: name).first { names.contains($0) }
  }

  private static func parents(of name: String) -> [String] {
    name.utf8.indices.filter { name.utf8[$0] == 0x2F }.map { String(name[..<$0]) }
  }
}
