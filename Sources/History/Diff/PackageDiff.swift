public import Audit
public import Evidence
internal import JSON
public import ObjectStore

/// One side of a diff: a version's tree with the members that say what it means.
public struct DiffSide: Sendable {
  /// As the person named it.
  public let name: String
  public let commit: ObjectID?
  public let tree: ObjectID
  public let audited: AuditedVersion
  /// Reads a tree of this side by id.
  let readTree: @Sendable (ObjectID) throws(ObjectError) -> Tree
  let treeSize: @Sendable (ObjectID) throws(ObjectError) -> Int
  let readMember: @Sendable (String) throws -> [UInt8]

  /// A version of a store.
  public init(name: String, version: ResolvedVersion, in store: EvidenceStore) throws {
    let link = try store.link(version.commit)
    guard link.kind != .registration else {
      throw HistoryError(
        .notAPackageVersion, place: name, "a registration holds no evidence to compare",
        hint: "wf log shows the package versions")
    }
    let objects = store.objects
    let tree = link.commit.tree
    let read: @Sendable (String) throws -> [UInt8] = {
      try memberBytes($0, tree: tree, in: objects)
    }
    try self.init(
      name: name, commit: version.commit, tree: tree,
      readTree: { (id) throws(ObjectError) in try objects.tree(id) },
      treeSize: { (id) throws(ObjectError) in try objects.size(of: id) }, readMember: read)
  }

  /// A package folder or tar: its objects are made in memory.
  public init(name: String, members: PackageMembers) throws {
    var memory = TreeMemory()
    let tree = try ClaimedPackage(checking: members).tree.write(to: &memory)
    let bodies = memory.bodies
    let body: @Sendable (ObjectID) throws(ObjectError) -> [UInt8] = { (id) throws(ObjectError) in
      guard let body = bodies[id] else {
        throw ObjectError(.objectMissing, object: id, message: "the object was not made")
      }
      return body
    }
    try self.init(
      name: name, commit: nil, tree: tree,
      readTree: { (id) throws(ObjectError) in try Tree.parse(try body(id), id: id) },
      treeSize: { (id) throws(ObjectError) in try body(id).count },
      readMember: { try members.bytes($0) })
  }

  private init(
    name: String, commit: ObjectID?, tree: ObjectID,
    readTree: @escaping @Sendable (ObjectID) throws(ObjectError) -> Tree,
    treeSize: @escaping @Sendable (ObjectID) throws(ObjectError) -> Int,
    readMember: @escaping @Sendable (String) throws -> [UInt8]
  ) throws {
    self.name = name
    self.commit = commit
    self.tree = tree
    self.readTree = readTree
    self.treeSize = treeSize
    self.readMember = readMember
    audited = AuditedVersion(
      claim: try Claim.decode(try readMember(MemberName.claim.rawValue)),
      protocol: try EvaluationProtocol.decode(
        try readMember(MemberName.evaluationProtocol.rawValue)),
      input: try AuditInput.decode(try readMember(MemberName.auditInput.rawValue)),
      evidence: try JSONValue.parse(try readMember(MemberName.evidence.rawValue)))
  }
}

/// What differs between two versions: the graph first, then what it means (DESIGN §7).
public struct PackageDiff: Sendable {
  /// A member and how it stands on both sides.
  public struct MemberRow: Sendable, Equatable {
    public let name: String
    public let state: GraphDiff.State
    public let old: ObjectID?
    public let new: ObjectID?
  }

  /// References under `raw/`.
  public struct RawCounts: Sendable, Equatable {
    public var added = 0
    public var removed = 0
    public var changed = 0
    public var kept = 0

    public init(added: Int = 0, removed: Int = 0, changed: Int = 0, kept: Int = 0) {
      self.added = added
      self.removed = removed
      self.changed = changed
      self.kept = kept
    }
  }

  public let a: DiffSide
  public let b: DiffSide
  public let comparison: Comparison
  /// Members that are not the same; those with equal ids are left out.
  public let members: [MemberRow]
  public let raw: RawCounts
  /// Trees that were read to find what differs.
  ///
  /// Looking up a member by its name in a root tree is not part of that.
  public let objectsVisited: Int
  /// Digests of raw evidence of each flip, in the order of `comparison.flips`.
  public let flipRaw: [[String]]

  public init(_ a: DiffSide, _ b: DiffSide) throws {
    self.a = a
    self.b = b
    let graph = try GraphDiff(
      a.tree, b.tree,
      in: GraphDiff.Source(
        tree: { (id) throws(ObjectError) in
          try Self.either({ () throws(ObjectError) in try a.readTree(id) }) {
            () throws(ObjectError) in try b.readTree(id)
          }
        },
        size: { (id) throws(ObjectError) in
          try Self.either({ () throws(ObjectError) in try a.treeSize(id) }) {
            () throws(ObjectError) in try b.treeSize(id)
          }
        }))
    objectsVisited = graph.objectsVisited
    members = graph.changes.filter { !$0.path.hasPrefix("raw/") }.map {
      MemberRow(name: $0.path, state: $0.state, old: $0.old, new: $0.new)
    }
    raw = Self.rawCounts(graph)
    comparison = compare(a.audited, b.audited)
    flipRaw = try flipReferences(of: comparison.flips, a, b)
  }

  /// The second answer where the first side has no such object.
  private static func either<Answer>(
    _ first: () throws(ObjectError) -> Answer, _ second: () throws(ObjectError) -> Answer
  ) throws(ObjectError) -> Answer {
    do throws(ObjectError) { return try first() } catch {
      guard error.code == .objectMissing else { throw error }
      return try second()
    }
  }

  /// References only; the salt is not one, and it changes with every audit.
  private static func rawCounts(_ graph: GraphDiff) -> RawCounts {
    var counts = RawCounts(kept: graph.rawKept)
    for change in graph.changes where change.path.hasPrefix("raw/") && change.path != "raw/salt" {
      switch change.state {
      case .added: counts.added += 1
      case .removed: counts.removed += 1
      case .changed: counts.changed += 1
      }
    }
    return counts
  }
}
