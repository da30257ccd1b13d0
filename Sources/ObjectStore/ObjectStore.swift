public import Platform
internal import Synchronization

/// A folder of objects and refs: a bare git repository in SHA-256 object format.
///
/// Words used in this module, all of them git's:
/// - **object**: bytes with a kind, named by the SHA-256 of `KIND SIZE NUL BODY` (`ObjectID`).
/// - **blob**: an object that is plain content. **tree**: a list of names with ids. **commit**: a
///   tree, the commits before it, who and when, a message. **tag**: a signed name for a commit.
/// - **loose object**: one object in its own file below `objects/`, compressed.
/// - **pack**: many objects in one file; its **index** (idx) says where each lies. **delta**: a
///   packed object told as a change of another, its **base**.
/// - **ref**: a name below `refs/` with an id in it. **HEAD**: a symbolic ref, it names a ref.
///   **packed-refs**: one file with many refs. **tip**: the commit a ref points at.
/// - **reachable**: found by following ids from a ref.
///
/// Sendable: what changes (the list of packs, spare decoders) is guarded.
public final class ObjectStore: Sendable {
  /// The path of the `.wf` folder.
  public let path: String
  public let system: FileSystem

  private struct State {
    var packs: [Pack] = []
    var broken: [String: ObjectError] = [:]
    var isListed = false
    var decoders: [PackDecoder] = []
  }
  /// The packed refs as they were last read.
  let lastPackedRefs = Mutex<(bytes: [UInt8], refs: PackedRefs)?>(nil)
  private let state = Mutex(State())
  let writers = Writers()
  let cache = ObjectCache(limit: ObjectStore.cacheLimit)

  /// Bodies above this many bytes are refused unless a caller asks for more.
  public static var defaultLimit: Int { 1 << 30 }

  /// Bytes of bodies kept in memory for the deltas on top of them.
  static var cacheLimit: Int { 64 << 20 }

  init(path: String, system: FileSystem) {
    self.path = path
    self.system = system
  }

  var objectFolder: String { path + "/objects" }
  var packFolder: String { path + "/objects/pack" }

  // What follows is reading; writing is `ObjectBatch`, refs are in `ObjectStore+Refs`.

  /// One object, whole, its hash checked.
  ///
  /// - Throws: `object_missing`, or what is wrong with its bytes (SIGNING §10).
  public func object(
    _ id: ObjectID, limit: Int = ObjectStore.defaultLimit
  ) throws(ObjectError) -> RawObject {
    let decoder = takeDecoder()
    defer { giveBack(decoder) }
    return try object(id, limit: limit, with: decoder)
  }

  /// Many objects, on all cores, in the order asked for.
  public func objects(_ ids: [ObjectID]) throws(ObjectError) -> [RawObject] {
    let size = max(64, ids.count / 16)
    let parts = stride(from: 0, to: ids.count, by: size).map { $0..<min($0 + size, ids.count) }
    return try concurrentMap(parts) { (range) throws(ObjectError) in
      let decoder = takeDecoder()
      defer { giveBack(decoder) }
      var result: [RawObject] = []
      for id in ids[range] {
        result.append(try object(id, limit: Self.defaultLimit, with: decoder))
      }
      return result
    }.flatMap { $0 }
  }

  /// The object, which must be of a kind (`object_type_mismatch`).
  public func body(_ id: ObjectID, _ kind: ObjectKind) throws(ObjectError) -> [UInt8] {
    let object = try object(id)
    if object.kind != kind { throw wrongKind(id, object.kind, expected: kind) }
    return object.bytes
  }

  public func blob(_ id: ObjectID) throws(ObjectError) -> [UInt8] { try body(id, .blob) }

  public func tree(_ id: ObjectID) throws(ObjectError) -> Tree {
    try Tree.parse(try body(id, .tree), id: id)
  }

  public func commit(_ id: ObjectID) throws(ObjectError) -> Commit {
    try Commit.parse(try body(id, .commit), id: id)
  }

  public func tag(_ id: ObjectID) throws(ObjectError) -> Tag {
    try Tag.parse(try body(id, .tag), id: id)
  }

  /// Whether the store has an object, without reading it.
  public func contains(_ id: ObjectID) -> Bool {
    ((try? location(of: id)) ?? nil) != nil
  }

  /// An object's kind.
  ///
  /// Cheap for a packed object: its body is not read, so its hash is not checked.
  public func kind(of id: ObjectID) throws(ObjectError) -> ObjectKind {
    guard case .packed(let pack, let position)? = try location(of: id) else {
      return try object(id).kind
    }
    let decoder = takeDecoder()
    defer { giveBack(decoder) }
    do throws(ObjectError) {
      return try decoder.kind(in: pack, at: try pack.offset(at: position), id: id)
    } catch {
      return try object(id).kind  // gives the right reason, or finds it in a newer pack
    }
  }

  /// How many bytes an object's body has.
  ///
  /// Cheap for a packed object: its body is not read, so its hash is not checked.
  public func size(of id: ObjectID) throws(ObjectError) -> Int {
    guard case .packed(let pack, let position)? = try location(of: id) else {
      return try object(id).bytes.count
    }
    let decoder = takeDecoder()
    defer { giveBack(decoder) }
    do throws(ObjectError) {
      return try decoder.size(in: pack, at: try pack.offset(at: position), id: id)
    } catch {
      return try object(id).bytes.count  // gives the right reason, or finds it in a newer pack
    }
  }

  /// Ids that begin with hex digits (at least 4, lower case), in order.
  public func ids(startingWith prefix: String) throws(ObjectError) -> [ObjectID] {
    let digits = Array(prefix.utf8)
    guard (4...64).contains(digits.count), digits.allSatisfy({ Hex.value($0) != nil }),
      let first = Hex.decode(Array(digits.prefix(2)))?.first
    else {
      throw ObjectError(
        .objectIDInvalid, place: prefix, message: "this is not the beginning of an object id")
    }
    var found: Set<ObjectID> = []
    for pack in try packs() {
      let (start, end) = pack.index.range(firstByte: first)
      for position in start..<end {
        let id = pack.index.id(position)
        if id.hex.hasPrefix(prefix) { found.insert(id) }
      }
    }
    for id in try looseObjects(in: String(prefix.prefix(2))) where id.hex.hasPrefix(prefix) {
      found.insert(id)
    }
    return found.sorted()
  }

  /// Begins writing objects.
  public func beginBatch() throws(ObjectError) -> ObjectBatch { try ObjectBatch(store: self) }

  // MARK: - Inside the module

  enum Location {
    case packed(Pack, position: Int)
    case loose(path: String)
  }

  /// Where an object lies; nil where it is nowhere.
  ///
  /// Joining of packs by another process moves it, and a folder that changes while it is read may show
  /// neither the old pack nor the new one. So it is nowhere when two readings in a row, which began
  /// after the question, show the same packs and not it.
  func location(of id: ObjectID) throws(ObjectError) -> Location? {
    var packs = try packs()
    var readings = 0
    while true {
      for pack in packs {
        if let position = pack.index.position(of: id) { return .packed(pack, position: position) }
      }
      let file = objectFolder + "/" + LooseObject.path(id)
      let status = try wrapping { () throws(PlatformError) in try system.statusIfPresent(file) }
      if status != nil { return .loose(path: file) }
      let before = packs.map(\.stem)
      packs = try self.packs(refreshing: true)
      readings += 1
      if readings > 1, packs.map(\.stem) == before || readings > Self.mostReadings {
        return nil
      }
    }
  }

  func object(
    _ id: ObjectID, limit: Int, with decoder: PackDecoder
  ) throws(ObjectError) -> RawObject {
    var readings = 0
    while true {
      guard let place = try location(of: id) else { throw missing(id) }
      do throws(ObjectError) {
        return try object(id, at: place, limit: limit, with: decoder)
      } catch {
        // Another process may have packed everything anew meanwhile; then look once more.
        readings += 1
        guard hasGone(place), readings <= Self.mostReadings else { throw error }
        _ = try packs(refreshing: true)
      }
    }
  }

  /// How often a reader runs after packs that are joined under its hands.
  private static var mostReadings: Int { 50 }

  private func object(
    _ id: ObjectID, at place: Location, limit: Int, with decoder: PackDecoder
  ) throws(ObjectError) -> RawObject {
    let object: RawObject
    switch place {
    case .packed(let pack, let position):
      object = try decoder.object(in: pack, at: try pack.offset(at: position), id: id, limit: limit)
    case .loose(let file):
      let bytes = try wrapping { () throws(PlatformError) in try system.read(file) }
      object = try LooseObject.decode(bytes, id: id, limit: limit, with: decoder.inflater)
    }
    if ObjectID.of(object.kind, object.bytes) != id { throw wrongHash(id) }
    return object
  }

  private func hasGone(_ place: Location) -> Bool {
    switch place {
    case .packed(let pack, _): !system.exists(pack.stem + ".idx")
    case .loose(let file): !system.exists(file)
    }
  }

  /// Usable packs, newest first; the folder is listed once, and again when asked.
  func packs(refreshing: Bool = false) throws(ObjectError) -> [Pack] {
    let (known, isListed) = state.withLock { ($0.packs, $0.isListed) }
    if isListed && !refreshing { return known }
    var packs: [Pack] = []
    var broken: [String: ObjectError] = [:]
    // A pack that goes while the folder is read has gone into a new one, which the listing may have
    // missed: then it is read again.
    for _ in 0..<20 {
      var hasGone = false
      (packs, broken) = ([], [:])
      let (stems, orphans) = try packStems()
      for stem in orphans { broken[stem] = Pack.gone(stem + ".pack") }
      for stem in stems {
        if let pack = known.first(where: { $0.stem == stem }) {
          packs.append(pack)
          continue
        }
        do throws(ObjectError) {
          packs.append(try Pack(stem: stem, system: system))
        } catch {
          if error.cause?.code == .fileNotFound { hasGone = true } else { broken[stem] = error }
        }
      }
      if !hasGone { break }
    }
    packs.sort { ($1.modified, $0.stem) < ($0.modified, $1.stem) }
    state.withLock {
      $0.packs = packs
      $0.broken = broken
      $0.isListed = true
    }
    return packs
  }

  /// Packs that have an index, and indices whose packs are not there: git passes over these, and power
  /// loss may leave some.
  func packStems() throws(ObjectError) -> (whole: [String], orphans: [String]) {
    let names = Set(
      try wrapping { () throws(PlatformError) in try system.listIfPresent(packFolder) }
        .compactMap(\.name))
    let stems = names.filter { $0.hasSuffix(".idx") }.map { String($0.dropLast(4)) }.sorted()
    return (
      stems.filter { names.contains($0 + ".pack") }.map { packFolder + "/" + $0 },
      stems.filter { !names.contains($0 + ".pack") }.map { packFolder + "/" + $0 }
    )
  }

  /// Takes a pack in that was just written.
  func adopt(packAt stem: String) throws(ObjectError) {
    let pack: Pack
    do throws(ObjectError) {
      pack = try Pack(stem: stem, system: system)
    } catch {
      guard error.cause?.code == .fileNotFound else { throw error }
      // Another process has joined it with others already.
      _ = try packs(refreshing: true)
      return
    }
    state.withLock {
      $0.packs.removeAll { $0.stem == stem }
      $0.packs.insert(pack, at: 0)
    }
  }

  func forget(_ packs: [Pack]) {
    let stems = Set(packs.map(\.stem))
    state.withLock { $0.packs.removeAll { stems.contains($0.stem) } }
    cache.forget(stems)
  }

  func takeDecoder() -> PackDecoder {
    state.withLock { $0.decoders.popLast() } ?? PackDecoder(cache: cache)
  }

  func giveBack(_ decoder: PackDecoder) {
    state.withLock { if $0.decoders.count < 8 { $0.decoders.append(decoder) } }
  }

  /// Missing, or perhaps in a pack whose index cannot be read: then that is the better answer.
  func missing(_ id: ObjectID) -> ObjectError {
    if let error = state.withLock({ $0.broken.min { $0.key < $1.key }?.value }) { return error }
    return ObjectError(.objectMissing, object: id, message: "the object is not in the store")
  }
}

@inline(never) func wrongHash(_ id: ObjectID) -> ObjectError {
  ObjectError(
    .objectHashMismatch, object: id, message: "the object's bytes do not hash to its name")
}

@inline(never)
func wrongKind(_ id: ObjectID, _ found: ObjectKind, expected: ObjectKind) -> ObjectError {
  ObjectError(
    .objectTypeMismatch, object: id,
    message: "a \(expected.rawValue) is named here, the object is a \(found.rawValue)")
}
