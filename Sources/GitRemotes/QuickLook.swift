public import History
import ObjectStore
import Platform

extension EvidenceStore {
  /// What a remote in a folder of this machine has of each ref, where nothing has to be transferred and nothing
  /// has to be noted: found without libgit2 and without another program than git's own.
  ///
  /// - Returns: nil where `wf-mirror` has to do what is asked, or to say what is wrong.
  public func quickAnswer(to request: RemoteRequest) -> [RemoteRow]? {
    guard request.verb != .clone, request.trust == nil, request.revoked == nil,
      let remote = try? RemoteList(objects).named(request.remote),
      case .local = remote.address.place, files.hasGit(surroundings.environment)
    else { return nil }
    return try? look(request, remote)
  }

  private func look(_ request: RemoteRequest, _ remote: Remote) throws -> [RemoteRow]? {
    let context = TransferContext(clock: { 0 })
    let environment = surroundings.environment
    let talk = try ServiceTalk(
      request.verb == .push ? .receivePack : .uploadPack,
      at: TransportAddress(remote.address, environment: environment, hasGit: true),
      credentials: CredentialSource(remote.address, environment: environment), context: context)
    // Both programs read their side at the same time.
    let map = try ObjectMap(objects.path + "/wf/mirror/wf-map", files: files)
    if map.isEmpty { return nil }
    let view = RemoteView(store: self, remote: remote, map: map, context: context)
    let refs = request.verb == .push ? try view.refsToPush(request) : []
    let heads = try talk.advertisement().heads
    talk.takeLeave()
    let rows = try view.settledRows(request, refs, heads)
    return rows?.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}

extension RemoteView {
  /// nil where something has to be done.
  fileprivate func settledRows(
    _ request: RemoteRequest, _ refs: [Ref], _ heads: [RemoteHead]
  ) throws -> [RemoteRow]? {
    switch request.verb {
    case .clone: return nil
    case .check: return try compare(heads, request.slugs)
    case .fetch:
      let plan = try plan(
        Fetch(
          slugs: request.slugs, isDryRun: request.isDryRun, movesClaims: request.movesClaims),
        heads)
      return plan.wanted.isEmpty ? plan.rows : nil
    case .push:
      let heads = Dictionary(heads.map { ($0.name, $0.id) }, uniquingKeysWith: { $1 })
      if !lostLogs(refs, heads).isEmpty { return nil }
      let plan = try plan(refs, heads)
      if !plan.sending.isEmpty { return nil }
      if request.isDryRun { return plan.rows }
      let isNoted = try store.isRemembered(plan.pushed, of: remote.name)
      return isNoted ? plan.rows : nil
    }
  }
}
