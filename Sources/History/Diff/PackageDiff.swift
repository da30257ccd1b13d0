public import Audit
public import Evidence
public import JSON
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
      readTree: { (id) throws(ObjectError) in try objects.tree(id) }, readMember: read)
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
      }, readMember: { try members.bytes($0) })
  }

  private init(
    name: String, commit: ObjectID?, tree: ObjectID,
    readTree: @escaping @Sendable (ObjectID) throws(ObjectError) -> Tree,
    readMember: @escaping @Sendable (String) throws -> [UInt8]
  ) throws {
    self.name = name
    self.commit = commit
    self.tree = tree
    self.readTree = readTree
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
    flipRaw = try Self.rawOfFlips(comparison.flips, a, b)
  }

  /// References only; the salt is not one, and it changes with every audit.
  private static func rawCounts(_ graph: GraphDiff, _ a: DiffSide) throws -> RawCounts {
    var counts = RawCounts()
    var saltChanged = false
    for change in graph.changes where change.path.hasPrefix("raw/") {
      if change.path == "raw/salt" {
        saltChanged = true
        continue
      }
      switch change.state {
      case .added: counts.added += 1
      case .removed: counts.removed += 1
      case .changed: counts.changed += 1
      }
    }
    if let whole = try untouchedRaw(graph, a) {
      counts.kept = whole
    } else {
      counts.kept = graph.rawKept - (saltChanged ? 0 : 1)
    }
    counts.kept = max(0, counts.kept)
    return counts
  }

  /// The number of references when the whole `raw/` tree is the same and was not walked.
  private static func untouchedRaw(_ graph: GraphDiff, _ a: DiffSide) throws -> Int? {
    guard !graph.changes.contains(where: { $0.path.hasPrefix("raw/") }), graph.rawKept == 0,
      let entry = try a.readTree(a.tree)["raw"]
    else { return nil }
    return try count(entry.id, a) - 1
  }

  private static func count(_ id: ObjectID, _ side: DiffSide) throws(ObjectError) -> Int {
    var total = 0
    for entry in try side.readTree(id).entries {
      total += entry.mode == .file ? 1 : try count(entry.id, side)
    }
    return total
  }

  private static func rawOfFlips(_ flips: [Flip], _ a: DiffSide, _ b: DiffSide) throws -> [[String]]
  {
    guard !flips.isEmpty else { return [] }
    let name = MemberName.episodeResults.rawValue
    let old = try EpisodeRaw(
      member: try a.readMember(name), keys: Set(flips.map { key($0, $0.episode) }))
    let new = try EpisodeRaw(
      member: try b.readMember(name), keys: Set(flips.map { key($0, $0.episodeB) }))
    return flips.map { flip in
      Set(old.digests[key(flip, flip.episode)] ?? [])
        .union(new.digests[key(flip, flip.episodeB)] ?? []).sorted()
    }
  }

  private static func key(_ flip: Flip, _ index: Int) -> String { "\(flip.task)/\(index)" }

  /// `wf.diff/1` of CLI.md.
  public var json: JSONValue {
    guard var object = comparison.json().object else { return .null }
    object["schema"] = "wf.diff/1"
    object["flips"] = .array(
      zip(comparison.flips, flipRaw).map { flip, raw in flip.json(raw: raw) })
    object["members"] = .array(
      members.map { row in
        [
          "name": .string(row.name), "state": .string(row.state.rawValue),
          "old": row.old.map { .string($0.hex) } ?? .null,
          "new": row.new.map { .string($0.hex) } ?? .null,
        ]
      })
    object["raw"] = [
      "added": number(raw.added), "removed": number(raw.removed), "changed": number(raw.changed),
      "kept": number(raw.kept),
    ]
    object["objects_visited"] = number(objectsVisited)
    return .object(object)
  }

  private func number(_ value: Int) -> JSONValue { .number(JSONNumber(Int64(value))) }
}

/// The raw digests of a few episodes out of episode_results.jsonl.
private struct EpisodeRaw {
  private(set) var digests: [String: [String]] = [:]

  /// Only lines whose key is wanted are read as JSON; the others are passed by.
  init(member: [UInt8], keys: Set<String>) throws {
    let marker = Array("\"episode_key\":\"".utf8)
    for line in member.split(separator: 0x0A) {
      guard let start = line.firstRange(of: marker)?.upperBound,
        let end = line[start...].firstIndex(of: 0x22)
      else { continue }
      let key = String(decoding: line[start..<end], as: UTF8.self)
      let plain = key.split(separator: "#").first.map(String.init) ?? key
      guard keys.contains(plain) else { continue }
      let row = try JSONValue.parse(Array(line))
      digests[plain, default: []] += (row["raw"]?.array ?? []).compactMap(\.string)
    }
  }
}
