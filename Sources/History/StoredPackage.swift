public import Evidence
public import ObjectStore

/// The members of a package commit as they lie in the store, chunks joined as they are read.
public struct StoredPackage: Sendable {
  /// Everything at the root and below `raw/`, by path.
  public let members: PackageMembers
  public let tree: ObjectID

  /// Reads the whole tree of a commit.
  ///
  /// - Parameters:
  ///   - withRaw: whether the blobs below `raw/` are read too.
  ///   - bodies: blobs that were read and hashed a moment ago.
  public init(
    tree id: ObjectID, in store: ObjectStore, withRaw: Bool = true,
    bodies: [ObjectID: [UInt8]] = [:]
  ) throws(ObjectError) {
    tree = id
    var members = PackageMembers()
    for entry in try store.tree(id).entries {
      switch entry.mode {
      case .file:
        members.set(entry.name, to: try Self.body(entry.id, store, bodies))
      case .directory where entry.name == "raw" && !withRaw: continue
      case .directory where entry.name.hasSuffix(".jsonl"):
        members.set(entry.name, to: try Self.chunks(entry.id, in: store))
      case .directory:
        for (path, bytes) in try Self.folder(entry.id, entry.name + "/", store, bodies) {
          members.set(path, to: bytes)
        }
      }
    }
    self.members = members
  }

  /// A chunked member; each chunk is read when it is its turn.
  static func chunks(_ id: ObjectID, in store: ObjectStore) throws(ObjectError) -> MemberPieces {
    let chunks = try store.tree(id).entries
    var size = 0
    for entry in chunks {
      guard entry.mode == .file else {
        throw ObjectError(
          .treeMalformed, object: id, message: "the chunks of a member are files, not folders")
      }
      size += try store.size(of: entry.id)
    }
    return MemberPieces(size: size) {
      var rest = chunks[...]
      return { try rest.popFirst().map { try store.blob($0.id) } }
    }
  }

  /// The `raw/` tree of a commit by path, without the members; empty where there is none.
  ///
  /// - Parameter known: folders that were read for other commits.
  static func rawBlobs(
    tree id: ObjectID, in store: ObjectStore, bodies: [ObjectID: [UInt8]], known: ReadFolders
  ) throws(ObjectError) -> [String: [UInt8]] {
    guard let raw = try store.tree(id)["raw"], raw.mode == .directory else { return [:] }
    var blobs: [String: [UInt8]] = [:]
    for entry in try store.tree(raw.id).entries {
      if entry.mode == .file {
        blobs["raw/" + entry.name] = try body(entry.id, store, bodies)
        continue
      }
      let files = try known.files(of: entry.id) { () throws(ObjectError) in
        try folder(entry.id, "", store, bodies)
      }
      for (path, bytes) in files { blobs["raw/\(entry.name)/\(path)"] = bytes }
    }
    return blobs
  }

  private static func body(
    _ id: ObjectID, _ store: ObjectStore, _ bodies: [ObjectID: [UInt8]]
  ) throws(ObjectError) -> [UInt8] {
    if let body = bodies[id] { return body }
    return try store.blob(id)
  }

  /// The files of a folder, those whose bodies are at hand first.
  private static func folder(
    _ id: ObjectID, _ prefix: String, _ store: ObjectStore, _ bodies: [ObjectID: [UInt8]]
  ) throws(ObjectError) -> [(path: String, bytes: [UInt8])] {
    var found: [(path: String, bytes: [UInt8])] = []
    var missing: [(path: String, id: ObjectID)] = []
    var blobs: [(path: String, id: ObjectID)] = []
    try listFiles(id, prefix, store, depth: 0, into: &blobs)
    found.reserveCapacity(blobs.count)
    for blob in blobs {
      if let bytes = bodies[blob.id] {
        found.append((blob.path, bytes))
      } else {
        missing.append(blob)
      }
    }
    for (blob, object) in zip(missing, try store.objects(missing.map(\.id))) {
      guard object.kind == .blob else {
        throw ObjectError(
          .objectTypeMismatch, object: blob.id, place: blob.path, message: "this is not a blob")
      }
      found.append((blob.path, object.bytes))
    }
    return found
  }

  private static func listFiles(
    _ id: ObjectID, _ prefix: String, _ store: ObjectStore, depth: Int,
    into blobs: inout [(path: String, id: ObjectID)]
  ) throws(ObjectError) {
    guard depth < 16 else {
      throw ObjectError(.treeTooDeep, object: id, place: prefix, message: "folders nest too deep")
    }
    for entry in try store.tree(id).entries {
      if entry.mode == .file {
        blobs.append((prefix + entry.name, entry.id))
      } else {
        try listFiles(entry.id, prefix + entry.name + "/", store, depth: depth + 1, into: &blobs)
      }
    }
  }
}

/// One member's bytes out of a tree, without reading the others.
public func memberBytes(
  _ name: String, tree id: ObjectID, in store: ObjectStore
) throws -> [UInt8] {
  var tree = try store.tree(id)
  let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
  for part in parts.dropLast() {
    guard let entry = tree[part], entry.mode == .directory else { throw unknownMember(name, tree) }
    tree = try store.tree(entry.id)
  }
  guard let last = parts.last, let entry = tree[last] else { throw unknownMember(name, tree) }
  switch entry.mode {
  case .file: return try store.blob(entry.id)
  case .directory where name.hasSuffix(".jsonl"):
    var members = PackageMembers()
    members.set(name, to: try StoredPackage.chunks(entry.id, in: store))
    return try members.bytes(name)
  case .directory: throw unknownMember(name, tree)
  }
}

private func unknownMember(_ name: String, _ tree: Tree) -> HistoryError {
  HistoryError(
    .memberUnknown, place: name, "the version has no such member",
    hint: "it has: " + tree.entries.map(\.name).joined(separator: ", "))
}
