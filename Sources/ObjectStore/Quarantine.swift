public import Platform

/// A store of its own in which foreign objects wait until everything about them was checked.
///
/// Beside a store it shows that store's objects too (by hard links to its files, which nobody
/// changes), so that the checks see what would be there afterwards. Nothing reaches the real store
/// before `accept`; the folder goes away with the value.
public final class Quarantine {
  /// Foreign objects, the real store's, and the refs that `unpack` was given, no others.
  public let store: ObjectStore
  private let real: ObjectStore?
  private let folder: String
  /// Packs with what the real store does not have, without ending.
  private var stems: [String] = []
  /// Keeps gc from what the real store has and the new objects need, until refs hold these.
  private var hold: (lease: FileLease, heads: Set<ObjectID>)?

  /// - Parameters:
  ///   - folder: a folder in which one of a random name is made.
  ///   - real: the store that is to take the objects, on the same file system; nil for none.
  public init(
    in folder: String, beside real: ObjectStore? = nil, system: FileSystem
  ) throws(ObjectError) {
    self.real = real
    var quiet = system
    // What is thrown away after the checks need not survive power loss; `accept` syncs what stays.
    quiet.syncsToDisk = false
    let place = quiet.temporaryName(beside: Path.join(folder, Self.mark))
    self.folder = place
    try wrapping { () throws(PlatformError) in try quiet.makeDirectory(place, mode: 0o700) }
    do throws(ObjectError) {
      let nothing = Surroundings(
        now: { 0 }, randomBytes: { [UInt8](repeating: 0, count: $0) }, environment: [:])
      store = try ObjectStore.create(
        at: place + "/store", system: quiet, surroundings: nothing)
      // Without an id, nobody remembers the tips of this store.
      try wrapping { () throws(PlatformError) in try quiet.remove(place + "/store/wf/id") }
    } catch {
      try? quiet.removeTree(place)
      throw error
    }
  }

  deinit { try? store.system.removeTree(folder) }

  private static let mark = "wf-quarantine"

  /// Removes what processes that died left in a folder, once it is a day old.
  public static func sweep(_ folder: String, now: Int64, system: FileSystem) {
    let entries = (try? system.listIfPresent(folder)) ?? []
    for entry in entries where entry.name?.hasPrefix(".\(mark).tmp-") == true {
      let path = Path.join(folder, entry.name ?? "")
      guard let status = try? system.status(path, followingLinks: false),
        status.modified < now - 86_400
      else { continue }
      try? system.removeTree(path)
    }
  }

  /// Takes in the objects of a bundle's pack and sets refs; returns how many objects are new.
  ///
  /// - Parameter rows: those of the bundle's refs that are wanted.
  /// - Throws: what is wrong with the pack, `bundle_prerequisite_missing`.
  public func unpack(
    _ file: MappedFile, _ header: BundleHeader, rows: [BundleHeader.Row],
    limits: UnpackLimits = UnpackLimits()
  ) throws(ObjectError) -> Int {
    let real = real
    if let lease = try real?.beginWriting() { hold = (lease, Set(rows.map(\.target))) }
    for id in header.prerequisites where real?.contains(id) != true {
      throw ObjectError(
        .bundlePrerequisiteMissing, object: id,
        message: "the bundle goes on from a commit that is not here")
    }
    let batch = try store.beginBatch()
    let pack = PackUnpacking(file, from: header.size, limits: limits)
    try pack.run(base: { (id) throws(ObjectError) in
      guard let real, real.contains(id) else { return nil }
      return try real.object(id)
    }) { (found) throws(ObjectError) in
      if real?.contains(found.id) != true { try batch.add(found.object, as: found.id) }
    }
    return try finish(batch, rows)
  }

  /// Takes an object in and gives its id.
  public typealias Adding = (ObjectKind, [UInt8]) throws -> ObjectID

  /// Takes in objects one by one and sets refs; returns how many objects are new.
  ///
  /// - Parameter fill: gives every object to the function that it gets, which returns the object's
  ///   id, and then says which refs there are.
  public func receive(
    _ fill: (@escaping Adding) throws -> [BundleHeader.Row]
  ) throws -> Int {
    let real = real
    let lease = try real?.beginWriting()
    let batch = try store.beginBatch()
    let rows = try fill { kind, body in
      let id = ObjectID.of(kind, body)
      if real?.contains(id) != true { try batch.add(kind, body) }
      return id
    }
    if let lease { hold = (lease, Set(rows.map(\.target))) }
    return try finish(batch, rows)
  }

  /// Ends a batch, shows the real store's objects beside it and sets refs; returns how many objects are
  /// new.
  private func finish(
    _ batch: ObjectBatch, _ rows: [BundleHeader.Row]
  ) throws(ObjectError) -> Int {
    let written = try batch.finish(durably: false).written
    stems = try store.packs(refreshing: true).map(\.stem)
    try showReal()
    try store.update(
      rows.map { RefUpdate($0.name, from: nil, to: $0.target) }, durably: false)
    return written
  }

  /// Makes the new objects part of the real store, durably; no ref points at them yet.
  public func accept() throws(ObjectError) {
    guard let real else { preconditionFailure("a quarantine of its own has nowhere to go") }
    for stem in stems {
      let name = Path.lastComponent(stem)
      let target = Path.join(real.packFolder, name)
      try wrapping { () throws(PlatformError) in
        for ending in [".pack", ".idx"] { try real.system.syncFile(stem + ending) }
        // Index last: one without its pack would be a damaged store.
        for ending in [".pack", ".idx"] {
          try real.system.rename(stem + ending, to: target + ending)
        }
        try real.system.syncDirectory(real.packFolder)
      }
      try real.adopt(packAt: target)
    }
    if let (lease, heads) = hold, !stems.isEmpty { real.writers.keep(lease, until: heads) }
    stems = []
  }

  /// Gives the quarantine second names for the real store's objects.
  private func showReal() throws(ObjectError) {
    guard let real else { return }
    for folder in try ["pack"] + real.looseFolders() {
      let (from, to) = (real.objectFolder + "/" + folder, store.objectFolder + "/" + folder)
      try wrapping { () throws(PlatformError) in
        try store.system.makeDirectories(to)
        // Packs before their indexes, as everywhere.
        let names = try real.system.listIfPresent(from).compactMap(\.name).sorted().reversed()
        for name in names where !name.hasPrefix("tmp_") && !name.hasPrefix(".") {
          try show(from + "/" + name, as: to + "/" + name)
        }
      }
    }
    _ = try store.packs(refreshing: true)
  }

  private func show(_ file: String, as copy: String) throws(PlatformError) {
    do throws(PlatformError) {
      try store.system.link(file, to: copy)
    } catch {
      // Gone meanwhile (its objects are in a newer pack), or a file system without hard links.
      if error.code == .fileNotFound || error.code == .fileExists { return }
      try store.system.write(try store.system.read(file), to: copy)
    }
  }
}
