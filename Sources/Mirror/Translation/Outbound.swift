public import GitRemotes
public import ObjectStore
import Platform
public import Signing

/// Brings objects of a store into its mirror, those that are new to it.
///
/// The cost follows what is new: a walk ends at trees that are known, and at a commit whose form in the
/// remote is known.
public final class Outbound {
  private let store: ObjectStore
  private let mirror: () throws -> MirrorRepository
  private let map: ObjectMap
  private let signer: Signer?
  private let progress: (Int, Int) throws -> Void
  /// Forms that the remote has already.
  private var fixed: [ObjectID: SHA1ID] = [:]
  /// Commits that come after one of those.
  private var leading: Set<ObjectID> = []
  /// The form of each commit and tag that was asked for.
  private var chosen: [ObjectID: SHA1ID] = [:]
  private var waiting: [(id: SHA1ID, object: RawObject)] = []
  private var waitingBytes = 0
  /// Objects translated.
  public private(set) var count = 0

  /// - Parameters:
  ///   - mirror: asked for where there is something to write.
  ///   - signer: the user's key; commits that it signed are signed in their SHA-1 form too.
  ///   - progress: told how many objects of how many are done; may throw to stop.
  public init(
    store: ObjectStore, mirror: @escaping @autoclosure () throws -> MirrorRepository,
    map: ObjectMap, signer: Signer?,
    progress: @escaping (Int, Int) throws -> Void = { _, _ in }
  ) {
    self.store = store
    self.mirror = mirror
    self.map = map
    self.signer = signer
    self.progress = progress
  }

  /// Says which form an object has in the remote, so that what comes after it goes on from there.
  public func use(_ other: SHA1ID, for own: ObjectID) { fixed[own] = other }

  /// The SHA-1 names of commits and tags, in order, after all they reach is in the mirror.
  ///
  /// - Throws: `not_reversible`, and what is wrong with an object of the store.
  public func translate(_ tips: [ObjectID]) throws -> [SHA1ID] {
    var commits: [ObjectID] = []
    var tags: [ObjectID] = []
    var seen: Set<ObjectID> = []
    for tip in tips { try gather(tip, &commits, &tags, &seen) }
    var trees: [ObjectID] = []
    var blobs: [ObjectID] = []
    var met: Set<ObjectID> = []
    for commit in commits {
      try walk(try store.commit(commit).tree, &trees, &blobs, &met)
    }
    let total = commits.count + tags.count + trees.count + blobs.count
    var done = 0
    func tick(_ number: Int) throws {
      done += number
      try progress(done, total)
    }
    for group in try groups(blobs) {
      try take(group, try store.objects(group))
      try tick(group.count)
    }
    for (index, tree) in trees.enumerated() {
      let object = RawObject(kind: .tree, bytes: try store.body(tree, .tree))
      try take(tree, RawObject(kind: .tree, bytes: try Translation.toSHA1(object, id: name)))
      if index % 256 == 255 { try tick(256) }
    }
    for commit in commits {
      try translate(commit, .commit)
      try tick(1)
    }
    for tag in tags.reversed() { try translate(tag, .tag) }
    try flush()
    return try tips.map(name)
  }

  /// Commits and tags without a form yet, what comes first first.
  private func gather(
    _ tip: ObjectID, _ commits: inout [ObjectID], _ tags: inout [ObjectID],
    _ seen: inout Set<ObjectID>
  ) throws {
    var stack = [(id: tip, isDone: false)]
    while let (id, isDone) = stack.popLast() {
      if isDone {
        commits.append(id)
        continue
      }
      if fixed[id] != nil || chosen[id] != nil || !seen.insert(id).inserted { continue }
      if try store.kind(of: id) == .tag {
        let target = try store.tag(id).target
        stack.append((target, false))
        tags.append(id)
        continue
      }
      if let form = try known(id) {
        chosen[id] = form
        continue
      }
      stack.append((id, true))
      for parent in try store.commit(id).parents { stack.append((parent, false)) }
    }
  }

  /// A known form of a commit; nil where it has to be made, because none is known or because what comes
  /// before it has a certain form in this remote, from which this one's follows.
  private func known(_ id: ObjectID) throws(ObjectError) -> SHA1ID? {
    guard let form = map.other(of: id) else { return nil }
    if fixed.isEmpty { return form }
    if leading.contains(id) { return nil }
    var passed: Set<ObjectID> = []
    var isFound = false
    try store.walkCommits(from: id) { (id, _) throws(ObjectError) in
      isFound = fixed[id] != nil
      passed.insert(id)
      return !isFound
    }
    if isFound { leading.formUnion(passed) }
    return isFound ? nil : form
  }

  private func walk(
    _ root: ObjectID, _ trees: inout [ObjectID], _ blobs: inout [ObjectID],
    _ met: inout Set<ObjectID>
  ) throws {
    var stack = [(id: root, kind: ObjectKind.tree, isDone: false)]
    while let (id, kind, isDone) = stack.popLast() {
      if isDone {
        trees.append(id)
        continue
      }
      if !met.insert(id).inserted || map.other(of: id) != nil { continue }
      if kind == .blob {
        blobs.append(id)
        continue
      }
      stack.append((id, kind, true))
      if stack.count > 1 << 24 {
        throw ObjectError(.treeTooDeep, object: id, message: "folders are nested without end")
      }
      for entry in try store.tree(id).entries { stack.append((entry.id, entry.mode.kind, false)) }
    }
  }

  /// As many blobs as are read at once: those of about 32 MiB.
  private func groups(_ blobs: [ObjectID]) throws -> [[ObjectID]] {
    var groups: [[ObjectID]] = []
    var bytes = Int.max
    for blob in blobs {
      if bytes > 32 << 20 || (groups.last?.count ?? 0) >= 16_384 {
        groups.append([])
        bytes = 0
      }
      bytes += try store.size(of: blob)
      groups[groups.count - 1].append(blob)
    }
    return groups
  }

  private func take(_ ids: [ObjectID], _ objects: [RawObject]) throws {
    let size = max(1, objects.count / 8)
    let ranges = stride(from: 0, to: objects.count, by: size)
      .map { $0..<min($0 + size, objects.count) }
    let names = concurrentMap(ranges) { range in
      objects[range].map { SHA1ID.of($0.kind, $0.bytes) }
    }.flatMap { $0 }
    for (index, object) in objects.enumerated() {
      if object.kind != .blob {
        throw ObjectError(
          .objectTypeMismatch, object: ids[index], message: "a tree names this as a blob")
      }
      try put(ids[index], names[index], object)
    }
  }

  private func take(_ id: ObjectID, _ object: RawObject) throws {
    try put(id, SHA1ID.of(object.kind, object.bytes), object)
  }

  private func translate(_ id: ObjectID, _ kind: ObjectKind) throws {
    let object = RawObject(kind: kind, bytes: try store.body(id, kind))
    let body = try Translation.toSHA1(object, id: name, sign: sign)
    let translated = RawObject(kind: kind, bytes: body)
    chosen[id] = SHA1ID.of(kind, body)
    try take(id, translated)
  }

  /// The signature of the SHA-1 form, where the key that signed the store's is at hand.
  private func sign(_ payload: [UInt8], _ own: [UInt8]) throws -> [UInt8]? {
    guard let signer, let signature = try? SSHSignature(armoured: own),
      signature.publicKey == signer.publicKey
    else { return nil }
    // Without it the commit is as good: what counts is the signature that it has already.
    return (try? signArmoured(message: payload, namespace: "git", key: signer)).map {
      Array($0.utf8)
    }
  }

  /// The form that an object has in the remote.
  ///
  /// - Throws: `object_missing` where it was not translated.
  public func name(_ id: ObjectID) throws -> SHA1ID {
    if let name = chosen[id] ?? fixed[id] ?? map.other(of: id) { return name }
    throw ObjectError(.objectMissing, object: id, message: "the object has no SHA-1 form yet")
  }

  private func put(_ own: ObjectID, _ other: SHA1ID, _ object: RawObject) throws {
    map.add(own, other)
    count += 1
    waiting.append((other, object))
    waitingBytes += object.bytes.count
    if waitingBytes > 32 << 20 { try flush() }
  }

  private func flush() throws {
    if waiting.isEmpty { return }
    try mirror().write(waiting)
    waiting = []
    waitingBytes = 0
  }
}
