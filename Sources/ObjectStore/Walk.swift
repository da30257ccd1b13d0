/// One object met on a walk, and by which way.
public struct WalkStep: Sendable, Equatable {
  public let id: ObjectID
  public let kind: ObjectKind
  /// Names from the root tree, joined by slashes; empty for a commit and its root tree.
  public let path: String
}

extension ObjectStore {
  /// The commits from `tip` back, newest first, each once; parents in the order they are named.
  ///
  /// - Parameter visit: false stops the walk.
  public func walkCommits(
    from tip: ObjectID, _ visit: (ObjectID, Commit) throws(ObjectError) -> Bool
  ) throws(ObjectError) {
    var waiting = [tip]
    var seen: Set<ObjectID> = [tip]
    var next = 0
    while next < waiting.count {
      let id = waiting[next]
      next += 1
      let commit = try commit(id)
      if try !visit(id, commit) { return }
      for parent in commit.parents where seen.insert(parent).inserted { waiting.append(parent) }
    }
  }

  /// Whether `ancestor` is `tip` or lies before it.
  public func isAncestor(_ ancestor: ObjectID, of tip: ObjectID) throws(ObjectError) -> Bool {
    var found = false
    try walkCommits(from: tip) { (id, _) throws(ObjectError) in
      found = id == ancestor
      return !found
    }
    return found
  }

  /// A tree and all below it, depth first, in git's order.
  ///
  /// Each path comes once, so an object may come several times. Blobs are named, not read.
  ///
  /// - Parameter visit: for a tree, false keeps the walk from going into it.
  public func walkTree(
    _ root: ObjectID, _ visit: (WalkStep) throws(ObjectError) -> Bool
  ) throws(ObjectError) {
    var stack = [WalkStep(id: root, kind: .tree, path: "")]
    while let step = stack.popLast() {
      guard try visit(step), step.kind == .tree else { continue }
      try checkDepth(step)
      let tree = try tree(step.id)
      for entry in tree.entries.reversed() {
        let path = step.path.isEmpty ? entry.name : step.path + "/" + entry.name
        stack.append(WalkStep(id: entry.id, kind: entry.mode.kind, path: path))
      }
    }
  }

  /// The id and kind at a path in a tree; nil where there is nothing.
  public func entry(at path: String, in root: ObjectID) throws(ObjectError) -> TreeEntry? {
    var found: TreeEntry?
    var tree = root
    let names = path.split(separator: "/").map(String.init)
    for (index, name) in names.enumerated() {
      found = try self.tree(tree)[name]
      guard let entry = found else { return nil }
      if index < names.count - 1 {
        if entry.mode != .directory { return nil }
        tree = entry.id
      }
    }
    return found
  }

  private func checkDepth(_ step: WalkStep) throws(ObjectError) {
    // A path of this many parts is made to exhaust memory; git stops at 2048.
    let depth = step.path.utf8.reduce(0) { $0 + ($1 == 47 ? 1 : 0) }
    if depth >= TreeDepth.limit { throw treeTooDeep(step.id) }
  }
}

enum TreeDepth {
  /// Folders inside each other that are followed.
  static var limit: Int { 128 }
}

@inline(never) func treeTooDeep(_ id: ObjectID) -> ObjectError {
  ObjectError(
    .treeTooDeep, object: id,
    message: "folders are nested more than \(TreeDepth.limit) deep")
}
