public import ObjectStore

/// What differs between two trees, found by walking only where ids differ (DESIGN §7).
public struct GraphDiff: Sendable {
  public enum State: String, Sendable { case added, removed, changed }

  /// One file or member that is not the same on both sides.
  public struct Change: Sendable, Equatable {
    public let path: String
    public let state: State
    public let old: ObjectID?
    public let new: ObjectID?
  }

  /// In order of their paths.
  public private(set) var changes: [Change] = []
  /// Trees that were read: the cost of the walk.
  public private(set) var objectsVisited = 0
  /// Files under `raw/` that stand on both sides with equal ids, when the folder was walked.
  public private(set) var rawKept = 0

  /// Walks two trees; `read` gives a tree by its id (from a store, or from memory).
  public init(
    _ a: ObjectID, _ b: ObjectID, read: (ObjectID) throws(ObjectError) -> Tree
  ) throws(ObjectError) {
    try walk(a, b, below: "", read)
  }

  private mutating func walk(
    _ a: ObjectID?, _ b: ObjectID?, below prefix: String,
    _ read: (ObjectID) throws(ObjectError) -> Tree
  ) throws(ObjectError) {
    if a == b { return }
    let old = try entries(a, read)
    let new = try entries(b, read)
    var i = 0
    var j = 0
    while i < old.count || j < new.count {
      if i < old.count, j < new.count, old[i].name == new[j].name {
        try compare(old[i], new[j], prefix, read)
        i += 1
        j += 1
      } else if j >= new.count || (i < old.count && Self.precedes(old[i], new[j])) {
        try compare(old[i], nil, prefix, read)
        i += 1
      } else {
        try compare(nil, new[j], prefix, read)
        j += 1
      }
    }
  }

  private mutating func compare(
    _ old: TreeEntry?, _ new: TreeEntry?, _ prefix: String,
    _ read: (ObjectID) throws(ObjectError) -> Tree
  ) throws(ObjectError) {
    guard let entry = new ?? old else { return }
    let path = prefix + entry.name
    if let old, let new, old.id == new.id {
      if old.mode == .file, path.hasPrefix("raw/") { rawKept += 1 }
      if old.mode == .directory, path.hasPrefix("raw/") {
        rawKept += try countFiles(old.id, read)
      }
      return
    }
    // A chunked member is one member: its chunks are not told one by one.
    if entry.mode == .directory, !prefix.isEmpty || entry.name == "raw" {
      try walk(
        old?.mode == .directory ? old?.id : nil, new?.mode == .directory ? new?.id : nil,
        below: path + "/", read)
      return
    }
    changes.append(
      Change(
        path: path, state: old == nil ? .added : new == nil ? .removed : .changed, old: old?.id,
        new: new?.id))
  }

  private mutating func countFiles(
    _ id: ObjectID, _ read: (ObjectID) throws(ObjectError) -> Tree
  ) throws(ObjectError) -> Int {
    var count = 0
    for entry in try entries(id, read) {
      count += entry.mode == .file ? 1 : try countFiles(entry.id, read)
    }
    return count
  }

  private mutating func entries(
    _ id: ObjectID?, _ read: (ObjectID) throws(ObjectError) -> Tree
  ) throws(ObjectError) -> [TreeEntry] {
    guard let id else { return [] }
    objectsVisited += 1
    return try read(id).entries
  }

  /// git's order of names; a folder's name counts as if it ended in a slash.
  private static func precedes(_ a: TreeEntry, _ b: TreeEntry) -> Bool {
    let x = Array(a.name.utf8) + (a.mode == .directory ? [0x2F] : [])
    let y = Array(b.name.utf8) + (b.mode == .directory ? [0x2F] : [])
    return x.lexicographicallyPrecedes(y)
  }
}
