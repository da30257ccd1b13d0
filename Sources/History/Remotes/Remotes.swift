public import ObjectStore
import Platform

/// A git repository elsewhere that this store shares claims with.
public struct Remote: Sendable, Equatable {
  public let name: String
  public let address: RemoteAddress
  /// Where claims lie there: below `refs/heads/NAMESPACE/`.
  public let namespace: String

  public static let defaultNamespace = "claims"
  public static let defaultName = "origin"

  /// - Throws: `remote_name_invalid`, `remote_namespace_invalid`.
  public init(
    name: String, address: RemoteAddress, namespace: String = Remote.defaultNamespace
  ) throws(HistoryError) {
    let isPlain = name.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x5F }
    guard (1...40).contains(name.utf8.count), isPlain, !name.hasPrefix("-") else {
      throw HistoryError(
        .remoteNameInvalid, place: name, "a remote's name has 1 to 40 letters, digits, - and _")
    }
    guard RefName("refs/heads/\(namespace)/x") != nil, !namespace.hasPrefix("wf/"),
      namespace != "wf", namespace.utf8.count <= 200, !namespace.contains(" ")
    else {
      throw HistoryError(
        .remoteNamespaceInvalid, place: namespace,
        "a namespace is a part of a branch's name, such as claims or team/claims")
    }
    self.name = name
    self.address = address
    self.namespace = namespace
  }

  /// The branches below which claims lie.
  public var claimPrefix: String { "refs/heads/\(namespace)/" }
  /// Labels of claims; those of another namespace stand apart.
  public var tagPrefix: String {
    namespace == Self.defaultNamespace ? "refs/tags/" : "refs/tags/\(namespace)/"
  }

  /// How the remote calls a ref of ours; nil for one that does not travel.
  public func remoteName(of ref: RefName) -> RefName? {
    if namespace == Self.defaultNamespace, ref.text.hasPrefix(claimPrefix) { return ref }
    if let slug = ref.dropping(EvidenceStore.claimPrefix) { return RefName(claimPrefix + slug) }
    if let label = ref.dropping("refs/tags/") { return RefName(tagPrefix + label) }
    if ref.dropping("refs/wf/log/") != nil || ref.text == "refs/wf/keys" {
      return RefName("refs/heads/" + ref.text.dropFirst("refs/".count))
    }
    return nil
  }

  /// How we call a ref of the remote; nil for one that is none of ours.
  public func ownName(of ref: RefName) -> RefName? {
    if let slug = ref.dropping(claimPrefix) {
      return isSlug(slug) ? RefName.claim(slug) : nil
    }
    if let label = ref.dropping(tagPrefix) { return RefName("refs/tags/" + label) }
    if let name = ref.dropping("refs/heads/wf/").flatMap({ RefName("refs/wf/" + $0) }) {
      return name.isLogOrKeys ? name : nil
    }
    return nil
  }
}

/// The list of a store's remotes: `wf/remotes`, lines `remote NAME NAMESPACE ADDRESS`.
public struct RemoteList: Sendable {
  private let path: String
  private let files: FileSystem
  public private(set) var remotes: [Remote]

  /// - Throws: `remotes_malformed`.
  public init(_ store: ObjectStore) throws {
    path = store.path + "/wf/remotes"
    files = store.system
    remotes = []
    let bytes = try files.readIfPresent(path, limit: 1 << 20) ?? []
    for (index, line) in bytes.split(separator: 10).enumerated() {
      let words = String(decoding: line, as: UTF8.self)
        .split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
      guard words.count == 4, words[0] == "remote",
        let address = try? RemoteAddress(words[3], from: "/"),
        let remote = try? Remote(name: words[1], address: address, namespace: words[2])
      else {
        throw HistoryError(
          .remotesMalformed, place: "\(path), line \(index + 1)", "this is no line of a remote",
          hint: "remove the line, then wf remote add NAME ADDRESS")
      }
      remotes.append(remote)
    }
  }

  /// - Throws: `remote_unknown`.
  public func named(_ name: String) throws(HistoryError) -> Remote {
    if let remote = remotes.first(where: { $0.name == name }) { return remote }
    throw HistoryError(
      .remoteUnknown, place: name, "there is no remote of this name",
      hint: remotes.isEmpty
        ? "wf remote add \(Remote.defaultName) ADDRESS"
        : "the remotes are: " + remotes.map(\.name).joined(separator: ", "))
  }

  /// - Throws: `remote_exists`.
  public mutating func add(_ remote: Remote) throws {
    if remotes.contains(where: { $0.name == remote.name }) {
      throw HistoryError(
        .remoteExists, place: remote.name, "there is a remote of this name",
        hint: "wf remote list shows it; wf remote remove \(remote.name)")
    }
    remotes.append(remote)
    try save()
  }

  public mutating func remove(_ name: String) throws {
    _ = try named(name)
    remotes.removeAll { $0.name == name }
    try save()
  }

  public mutating func rename(_ old: String, to new: String) throws {
    let remote = try named(old)
    let renamed = try Remote(name: new, address: remote.address, namespace: remote.namespace)
    if old != new, remotes.contains(where: { $0.name == new }) {
      throw HistoryError(.remoteExists, place: new, "there is a remote of this name")
    }
    remotes = remotes.map { $0.name == old ? renamed : $0 }
    try save()
  }

  private func save() throws {
    let lines = remotes.map { "remote \($0.name) \($0.namespace) \($0.address.text)\n" }
    _ = try files.makeDirectories(Path.parent(path))
    try files.write(Array(lines.joined().utf8), to: path, .durable, mode: 0o600)
  }
}

extension EvidenceStore {
  /// Forgets or renames what is kept of a remote: its refs, and the memory of its tips.
  ///
  /// - Parameter new: the name that they go to; nil: they go away.
  public func moveTrackingRefs(of remote: String, to new: String?) throws {
    let prefix = "refs/remotes/\(remote)/"
    var updates: [RefUpdate] = []
    for ref in try objects.refs(prefix) {
      updates.append(RefUpdate(ref.name, from: ref.target, to: nil))
      if let new, let rest = ref.name.dropping(prefix),
        let name = RefName("refs/remotes/\(new)/\(rest)")
      {
        updates.append(RefUpdate(name, from: nil, to: ref.target))
      }
    }
    if let new { try TipMemory(store: self).moveSource(remote, to: new) }
    if !updates.isEmpty { try objects.update(updates) }
    if new == nil { try TipMemory(store: self).moveSource(remote, to: nil) }
  }

  /// The claims that a remote was seen to have, with the tips seen last.
  public func rememberedTips(of remote: String) throws -> [RefName: ObjectID] {
    try TipMemory(store: self).snapshot().claims(of: remote)
  }

  /// Remembers the tips that a remote has after a push, and keeps them below `refs/remotes/`.
  public func rememberPushed(_ tips: [RefName: ObjectID], to remote: String) throws {
    let memory = TipMemory(store: self)
    let snapshot = try memory.snapshot()
    let (updates, seen) = try news(tips, of: remote, snapshot)
    if !updates.isEmpty { try objects.update(updates) }
    if !seen.isEmpty { memory.rememberIfPossible(seen, knowing: snapshot, syncs: 3) }
  }

  /// Whether there is nothing of these tips that `rememberPushed` would write.
  public func isRemembered(_ tips: [RefName: ObjectID], of remote: String) throws -> Bool {
    let snapshot = try TipMemory(store: self).snapshot()
    return try kept(tips, of: remote).allSatisfy { ref, tip, _, old in
      let known = snapshot.recollection(of: ref, source: remote)
      return old == tip && known.here?.commit == tip && known.there?.commit == tip
    }
  }

  /// Where claims are kept that a remote has: the ref, and what it leads to.
  private func kept(
    _ tips: [RefName: ObjectID], of remote: String
  ) throws -> [(ref: RefName, tip: ObjectID, tracking: RefName, old: ObjectID?)] {
    let kept = tips.compactMap { ref, tip in
      ref.dropping(Self.claimPrefix).flatMap { Reception.trackingRef(remote, $0) }
        .map { (ref: ref, tip: tip, tracking: $0) }
    }
    // Of a few, each is asked; of many, all are listed.
    let targets =
      try kept.count > 16
      ? Dictionary(
        objects.refs("refs/remotes/\(remote)/claims/").map { ($0.name, $0.target) },
        uniquingKeysWith: { $1 })
      : objects.targets(of: kept.map(\.tracking))
    return kept.map { ($0.ref, $0.tip, $0.tracking, targets[$0.tracking]) }
  }

  private func news(
    _ tips: [RefName: ObjectID], of remote: String, _ snapshot: TipMemory.Snapshot
  ) throws -> ([RefUpdate], [Tips.Key: (commit: ObjectID, count: Int)]) {
    var updates: [RefUpdate] = []
    var seen: [Tips.Key: (commit: ObjectID, count: Int)] = [:]
    for (ref, tip, tracking, old) in try kept(tips, of: remote) {
      if old != tip { updates.append(RefUpdate(tracking, from: old, to: tip)) }
      let known = snapshot.recollection(of: ref, source: remote)
      if known.here?.commit == tip, known.there?.commit == tip { continue }
      let own = snapshot.recollection(of: ref, source: ".").known
      let count = try length(from: tip, knowing: [own, known.known].compactMap { $0 })
      seen[Tips.Key(source: remote, ref: ref)] = (tip, count)
    }
    return (updates, seen)
  }
}

extension TipMemory {
  fileprivate func moveSource(_ old: String, to new: String?) throws(ObjectError) {
    for file in try memories() {
      try file.update { tips in
        for (key, tip) in tips.tips where key.source == old {
          tips.tips[key] = nil
          if let new { tips.tips[Tips.Key(source: new, ref: key.ref)] = tip }
        }
        let prefix = TipMemory.checkpointKey("", source: old)
        for (key, point) in tips.checkpoints where key.hasPrefix(prefix) {
          tips.checkpoints[key] = nil
          let origin = String(key.dropFirst(prefix.count))
          if let new {
            tips.checkpoints[TipMemory.checkpointKey(origin, source: new)] = point
          }
        }
      }
    }
  }
}

extension TipMemory.Snapshot {
  fileprivate func claims(of remote: String) -> [RefName: ObjectID] {
    var tips: [RefName: ObjectID] = [:]
    for (key, _) in here.tips.merging(there.tips, uniquingKeysWith: { old, _ in old })
    where key.source == remote {
      tips[key.ref] = recollection(of: key.ref, source: remote).known?.commit
    }
    return tips
  }
}
