/// One row of a tree.
public struct TreeEntry: Sendable, Hashable {
  /// Only these two: a package has no links, no programs, no submodules.
  public enum Mode: String, Sendable {
    case file = "100644"
    case directory = "40000"

    public var kind: ObjectKind { self == .file ? .blob : .tree }
  }

  public let mode: Mode
  public let name: String
  public let id: ObjectID

  public init(mode: Mode, name: String, id: ObjectID) {
    self.mode = mode
    self.name = name
    self.id = id
  }

  /// git's order: names as bytes, a directory's as if a slash followed.
  static func precedes(_ x: TreeEntry, _ y: TreeEntry) -> Bool {
    x.sortKey.lexicographicallyPrecedes(y.sortKey)
  }

  private var sortKey: [UInt8] { Array(name.utf8) + (mode == .directory ? [47] : []) }
}

/// A directory: names with modes and ids, in git's order.
public struct Tree: Sendable, Hashable {
  public let entries: [TreeEntry]

  /// Sorts and checks; the rules are those of `parse`.
  public init(_ entries: [TreeEntry]) throws(ObjectError) {
    let sorted = entries.sorted(by: TreeEntry.precedes)
    for entry in sorted {
      if let why = TreeName.objection(to: Array(entry.name.utf8)) {
        throw ObjectError(.treeNameForbidden, place: entry.name, message: why)
      }
    }
    try Tree.checkNames(sorted, id: nil)
    self.entries = sorted
  }

  private init(checked entries: [TreeEntry]) { self.entries = entries }

  public subscript(_ name: String) -> TreeEntry? { entries.first { $0.name == name } }

  /// The body: `MODE SP NAME NUL ID` for each entry.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    for entry in entries {
      bytes.append(contentsOf: entry.mode.rawValue.utf8)
      bytes.append(32)
      bytes.append(contentsOf: entry.name.utf8)
      bytes.append(0)
      entry.id.append(to: &bytes)
    }
    return bytes
  }

  /// Reads a body strictly.
  ///
  /// - Throws: `tree_malformed` `tree_mode_forbidden` `tree_name_forbidden` `tree_unsorted`
  ///   `tree_duplicate_entry` `tree_name_clash` (SIGNING §10).
  public static func parse(_ body: [UInt8], id: ObjectID? = nil) throws(ObjectError) -> Tree {
    var entries: [TreeEntry] = []
    var at = 0
    while at < body.count {
      guard let space = body[at...].prefix(8).firstIndex(of: 32) else {
        throw malformed(id, "a mode does not end")
      }
      let mode = try mode(body[at..<space], id: id)
      guard let end = body[(space + 1)...].prefix(4097).firstIndex(of: 0) else {
        throw malformed(id, "a name does not end")
      }
      let raw = Array(body[(space + 1)..<end])
      if let why = TreeName.objection(to: raw) {
        throw ObjectError(.treeNameForbidden, object: id, message: why)
      }
      guard body.count - end > 32, let target = ObjectID(bytes: body[(end + 1)..<(end + 33)]) else {
        throw malformed(id, "an id is cut off")
      }
      entries.append(
        TreeEntry(mode: mode, name: String(decoding: raw, as: UTF8.self), id: target))
      at = end + 33
    }
    try checkOrder(entries, id: id)
    try checkNames(entries, id: id)
    return Tree(checked: entries)
  }

  private static func mode(
    _ digits: ArraySlice<UInt8>, id: ObjectID?
  ) throws(ObjectError) -> TreeEntry.Mode {
    let text = String(decoding: digits, as: UTF8.self)
    if let mode = TreeEntry.Mode(rawValue: text) { return mode }
    guard !digits.isEmpty, digits.allSatisfy({ (48...55).contains($0) }) else {
      throw malformed(id, "a mode is no octal number")
    }
    throw ObjectError(
      .treeModeForbidden, object: id,
      message: "mode \(text) is neither 100644 (file) nor 40000 (directory)")
  }

  private static func checkOrder(_ entries: [TreeEntry], id: ObjectID?) throws(ObjectError) {
    for (x, y) in zip(entries, entries.dropFirst()) {
      if x.name == y.name && Array(x.name.utf8) == Array(y.name.utf8) { throw duplicate(y, id) }
      if !TreeEntry.precedes(x, y) {
        throw ObjectError(
          .treeUnsorted, object: id, message: "the tree's names are not in git's order")
      }
    }
  }

  /// No name twice, nor two that a file system without case or with Unicode forms takes for one.
  private static func checkNames(_ entries: [TreeEntry], id: ObjectID?) throws(ObjectError) {
    if areAllPlainAndSameMode(entries) {
      // Sorted by bytes, so equal names would be neighbours.
      for (x, y) in zip(entries, entries.dropFirst()) where x.name == y.name {
        throw duplicate(y, id)
      }
      return
    }
    var exact: Set<[UInt8]> = []
    var folded: Set<String> = []  // String compares by canonical equivalence
    for entry in entries {
      if !exact.insert(Array(entry.name.utf8)).inserted { throw duplicate(entry, id) }
      if !folded.insert(entry.name.lowercased()).inserted {
        throw ObjectError(
          .treeNameClash, object: id,
          message: "two names differ in case or Unicode form only: \(entry.name)")
      }
    }
  }

  /// Names of lower-case ASCII cannot clash by case or form; that is nearly every tree of ours.
  private static func areAllPlainAndSameMode(_ entries: [TreeEntry]) -> Bool {
    entries.allSatisfy { entry in
      entry.mode == entries[0].mode
        && entry.name.utf8.allSatisfy { $0 < 0x80 && !(65...90).contains($0) }
    }
  }

  private static func malformed(_ id: ObjectID?, _ why: String) -> ObjectError {
    ObjectError(.treeMalformed, object: id, message: "the tree is malformed: \(why)")
  }

  private static func duplicate(_ entry: TreeEntry, _ id: ObjectID?) -> ObjectError {
    ObjectError(
      .treeDuplicateEntry, object: id, message: "the tree has this name twice: \(entry.name)")
  }
}
