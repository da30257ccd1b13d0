import ObjectStore
import TransparencyLog

/// A log of tips as it was fetched from a remote, with the claims that the remote had then.
///
/// It is about those and not about the store's own, which may be ahead or behind.
struct FetchedLog {
  let remote: String
  let log: CheckedLog
  /// By the names that a store has for claims.
  let claims: [RefName: ObjectID]
  /// What entries are about.
  private let commits: Set<String>

  init(remote: String, log: CheckedLog, claims: [RefName: ObjectID]) {
    self.remote = remote
    self.log = log
    self.claims = claims
    commits = Set(log.entries.map(\.new))
  }

  /// How the remote's claim contradicts the remote's log; nil where it does not.
  ///
  /// A claim that was not fetched is not missed: perhaps nobody asked for it.
  func fault(of claim: RefName) throws -> (state: LoggedTips.State, place: RefName)? {
    guard let tip = claims[claim], let slug = claim.dropping(EvidenceStore.claimPrefix),
      let state = try log.state(of: claim, at: tip), state != .logged, state != .notLogged
    else { return nil }
    return (state, Reception.trackingRef(remote, slug) ?? claim)
  }

  /// Whether an entry is about this commit.
  func names(_ commit: ObjectID) -> Bool { commits.contains(commit.hex) }
}

extension EvidenceStore {
  /// The fetched logs whose keys are known, each checked and held against what was seen of it.
  ///
  /// - Throws: the first fault of one.
  func fetchedLogs(
    keys: [VerifierKey], _ remembered: TipMemory.Snapshot
  ) throws -> [FetchedLog] {
    let remotes = try RemoteList(objects).remotes.map(\.name)
    // The user's own log is never kept as a remote's, and without other keys there is nothing to look for.
    guard !remotes.isEmpty, keys.count > (try ownLogKey() == nil ? 0 : 1) else { return [] }
    var logs: [FetchedLog] = []
    for remote in remotes {
      let prefix = "refs/remotes/\(remote)/"
      let names = Set(keys.compactMap { RefName(TipLog.prefix + $0.hex16) })
      let found = try objects.targets(
        of: names.compactMap { Reception.trackingRef(remote, of: $0) })
      if found.isEmpty { continue }
      let claims = Dictionary(
        uniqueKeysWithValues: try objects.refs(prefix + "claims/").compactMap { ref in
          ref.name.dropping(prefix + "claims/").flatMap(RefName.claim).map { ($0, ref.target) }
        })
      for name in names.sorted() {
        guard let head = Reception.trackingRef(remote, of: name).flatMap({ found[$0] }) else {
          continue
        }
        let log = try TipLog(ref: name, head: head, in: objects)
        logs.append(
          FetchedLog(
            remote: remote, log: try check(log, of: remote, keys, remembered), claims: claims))
      }
    }
    return logs
  }

  private func check(
    _ log: TipLog, of remote: String, _ keys: [VerifierKey], _ remembered: TipMemory.Snapshot
  ) throws(LogError) -> CheckedLog {
    do throws(LogError) {
      let checked = try check(log, keys: keys)
      let memory = CheckpointMemory(store: self, source: remote)
      for seen in remembered.checkpoints(of: checked.checkpoint.origin, source: remote) {
        try memory.compare(seen, with: checked)
      }
      return checked
    } catch {
      if error.cause != nil { throw error }
      throw LogError(
        error.code, "the log fetched from \(remote): \(error.message)", place: error.place,
        hint: error.hint)
    }
  }
}
