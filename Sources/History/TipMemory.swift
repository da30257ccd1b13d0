import ObjectStore
import Platform
import Signing
import TransparencyLog

/// The tips that this machine saw last, kept in the store and a second time in the user's folder.
///
/// The second copy is by store id, so that putting back an old copy of the whole store folder is
/// noticed too (DESIGN §4).
struct TipMemory {
  let store: EvidenceStore
  /// `.` for the store's own refs, else the remote's name.
  var source = "."

  /// What is remembered of a ref, and why a copy could not be asked.
  struct Recollection {
    var here: Tips.Tip?
    var there: Tips.Tip?
    var note: String?

    /// The entry further along, when the two copies differ.
    var known: Tips.Tip? {
      guard let here, let there else { return here ?? there }
      return there.count > here.count ? there : here
    }
  }

  func recollection(of ref: RefName) throws -> Recollection {
    try snapshot().recollection(of: ref, source: source)
  }

  /// Both copies as they are now, for many look-ups.
  struct Snapshot: Sendable {
    let readings: [TipsFile.Reading]
    let note: String?

    var here: Tips { readings[0].tips }
    var there: Tips { readings[1].tips }

    func recollection(of ref: RefName, source: String = ".") -> Recollection {
      let key = Tips.Key(source: source, ref: ref)
      return Recollection(here: here.tips[key], there: there.tips[key], note: note)
    }

    /// What both copies have of a log, the store's own or one that a remote has.
    ///
    /// Each has to be continued: whoever can write to the store can put a larger one into its own
    /// memory.
    func checkpoints(of origin: String, source: String = ".") -> [Checkpoint] {
      let key = TipMemory.checkpointKey(origin, source: source)
      return [here.checkpoints[key], there.checkpoints[key]].compactMap { seen in
        guard let seen, seen.size > 0, let root = Hex.decode(seen.root).flatMap({ TreeHash($0) })
        else {
          return nil
        }
        return Checkpoint(origin: origin, size: seen.size, root: root)
      }
    }

    /// All logs of which something was seen in the store itself.
    var origins: Set<String> {
      Set(here.checkpoints.keys).union(there.checkpoints.keys)
        .filter { TipMemory.isOwn($0) && !checkpoints(of: $0).isEmpty }
    }
  }

  func snapshot() throws -> Snapshot {
    let here = try store.objects.tipsFile.reading()
    let (there, note) = try readCopy(knowing: here)
    return Snapshot(readings: [here, there], note: note)
  }

  /// All claim refs that are remembered in either copy.
  func rememberedClaims() throws -> [RefName] {
    let seen = try snapshot()
    let keys = Set(seen.here.tips.keys).union(seen.there.tips.keys)
    return keys.filter { $0.source == source && $0.ref.text.hasPrefix(EvidenceStore.claimPrefix) }
      .map(\.ref).sorted()
  }

  /// Remembers a tip that was just made or verified, in each copy where that is possible.
  ///
  /// A memory that can't be written (a store on a read-only share, a full disk) does not undo what was
  /// done: the tip stays a descendant of the one remembered, and the next command writes it.
  ///
  /// - Parameter syncs: how many may be spent on it, up to three.
  /// - Returns: why a copy does not have it, nil where both do.
  @discardableResult
  func rememberIfPossible(
    _ ref: RefName, _ commit: ObjectID, count: Int, log: Checkpoint? = nil, syncs: Int
  ) -> String? {
    rememberIfPossible(
      [Tips.Key(source: source, ref: ref): (commit, count)], log: log, syncs: syncs)
  }

  /// As above, for many at once.
  @discardableResult
  func rememberIfPossible(
    _ seen: [Tips.Key: (commit: ObjectID, count: Int)], log: Checkpoint? = nil,
    knowing snapshot: Snapshot? = nil, syncs: Int
  ) -> String? {
    let known = snapshot?.readings ?? []
    func noteNewly(_ tips: inout Tips, at now: Int64) {
      for (key, tip) in seen where tips.tips[key]?.commit != tip.commit {
        tips.tips[key] = Tips.Tip(commit: tip.commit, count: tip.count, seconds: now)
      }
      // never back: another process may have seen more meanwhile
      guard let log else { return }
      let key = Self.checkpointKey(log.origin, source: source)
      if tips.checkpoints[key].map({ $0.size < log.size }) ?? true {
        tips.checkpoints[key] = Tips.Checkpoint(
          size: log.size, root: log.root.hex, seconds: now)
      }
    }
    var note: String?
    var left = syncs
    do throws(ObjectError) {
      if syncs == 3 { try store.objects.makeStoreID(randomBytes: store.surroundings.randomBytes) }
      if try store.objects.tipsFile.update(
        syncing: syncs > 0, knowing: known,
        {
          noteNewly(&$0, at: store.surroundings.now())
        })
      {
        left -= 1
      }
    } catch {
      note = "the store could not note this tip as seen (\(error.reason))"
    }
    do throws(ObjectError) {
      // By the clock, since this copy is what proves later that something was there.
      try copy()?.update(syncing: left > 0, knowing: known) {
        noteNewly(&$0, at: store.surroundings.clock())
      }
    } catch {
      note = note ?? "your own folder could not note this tip as seen (\(error.reason))"
    }
    return note
  }

  /// Under what a log is remembered: a remote's beside the store's own, since a remote may be behind.
  ///
  /// No origin has a `+`, by the rules of signed notes.
  static func checkpointKey(_ origin: String, source: String) -> String {
    source == "." ? origin : "\(source)+\(origin)"
  }

  /// Whether a key is that of a log of the store itself.
  static func isOwn(_ checkpointKey: String) -> Bool { !checkpointKey.contains("+") }

  /// Both files, the store's own first.
  func memories() throws(ObjectError) -> [TipsFile] {
    [store.objects.tipsFile, try copy()].compactMap { $0 }
  }

  /// Puts a tip, or the absence of one, in place of what is remembered; damaged copies begin anew.
  func replace(_ ref: RefName, with tip: Tips.Tip?) throws(ObjectError) {
    let key = Tips.Key(source: source, ref: ref)
    for file in try memories() {
      try file.update(replacingDamaged: true) { $0.tips[key] = tip }
    }
  }

  /// How a tip stands to the remembered one; nil when it is it, or comes after it.
  func objection(to tip: ObjectID?, of ref: RefName) throws -> HistoryError? {
    try objection(to: tip, of: ref, try recollection(of: ref))
  }

  func objection(
    to tip: ObjectID?, of ref: RefName, _ memory: Recollection
  ) throws -> HistoryError? {
    guard let tip else { return gone(ref, memory) }
    if tip == memory.known?.commit { return nil }
    let slug = ref.dropping(EvidenceStore.claimPrefix)
    let tipLink = try store.link(tip)
    if let fault = tipLink.fault(slug: slug, isTip: true) { return refused(fault, tip, ref) }
    guard let known = memory.known else { return nil }
    var link = tipLink
    var length = 1
    while let parent = link.commit.parents.first {
      if parent == known.commit { return nil }
      link = try store.link(parent)
      if let fault = link.fault(slug: slug, isTip: false) { return refused(fault, parent, ref) }
      length += 1
    }
    return try stepBack(tip, root: link.id, length: length, ref, memory, known)
  }

  private func gone(_ ref: RefName, _ memory: Recollection) -> HistoryError? {
    guard let known = memory.known else { return nil }
    let hint = "get the store back from a copy that has this commit; \(acceptance(ref, "none"))"
    if memory.here == nil {
      return HistoryError(
        .storeRolledBack, place: ref.text,
        "this copy of the store is older than the claim, whose last known tip was \(known.commit)",
        hint: hint)
    }
    return HistoryError(
      .refDeleted, place: ref.text, "the claim is gone; its last known tip was \(known.commit)",
      hint: hint)
  }

  /// Says in which way a tip does not come after the remembered one.
  private func stepBack(
    _ tip: ObjectID, root: ObjectID, length: Int, _ ref: RefName, _ memory: Recollection,
    _ known: Tips.Tip
  ) throws -> HistoryError {
    let (short, last) = (tip.hex.prefix(16), known.commit.hex.prefix(16))
    let hint =
      "somebody changed the history; compare with another copy of the store; "
      + acceptance(ref, String(short))
    guard store.objects.contains(known.commit) else {
      // Then only the lengths can be compared.
      let isOlder = length < known.count
      let isWhole = try isOlder && memory.here.map { try agrees(tip, $0) } ?? true
      let code: HistoryError.Code =
        isWhole ? .storeRolledBack : isOlder ? .tipRolledBack : .tipForked
      return HistoryError(
        code, place: ref.text,
        "the last commit seen, \(last), is not in the store, whose tip is \(short)", hint: hint)
    }
    if try store.objects.isAncestor(tip, of: known.commit) {
      let isWhole = try memory.here.map { try agrees(tip, $0) } ?? true
      return HistoryError(
        isWhole ? .storeRolledBack : .tipRolledBack, place: ref.text,
        "the tip \(short) is older than the last one seen, \(last)", hint: hint)
    }
    if try !store.objects.isAncestor(root, of: known.commit) {
      return HistoryError(
        .historyUnrelated, place: ref.text,
        "the tip \(short) has no commit in common with the last one seen, \(last)", hint: hint)
    }
    return HistoryError(
      .tipForked, place: ref.text,
      "the tip \(short) and the last one seen, \(last), go separate ways", hint: hint)
  }

  /// Whether the tip is what the store itself saw last, or comes after it.
  private func agrees(_ tip: ObjectID, _ seen: Tips.Tip) throws -> Bool {
    if tip == seen.commit { return true }
    return try store.objects.contains(seen.commit)
      && store.objects.isAncestor(seen.commit, of: tip)
  }

  private func refused(_ fault: ChainFault, _ id: ObjectID, _ ref: RefName) -> HistoryError {
    HistoryError(
      fault.code, place: ref.text, "\(fault.detail): \(id.hex.prefix(16))",
      hint: "somebody changed the history; compare with another copy of the store")
  }

  private func acceptance(_ ref: RefName, _ commit: String) -> String {
    let slug = ref.dropping(EvidenceStore.claimPrefix) ?? ref.text
    return "if it was on purpose: wf trust accept-history \(slug) \(commit) --reason TEXT"
  }

  /// The user's copy, empty with a note where this user or machine does not let it be read.
  private func readCopy(
    knowing other: TipsFile.Reading
  ) throws -> (reading: TipsFile.Reading, note: String?) {
    do throws(ObjectError) {
      return (try copy()?.reading(knowing: [other]) ?? TipsFile.Reading(), nil)
    } catch {
      guard [.permissionDenied, .notDirectory, .isDirectory].contains(error.cause?.code) else {
        throw error
      }
      return (TipsFile.Reading(), "your own memory of tips cannot be read (\(error.reason))")
    }
  }

  /// The copies of all stores in a user's folder.
  static func copies(of user: KeyFolder, files: FileSystem) throws(PlatformError) -> [TipsFile] {
    let folder = Path.join(user.path, "tips")
    return try files.listIfPresent(folder).compactMap(\.name).filter { !$0.contains(".") }.sorted()
      .map {
        TipsFile(path: Path.join(folder, $0), system: files, isPrivate: true)
      }
  }

  /// nil for a repository that stock git made, which has no id of ours yet.
  private func copy() throws(ObjectError) -> TipsFile? {
    guard let id = try store.objects.storeID() else { return nil }
    return TipsFile(
      path: Path.join(store.user.path, "tips/" + id), system: store.files, isPrivate: true)
  }
}
