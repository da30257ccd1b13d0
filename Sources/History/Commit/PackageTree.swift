public import Evidence
public import ObjectStore
import Platform

/// Where objects go while a tree is built: a batch of the store, or memory for a folder that is only
/// compared.
public protocol ObjectSink {
  mutating func add(_ objects: [RawObject]) throws(ObjectError) -> [ObjectID]

  /// - Parameter bases: for each object one of the store that it may be told as a change of, or nil.
  mutating func add(
    _ objects: [RawObject], changedFrom bases: [ObjectID?]
  ) throws(ObjectError) -> [ObjectID]
}

extension ObjectSink {
  public mutating func add(
    _ objects: [RawObject], changedFrom bases: [ObjectID?]
  ) throws(ObjectError) -> [ObjectID] { try add(objects) }
}

/// Objects kept in memory.
public struct ObjectMemory: ObjectSink, Sendable {
  public private(set) var objects: [ObjectID: RawObject] = [:]

  public init() {}

  public mutating func add(_ objects: [RawObject]) throws(ObjectError) -> [ObjectID] {
    objects.map { object in
      let id = ObjectID.of(object.kind, object.bytes)
      self.objects[id] = object
      return id
    }
  }
}

/// The trees of a package that is only compared: blobs are named and forgotten.
struct TreeMemory: ObjectSink {
  private(set) var bodies: [ObjectID: [UInt8]] = [:]

  mutating func add(_ objects: [RawObject]) throws(ObjectError) -> [ObjectID] {
    objects.map { object in
      let id = ObjectID.of(object.kind, object.bytes)
      if object.kind == .tree { bodies[id] = object.bytes }
      return id
    }
  }
}

/// Objects on their way into the store.
struct BatchSink: ObjectSink {
  let batch: ObjectBatch

  mutating func add(_ objects: [RawObject]) throws(ObjectError) -> [ObjectID] {
    try batch.add(objects)
  }

  mutating func add(
    _ objects: [RawObject], changedFrom bases: [ObjectID?]
  ) throws(ObjectError) -> [ObjectID] {
    try batch.add(objects, changedFrom: bases)
  }
}

/// The tree of a package commit: members at the root and `raw/` (DESIGN §4).
public struct PackageTree: Sendable {
  private let members: PackageMembers
  /// Of the members at the root.
  private let names: [String]
  /// What members have to hash to when they are read, where that is known.
  private let digests: [String: String]
  /// Path below the root (`raw/ab/…`, `raw/salt`) and bytes.
  public let rawBlobs: [(path: String, bytes: [UInt8])]

  /// - Parameters:
  ///   - digests: of members that were checked before; what has changed since is refused.
  ///   - rawBlobs: path below the root (`raw/ab/…`, `raw/salt`) and bytes.
  public init(
    members: PackageMembers, names: [String], digests: [String: String] = [:],
    rawBlobs: [(path: String, bytes: [UInt8])]
  ) {
    self.members = members
    self.names = names
    self.digests = digests
    self.rawBlobs = rawBlobs
  }

  public init(
    members: [(name: String, bytes: [UInt8])], rawBlobs: [(path: String, bytes: [UInt8])]
  ) {
    self.init(
      members: PackageMembers(
        Dictionary(members.map { ($0.name, $0.bytes) }, uniquingKeysWith: { $1 })),
      names: members.map(\.name), rawBlobs: rawBlobs)
  }

  /// Writes all objects of the tree and gives its id; of a large member a few chunks are in memory.
  ///
  /// - Parameter places: where the chunks of the version before lie.
  /// - Throws: `member_unreadable`; `digest_mismatch` for a member that changed meanwhile.
  public func write(
    to sink: inout some ObjectSink, after places: ChunkPlaces = ChunkPlaces()
  ) throws -> ObjectID {
    var root: [TreeEntry] = []
    var group: [(name: String, bytes: [UInt8])] = []
    for name in names {
      if name.hasSuffix(".jsonl"), try members.size(name) > LineChunks.threshold {
        root.append(try writeChunks(of: name, to: &sink, after: places))
        continue
      }
      group.append((name, try members.bytes(name)))
      if group.reduce(0, { $0 + $1.bytes.count }) >= Self.groupSize {
        root += try writeBlobs(group, to: &sink)
        group = []
      }
    }
    root += try writeBlobs(group, to: &sink)
    if !rawBlobs.isEmpty {
      let ids = try sink.add(rawBlobs.map { RawObject(kind: .blob, bytes: $0.bytes) })
      let folder = Folder()
      // Blobs of one folder come together, so that it is looked up once.
      var (open, prefix) = (folder, "")
      for (blob, id) in zip(rawBlobs, ids) {
        let end = blob.path.utf8.lastIndex(of: 0x2F).map { blob.path.utf8.index(after: $0) }
        let name = blob.path[(end ?? blob.path.startIndex)...]
        let path = blob.path[..<(end ?? blob.path.startIndex)]
        if path != prefix {
          (open, prefix) = (folder.folder(path.split(separator: "/")[...]), String(path))
        }
        open.files.append((String(name), id))
      }
      for (name, child) in folder.folders {
        root.append(TreeEntry(mode: .directory, name: name, id: try child.write(to: &sink)))
      }
    }
    return try sink.add([RawObject(kind: .tree, bytes: try Tree(root).encoded)])[0]
  }

  /// Members that are stored whole, hashed on all cores.
  private func writeBlobs(
    _ group: [(name: String, bytes: [UInt8])], to sink: inout some ObjectSink
  ) throws -> [TreeEntry] {
    let isSame = concurrentMap(group) { [digests] (name, bytes) in
      digests[name].map { $0 == Digest.text(of: bytes) } ?? true
    }
    if let place = isSame.firstIndex(of: false) { throw changed(group[place].name) }
    let ids = try sink.add(group.map { RawObject(kind: .blob, bytes: $0.bytes) })
    return zip(group, ids).map { TreeEntry(mode: .file, name: $0.name, id: $1) }
  }

  /// Bytes of members or chunks that are hashed at once, on all cores.
  private static var groupSize: Int { 4 << 20 }

  private func writeChunks(
    of name: String, to sink: inout some ObjectSink, after places: ChunkPlaces
  ) throws -> TreeEntry {
    let reader = try members.reader(name)
    var digest = StreamingDigest()
    var chunks = ChunkReader(reader.next)
    var before = places.walk(name)
    var entries: [TreeEntry] = []
    var group: [(start: Int, bytes: [UInt8])] = []
    var size = 0
    func write() throws {
      let ids = try sink.add(
        group.map { RawObject(kind: .blob, bytes: $0.bytes) },
        changedFrom: group.map { before.chunk(near: $0.start) })
      for (id, chunk) in zip(ids, group) {
        before.note(id, at: chunk.start)
        entries.append(TreeEntry(mode: .file, name: LineChunks.name(entries.count), id: id))
      }
      group = []
      size = 0
    }
    while let chunk = try chunks.chunk() {
      if digests[name] != nil { digest.update(chunk.bytes) }
      group.append(chunk)
      size += chunk.bytes.count
      if size >= Self.groupSize { try write() }
    }
    if !group.isEmpty { try write() }
    if let expected = digests[name], expected != digest.text() { throw changed(name) }
    let id = try sink.add([RawObject(kind: .tree, bytes: try Tree(entries).encoded)])[0]
    return TreeEntry(mode: .directory, name: name, id: id)
  }

  private func changed(_ name: String) -> EvidenceError {
    EvidenceError(
      .digestMismatch, EvidencePlace(member: name),
      "the member is no longer the one that was checked")
  }

  /// A folder being put together; a class because folders nest.
  private final class Folder {
    var folders: [String: Folder] = [:]
    var files: [(String, ObjectID)] = []

    /// The folder at a path below this one.
    func folder(_ path: ArraySlice<Substring>) -> Folder {
      guard let name = path.first else { return self }
      let child = folders[String(name)] ?? Folder()
      folders[String(name)] = child
      return child.folder(path.dropFirst())
    }

    func write(to sink: inout some ObjectSink) throws(ObjectError) -> ObjectID {
      var entries = files.map { TreeEntry(mode: .file, name: $0.0, id: $0.1) }
      for (name, child) in folders {
        entries.append(TreeEntry(mode: .directory, name: name, id: try child.write(to: &sink)))
      }
      return try sink.add([RawObject(kind: .tree, bytes: try Tree(entries).encoded)])[0]
    }
  }
}
