import ObjectStore
import Platform
import Signing
import TransparencyLog

/// Appends entries to the log that the user keeps in a store (SIGNING.md §8).
///
/// What is appended rides in the batch and in the update of refs of the commit that it tells of, so
/// that it costs no pack of its own.
struct LogAppending {
  let store: EvidenceStore
  private let signer: Signer
  let key: VerifierKey
  private let ref: RefName

  /// A ref that is about to move.
  struct Move {
    let ref: RefName
    let old: ObjectID?
    let new: ObjectID
  }

  /// Objects in a batch that are to become the log.
  struct Pending {
    let update: RefUpdate
    let signed: SignedCheckpoint
  }

  init(store: EvidenceStore) throws {
    self.store = store
    try store.objects.makeStoreID(randomBytes: store.surroundings.randomBytes)
    guard let id = try store.objects.storeID() else {
      throw HistoryError(.logUnusable, place: nil, "the store has no id for its log")
    }
    signer = try store.user.logSigner(store: id, randomBytes: store.surroundings.randomBytes)
    let bytes = signer.publicKey.ed25519 ?? []
    key = try VerifierKey(name: VerifierKey.defaultName(of: bytes), use: .note, key: bytes)
    guard let ref = RefName(TipLog.prefix + key.hex16) else {
      throw HistoryError(.logUnusable, place: key.hex16, "this log cannot have a ref")
    }
    self.ref = ref
  }

  /// Puts entries for these moves, the new checkpoint and the commit that holds them into a batch.
  ///
  /// A log that does not yet exist begins with the tips that there are.
  ///
  /// - Throws: `log_rollback`, `log_fork` where the log is not what it was: signing on top of it would
  ///   make two histories under one name.
  func add(_ moves: [Move], to batch: ObjectBatch) throws -> Pending {
    // Before the ref: in between, another process may append and remember that.
    let seen = try TipMemory(store: store).snapshot()
    let head = try store.objects.ref(ref)
    let log = try head.map { try TipLog(ref: ref, head: $0, in: store.objects) }
    let files = log?.files ?? TipLogFiles(tree: nil, objects: store.objects)
    let before = try log.map { try SignedCheckpoint(try $0.note(), keys: [key]) }
    try compare(before, log, seen)
    let size = before?.checkpoint.size ?? 0
    let entries = try entries(moves, files, size)
    let growth = try LogGrowth(of: size, by: entries.map(\.bytes)) { (tile) throws(LogError) in
      try files.tile(tile)
    }
    let signed = try SignedCheckpoint(
      Checkpoint(origin: key.name, size: growth.size, root: growth.root), signer: signer)
    let tree = try write(growth, signed, over: files, to: batch)
    let person = Person(
      name: "wf log", email: "\(key.hex16)@keys.invalid", seconds: store.surroundings.now())
    let commit = try batch.add(
      .commit,
      Commit.encode(
        tree: tree, parents: head.map { [$0] } ?? [], author: person, committer: person,
        message: "Log of tips, \(growth.size) entries\n"))
    return Pending(
      update: RefUpdate(ref, from: head, to: commit), signed: signed)
  }

  private func write(
    _ growth: LogGrowth, _ signed: SignedCheckpoint, over files: TipLogFiles,
    to batch: ObjectBatch
  ) throws -> ObjectID {
    var edit = TreeEdit()
    var bases: [ObjectID?] = []
    for file in growth.written {
      // what a partial tile grew out of, of which it is a few bytes more
      let old = growth.dropped.first {
        $0.content == file.tile.content && $0.index == file.tile.index
      }
      bases.append(try old.flatMap { try files.id($0.components) })
    }
    for tile in growth.dropped { edit.set(tile.components[...], to: nil) }
    let ids = try batch.add(
      growth.written.map { RawObject(kind: .blob, bytes: $0.bytes) }, changedFrom: bases)
    for (file, id) in zip(growth.written, ids) { edit.set(file.tile.components[...], to: id) }
    edit.set([TipLog.checkpointFile], to: try batch.add(.blob, signed.bytes))
    guard let tree = try edit.write(over: files.tree, in: store.objects, to: batch) else {
      preconditionFailure("there is a checkpoint in the tree")
    }
    return tree
  }

  /// The log must be what this machine saw last, or more.
  private func compare(
    _ signed: SignedCheckpoint?, _ log: TipLog?, _ memory: TipMemory.Snapshot
  ) throws {
    for seen in memory.checkpoints(of: key.name) {
      guard let signed, let log else {
        throw LogError(
          .logRollback, "the log had \(seen.size) entries and is gone", place: ref.text,
          hint: "get the store back from a copy that has this ref")
      }
      let now = signed.checkpoint
      var reader = log.reader(now)
      let path = seen.size <= now.size ? try reader.consistencyPath(from: seen.size) : []
      try CheckpointMemory(store: store).keepingFork(seen, shown: signed, key: key) {
        () throws(LogError) in
        try CheckpointComparison.check(remembered: seen, shown: now, path: path)
      }
    }
  }
}

extension LogAppending {
  private func entries(
    _ moves: [Move], _ files: TipLogFiles, _ size: Int64
  ) throws -> [TipEntry] {
    var seconds = store.surroundings.now()
    if size > 0 {
      let last = try files.entries(bundle: files.bundles(of: size) - 1, of: size).last
      if let last { seconds = max(seconds, try TipEntry(parsing: last).time.seconds) }
    }
    let time = UTCTime(seconds: seconds)
    var entries: [TipEntry] = []
    var known: [RefName: String] = [:]
    if size == 0 {
      for tip in try store.objects.refs(EvidenceStore.claimPrefix) {
        // one that another process moved already gets its own entry from there
        entries.append(
          try TipEntry(ref: tip.name.text, old: nil, new: tip.target.hex, time: time))
        known[tip.name] = tip.target.hex
      }
    }
    for move in moves where known[move.ref] != move.new.hex {
      let old = try known[move.ref] ?? lastLogged(move.ref, files, size)
      entries.append(
        try TipEntry(ref: move.ref.text, old: old, new: move.new.hex, time: time))
    }
    return entries
  }

  /// The commit of a ref's last entry, sought from the newest entry back.
  private func lastLogged(
    _ ref: RefName, _ files: TipLogFiles, _ size: Int64
  ) throws -> String? {
    let mark = Array("\"ref\":\"\(ref.text)\",".utf8)
    var bundle = files.bundles(of: size) - 1
    while bundle >= 0 {
      for bytes in try files.entries(bundle: bundle, of: size).reversed()
      where bytes.count > mark.count && bytes.firstRange(of: mark) != nil {
        let entry = try TipEntry(parsing: bytes)
        if entry.ref == ref.text { return entry.new }
      }
      bundle -= 1
    }
    return nil
  }
}
