internal import Platform

/// An object that a root reaches, in the order of the walk.
struct ReachedObject: Sendable {
  let id: ObjectID
  let kind: ObjectKind
  /// Objects of one group are versions of one thing.
  let group: Int
  /// Of a chunk: where it begins in its member; else 0.
  let offset: Int
}

/// Walks from roots and sorts what it meets by what it is a version of.
///
/// Newest first: commits from the tips back, and below each what no newer one has.
struct Reachability {
  private let store: ObjectStore
  private let decoder: PackDecoder
  private var groups: [String: Int] = [:]
  private(set) var objects: [ReachedObject] = []
  private(set) var ids: Set<ObjectID> = []

  /// Told how many objects were met so far.
  private let progress: (Int) -> Void

  init(store: ObjectStore, progress: @escaping (Int) -> Void = { _ in }) {
    self.store = store
    self.progress = progress
    decoder = PackDecoder(cache: store.cache)
  }

  /// Groups whose objects are chunks of a member.
  private(set) var chunkGroups: Set<Int> = []

  /// Adds what a root reaches; what was met before is not walked again.
  ///
  /// - Parameter place: what the root is called in errors.
  /// - Throws: `object_missing` and its kin, with the path that leads to the object.
  mutating func add(_ root: ObjectID, _ place: String) throws(ObjectError) {
    var waiting: [(id: ObjectID, kind: ObjectKind?)] = [(root, nil)]
    var next = 0
    while next < waiting.count {
      let (id, kind) = waiting[next]
      next += 1
      if ids.contains(id) { continue }
      let object = try read(id, place)
      if let kind, kind != object.kind {
        throw wrongKind(id, object.kind, expected: kind).at(place, object: id)
      }
      switch object.kind {
      case .commit:
        note(id, .commit, "commit")
        let commit = try Commit.parse(object.bytes, id: id)
        try addTree(commit.tree, "\(id):")
        waiting += commit.parents.map { ($0, .commit) }
      case .tag:
        note(id, .tag, "tag")
        let tag = try Tag.parse(object.bytes, id: id)
        waiting.append((tag.target, tag.targetKind))
      case .tree: try addTree(id, place + ":")
      case .blob: note(id, .blob, "blob")
      }
    }
  }

  private mutating func addTree(_ root: ObjectID, _ place: String) throws(ObjectError) {
    var stack = [(id: root, path: "", depth: 0)]
    while let (id, path, depth) = stack.popLast() {
      if ids.contains(id) { continue }
      if depth >= TreeDepth.limit { throw treeTooDeep(id).at(place + path) }
      let object = try read(id, place + path)
      if object.kind != .tree {
        throw wrongKind(id, object.kind, expected: .tree).at(place + path, object: id)
      }
      note(id, .tree, "tree " + Self.family(path))
      let entries = try Tree.parse(object.bytes, id: id).entries
      let isMember = !entries.isEmpty && entries.allSatisfy { Self.isChunk($0.name) }
      var offset = 0
      for entry in entries {
        let below = path.isEmpty ? entry.name : path + "/" + entry.name
        if entry.mode == .directory {
          stack.append((entry.id, below, depth + 1))
          continue
        }
        let isNew = !ids.contains(entry.id)
        if isNew && !store.contains(entry.id) {
          throw ObjectError(
            .objectMissing, object: entry.id, place: place + below,
            message: "the object is not in the store")
        }
        if isNew { note(entry.id, .blob, isMember ? path : Self.family(below), offset, isMember) }
        if isMember { offset += try store.size(of: entry.id) }
      }
      progress(objects.count)
    }
  }

  private mutating func note(
    _ id: ObjectID, _ kind: ObjectKind, _ family: String, _ offset: Int = 0,
    _ isChunk: Bool = false
  ) {
    if !ids.insert(id).inserted { return }
    let group = groups[family] ?? groups.count
    groups[family] = group
    if isChunk { chunkGroups.insert(group) }
    objects.append(ReachedObject(id: id, kind: kind, group: group, offset: offset))
  }

  private func read(_ id: ObjectID, _ place: String) throws(ObjectError) -> RawObject {
    do throws(ObjectError) {
      return try store.object(id, limit: ObjectStore.defaultLimit, with: decoder)
    } catch {
      throw error.at(place, object: error.object ?? id)
    }
  }

  /// Reference blobs and the folders they lie in are named by hashes: all are versions of one thing.
  private static func family(_ path: String) -> String {
    guard path.hasPrefix("raw/") else { return path }
    return path.utf8.count > 64 ? "raw/*/*" : "raw/*"
  }

  private static func isChunk(_ name: String) -> Bool {
    name.hasSuffix(".jsonl") && name.utf8.count == 14
      && name.utf8.prefix(8).allSatisfy {
        (48...57).contains($0)
      }
  }
}
