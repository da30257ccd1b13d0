public import Platform

/// Another place that may have an object: a second store, a repository, a bundle.
public struct ObjectSource: Sendable {
  /// What it is called in reports.
  public let name: String
  /// The object, nil where it is not there or cannot be read; its hash is checked by who asks.
  public let object: @Sendable (ObjectID) -> RawObject?

  public init(name: String, object: @escaping @Sendable (ObjectID) -> RawObject?) {
    self.name = name
    self.object = object
  }

  public init(_ store: ObjectStore) {
    self.init(name: store.path) { id in try? store.object(id) }
  }
}

/// One thing that a repair did.
public struct RepairAction: Sendable, Equatable {
  public enum Kind: String, Sendable {
    /// An index was made anew from its pack.
    case indexRebuilt = "idx_rebuilt"
    /// Good objects of a damaged pack were written into a new one.
    case objectsSalvaged = "objects_salvaged"
    /// A damaged file was moved to `wf/quarantine`; nothing is ever deleted.
    case quarantined
    /// Objects came back from another place.
    case objectsRestored = "objects_restored"
  }

  public let kind: Kind
  /// The file it was done to, below the store's folder; for restored objects their source.
  public let place: String
  /// Objects that it concerns.
  public let count: Int
}

extension ObjectStore {
  /// Repairs what can be repaired and says what is still wrong.
  ///
  /// Indexes are made anew from their packs; a pack or loose object that cannot be read goes into
  /// `wf/quarantine` once its good objects are in a new pack; missing objects, and all that they
  /// lead to, are taken from `source`. Every object is hashed before it is written.
  ///
  /// - Throws: `locked`, and what makes the repository unreadable at all.
  public static func repair(
    at path: String, system: FileSystem, from source: ObjectSource?
  ) throws(ObjectError) -> FsckReport {
    let store = ObjectStore(path: Path.normalise(path), system: system)
    try store.checkFormat()
    let lock = try wrapping { () throws(PlatformError) in
      try system.makeDirectories(path + "/wf")
      return try system.lock(path + "/wf/gc", waiting: 0)
    }
    defer { lock.release() }
    return try store.withoutWriters(waiting: 30_000) { () throws(ObjectError) in
      var repair = Repair(store: store)
      try repair.packs()
      try repair.looseObjects()
      if let source { try repair.missing(from: source) }
      var report = ObjectStore.fsck(at: path, system: system)
      report.repairs = repair.actions
      return report
    }
  }
}

private struct Repair {
  let store: ObjectStore
  var actions: [RepairAction] = []

  var quarantine: String { store.path + "/wf/quarantine" }

  // MARK: - Packs

  mutating func packs() throws(ObjectError) {
    let names = try wrapping { [store] () throws(PlatformError) in
      try store.system.listIfPresent(store.packFolder)
    }.compactMap(\.name)
    for name in names where name.hasSuffix(".idx") {
      if !names.contains(name.dropLast(4) + ".pack") { try quarantine("objects/pack/" + name) }
    }
    for name in names where name.hasSuffix(".pack") {
      try pack(stem: store.packFolder + "/" + name.dropLast(5))
    }
    _ = try store.packs(refreshing: true)
  }

  private mutating func pack(stem: String) throws(ObjectError) {
    let place = "objects/pack/" + Path.lastComponent(stem)
    let decoder = PackDecoder(cache: store.cache)
    let pack = try? Pack(stem: stem, system: store.system)
    let isIndexSound = (try? pack?.index.checkWhole()) != nil
    if let pack, isIndexSound, isSound(pack, decoder) { return }
    let file: MappedFile
    do throws(PlatformError) { file = try store.system.map(stem + ".pack") } catch {
      throw ObjectError(error)
    }
    if let (index, count) = try Self.index(of: file) {
      if store.system.exists(stem + ".idx") { try quarantine(place + ".idx") }
      try wrapping { [store] () throws(PlatformError) in
        try store.system.write(index, to: stem + ".idx", .durable, mode: 0o444)
      }
      actions.append(RepairAction(kind: .indexRebuilt, place: place + ".idx", count: count))
      return
    }
    try salvage(file, isIndexSound ? pack : nil, decoder, place)
    for ending in [".idx", ".rev", ".bitmap", ".mtimes", ".pack"]
    where store.system.exists(stem + ending) {
      try quarantine(place + ending)
    }
  }

  /// Whether checksum and every object of a pack are right.
  private func isSound(_ pack: Pack, _ decoder: PackDecoder) -> Bool {
    guard let entries = try? pack.storedOrDeltaRows(), let file = try? pack.data() else {
      return false
    }
    let cut = file.count - Pack.trailerSize
    let sums = unsafe file.withBytes { raw in
      var hash = ObjectHash()
      unsafe hash.update(UnsafeRawBufferPointer(rebasing: raw.prefix(cut)))
      return unsafe (ObjectID(loading: raw, at: cut), hash.finish())
    }
    guard sums.0 == sums.1, sums.0 == pack.index.packChecksum else { return false }
    for (row, start, end) in entries {
      let id = pack.index.id(row)
      let limit = ObjectStore.defaultLimit
      guard let object = try? decoder.object(in: pack, at: start, id: id, limit: limit),
        ObjectID.of(object.kind, object.bytes) == id
      else { return false }
      let sum = unsafe file.withBytes { raw in
        unsafe checksum32(UnsafeRawBufferPointer(rebasing: raw[start..<end]))
      }
      if sum != pack.index.checksum(row) { return false }
    }
    return true
  }

  /// An index for a pack whose every object is good; nil for any other.
  private static func index(of file: MappedFile) throws(ObjectError) -> (
    bytes: [UInt8], count: Int
  )? {
    let reading = PackUnpacking(file, from: 0, limits: UnpackLimits(total: .max), goesOn: true)
    var rows: [(id: ObjectID, checksum: UInt32, offset: Int)] = []
    try reading.run { (found) throws(ObjectError) in
      let sum = unsafe file.withBytes { raw in
        unsafe checksum32(UnsafeRawBufferPointer(rebasing: raw[found.place]))
      }
      rows.append((found.id, sum, found.place.lowerBound))
    }
    guard reading.fault == nil, let checksum = reading.checksum else { return nil }
    return (PackWriter.index(rows, packChecksum: checksum), rows.count)
  }

  /// Writes the good objects of a damaged pack into a new one.
  private mutating func salvage(
    _ file: MappedFile, _ pack: Pack?, _ decoder: PackDecoder, _ place: String
  ) throws(ObjectError) {
    let writer = try PackWriter(folder: store.packFolder, system: store.system)
    let deflater = Deflater()
    var seen: Set<ObjectID> = []
    if let pack {
      for row in 0..<pack.index.count {
        let id = pack.index.id(row)
        let limit = ObjectStore.defaultLimit
        guard let start = try? pack.offset(at: row),
          let object = try? decoder.object(in: pack, at: start, id: id, limit: limit),
          ObjectID.of(object.kind, object.bytes) == id, seen.insert(id).inserted
        else { continue }
        try writer.append(object, id, deflater)
      }
    }
    // What the index does not name is good by the name that its bytes give it.
    let reading = PackUnpacking(file, from: 0, limits: UnpackLimits(total: .max), goesOn: true)
    try reading.run { (found) throws(ObjectError) in
      if seen.insert(found.id).inserted { try writer.append(found.object, found.id, deflater) }
    }
    if writer.count == 0 { return }
    let count = writer.count
    let stem = try writer.finish(durably: true)
    try store.adopt(packAt: stem)
    actions.append(RepairAction(kind: .objectsSalvaged, place: place + ".pack", count: count))
  }

  // MARK: - Loose objects

  mutating func looseObjects() throws(ObjectError) {
    let inflater = Inflater()
    for folder in try store.looseFolders() {
      for id in try store.looseObjects(in: folder) {
        let place = "objects/" + LooseObject.path(id)
        let bytes = (try? store.system.read(store.path + "/" + place)) ?? []
        let limit = ObjectStore.defaultLimit
        if let object = try? LooseObject.decode(bytes, id: id, limit: limit, with: inflater),
          ObjectID.of(object.kind, object.bytes) == id
        {
          continue
        }
        try quarantine(place)
      }
    }
  }

  // MARK: - Missing objects

  /// Takes what is missing, and what that leads to, from another place.
  mutating func missing(from source: ObjectSource) throws(ObjectError) {
    let findings = ObjectStore.fsck(at: store.path, system: store.system).findings
    var waiting: [ObjectID] = findings.compactMap { finding in
      [.objectMissing, .refTargetMissing].contains(finding.error.code) ? finding.object : nil
    }
    let writer = try PackWriter(folder: store.packFolder, system: store.system)
    let deflater = Deflater()
    var seen: Set<ObjectID> = []
    while let id = waiting.popLast() {
      if store.contains(id) || !seen.insert(id).inserted { continue }
      guard let object = source.object(id), ObjectID.of(object.kind, object.bytes) == id else {
        continue
      }
      try writer.append(object, id, deflater)
      if let links = try? object.links(id: id) { waiting += links.map(\.target) }
    }
    if writer.count == 0 { return }
    let count = writer.count
    let stem = try writer.finish(durably: true)
    try store.adopt(packAt: stem)
    actions.append(RepairAction(kind: .objectsRestored, place: source.name, count: count))
  }

  // MARK: - Quarantine

  private mutating func quarantine(_ place: String) throws(ObjectError) {
    let (store, folder) = (store, quarantine)
    let parts = place.split(separator: "/")
    let name = parts.suffix(parts.dropFirst().first == "pack" ? 1 : 2).joined(separator: "-")
    try wrapping { () throws(PlatformError) in
      try store.system.makeDirectories(folder)
      var target = folder + "/" + name
      var number = 1
      while store.system.exists(target) {
        number += 1
        target = "\(folder)/\(name).\(number)"
      }
      try store.system.rename(store.path + "/" + place, to: target)
      try store.system.syncDirectory(folder)
    }
    actions.append(RepairAction(kind: .quarantined, place: place, count: 0))
  }
}

extension Pack {
  /// Rows of the index with where each entry begins and ends.
  fileprivate func storedOrDeltaRows() throws(ObjectError) -> [(row: Int, start: Int, end: Int)] {
    let ends = try entryEnds()
    var rows: [(row: Int, start: Int, end: Int)] = []
    for row in 0..<index.count {
      let start = try offset(at: row)
      guard let end = ends[start] else { continue }
      rows.append((row, start, end))
    }
    return rows.sorted { $0.start < $1.start }
  }
}
