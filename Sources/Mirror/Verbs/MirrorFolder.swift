import GitRemotes
import ObjectStore
import Platform

/// A store's mirror: a bare SHA-1 repository and the table of names, below `wf/mirror` in the store.
///
/// All of it can be made anew from the store and the remotes. One process at a time works with it.
final class MirrorFolder {
  let map: ObjectMap
  let path: String
  private let environment: [String: String]
  private let authorities: String?
  private var begun: GitLibrary?
  private var opened: MirrorRepository?
  private let files: FileSystem
  private let lease: FileLease

  /// Opens the mirror, made or made anew where that is needed.
  ///
  /// - Parameters:
  ///   - environment: what other programs get.
  ///   - authorities: a file of certificate authorities for libgit2, besides the machine's own.
  /// - Throws: `locked` where another process works with it.
  init(of store: ObjectStore, environment: [String: String], authorities: String?) throws {
    files = store.system
    let folder = store.path + "/wf"
    _ = try files.makeDirectories(folder)
    guard let lease = try files.lease(folder + "/mirror.turn", .alone, waiting: 10_000) else {
      throw PlatformError(
        .locked, place: folder + "/mirror",
        message: "another push or fetch of this store is at work")
    }
    self.lease = lease
    self.environment = environment
    self.authorities = authorities
    path = folder + "/mirror"
    Self.sweep(folder, files)
    let isThere = files.exists(path + "/config")
    if !isThere { try Self.make(path, files) }
    let table = path + "/wf-map"
    if let map = try? ObjectMap(table, files: files), !map.isEmpty || !isThere {
      self.map = map
      return
    }
    try? files.removeTree(table)
    map = try ObjectMap(table, files: files)
    if isThere { try Self.rebuild(map, from: repository()) }
  }

  /// The repository, opened by libgit2 at its first use.
  ///
  /// - Throws: `mirror_damaged`, after which it is to be made anew.
  func repository() throws(MirrorError) -> MirrorRepository {
    if let opened { return opened }
    do throws(MirrorError) {
      let repository = try MirrorRepository(path, library: library(), files: files)
      opened = repository
      return repository
    } catch {
      throw MirrorError(.mirrorDamaged, place: path, "the mirror cannot be opened")
    }
  }

  /// libgit2, begun at its first use: that takes longer than a look at a remote.
  fileprivate func library() -> GitLibrary {
    if let begun { return begun }
    let library = GitLibrary(authorities: authorities)
    begun = library
    return library
  }

  private static func make(_ path: String, _ files: FileSystem) throws {
    if files.exists(path) { try files.removeTree(path) }
    let staged = files.temporaryName(beside: path)
    try MirrorRepository.create(staged, files: files)
    try files.rename(staged, to: path)
  }

  /// Throws everything away; the next opening begins anew.
  static func discard(of store: ObjectStore) throws {
    try store.system.removeTree(store.path + "/wf/mirror")
  }

  /// Finds the names of all objects of the mirror from their bytes; objects that are no store's are
  /// passed over.
  static func rebuild(_ map: ObjectMap, from repository: MirrorRepository) throws {
    let inbound = Inbound(mirror: repository, known: { _ in nil }) { ObjectID.of($0, $1) }
    for name in try repository.names() { _ = try? inbound.rebuild(name) }
    for pair in inbound.pairs { map.add(pair.own, pair.other) }
    try map.save()
  }

  /// A place for what a remote sends, which sees the mirror's objects too.
  func incoming() throws -> Incoming { try Incoming(beside: self, files) }

  private static let incomingMark = "wf-incoming"

  private static func sweep(_ folder: String, _ files: FileSystem) {
    // The lease says that nobody else is at work, so whatever lies here is left over.
    for entry in (try? files.listIfPresent(folder)) ?? [] {
      guard let name = entry.name else { continue }
      let isLeft = name.hasPrefix(".\(incomingMark).tmp-") || name.hasPrefix(".mirror.tmp-")
      if isLeft { try? files.removeTree(folder + "/" + name) }
    }
  }

  /// Puts refs into the mirror, so that a later fetch can say what is here and stock git shows it.
  ///
  /// - Parameter new: nil removes a ref.
  func setRefs(_ new: [String: SHA1ID?]) throws {
    let file = path + "/packed-refs"
    var refs: [String: SHA1ID] = [:]
    for line in try files.readIfPresent(file)?.split(separator: 10) ?? [] where line.count > 41 {
      // The head and what tags lead to begin with no id.
      guard let id = SHA1ID(hexDigits: line.prefix(40)) else { continue }
      refs[String(decoding: line.dropFirst(41), as: UTF8.self)] = id
    }
    var isChanged = false
    for (name, id) in new where refs[name] != id {
      refs[name] = id
      isChanged = true
    }
    if !isChanged { return }
    var text = "# pack-refs with: sorted \n"
    for (name, id) in refs.sorted(by: { $0.key.precedes($1.key) }) {
      text += "\(id) \(name)\n"
    }
    try files.write(Array(text.utf8), to: file)
  }

  /// Packs that are left as they are, and single objects in one of the 256 folders.
  private static var mostPacks: Int { 40 }
  private static var mostObjectsInFolder: Int { 8 }

  /// Puts what many pushes and fetches left together in fewer packs, where git is installed.
  ///
  /// Each pack is at least twice as large as all smaller ones afterwards, so that the cost for an object does
  /// not grow with the history. Nothing is taken away: the table of names tells of every object.
  func tidy() {
    func count(_ folder: String, _ ending: String) -> Int {
      let names = (try? files.listIfPresent(path + "/objects/" + folder).compactMap(\.name)) ?? []
      return names.count { $0.hasSuffix(ending) }
    }
    guard count("pack", ".idx") > Self.mostPacks || count("17", "") > Self.mostObjectsInFolder
    else {
      return
    }
    // Where it fails the mirror is as good, and larger.
    let git = try? ChildProcess(
      [
        "git", "--git-dir", path, "repack", "-d", "-q", "--geometric=2", "--no-write-bitmap-index",
      ], environment: environment, complaints: .kept)
    git?.wait()
  }

  /// A repository of its own for one fetch; goes away with the value.
  final class Incoming {
    let repository: MirrorRepository
    private let path: String
    private let mirror: MirrorFolder
    private let files: FileSystem

    init(beside mirror: MirrorFolder, _ files: FileSystem) throws {
      self.mirror = mirror
      self.files = files
      path = files.temporaryName(
        beside: Path.join(Path.parent(mirror.path), MirrorFolder.incomingMark))
      try MirrorRepository.create(path, borrowing: mirror.path, files: files)
      do {
        repository = try MirrorRepository(path, library: mirror.library(), files: files)
      } catch {
        try? files.removeTree(path)
        throw error
      }
    }

    deinit { try? files.removeTree(path) }

    /// Makes what came part of the mirror.
    func accept() throws {
      let names = try files.list(path + "/objects/pack").compactMap(\.name).sorted().reversed()
      // Packs before their indexes, and on disk: the table of names, which is, will say that they are here.
      for name in names where name.hasSuffix(".pack") || name.hasSuffix(".idx") {
        try files.syncFile(path + "/objects/pack/" + name)
        try files.rename(
          path + "/objects/pack/" + name, to: mirror.path + "/objects/pack/" + name)
      }
      if !names.isEmpty { try files.syncDirectory(mirror.path + "/objects/pack") }
      mirror.opened?.refresh()
    }
  }
}
