public import Platform

extension ObjectStore {
  /// Makes an empty store; `path` is the `.wf` folder itself, the folder above it must exist.
  ///
  /// The folder appears whole by one rename.
  ///
  /// - Throws: `store_exists` when something is there.
  public static func create(
    at path: String, system: FileSystem, surroundings: Surroundings
  ) throws(ObjectError) -> ObjectStore {
    let path = Path.normalise(path)
    let output: OutputPublication
    do throws(PlatformError) {
      output = try system.beginFolder(at: path, replacing: false)
    } catch {
      if error.code != .outputExists { throw ObjectError(error) }
      throw ObjectError(.storeExists, place: path, message: "there is a store already")
    }
    let root = output.path
    let folders = [
      "objects/info", "objects/pack", "refs/heads/claims", "refs/tags", "refs/wf/log", "wf",
    ]
    try wrapping { () throws(PlatformError) in
      for folder in folders { try system.makeDirectories(root + "/" + folder) }
      try system.write(Array(RepositoryConfig.fresh.utf8), to: root + "/config", .durableContent)
      try system.write(
        Array("ref: refs/heads/claims/none\n".utf8), to: root + "/HEAD", .durableContent)
      let id = Hex.encode(surroundings.randomBytes(16)) + "\n"
      try system.write(Array(id.utf8), to: root + "/wf/id", .durableContent)
      try system.write(Tips().encoded, to: root + "/wf/tips", .durableContent)
      for folder in folders + ["objects", "refs/heads", "refs/wf", "refs", "."] {
        try system.syncDirectory(root + "/" + folder)
      }
      try output.publish()
      try system.syncDirectory(Path.parent(path))
    }
    return ObjectStore(path: path, system: system)
  }

  /// Opens a store; `path` is the `.wf` folder itself.
  ///
  /// - Throws: `no_store`, and what makes a repository unreadable for us: its version, an
  ///   extension, its object format, objects borrowed from elsewhere (`alternates_refused`).
  public static func open(at path: String, system: FileSystem) throws(ObjectError) -> ObjectStore {
    let store = ObjectStore(path: Path.normalise(path), system: system)
    try store.checkFormat()
    return store
  }

  /// Opens the store of a folder: its `.wf`, or that of the nearest folder above it.
  ///
  /// - Throws: `no_store`.
  public static func find(
    from folder: String, system: FileSystem
  ) throws(ObjectError) -> ObjectStore {
    try open(at: try findFolder(from: folder, system: system), system: system)
  }

  /// The `.wf` folder that `find` would open, unopened: a check works on what an opening refuses.
  ///
  /// - Throws: `no_store`.
  public static func findFolder(
    from folder: String, system: FileSystem
  ) throws(ObjectError) -> String {
    let start = try wrapping { () throws(PlatformError) in
      Path.normalise(Path.join(try system.currentDirectory(), folder))
    }
    var folder = start
    while true {
      let candidate = Path.join(folder, ".wf")
      if system.exists(candidate) { return candidate }
      if folder == "/" { break }
      folder = Path.parent(folder)
    }
    throw ObjectError(
      .noStore, place: start, message: "there is no store in this folder or one above it")
  }

  /// The random name of this store, 32 hex digits; it follows the folder when that moves.
  ///
  /// nil for a repository that stock git made, until `makeStoreID`.
  public func storeID() throws(ObjectError) -> String? {
    let bytes = try wrapping { () throws(PlatformError) in
      try system.readIfPresent(path + "/wf/id", limit: 64)
    }
    guard let bytes else { return nil }
    let text = String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
    guard text.utf8.count == 32, Hex.decode(text) != nil else {
      throw ObjectError(.repositoryMalformed, place: "wf/id", message: "this is no store id")
    }
    return text
  }

  /// Gives the store a name where it has none, at the cost of one sync.
  public func makeStoreID(randomBytes: (Int) -> [UInt8]) throws(ObjectError) {
    if try storeID() != nil { return }
    let file = path + "/wf/id"
    let text = Hex.encode(randomBytes(16)) + "\n"
    try wrapping { () throws(PlatformError) in
      try system.makeDirectories(path + "/wf")
      let temporary = system.temporaryName(beside: file)
      defer { try? system.remove(temporary) }
      let writer = try system.create(temporary)
      try writer.append(text)
      try writer.finish(durably: true)
      do throws(PlatformError) {
        // A link, unlike a rename, does not take the place of a name given meanwhile.
        try system.link(temporary, to: file)
      } catch {
        if error.code != .fileExists { throw error }
      }
    }
  }

  func checkFormat() throws(ObjectError) {
    let config = try wrapping { () throws(PlatformError) in
      try system.readIfPresent(path + "/config", limit: 1 << 20)
    }
    guard let config else {
      throw ObjectError(.noStore, place: path, message: "there is no store here")
    }
    try RepositoryConfig.parse(config).check()
    for name in ["alternates", "http-alternates"] {
      let file = objectFolder + "/info/" + name
      if try wrapping({ () throws(PlatformError) in try system.statusIfPresent(file) }) != nil {
        throw ObjectError(
          .alternatesRefused, place: "objects/info/" + name,
          message: "the repository borrows objects from elsewhere, a store never does")
      }
    }
  }
}
