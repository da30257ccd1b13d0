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
  /// Trees that were read, whatever for: the cost of the walk.
  public private(set) var objectsVisited = 0
  /// References under `raw/` that stand on both sides with equal ids; the salt is none.
  public private(set) var rawKept = 0

  /// Where trees come from: a store, or memory.
  public struct Source {
    let tree: (ObjectID) throws(ObjectError) -> Tree
    let size: (ObjectID) throws(ObjectError) -> Int

    /// - Parameter size: the bytes of a tree's body, which a store knows without reading it.
    public init(
      tree: @escaping (ObjectID) throws(ObjectError) -> Tree,
      size: @escaping (ObjectID) throws(ObjectError) -> Int
    ) {
      self.tree = tree
      self.size = size
    }
  }

  public init(_ a: ObjectID, _ b: ObjectID, in source: Source) throws(ObjectError) {
    if a == b {
      // Nothing differs; only what is kept is to be said.
      guard let raw = try entries(a, source).first(where: { $0.name == "raw" }) else { return }
      try countKept(raw, at: "raw", source)
    } else {
      try walk(a, b, below: "", source)
    }
  }

  private mutating func walk(
    _ a: ObjectID?, _ b: ObjectID?, below prefix: String, _ source: Source
  ) throws(ObjectError) {
    let old = try entries(a, source)
    let new = try entries(b, source)
    var i = 0
    var j = 0
    while i < old.count || j < new.count {
      if i < old.count, j < new.count, old[i].name == new[j].name {
        try compare(old[i], new[j], prefix, source)
        i += 1
        j += 1
      } else if j >= new.count || (i < old.count && Self.precedes(old[i], new[j])) {
        try compare(old[i], nil, prefix, source)
        i += 1
      } else {
        try compare(nil, new[j], prefix, source)
        j += 1
      }
    }
  }

  private mutating func compare(
    _ old: TreeEntry?, _ new: TreeEntry?, _ prefix: String, _ source: Source
  ) throws(ObjectError) {
    guard let entry = new ?? old else { return }
    let path = prefix + entry.name
    if let old, let new, old.id == new.id, old.mode == new.mode {
      return try countKept(new, at: path, source)
    }
    // A chunked member is one member: its chunks are not told one by one.
    if entry.mode == .directory, !prefix.isEmpty || entry.name == "raw" {
      try walk(
        old?.mode == .directory ? old?.id : nil, new?.mode == .directory ? new?.id : nil,
        below: path + "/", source)
      return
    }
    changes.append(
      Change(
        path: path, state: old == nil ? .added : new == nil ? .removed : .changed, old: old?.id,
        new: new?.id))
  }

  /// Counts the references of an entry that is the same on both sides.
  ///
  /// A folder of references is not read for that: all its rows have one length, so its size gives
  /// their number.
  private mutating func countKept(
    _ entry: TreeEntry, at path: String, _ source: Source
  ) throws(ObjectError) {
    guard path == "raw" || path.hasPrefix("raw/") else { return }
    guard entry.mode == .directory else {
      if path != "raw/salt" { rawKept += 1 }
      return
    }
    if isReferenceFolder(path) {
      let (rows, rest) = try source.size(entry.id).quotientAndRemainder(
        dividingBy: Self.referenceRow)
      if rest == 0 {
        rawKept += rows
        return
      }
    }
    for child in try entries(entry.id, source) {
      try countKept(child, at: path + "/" + child.name, source)
    }
  }

  /// `100644 `, 62 hex digits, NUL and an id.
  private static let referenceRow = 7 + 62 + 1 + 32

  /// Whether a path is `raw/` or `raw/unhashed/` and the two digits of a fan-out.
  private func isReferenceFolder(_ path: String) -> Bool {
    let name = path.utf8.suffix(3)
    return [6, 15].contains(path.utf8.count) && name.first == 0x2F
      && name.dropFirst().allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  private mutating func entries(
    _ id: ObjectID?, _ source: Source
  ) throws(ObjectError) -> [TreeEntry] {
    guard let id else { return [] }
    objectsVisited += 1
    return try source.tree(id).entries
  }

  /// git's order of names; a folder's name counts as if it ended in a slash.
  private static func precedes(_ a: TreeEntry, _ b: TreeEntry) -> Bool {
    let x = Array(a.name.utf8) + (a.mode == .directory ? [0x2F] : [])
    let y = Array(b.name.utf8) + (b.mode == .directory ? [0x2F] : [])
    return x.lexicographicallyPrecedes(y)
  }
}
