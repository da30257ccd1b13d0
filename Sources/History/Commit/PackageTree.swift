public import ObjectStore

/// Where objects go while a tree is built: a batch of the store, or memory for a folder that is only
/// compared.
public protocol ObjectSink {
  mutating func add(_ objects: [RawObject]) throws(ObjectError) -> [ObjectID]
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
}

/// The tree of a package commit: members at the root and `raw/` (DESIGN §4).
public struct PackageTree: Sendable {
  /// Name and bytes of every member.
  public let members: [(name: String, bytes: [UInt8])]
  /// Path below the root (`raw/ab/…`, `raw/salt`) and bytes.
  public let rawBlobs: [(path: String, bytes: [UInt8])]

  public init(
    members: [(name: String, bytes: [UInt8])], rawBlobs: [(path: String, bytes: [UInt8])]
  ) {
    self.members = members
    self.rawBlobs = rawBlobs
  }

  /// Writes all objects of the tree and gives its id.
  public func write(to sink: inout some ObjectSink) throws(ObjectError) -> ObjectID {
    var root: [TreeEntry] = []
    for (name, bytes) in members {
      if name.hasSuffix(".jsonl"), bytes.count > LineChunks.threshold {
        root.append(
          TreeEntry(mode: .directory, name: name, id: try Self.writeChunks(bytes, to: &sink)))
      } else {
        let id = try sink.add([RawObject(kind: .blob, bytes: bytes)])[0]
        root.append(TreeEntry(mode: .file, name: name, id: id))
      }
    }
    if !rawBlobs.isEmpty {
      let ids = try sink.add(rawBlobs.map { RawObject(kind: .blob, bytes: $0.bytes) })
      let folder = Folder()
      for (blob, id) in zip(rawBlobs, ids) {
        folder.insert(blob.path.split(separator: "/").map(String.init)[...], id)
      }
      for (name, child) in folder.folders {
        root.append(TreeEntry(mode: .directory, name: name, id: try child.write(to: &sink)))
      }
    }
    return try sink.add([RawObject(kind: .tree, bytes: try Tree(root).encoded)])[0]
  }

  private static func writeChunks(
    _ bytes: [UInt8], to sink: inout some ObjectSink
  ) throws(ObjectError) -> ObjectID {
    // Safe because the ranges are those of these very bytes.
    let ranges = unsafe bytes.withUnsafeBytes { unsafe LineChunks.ranges(of: $0) }
    var entries: [TreeEntry] = []
    for (index, range) in ranges.enumerated() {
      let id = try sink.add([RawObject(kind: .blob, bytes: Array(bytes[range]))])[0]
      entries.append(TreeEntry(mode: .file, name: LineChunks.name(index), id: id))
    }
    return try sink.add([RawObject(kind: .tree, bytes: try Tree(entries).encoded)])[0]
  }

  /// A folder being put together; a class because folders nest.
  private final class Folder {
    var folders: [String: Folder] = [:]
    var files: [(String, ObjectID)] = []

    func insert(_ path: ArraySlice<String>, _ id: ObjectID) {
      guard let name = path.first else { return }
      if path.count == 1 {
        files.append((name, id))
      } else {
        let child = folders[name] ?? Folder()
        folders[name] = child
        child.insert(path.dropFirst(), id)
      }
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
