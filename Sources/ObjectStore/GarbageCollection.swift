internal import Platform

/// What `gc` may do.
public struct GarbageOptions: Sendable {
  /// Unreachable objects younger than this many seconds stay.
  public var grace: Int64
  /// Says what would be done and does nothing.
  public var isDryRun: Bool
  /// Milliseconds to wait for writers to end.
  public var patience: Int

  /// Two weeks, as git.
  public static var defaultGrace: Int64 { 14 * 86_400 }

  public init(
    grace: Int64 = GarbageOptions.defaultGrace, isDryRun: Bool = false, patience: Int = 30_000
  ) {
    self.grace = grace
    self.isDryRun = isDryRun
    self.patience = patience
  }
}

/// An unreachable object that is, or would be, removed.
public struct PrunedObject: Sendable, Equatable {
  public let id: ObjectID
  /// Bytes on disk.
  public let bytes: Int
}

/// What `gc` did, or would do.
public struct GarbageReport: Sendable, Equatable {
  public internal(set) var packsBefore = 0
  public internal(set) var looseBefore = 0
  /// Bytes of packs, indexes and loose objects.
  public internal(set) var bytesBefore = 0
  /// Nil for a dry run.
  public internal(set) var packsAfter: Int?
  public internal(set) var bytesAfter: Int?
  /// Objects that refs reach.
  public internal(set) var reachable = 0
  /// How many of them are told as changes of others; nil for a dry run.
  public internal(set) var deltas: Int?
  /// How many of these were deltas before, and were copied as they are.
  public internal(set) var reusedDeltas: Int?
  /// Unreachable objects that stay, since they are young or a young one needs them.
  public internal(set) var kept = 0
  public internal(set) var pruned: [PrunedObject] = []
  public internal(set) var leftovers: [Leftover] = []
  /// Packs that stay because somebody began to use them meanwhile, or `.keep` says so.
  public internal(set) var keptPacks: [String] = []
}

extension ObjectStore {
  /// Packs everything reachable into one pack, with deltas, many refs into one file, and removes what nobody
  /// needs.
  ///
  /// Reachable is what refs, HEAD, reflogs and the memory of tips lead to. Unreachable objects stay
  /// until they are older than the grace period, in a pack of their own with their times. What is
  /// removed is removed while no writer is at work, after the refs were read once more; readers
  /// find everything in the new pack, which is on disk before.
  ///
  /// - Parameter progress: told what is being done, how much is done, and of how much.
  /// - Throws: `locked`; and what is wrong with a reachable object, before anything is removed.
  public func gc(
    _ options: GarbageOptions, progress: @escaping (String, Int, Int) -> Void = { _, _, _ in }
  ) throws(ObjectError) -> GarbageReport {
    try checkFormat()
    let lock = try wrapping { () throws(PlatformError) in
      try system.makeDirectories(path + "/wf")
      return try system.lock(path + "/wf/gc", waiting: 0)
    }
    defer { lock.release() }
    // The file system's own clock: the one that the ages of files are told by.
    let now = try wrapping { () throws(PlatformError) in
      try system.status(lock.path, followingLinks: false).modified
    }
    var collection = try GarbageCollection(
      store: self, options: options, now: now, progress: progress)
    let report = try collection.run()
    if !options.isDryRun { try packRefs() }
    return report
  }
}

/// One run of `gc`.
private struct GarbageCollection {
  let store: ObjectStore
  let options: GarbageOptions
  let now: Int64
  let progress: (String, Int, Int) -> Void
  var report = GarbageReport()
  /// Packs when the run began, with the time of each.
  let packs: [Pack]
  /// Loose objects with time and bytes.
  private(set) var loose: [ObjectID: (modified: Int64, bytes: Int)] = [:]
  var reached: Reachability
  /// Objects that some pack which stays has, or a new one.
  var stored: Set<ObjectID> = []

  init(
    store: ObjectStore, options: GarbageOptions, now: Int64,
    progress: @escaping (String, Int, Int) -> Void
  ) throws(ObjectError) {
    self.store = store
    self.options = options
    self.now = now
    self.progress = progress
    packs = try store.packs(refreshing: true)
    for folder in try store.looseFolders() {
      for id in try store.looseObjects(in: folder) {
        let file = store.objectFolder + "/" + LooseObject.path(id)
        guard let status = (try? store.system.statusIfPresent(file)) ?? nil else { continue }
        loose[id] = (status.modified, status.size)
      }
    }
    // As many as are stored, some of them twice and some not reached: the walk ends before that.
    let most = packs.reduce(loose.count) { $0 + $1.index.count }
    reached = Reachability(store: store) { progress("walking", min($0, most), most) }
  }

  mutating func run() throws(ObjectError) -> GarbageReport {
    report.packsBefore = packs.count
    report.looseBefore = loose.count
    report.bytesBefore = sizeOnDisk()
    for root in try store.roots() { try reached.add(root.id, root.name) }
    report.reachable = reached.objects.count
    let kept = try youngOnes()
    report.kept = kept.count
    let keepers = packs.filter { store.system.exists($0.stem + ".keep") }
    report.keptPacks = keepers.map(\.name)
    try listPruned(kept, keepers)
    report.leftovers = try store.leftovers(now: now, age: options.grace)
    if options.isDryRun { return report }

    for pack in keepers {
      for row in 0..<pack.index.count { stored.insert(pack.index.id(row)) }
    }
    let wanted = reached.objects.filter { !stored.contains($0.id) }
    let progress = progress
    let repack = Repack(store: store) { progress("packing", $0, $1) }
    let whole = try repack.write(wanted, chunkGroups: reached.chunkGroups)
    report.deltas = whole?.deltas ?? 0
    report.reusedDeltas = whole?.reused ?? 0
    for object in wanted { stored.insert(object.id) }
    let cruft = try writeKept(kept)
    let made = [whole?.stem, cruft].compactMap { $0 }
    for stem in made { try store.adopt(packAt: stem) }
    let spare = Set(made + keepers.map(\.stem))
    try store.withoutWriters(waiting: options.patience) { () throws(ObjectError) in
      try removeOld(except: spare)
      store.remove(report.leftovers)
    }
    report.packsAfter = try store.packs(refreshing: true).count
    report.bytesAfter = sizeOnDisk()
    return report
  }

  // MARK: - What is unreachable

  /// Unreachable objects that stay, with the time of each.
  private func youngOnes() throws(ObjectError) -> [ObjectID: Int64] {
    var times: [ObjectID: Int64] = [:]
    func see(_ id: ObjectID, _ time: Int64) {
      if !reached.ids.contains(id) { times[id] = max(times[id] ?? .min, time) }
    }
    for pack in packs {
      let own = CruftTimes.read(pack, store.system)
      for row in 0..<pack.index.count { see(pack.index.id(row), own?[row] ?? pack.modified) }
    }
    for (id, row) in loose { see(id, row.modified) }
    var kept: [ObjectID: Int64] = [:]
    var waiting = times.filter { now - $0.value < options.grace }.map(\.key)
    while let id = waiting.popLast() {
      // What a young one needs stays with it, whatever its age.
      guard let time = times[id], kept.updateValue(time, forKey: id) == nil,
        let object = try? store.object(id), let links = try? object.links(id: id)
      else { continue }
      waiting += links.map(\.target).filter { times[$0] != nil && kept[$0] == nil }
    }
    return kept
  }

  private mutating func listPruned(
    _ kept: [ObjectID: Int64], _ keepers: [Pack]
  ) throws(ObjectError) {
    let stays = Set(keepers.map(\.stem))
    var sizes: [ObjectID: Int] = [:]
    for pack in packs where !stays.contains(pack.stem) {
      // A pack whose file cannot be read has no sizes to tell; its objects are listed all the same.
      let rows = (0..<pack.index.count).filter {
        let id = pack.index.id($0)
        return !reached.ids.contains(id) && kept[id] == nil
      }
      if rows.isEmpty { continue }
      let ends = (try? pack.entryEnds()) ?? [:]
      for row in rows {
        let bytes = pack.index.offset(row).flatMap { start in ends[start].map { $0 - start } }
        sizes[pack.index.id(row), default: 0] += bytes ?? 0
      }
    }
    for (id, row) in loose where !reached.ids.contains(id) && kept[id] == nil {
      sizes[id, default: 0] += row.bytes
    }
    report.pruned = sizes.map { PrunedObject(id: $0.key, bytes: $0.value) }
      .sorted { $0.id < $1.id }
  }

  /// Writes the unreachable objects that stay into a pack of their own, with their times.
  private mutating func writeKept(_ kept: [ObjectID: Int64]) throws(ObjectError) -> String? {
    var rows: [ReachedObject] = []
    for id in kept.keys.sorted() where !stored.contains(id) {
      // An unreachable object that can't be read is kept where it is.
      guard let kind = (try? store.object(id))?.kind else { continue }
      rows.append(ReachedObject(id: id, kind: kind, group: 0, offset: 0))
    }
    let repack = Repack(store: store) { _, _ in }
    guard let stem = try repack.write(rows, chunkGroups: [])?.stem else { return nil }
    let pack = try Pack(stem: stem, system: store.system)
    let times = CruftTimes.encode(pack) { kept[$0] ?? now }
    try wrapping { () throws(PlatformError) in
      try store.system.write(times, to: CruftTimes.path(pack), .durable, mode: 0o444)
    }
    for row in rows { stored.insert(row.id) }
    return stem
  }

  // MARK: - Removing; no writer is at work

  private mutating func removeOld(except spare: Set<String>) throws(ObjectError) {
    // Refs may have moved since the walk, also to what nothing reached then.
    for root in try store.roots() { try reached.add(root.id, root.name) }
    let prunable = Set(report.pruned.map(\.id))
    func isNeeded(_ id: ObjectID) -> Bool {
      !stored.contains(id) && (reached.ids.contains(id) || !prunable.contains(id))
    }
    var gone: [Pack] = []
    for pack in packs where !spare.contains(pack.stem) {
      let status = (try? store.system.statusIfPresent(pack.stem + ".idx")) ?? nil
      let isTouched = status.map { $0.modified != pack.modified } ?? false
      if isTouched || (0..<pack.index.count).contains(where: { isNeeded(pack.index.id($0)) }) {
        report.keptPacks.append(pack.name)
      } else {
        gone.append(pack)
      }
    }
    for (id, row) in loose where !isNeeded(id) {
      let file = store.objectFolder + "/" + LooseObject.path(id)
      let status = (try? store.system.statusIfPresent(file)) ?? nil
      if status?.modified == row.modified { try? store.system.remove(file) }
    }
    PackJoin(store: store).remove(gone)
    if !prunable.isEmpty { removeCommitGraph() }
    report.pruned.removeAll { reached.ids.contains($0.id) }
  }

  /// git's table of commits may name some that are gone; git makes it anew.
  private func removeCommitGraph() {
    let info = store.objectFolder + "/info/"
    try? store.system.remove(info + "commit-graph")
    try? store.system.removeTree(info + "commit-graphs")
  }

  private func sizeOnDisk() -> Int {
    let packed = ((try? store.system.listIfPresent(store.packFolder)) ?? []).compactMap(\.name)
      .reduce(0) { $0 + ((try? store.system.status(store.packFolder + "/" + $1).size) ?? 0) }
    return packed
      + loose.keys.reduce(0) { sum, id in
        let file = store.objectFolder + "/" + LooseObject.path(id)
        return sum + (((try? store.system.statusIfPresent(file)) ?? nil)?.size ?? 0)
      }
  }
}

extension Pack {
  /// Where each entry ends, by where it begins.
  func entryEnds() throws(ObjectError) -> [Int: Int] {
    let last = try data().count - Pack.trailerSize
    let starts = (0..<index.count).compactMap { index.offset($0) }.sorted()
    var ends: [Int: Int] = [:]
    for (start, end) in zip(starts, starts.dropFirst() + [last]) { ends[start] = end }
    return ends
  }
}
