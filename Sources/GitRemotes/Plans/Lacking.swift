internal import History
public import ObjectStore

extension RemoteView {
  /// The objects that the remote lacks of what is sent: commits and labels, then trees, then files.
  ///
  /// The cost follows what is new: a walk ends at what the remote has of the same refs, whose own folders and
  /// files are not sent either.
  ///
  /// - Parameter behind: versions with a label that the remote has, in the form that is sent.
  public func lacking(
    _ sending: [PushPlan.Sending], _ behind: Set<ObjectID>
  ) throws -> [ObjectID] {
    let there = behind.union(sending.compactMap(\.old))
    var walk = LackingWalk(store: store.objects, there: there)
    for item in sending { try walk.take(item.target) }
    return try walk.objects()
  }

  /// Versions with a label that lie behind the remote's tip of their claim, each with that tip.
  public func labelledBehind(
    _ sending: [PushPlan.Sending], _ heads: [String: SHA1ID]
  ) throws -> [(commit: ObjectID, tip: SHA1ID)] {
    try sending.compactMap { item in
      guard let slug = item.ref.dropping("refs/tags/")?.split(separator: "/").first,
        let claim = RefName.claim(String(slug)).flatMap(remote.remoteName(of:)),
        let tip = heads[claim.text], let own = known(tip)
      else { return nil }
      let commit = try store.objects.peel(item.target)
      return try store.objects.isAncestor(commit, of: own) ? (commit, tip) : nil
    }
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
  mutating func take(_ target: ObjectID) throws(ObjectError) {
    var tip = target
    while try store.kind(of: tip) == .tag {
      if there.contains(tip) || !met.insert(tip).inserted { return }
      tags.append(tip)
      tip = try store.tag(tip).target
    }
    var stack = [tip]
    while let id = stack.popLast() {
      if there.contains(id) {
        edges.insert(try store.commit(id).tree)
        continue
      }
      if !met.insert(id).inserted { continue }
      let commit = try store.commit(id)
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
