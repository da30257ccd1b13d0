import ObjectStore
import Platform
public import TransparencyLog

/// A log of tips of which everything was checked that can be checked without other copies of it.
public struct CheckedLog: Sendable {
  public let log: TipLog
  public let key: VerifierKey
  public let signed: SignedCheckpoint
  public let entries: [TipEntry]
  /// Where the entries say that each ref is.
  public let tips: LoggedTips
  let chains: LoggedChains

  public var checkpoint: Checkpoint { signed.checkpoint }
}

extension EvidenceStore {
  /// Checks a log: note and key, tiles and entries against the signed root, the chain of each ref.
  ///
  /// - Throws: `checkpoint_invalid`, `log_key_unknown`, `log_replaced`, `log_tile_missing`,
  ///   `log_tree_mismatch`, `log_entry_malformed`, `log_chain_broken`.
  public func check(_ log: TipLog, keys: [VerifierKey]) throws(LogError) -> CheckedLog {
    let note = try log.note()
    let signed = try SignedCheckpoint(note, keys: keys)
    guard
      let key = try note.verified(by: keys).first(where: { $0.name == signed.checkpoint.origin }),
      log.ref.text == TipLog.prefix + key.hex16
    else {
      throw LogError(
        .logReplaced, "the ref of a log is named by its key, and this is another's",
        place: log.ref.text)
    }
    let bytes = try log.entryBytes(signed.checkpoint)
    try log.compareTiles(bytes, signed.checkpoint)
    var entries: [TipEntry] = []
    var tips = LoggedTips()
    var chains = LoggedChains(store: self)
    let accepted: [AcceptedLogs.Row]
    do {
      accepted = try AcceptedLogs(of: self).rows.filter { $0.origin == signed.checkpoint.origin }
    } catch {
      accepted = []  // what nobody can read was accepted by nobody
    }
    for (index, entry) in bytes.enumerated() {
      for row in accepted where row.size == index { tips.accept(row.ref, at: row.tip) }
      let entry = try TipEntry(parsing: entry)
      try tips.append(entry) { (old, new) throws(LogError) in
        try chains.descends(old, new, of: entry.ref)
      }
      chains.note(entry)
      entries.append(entry)
    }
    for row in accepted where row.size == bytes.count { tips.accept(row.ref, at: row.tip) }
    return CheckedLog(
      log: log, key: key, signed: signed, entries: entries, tips: tips, chains: chains)
  }

  /// How a claim's ref stands to a checked log.
  func state(of ref: RefName, in log: CheckedLog) throws -> LoggedTips.State? {
    try log.state(of: ref, at: try objects.ref(ref))
  }
}

extension CheckedLog {
  /// How a claim stands to the log.
  ///
  /// - Parameter tip: where the claim is; nil: it is not there.
  func state(of ref: RefName, at tip: ObjectID?) throws(LogError) -> LoggedTips.State? {
    try tips.state(of: ref.text, tip: tip?.hex) { (old, new) throws(LogError) in
      try chains.descends(old, new, of: ref.text)
    }
  }
}

extension TipLog {
  /// All entries, as bytes, oldest first.
  func entryBytes(_ checkpoint: Checkpoint) throws(LogError) -> [[UInt8]] {
    var entries: [[UInt8]] = []
    for bundle in 0..<files.bundles(of: checkpoint.size) {
      entries += try files.entries(bundle: bundle, of: checkpoint.size)
    }
    return entries
  }

  /// The tiles have to be those of the entries, and the root has to be the signed one.
  fileprivate func compareTiles(
    _ entries: [[UInt8]], _ checkpoint: Checkpoint
  ) throws(LogError) {
    let whole = try LogGrowth(of: 0, by: entries) { _ in nil }
    guard whole.root == checkpoint.root else {
      throw LogError(
        .logTreeMismatch, "the entries have another root than the one that was signed",
        place: ref.text)
    }
    for file in whole.written {
      guard let bytes = try files.tile(file.tile) else {
        throw LogError(.logTileMissing, "a tile of the log is missing", place: file.tile.path)
      }
      guard bytes == file.bytes else {
        throw LogError(
          .logTreeMismatch, "a tile is not that of the entries", place: file.tile.path)
      }
    }
  }
}

/// Which commits come after which: by the store's objects, and by the log where they are gone.
struct LoggedChains: Sendable {
  let store: EvidenceStore
  /// The place of every commit in its ref's entries.
  private var places: [String: [String: Int]] = [:]

  init(store: EvidenceStore) { self.store = store }

  mutating func note(_ entry: TipEntry) {
    let place = places[entry.ref]?.count ?? 0
    places[entry.ref, default: [:]][entry.new] = place
  }

  func descends(_ old: String, _ new: String, of ref: String) throws(LogError) -> Bool {
    if old == new { return true }
    guard let first = ObjectID(hex: old), let last = ObjectID(hex: new) else { return false }
    guard store.objects.contains(last) else {
      // nobody can look; what the log says of two of its own commits is all there is
      let places = places[ref] ?? [:]
      guard let one = places[old] else { return false }
      return places[new].map { one < $0 } ?? true
    }
    do throws(ObjectError) {
      // almost always the parent, and one parent is all that a claim's commit has
      if try store.link(last).commit.parents.contains(first) { return true }
      return try store.objects.isAncestor(first, of: last)
    } catch {
      throw LogError(error)
    }
  }
}
