internal import History
public import ObjectStore

extension RemoteView {
  /// The objects that the remote lacks of what is sent: commits and labels, then trees, then files.
  ///
  /// The cost follows what is new: a walk ends at commits that are refs of the remote, whose own folders and
  /// files are not sent either.
  public func lacking(
    _ sending: [PushPlan.Sending], _ heads: [String: SHA1ID]
  ) throws -> [ObjectID] {
    var walk = LackingWalk(store: store.objects, there: Set(heads.values.compactMap(known)))
    for item in sending {
      let claim = item.slug.flatMap { RefName.claim($0) }.flatMap(remote.remoteName(of:))
      try walk.take(item.target, before: claim.flatMap { heads[$0.text] }.flatMap(known))
    }
    return try walk.objects()
  }
}

extension PushPlan.Sending {
  /// The claim that a label belongs to; nil for what is no label.
  fileprivate var slug: String? {
    ref.dropping("refs/tags/")?.split(separator: "/").first.map(String.init)
  }
}

/// Which objects lie between what is sent and what is there.
private struct LackingWalk {
  let store: ObjectStore
  let there: Set<ObjectID>
  private var commits: [(id: ObjectID, tree: ObjectID)] = []
  private var tags: [ObjectID] = []
  /// Trees of commits that are there and come right before one that is sent.
  private var edges: Set<ObjectID> = []
  private var met: Set<ObjectID> = []

  init(store: ObjectStore, there: Set<ObjectID>) {
    self.store = store
    self.there = there
  }

  /// Takes a commit or tag with all before it.
  ///
  /// - Parameter newer: the remote's tip of the claim whose label this is; an older version is there with it.
  mutating func take(_ target: ObjectID, before newer: ObjectID?) throws(ObjectError) {
    var tip = target
    while try store.kind(of: tip) == .tag {
      if there.contains(tip) || !met.insert(tip).inserted { return }
      tags.append(tip)
      tip = try store.tag(tip).target
    }
    if let newer, try store.isAncestor(tip, of: newer) { return }
    var stack = [tip]
    while let id = stack.popLast() {
      let commit: Commit
      if there.contains(id) {
        edges.insert(try store.commit(id).tree)
        continue
      }
      if !met.insert(id).inserted { continue }
      commit = try store.commit(id)
      commits.append((id, commit.tree))
      stack += commit.parents
    }
  }

  mutating func objects() throws(ObjectError) -> [ObjectID] {
    var (trees, blobs): ([ObjectID], [ObjectID]) = ([], [])
    for edge in edges { try walk(edge, &trees, &blobs) }
    (trees, blobs) = ([], [])
    for commit in commits { try walk(commit.tree, &trees, &blobs) }
    return commits.map(\.id) + tags + trees + blobs
  }

  private mutating func walk(
    _ root: ObjectID, _ trees: inout [ObjectID], _ blobs: inout [ObjectID]
  ) throws(ObjectError) {
    var stack = [root]
    while let id = stack.popLast() {
      if !met.insert(id).inserted { continue }
      trees.append(id)
      for entry in try store.tree(id).entries {
        if entry.mode.kind == .tree {
          stack.append(entry.id)
        } else if met.insert(entry.id).inserted {
          blobs.append(entry.id)
        }
      }
    }
  }
}
