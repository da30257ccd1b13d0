internal import CGit2
internal import Crypto
public import GitRemotes
public import ObjectStore
public import Platform

/// A bare SHA-1 repository that libgit2 has open: objects by name, and refs.
///
/// Belongs to one thread. Owns its two handles and frees each once.
@safe public final class MirrorRepository {
  public let path: String
  let repository: OpaquePointer
  private let odb: OpaquePointer
  private let library: GitLibrary
  private let files: FileSystem

  /// - Throws: `mirror_damaged` where it is no repository.
  public convenience init(_ path: String, files: FileSystem) throws(MirrorError) {
    try self.init(path, library: GitLibrary(), files: files)
  }

  init(_ path: String, library: GitLibrary, files: FileSystem) throws(MirrorError) {
    self.path = path
    self.library = library
    self.files = files
    var repository: OpaquePointer?
    // Safe: the handle is set where the call says so, and freed in deinit.
    try GitLibrary.check(unsafe git_repository_open_bare(&repository, path), path)
    var odb: OpaquePointer?
    let code = unsafe git_repository_odb(&odb, repository)
    guard code == 0, let repository = unsafe repository, let odb = unsafe odb else {
      unsafe git_repository_free(repository)
      throw MirrorError(.mirrorDamaged, place: path, "the mirror cannot be opened")
    }
    unsafe self.repository = repository
    unsafe self.odb = odb
  }

  deinit {
    unsafe git_odb_free(odb)
    unsafe git_repository_free(repository)
  }

  /// Makes an empty one, or one that sees another's objects and refs too.
  static func create(
    _ path: String, borrowing other: String? = nil, files: FileSystem
  ) throws(PlatformError) {
    for folder in ["objects/info", "objects/pack", "refs/heads"] {
      try files.makeDirectories(Path.join(path, folder))
    }
    let config = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n"
    if let other {
      try files.write(
        Array((other + "/objects\n").utf8), to: Path.join(path, "objects/info/alternates"))
      if let refs = try files.readIfPresent(Path.join(other, "packed-refs")) {
        try files.write(refs, to: Path.join(path, "packed-refs"))
      }
    }
    try files.write(Array("ref: refs/heads/none\n".utf8), to: Path.join(path, "HEAD"))
    try files.write(Array(config.utf8), to: Path.join(path, "config"))
  }

  /// Whether packs that are sent hold objects as changes of each other.
  ///
  /// libgit2 1.5 looks for that in every object up to the size that it reads from `pack.deltaCacheSize`
  /// (pack-objects.c, where `core.bigFileThreshold` was meant).
  func setDeltas(_ isOn: Bool) throws(MirrorError) {
    let name = "pack.deltaCacheSize"
    var config: OpaquePointer?
    try GitLibrary.check(unsafe git_repository_config(&config, repository), path)
    // Safe: the handle is set where the call says so, and freed here.
    defer { unsafe git_config_free(config) }
    var value: Int64 = 0
    let isOff = unsafe git_config_get_int64(&value, config, name) == 0
    if isOn == !isOff { return }
    let code =
      unsafe isOn
      ? git_config_delete_entry(config, name) : git_config_set_int64(config, name, 1)
    try GitLibrary.check(code, path)
  }

  public func contains(_ id: SHA1ID) -> Bool {
    var oid = id.oid
    // Safe: the handle lives as long as this value.
    return unsafe git_odb_exists(odb, &oid) == 1
  }

  /// An object, whole; libgit2 checks that it hashes to its name.
  ///
  /// - Throws: `object_missing`, `object_too_large`, `object_type_unknown`, what is wrong with its bytes.
  public func object(_ id: SHA1ID, limit: Int = ObjectStore.defaultLimit) throws -> RawObject {
    var oid = id.oid
    var size = 0
    var type = GIT_OBJECT_INVALID
    let code = unsafe git_odb_read_header(&size, &type, odb, &oid)
    if code == GIT_ENOTFOUND.rawValue {
      throw ObjectError(
        .objectMissing, place: id.hex, message: "the remote names an object that is not there")
    }
    try GitLibrary.check(code, id.hex)
    if size > limit {
      throw ObjectError(
        .objectTooLarge, place: id.hex,
        message: "the object has \(size) bytes, the limit is \(limit)")
    }
    guard let kind = ObjectKind(type) else {
      throw ObjectError(
        .objectTypeUnknown, place: id.hex, message: "the object is none of git's four kinds")
    }
    var object: OpaquePointer?
    try GitLibrary.check(unsafe git_odb_read(&object, odb, &oid), id.hex)
    defer { unsafe git_odb_object_free(object) }
    // Safe: the library keeps as many bytes as it says until the object is freed.
    let bytes = unsafe [UInt8](
      UnsafeRawBufferPointer(
        start: git_odb_object_data(object), count: git_odb_object_size(object)))
    return RawObject(kind: kind, bytes: bytes)
  }

  /// Writes objects: few as a file each, many as one pack; those that are there are passed over.
  public func write(_ objects: [(id: SHA1ID, object: RawObject)]) throws(MirrorError) {
    let new = objects.filter { !contains($0.id) }
    if new.count > Self.mostLoose { return try writePack(new) }
    for (id, object) in new {
      var oid = git_oid()
      let count = object.bytes.count
      // An empty body needs an address too.
      let body = count == 0 ? [0] : object.bytes
      // Safe: the bytes live for the length of the call.
      let code = unsafe body.withRawBytes { raw in
        unsafe git_odb_write(&oid, odb, raw.baseAddress, count, object.kind.type)
      }
      try GitLibrary.check(code, id.hex)
      if SHA1ID(oid) != id { throw other(id) }
    }
  }

  private static var mostLoose: Int { 100 }

  private func writePack(_ objects: [(id: SHA1ID, object: RawObject)]) throws(MirrorError) {
    let pack = try unsafe PackStream(odb: odb)
    var hash = Insecure.SHA1()
    func put(_ bytes: [UInt8]) throws(MirrorError) {
      hash.update(data: bytes)
      try pack.append(bytes)
    }
    let count = UInt32(truncatingIfNeeded: objects.count)
    try put(
      Array("PACK".utf8) + [0, 0, 0, 2]
        + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> UInt32($0)) })
    for start in stride(from: 0, to: objects.count, by: 512) {
      let group = objects[start..<min(start + 512, objects.count)].map(\.object)
      try put(packEntries(group))
    }
    try pack.append(Array(hash.finalize()))
    try pack.commit()
    unsafe git_odb_refresh(odb)
  }

  /// The names of all objects.
  public func names() throws(MirrorError) -> [SHA1ID] {
    final class Names { var ids: [SHA1ID] = [] }
    let names = Names()
    // Safe: the box outlives the call, in which alone it is used.
    let code = unsafe git_odb_foreach(
      odb,
      { id, box in
        guard let id = unsafe id, let box = unsafe box else { return 0 }
        unsafe Unmanaged<Names>.fromOpaque(box).takeUnretainedValue().ids.append(
          SHA1ID(id.pointee))
        return 0
      }, Unmanaged.passUnretained(names).toOpaque())
    try GitLibrary.check(code, path)
    return names.ids
  }

  /// Looks for packs that came meanwhile.
  func refresh() { unsafe git_odb_refresh(odb) }

  private func other(_ id: SHA1ID) -> MirrorError {
    MirrorError(.mirrorDamaged, place: id.hex, "the object was written under another name")
  }
}

/// Bytes of a pack on their way into a repository's objects.
@safe private final class PackStream {
  private let pack: UnsafeMutablePointer<git_odb_writepack>
  private let progress: UnsafeMutablePointer<git_indexer_progress>

  init(odb: OpaquePointer) throws(MirrorError) {
    var pack: UnsafeMutablePointer<git_odb_writepack>?
    // Safe: set where the call says so, freed in deinit.
    try GitLibrary.check(unsafe git_odb_write_pack(&pack, odb, nil, nil), "pack")
    guard let pack = unsafe pack else { throw MirrorError(.libraryFailed, "no pack was begun") }
    unsafe self.pack = pack
    unsafe progress = .allocate(capacity: 1)
    unsafe progress.initialize(to: git_indexer_progress())
  }

  deinit {
    unsafe pack.pointee.free?(pack)
    unsafe progress.deallocate()
  }

  func append(_ bytes: [UInt8]) throws(MirrorError) {
    let code = unsafe bytes.withRawBytes { raw in
      unsafe pack.pointee.append(pack, raw.baseAddress, raw.count, progress)
    }
    try GitLibrary.check(code, "pack")
  }

  func commit() throws(MirrorError) {
    try GitLibrary.check(unsafe pack.pointee.commit(pack, progress), "pack")
  }
}
