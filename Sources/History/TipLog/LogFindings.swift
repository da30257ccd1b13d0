import ObjectStore
import Platform
import TransparencyLog

/// What the check `log` finds, once for all targets of a run (SIGNING.md §8).
struct LogFindings: Sendable {
  /// What is said of every target: a fault of a log as a whole, or that there is none.
  var whole: CheckResult?
  /// What is said of one claim's ref.
  var refs: [RefName: CheckResult] = [:]
  /// Refs that a log names and the store has no more.
  var gone: [RefName] = []
  /// When a log first took a commit up, Unix seconds, by the commit's id; only where it is asked for.
  var times: [String: Int64] = [:]
  /// Those of known keys, where all of them hold; fetched ones too.
  private(set) var logs: [CheckedLog] = []
  private var detail = ""

  /// - Parameters:
  ///   - keys: known besides those of the user.
  ///   - wantsTimes: whether `times` is wanted.
  init(
    store: EvidenceStore, remembered: TipMemory.Snapshot, keys: [VerifierKey], wantsTimes: Bool
  ) {
    do {
      let found = try KnownLogs(store: store, remembered: remembered, keys: keys)
      if found.logs.isEmpty && found.fetched.isEmpty {
        whole = CheckResult(
          .log, .skipped, reason: found.strangers.isEmpty ? "no_log" : "log_key_unknown",
          detail: found.strangers.isEmpty
            ? "this store keeps no log of tips"
            : "the keys of its logs are not known here (\(found.strangers.joined(separator: ", ")))"
        )
        return
      }
      func size(_ log: CheckedLog) -> String {
        "\(log.checkpoint.size) entries of \(log.checkpoint.origin)"
      }
      let sizes = found.logs.map(size) + found.fetched.map { "\(size($0.log)) from \($0.remote)" }
      detail = sizes.joined(separator: ", ")
      try look(at: found, in: store)
      logs = found.logs + found.fetched.map(\.log)
      if wantsTimes {
        for entry in logs.flatMap(\.entries) {
          times[entry.new] = min(times[entry.new] ?? .max, entry.time.seconds)
        }
      }
    } catch let failure as any Failure {
      whole = CheckResult(
        .log, .fail, reason: failure.reason, detail: failure.message, path: failure.place,
        fault: CheckResult.Fault(failure.kind))
    } catch {
      whole = CheckResult(
        .log, .fail, reason: HistoryError.Code.logUnusable.rawValue, detail: "\(error)",
        fault: .bytesChanged)
    }
  }

  private mutating func look(at found: KnownLogs, in store: EvidenceStore) throws {
    let tips = Dictionary(
      uniqueKeysWithValues: try store.objects.refs(EvidenceStore.claimPrefix).map {
        ($0.name, $0.target)
      })
    var names = Set(tips.keys)
    let logs = found.logs
    for log in logs { names.formUnion(log.tips.tips.keys.compactMap { RefName($0) }) }
    for name in names {
      var states = try logs.map { try store.state(of: name, in: $0) }
      for fetched in found.fetched {
        if let fault = try fetched.fault(of: name) {
          refs[name] = CheckResult(
            .log, .fail, reason: fault.state.rawValue,
            detail: "\(Self.sentence(fault.state)); both as fetched from \(fetched.remote)",
            path: fault.place.text, fault: .historyRewritten)
        }
        if let tip = tips[name], fetched.names(tip) { states.append(.logged) }
      }
      if refs[name] != nil { continue }
      let worst = states.compactMap { $0 }.first { $0 != .logged && $0 != .notLogged }
      if let worst {
        if worst == .deleted { gone.append(name) }
        refs[name] = CheckResult(
          .log, .fail, reason: worst.rawValue, detail: Self.sentence(worst), path: name.text,
          fault: .historyRewritten)
      } else if !states.contains(.logged) {
        refs[name] = CheckResult(
          .log, .pass, reason: LoggedTips.State.notLogged.rawValue,
          detail: Self.sentence(.notLogged) + "; " + detail, path: name.text)
      }
    }
    gone.sort()
  }

  /// The row of one claim.
  func result(of slug: String?) -> CheckResult {
    if let whole { return whole }
    if let ref = slug.flatMap(RefName.claim), let found = refs[ref] { return found }
    return CheckResult(.log, .pass, detail: "the log is whole, continues what was seen; \(detail)")
  }

  private static func sentence(_ state: LoggedTips.State) -> String {
    switch state {
    case .logged: "the tip is the one that the log has"
    case .notLogged: "the log does not have this tip yet; the claim's next commit appends it"
    case .rolledBack: "the tip is older than the last one in the log"
    case .forked: "the tip and the last one in the log go separate ways"
    case .deleted: "the log has this claim and the store has it no more"
    }
  }
}

/// The logs of a store whose keys are known, checked and held against what was seen before.
struct KnownLogs {
  private(set) var logs: [CheckedLog] = []
  /// Those fetched from remotes.
  private(set) var fetched: [FetchedLog] = []
  /// Refs of the store's own logs by keys that nobody here knows.
  private(set) var strangers: [String] = []

  /// - Throws: the first fault of a log; `log_replaced` and `log_rollback` where one that was seen is
  ///   not there.
  init(store: EvidenceStore, remembered: TipMemory.Snapshot, keys: [VerifierKey]) throws {
    let known = try store.knownLogKeys() + keys
    fetched = try store.fetchedLogs(keys: known, remembered)
    for log in try store.tipLogs() {
      guard known.contains(where: { log.ref.text == TipLog.prefix + $0.hex16 }) else {
        strangers.append(log.ref.text)
        continue
      }
      let checked = try store.check(log, keys: known)
      for seen in remembered.checkpoints(of: checked.checkpoint.origin) {
        try CheckpointMemory(store: store).compare(seen, with: checked)
      }
      logs.append(checked)
    }
    let present = Set(logs.map(\.checkpoint.origin))
    for origin in remembered.origins.sorted() where !present.contains(origin) {
      // there, and only its key is not
      if strangers.contains(where: { $0.hasSuffix("/" + Path.lastComponent(origin)) }) { continue }
      if let other = logs.first?.checkpoint.origin ?? strangers.first {
        throw LogError(
          .logReplaced, "the log that was seen here before is gone, and there is another one",
          place: other, hint: "get the store back from a copy that has the log \(origin)")
      }
      throw LogError(
        .logRollback, "the log that was seen here before is gone", place: origin,
        hint: "get the store back from a copy that has it")
    }
    for log in logs { CheckpointMemory(store: store).remember(log, remembered) }
    for log in fetched {
      CheckpointMemory(store: store, source: log.remote).remember(log.log, remembered)
    }
  }
}
