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
  let readMember: @Sendable (String) throws -> [UInt8]
  /// Gives a member part by part; each part ends at the end of a line.
  let readParts: @Sendable (String, ([UInt8]) throws -> Void) throws -> Void

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
      readTree: { (id) throws(ObjectError) in try objects.tree(id) }, readMember: read,
      readParts: { name, use in
        guard let entry = try objects.tree(tree)[name] else { return }
        guard entry.mode == .directory else { return try use(try objects.blob(entry.id)) }
        for chunk in try objects.tree(entry.id).entries { try use(try objects.blob(chunk.id)) }
      })
  }

  /// A package folder or tar: its objects are made in memory.
  public init(name: String, members: PackageMembers) throws {
    var memory = ObjectMemory()
    let tree = try ClaimedPackage(checking: members).tree.write(to: &memory)
    let objects = memory.objects
    try self.init(
      name: name, commit: nil, tree: tree,
      readTree: { (id) throws(ObjectError) in
        guard let object = objects[id] else {
          throw ObjectError(.objectMissing, object: id, message: "the object was not made")
        }
        return try Tree.parse(object.bytes, id: id)
      }, readMember: { try members.bytes($0) },
      readParts: { name, use in try use(try members.bytes(name)) })
  }

  private init(
    name: String, commit: ObjectID?, tree: ObjectID,
    readTree: @escaping @Sendable (ObjectID) throws(ObjectError) -> Tree,
    readMember: @escaping @Sendable (String) throws -> [UInt8],
    readParts: @escaping @Sendable (String, ([UInt8]) throws -> Void) throws -> Void
  ) throws {
    self.name = name
    self.commit = commit
    self.tree = tree
    self.readTree = readTree
    self.readMember = readMember
    self.readParts = readParts
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
    let graph = try GraphDiff(a.tree, b.tree) { (id) throws(ObjectError) in
      do throws(ObjectError) { return try a.readTree(id) } catch {
        guard error.code == .objectMissing else { throw error }
        return try b.readTree(id)
      }
    }
    objectsVisited = graph.objectsVisited
    members = graph.changes.filter { !$0.path.hasPrefix("raw/") }.map {
      MemberRow(name: $0.path, state: $0.state, old: $0.old, new: $0.new)
    }
    raw = try Self.rawCounts(graph, a)
    comparison = compare(a.audited, b.audited)
    flipRaw = try Self.rawOfFlips(comparison.flips, comparison.tasks, a, b)
  }

  /// References only; the salt is not one, and it changes with every audit.
  ///
  /// What is kept follows from the old side's manifest, so that no unchanged tree has to be read.
  private static func rawCounts(_ graph: GraphDiff, _ a: DiffSide) throws -> RawCounts {
    var counts = RawCounts()
    for change in graph.changes where change.path.hasPrefix("raw/") && change.path != "raw/salt" {
      switch change.state {
      case .added: counts.added += 1
      case .removed: counts.removed += 1
      case .changed: counts.changed += 1
      }
    }
    let all = RawReferenceCount(
      manifest: try a.readMember(MemberName.rawEvidenceManifest.rawValue))
    counts.kept = max(0, all.count - counts.removed - counts.changed)
    return counts
  }

  private static func rawOfFlips(
    _ flips: [Flip], _ tasks: [TaskComparison], _ a: DiffSide, _ b: DiffSide
  ) throws -> [[String]] {
    guard !flips.isEmpty else { return [] }
    let prefixes = Dictionary(grouping: tasks, by: \.task).mapValues { $0.map(\.keyPrefix) }
    func keys(_ flip: Flip, _ index: Int) -> [String] {
      (prefixes[flip.task] ?? []).map { $0 + String(index) }
    }
    let old = try EpisodeRaw(a, keys: Set(flips.flatMap { keys($0, $0.episode) }))
    let new = try EpisodeRaw(b, keys: Set(flips.flatMap { keys($0, $0.episodeB) }))
    return flips.map { flip in
      Set(keys(flip, flip.episode).flatMap { old.digests[$0] ?? [] })
        .union(keys(flip, flip.episodeB).flatMap { new.digests[$0] ?? [] }).sorted()
    }
  }
}
