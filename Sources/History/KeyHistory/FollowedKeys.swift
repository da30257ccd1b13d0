public import ObjectStore
import Platform
import Signing

/// A key history that the user follows from now on, or follows no more.
public struct FollowedKeys: Sendable, Equatable {
  public let root: ObjectID
  public let tip: ObjectID
  /// Principals and fingerprints of the keys that it lists.
  public let signers: [Signer]

  public struct Signer: Sendable, Equatable {
    public let principal: String
    public let fingerprint: String
    /// Unix seconds; nil: no end.
    public let validBefore: Int64?
  }
}

extension EvidenceStore {
  /// What the user believes, with the key history of this store where he follows it.
  ///
  /// - Throws: what is wrong with a followed history; it is never passed over.
  public func believing(_ options: VerifyOptions) throws -> VerifyOptions {
    try believing(options, with: nil, in: nil)
  }

  /// As above, with a key history that arrives and was found right.
  func believing(
    _ options: VerifyOptions, with arrived: ObjectID?, in arrivals: Arrivals?
  ) throws -> VerifyOptions {
    guard let root = try followedRoot() else { return options }
    let objects = arrived == nil ? objects : arrivals?.quarantine.store ?? objects
    let view = EvidenceStore(objects: objects, user: user, surroundings: surroundings)
    let state = try KeyHistory(store: view, own: options)
      .followed(root, among: try keyHistories() + [arrived].compactMap { $0 })
    try checkMemory(of: state, in: view)
    // What only arrives is remembered once it is kept.
    if state.tip != arrived { remember(state) }
    var result = options
    result.trust = options.trust.adding(state.files.trust)
    result.revocation = options.revocation.adding(
      state.files.revocation, except: Set(options.trust.lines.map(\.key)))
    return result
  }

  /// What the user believes himself, his policy, and the key history that he follows.
  public func ownOptions() throws -> VerifyOptions {
    try believing(VerifyOptions(user: user, files: files, trust: nil, revoked: nil))
  }

  /// Takes a key history for one to follow; its root has to be signed by somebody trusted.
  ///
  /// - Parameter remote: whose history, as it was fetched; nil: the store's own, else the one that was
  ///   fetched.
  /// - Throws: `version_unknown` where there is none, `version_ambiguous` for several remotes with
  ///   different ones.
  public func followKeys(of remote: String? = nil) throws -> FollowedKeys {
    let own = try VerifyOptions(user: user, files: files, trust: nil, revoked: nil)
    let state = try KeyHistory(store: self, own: own).state(of: try tipToFollow(remote))
    try checkMemory(of: state, in: self)
    remember(state)
    try objects.makeStoreID(randomBytes: surroundings.randomBytes)
    try writeFollowed(root: state.root)
    return FollowedKeys(
      root: state.root, tip: state.tip,
      signers: state.files.trust.lines.map {
        FollowedKeys.Signer(
          principal: $0.principals.text, fingerprint: $0.key.fingerprint,
          validBefore: $0.validBefore)
      })
  }

  /// Ends following.
  ///
  /// - Returns: whether the history was followed.
  public func unfollowKeys() throws -> Bool {
    guard try followedRoot() != nil else { return false }
    try writeFollowed(root: nil)
    return true
  }

  private func tipToFollow(_ remote: String?) throws -> ObjectID {
    if let remote {
      _ = try RemoteList(objects).named(remote)
      if let ref = Reception.trackingRef(remote, of: .keys), let tip = try objects.ref(ref) {
        return tip
      }
      throw HistoryError(
        .versionUnknown, place: RefName.keys.text, "no key history was fetched from \(remote)",
        hint: "wf fetch \(remote) brings it where there is one")
    }
    if let tip = try objects.ref(.keys) { return tip }
    let found = try keyHistories()
    guard let first = found.first else {
      throw HistoryError(
        .versionUnknown, place: RefName.keys.text, "this store has no key history",
        hint: "its owner begins one with wf key rotate; wf fetch brings that of a remote")
    }
    if let other = found.first(where: { $0 != first }) {
      throw HistoryError(
        .versionAmbiguous, place: RefName.keys.text,
        "remotes have several key histories: \(first.hex.prefix(16)), \(other.hex.prefix(16))",
        hint: "wf trust follow --remote NAME says whose")
    }
    return first
  }

  /// The tips of the key histories that lie here: the store's own, then those fetched.
  private func keyHistories() throws -> [ObjectID] {
    let fetched = try RemoteList(objects).remotes.compactMap {
      Reception.trackingRef($0.name, of: .keys)
    }
    let targets = try objects.targets(of: [.keys] + fetched)
    return ([.keys] + fetched).compactMap { targets[$0] }
  }

  private func remember(_ state: KeyHistory.State) {
    TipMemory(store: self).rememberIfPossible(.keys, state.tip, count: state.count, syncs: 3)
  }

  /// A tip that does not come after the one seen last is told, and never remembered.
  private func checkMemory(of state: KeyHistory.State, in view: EvidenceStore) throws {
    let objects = view.objects
    let known = try TipMemory(store: self).recollection(of: .keys).known
    if let known, known.commit != state.tip {
      guard objects.contains(known.commit), try objects.isAncestor(known.commit, of: state.tip)
      else {
        let isOlder =
          try objects.contains(known.commit) && objects.isAncestor(state.tip, of: known.commit)
        throw HistoryError(
          isOlder || !objects.contains(known.commit) && state.count < known.count
            ? .tipRolledBack : .tipForked, place: RefName.keys.text,
          "the key history does not come after the one seen last, \(known.commit)",
          hint: "compare with another copy of the store before you believe either")
      }
    }
  }

  /// The root that the user follows for this store.
  private func followedRoot() throws -> ObjectID? {
    guard let id = try objects.storeID() else { return nil }
    return try followed().first { $0.store == id }?.root
  }

  private var followedPath: String { Path.join(user.path, "followed") }

  /// Lines `STORE-ID ROOT-COMMIT`.
  private func followed() throws -> [(store: String, root: ObjectID)] {
    let bytes = try files.readIfPresent(followedPath, limit: 1 << 20) ?? []
    return try bytes.split(separator: 10).enumerated().map { index, line in
      let words = line.split(separator: 32)
      guard words.count == 2, let root = ObjectID(hexDigits: words[1]) else {
        throw HistoryError(
          .settingsMalformed, place: "\(followedPath), line \(index + 1)",
          "a followed key history is a store's id and a commit")
      }
      return (String(decoding: words[0], as: UTF8.self), root)
    }
  }

  private func writeFollowed(root: ObjectID?) throws {
    guard let id = try objects.storeID() else { return }
    try user.make()
    let lock = try files.lock(followedPath, waiting: 2000)
    defer { lock.release() }
    var rows = try followed().filter { $0.store != id }
    if let root { rows.append((id, root)) }
    let text = rows.map { "\($0.store) \($0.root.hex)\n" }.joined()
    try files.write(Array(text.utf8), to: followedPath, .durable, mode: 0o600)
  }
}
