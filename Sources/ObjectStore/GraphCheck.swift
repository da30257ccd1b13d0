internal import Platform
internal import Synchronization

/// Objects that were read, hashed and found right, with all they reach.
///
/// Shared by the checks of many versions, so that what they have in common is hashed once. Good
/// only as long as nobody writes to the store's files: make a new one for each command.
public final class VerifiedObjects: Sendable {
  private struct Known {
    var objects: [ObjectID: ObjectKind] = [:]
    var histories: Set<ObjectID> = []
  }
  private let known = Mutex(Known())

  public init() {}

  /// Takes a commit and all before it for checked, because an earlier check found them right.
  public func trustHistory(of commit: ObjectID) { insert([:], histories: [commit]) }

  public var count: Int { known.withLock { $0.objects.count } }

  func kind(of id: ObjectID) -> ObjectKind? { known.withLock { $0.objects[id] } }

  func hasHistory(of commit: ObjectID) -> Bool { known.withLock { $0.histories.contains(commit) } }

  func insert(_ objects: [ObjectID: ObjectKind], histories: Set<ObjectID>) {
    known.withLock {
      $0.objects.merge(objects) { old, _ in old }
      $0.histories.formUnion(histories)
    }
  }
}

/// What the check of a version's objects found.
public struct GraphReport: Sendable, Equatable {
  /// Objects read and hashed by this check.
  public internal(set) var checked = 0
  /// Bytes of their bodies.
  public internal(set) var bytes = 0
  /// Bodies of blobs of the commit's own tree, where they were asked to be kept.
  public internal(set) var bodies: [ObjectID: [UInt8]] = [:]
  /// The first failure: its reason, the object at fault, and in `place` the path that leads to it.
  public internal(set) var failure: ObjectError?

  public var isSound: Bool { failure == nil }
}

extension ObjectStore {
  /// Reads and hashes everything that a commit reaches, and checks form and kinds.
  ///
  /// - Parameters:
  ///   - includingHistory: the commits before it too, with their trees.
  ///   - memo: what is in it is not read again; what is found right is added.
  ///   - keepingBodies: about so many bytes of the commit's own blobs are given back, for a caller
  ///     that reads them next.
  public func checkGraph(
    of commit: ObjectID, includingHistory: Bool, memo: VerifiedObjects, keepingBodies: Int = 0
  ) -> GraphReport {
    let decoder = takeDecoder()
    defer { giveBack(decoder) }
    var check = GraphCheck(store: self, memo: memo, decoder: decoder, keeping: keepingBodies)
    do throws(ObjectError) {
      try check.commits(from: commit, includingHistory: includingHistory)
      try check.blobs()
      check.remember(histories: includingHistory)
    } catch {
      check.report.failure = error
    }
    return check.report
  }
}

/// One run of `checkGraph`.
private struct GraphCheck {
  /// A tree or blob and where it was met: paths are put together only for a failure.
  private struct Node {
    let id: ObjectID
    let kind: ObjectKind
    let parent: Int
    let name: String
    let depth: Int
  }

  let store: ObjectStore
  let memo: VerifiedObjects
  let decoder: PackDecoder
  var report = GraphReport()
  private var nodes: [Node] = []
  private var found: [ObjectID: ObjectKind] = [:]
  private var commits: Set<ObjectID> = []
  private var waitingBlobs: [Int] = []
  /// Trees that were read before their turn.
  private var readAhead: [ObjectID: ReadTree] = [:]
  /// How many of the waiting blobs are of the tip's own tree; they come first.
  private var ownBlobs: Int?
  private let keeping: Int

  init(store: ObjectStore, memo: VerifiedObjects, decoder: PackDecoder, keeping: Int) {
    self.store = store
    self.keeping = keeping
    self.memo = memo
    self.decoder = decoder
  }

  mutating func commits(from tip: ObjectID, includingHistory: Bool) throws(ObjectError) {
    var waiting = [tip]
    while let id = waiting.popLast() {
      if memo.hasHistory(of: id) || !commits.insert(id).inserted { continue }
      let object = try read(id, .commit, at: id == tip ? nil : "\(tip): history")
      let commit = try Commit.parse(object.bytes, id: id)
      try trees(from: commit.tree, of: id)
      if ownBlobs == nil { ownBlobs = waitingBlobs.count }
      if includingHistory { waiting += commit.parents.reversed() }
    }
  }

  private mutating func trees(from root: ObjectID, of commit: ObjectID) throws(ObjectError) {
    nodes.append(Node(id: root, kind: .tree, parent: -1, name: commit.hex, depth: 0))
    var stack = [nodes.count - 1]
    while let index = stack.popLast() {
      let node = nodes[index]
      if try isKnown(index) { continue }
      found[node.id] = node.kind
      if node.kind == .blob {
        waitingBlobs.append(index)
        continue
      }
      let place = path(of: index)
      if node.depth >= TreeDepth.limit { throw treeTooDeep(node.id).at(place) }
      let entries: [TreeEntry]
      do throws(ObjectError) {
        entries = try self.entries(of: node.id, at: place)
      } catch {
        throw located(error, index)
      }
      readAhead(entries)
      let start = nodes.count
      for entry in entries {
        nodes.append(
          Node(
            id: entry.id, kind: entry.mode.kind, parent: index, name: entry.name,
            depth: node.depth + 1))
      }
      stack.append(contentsOf: (start..<nodes.count).reversed())
    }
  }

  private mutating func entries(
    of tree: ObjectID, at place: String
  ) throws(ObjectError) -> [TreeEntry] {
    if let ahead = readAhead.removeValue(forKey: tree) {
      report.checked += 1
      report.bytes += ahead.size
      return ahead.entries
    }
    return try Tree.parse(try read(tree, .tree, at: place).bytes, id: tree).entries
  }

  /// Reads the folders of a folder that has many on all cores; one with a fault is left to its turn.
  private mutating func readAhead(_ entries: [TreeEntry]) {
    let wanted = entries.filter {
      $0.mode == .directory && found[$0.id] == nil && memo.kind(of: $0.id) == nil
    }.map(\.id)
    guard wanted.count >= 32 else { return }
    let parts = stride(from: 0, to: wanted.count, by: 16).map {
      Array(wanted[$0..<min($0 + 16, wanted.count)])
    }
    let store = store
    let trees = concurrentMap(parts) { part -> [ReadTree] in
      let decoder = store.takeDecoder()
      defer { store.giveBack(decoder) }
      return part.compactMap { id in
        guard let object = try? store.object(id, limit: ObjectStore.defaultLimit, with: decoder),
          object.kind == .tree, let tree = try? Tree.parse(object.bytes, id: id)
        else { return nil }
        return ReadTree(id: id, entries: tree.entries, size: object.bytes.count)
      }
    }
    for tree in trees.joined() { readAhead[tree.id] = tree }
  }

  /// Whether the object was met before, here or in an earlier check; its kind must be the same.
  private func isKnown(_ index: Int) throws(ObjectError) -> Bool {
    let node = nodes[index]
    guard let kind = found[node.id] ?? memo.kind(of: node.id) else { return false }
    if kind != node.kind {
      throw located(wrongKind(node.id, kind, expected: node.kind), index)
    }
    return true
  }

  /// Blobs are most of a package: read and hashed on all cores.
  mutating func blobs() throws(ObjectError) {
    // Few blobs are members, some large: each is a part, so that two cores share them.
    let size = max(1, waitingBlobs.count / 16)
    let parts = stride(from: 0, to: waitingBlobs.count, by: size).map {
      ($0..<min($0 + size, waitingBlobs.count)).map {
        (
          index: waitingBlobs[$0], id: nodes[waitingBlobs[$0]].id,
          isOwn: $0 < ownBlobs ?? 0 && !isChunk(waitingBlobs[$0])
        )
      }
    }
    let store = store
    let share = keeping / max(1, parts.count)
    let outcomes = concurrentMap(parts) { part -> BlobOutcome in
      let decoder = store.takeDecoder()
      defer { store.giveBack(decoder) }
      var outcome = BlobOutcome()
      var kept = 0
      for (index, id, isOwn) in part {
        do throws(ObjectError) {
          let object = try store.object(id, limit: ObjectStore.defaultLimit, with: decoder)
          if object.kind != .blob { throw wrongKind(id, object.kind, expected: .blob) }
          outcome.checked += 1
          outcome.bytes += object.bytes.count
          if isOwn, kept + object.bytes.count <= share {
            kept += object.bytes.count
            outcome.bodies.append((id, object.bytes))
          }
        } catch {
          outcome.failure = (index, error)
          return outcome
        }
      }
      return outcome
    }
    for outcome in outcomes {
      report.checked += outcome.checked
      report.bytes += outcome.bytes
      for (id, bytes) in outcome.bodies { report.bodies[id] = bytes }
      if let (index, error) = outcome.failure {
        throw located(error, index)
      }
    }
  }

  /// Whether a blob is a piece of a large member, which nobody wants whole.
  private func isChunk(_ index: Int) -> Bool {
    let parent = nodes[index].parent
    return parent >= 0 && nodes[parent].name.hasSuffix(".jsonl")
  }

  func remember(histories: Bool) {
    memo.insert(found, histories: histories ? commits : [])
  }

  private mutating func read(
    _ id: ObjectID, _ kind: ObjectKind, at place: String?
  ) throws(ObjectError) -> RawObject {
    do throws(ObjectError) {
      let object = try store.object(id, limit: ObjectStore.defaultLimit, with: decoder)
      if object.kind != kind { throw wrongKind(id, object.kind, expected: kind) }
      report.checked += 1
      report.bytes += object.bytes.count
      return object
    } catch {
      throw error.at(place ?? id.hex, object: error.object ?? id)
    }
  }

  /// With the path that leads to the object.
  ///
  /// Of a kind that does not fit, the tree is at fault.
  private func located(_ error: ObjectError, _ index: Int) -> ObjectError {
    let parent = nodes[index].parent
    let isLie = error.code == .objectTypeMismatch && parent >= 0
    let object = isLie ? nodes[parent].id : error.object ?? nodes[index].id
    return error.at(path(of: index), object: object)
  }

  /// `COMMIT:path/to/it`.
  private func path(of index: Int) -> String {
    var names: [String] = []
    var at = index
    while nodes[at].parent >= 0 {
      names.append(nodes[at].name)
      at = nodes[at].parent
    }
    return nodes[at].name + ":" + names.reversed().joined(separator: "/")
  }
}

/// A tree that was read and hashed.
private struct ReadTree: Sendable {
  let id: ObjectID
  let entries: [TreeEntry]
  let size: Int
}

private struct BlobOutcome: Sendable {
  var checked = 0
  var bytes = 0
  var bodies: [(id: ObjectID, bytes: [UInt8])] = []
  var failure: (index: Int, error: ObjectError)?
}
