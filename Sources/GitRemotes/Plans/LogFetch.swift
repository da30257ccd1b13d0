public import History
public import ObjectStore

/// What a fetch does with the logs of tips and the key history of a remote.
public struct LogFetch {
  private let known: RemoteLogs
  /// The claims that they are held against.
  var claims: RemoteClaims
  /// Rows of those of which nothing is to be fetched, and of those that are gone.
  private(set) var settled: [RemoteRow] = []
  /// Those to be fetched.
  private(set) var wanted: [(ref: RefName, head: RemoteHead)] = []
  /// What was found last.
  private var judged: JudgedLogs?
  private let context: TransferContext

  /// Nil where the remote has none and had none.
  ///
  /// - Parameters:
  ///   - offered: all refs of the remote.
  ///   - claims: its claims and labels, as a store calls them.
  ///   - areAll: whether no others may be there.
  init?(
    _ view: RemoteView, _ offered: [RemoteHead], claims: [RefName], areAll: Bool
  ) throws {
    let heads = view.logHeads(offered)
    if heads.isEmpty, try view.keptLogs().isEmpty { return nil }
    context = view.context
    known = try view.knownLogs()
    self.claims = RemoteClaims(areAll: areAll)
    self.claims.names = Set(claims)
    let (refs, others) = known.chosen(heads.keys)
    if others > 0 {
      context.note(
        "\(others) more logs of tips on \(known.remote) are passed over: \(RemoteLogs.most) of one remote are kept"
      )
    }
    for ref in refs {
      guard let head = heads[ref] else { continue }
      if let tip = view.known(head.id), try known.isSettled(ref, at: tip) {
        settled.append(RemoteRow(name: ref.text, old: tip, new: tip, state: .upToDate))
      } else {
        wanted.append((ref, head))
      }
    }
    settled += known.missing(Set(heads.keys)).map(RemoteRow.init)
  }

  /// What was kept of a ref before.
  public func kept(_ ref: RefName) -> ObjectID? { known.kept[ref] }

  public mutating func judge(_ arrivals: Arrivals?) throws -> JudgedLogs {
    let judged = try known.judge(arrivals, claims)
    self.judged = judged
    return judged
  }

  /// Ends a fetch: remembers what was taken, says what was not judged, and puts what is wrong with what
  /// was settled into the rows.
  public mutating func finish(_ rows: [RemoteRow], isDryRun: Bool) throws -> [RemoteRow] {
    let judged = try judged ?? judge(nil)
    if !isDryRun { known.remember(judged) }
    for remark in judged.remarks { context.note(remark) }
    var rows = rows
    for (ref, refusal) in judged.faults {
      let index = rows.firstIndex { $0.name == ref.text }
      if let index, rows[index].refusal != nil { continue }
      let old = index.flatMap { rows[$0].old }
      let row = RemoteRow(
        name: ref.text, old: old, new: index.flatMap { rows[$0].new }, state: .rejected,
        refusal: refusal)
      if let index { rows[index] = row } else { rows.append(row) }
    }
    return rows
  }
}

extension RemoteView {
  func knownLogs() throws -> RemoteLogs {
    try RemoteLogs(of: remote.name, in: store, options: options())
  }

  fileprivate func keptLogs() throws -> [Ref] {
    try store.objects.refs("refs/remotes/\(remote.name)/wf/")
  }

  /// The remote's logs of tips and key history, by our names.
  func logHeads(_ offered: [RemoteHead]) -> [RefName: RemoteHead] {
    var heads: [RefName: RemoteHead] = [:]
    for head in offered {
      guard let own = RefName(head.name).flatMap(remote.ownName(of:)),
        own.dropping("refs/wf/") != nil
      else { continue }
      heads[own] = head
    }
    return heads
  }

  /// How logs of tips and key histories stand on both sides.
  ///
  /// What is compared of somebody else's is the copy that was fetched.
  func compareLogs(_ offered: [RemoteHead]) throws -> [RemoteRow] {
    let logs = try knownLogs()
    let heads = logHeads(offered)
    let (refs, _) = logs.chosen(heads.keys)
    return try Set(refs).union(logs.own.keys).union(logs.kept.keys).sorted().map { ref in
      try compareLog(ref, logs.own[ref], logs.kept[ref], heads[ref], logs)
    }
  }

  private func compareLog(
    _ ref: RefName, _ own: ObjectID?, _ kept: ObjectID?, _ head: RemoteHead?, _ logs: RemoteLogs
  ) throws -> RemoteRow {
    let there = head.flatMap { known($0.id) }
    let here = own ?? kept
    func row(_ state: RemoteRow.State, _ refusal: RefRefusal? = nil) -> RemoteRow {
      RemoteRow(name: ref.text, old: here, new: there, state: state, refusal: refusal)
    }
    guard head != nil else {
      return own == nil ? row(.rejected, logs.gone(ref)) : row(.onlyHere)
    }
    guard let there else { return row(.unknown) }
    guard let here else { return row(.onlyThere) }
    if here == there || kept == there { return row(.upToDate) }
    if try store.objects.isAncestor(there, of: here) {
      return own != nil ? row(.ahead) : row(.rejected, logs.older(ref))
    }
    if try store.objects.isAncestor(here, of: there) { return row(.behind) }
    return row(.rejected, logs.forked(ref))
  }
}
