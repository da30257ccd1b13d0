import ObjectStore
import Platform
import Signing

/// The tips that this machine saw last, kept in the store and a second time in the user's folder.
///
/// The second copy is by store id, so that putting back an old copy of the whole store folder is
/// noticed too (DESIGN §4).
struct TipMemory {
  let store: EvidenceStore

  /// What is remembered of a ref: the entry further along, when the two copies differ.
  func remembered(_ ref: RefName) throws -> Tips.Tip? {
    let key = Tips.Key(ref: ref)
    let here = try store.objects.tips().tips[key]
    let there = try copy().tips[key]
    guard let here, let there else { return here ?? there }
    return there.count > here.count ? there : here
  }

  /// All claim refs that are remembered in either copy.
  func rememberedClaims() throws -> [RefName] {
    let keys = Set(try store.objects.tips().tips.keys).union(try copy().tips.keys)
    return keys.filter { $0.source == "." && $0.ref.text.hasPrefix(EvidenceStore.claimPrefix) }
      .map(\.ref).sorted()
  }

  /// Remembers a tip that was just made or verified.
  ///
  /// A memory that can't be written (a store on a read-only share, a full disk) does not undo what was
  /// done: the tip stays a descendant of the one remembered, and the next command writes it.
  func rememberIfPossible(_ ref: RefName, _ commit: ObjectID, count: Int) {
    let tip = Tips.Tip(commit: commit, count: count, seconds: store.surroundings.now())
    do { try remember(ref, tip) } catch { return }
  }

  /// Remembers a tip in both copies; the caller has checked that it is no step back.
  func remember(_ ref: RefName, _ tip: Tips.Tip) throws {
    let key = Tips.Key(ref: ref)
    try store.objects.updateTips { $0.tips[key] = tip }
    var other = try copy()
    if other.tips[key]?.commit == tip.commit { return }
    other.tips[key] = tip
    guard let path = try copyPath() else { return }
    let bytes = other.encoded
    try store.user.make()
    _ = try store.files.makeDirectories(Path.parent(path), mode: 0o700)
    let lock = try store.files.lock(path, waiting: 2000)
    defer { lock.release() }
    var fresh = try copy()
    fresh.tips[key] = tip
    try store.files.write(fresh == other ? bytes : fresh.encoded, to: path, .atomic, mode: 0o600)
  }

  /// How a tip stands to the remembered one; nil when it is it, or comes after it.
  func objection(to tip: ObjectID?, of ref: RefName) throws -> HistoryError? {
    guard let known = try remembered(ref) else { return nil }
    guard let tip else {
      return HistoryError(
        .refDeleted, place: ref.text, "the claim is gone; its last known tip was \(known.commit)",
        hint: "get the store back from a copy that has this commit")
    }
    if tip == known.commit { return nil }
    if store.objects.contains(known.commit),
      try store.objects.isAncestor(known.commit, of: tip)
    {
      return nil
    }
    let isOlder = try isOlder(tip, than: known)
    return HistoryError(
      isOlder ? .tipRolledBack : .tipForked, place: ref.text,
      isOlder
        ? "the tip \(tip.hex.prefix(16)) is older than the last one seen, \(known.commit.hex.prefix(16))"
        : "the tip \(tip.hex.prefix(16)) does not come after the last one seen, \(known.commit.hex.prefix(16))",
      hint: "somebody changed the history; compare with another copy of the store")
  }

  /// Whether the tip lies in the history of the remembered one (whose objects may be gone: then
  /// a shorter history counts as older).
  private func isOlder(_ tip: ObjectID, than known: Tips.Tip) throws -> Bool {
    if store.objects.contains(known.commit) {
      return try store.objects.isAncestor(tip, of: known.commit)
    }
    return try store.chain(from: tip, limit: known.count).count < known.count
  }

  private func copy() throws -> Tips {
    guard let path = try copyPath(),
      let bytes = try store.files.readIfPresent(path, limit: 1 << 28)
    else { return Tips() }
    return try Tips.parse(bytes)
  }

  /// nil for a repository that stock git made, which has no id of ours.
  private func copyPath() throws -> String? {
    guard store.files.exists(Path.join(store.objects.path, "wf/id")) else { return nil }
    return Path.join(store.user.path, "tips/" + (try store.objects.storeID()))
  }
}
