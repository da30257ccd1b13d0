public import History
import ObjectStore
import Platform

extension EvidenceStore {
  /// What a remote in a folder of this machine has of each ref, where nothing has to be transferred and nothing
  /// has to be noted: found without libgit2 and without another program than git's own.
  ///
  /// - Returns: rows and sentences for people; nil where `wf-mirror` has to do what is asked, or to say what is
  ///   wrong.
  /// - Throws: `remote_timeout`, which nobody wants to wait for twice.
  public func quickAnswer(
    to request: RemoteRequest
  ) throws(MirrorError) -> (rows: [RemoteRow], remarks: [String])? {
    guard request.verb != .clone, request.trust == nil, request.revoked == nil,
      let remote = try? RemoteList(objects).named(request.remote),
      case .local = remote.address.place, files.hasGit(surroundings.environment)
    else { return nil }
    do {
      return try look(request, remote)
    } catch let error as MirrorError where error.code == .remoteTimeout {
      throw error
    } catch {
      return nil
    }
  }

  private func look(
    _ request: RemoteRequest, _ remote: Remote
  ) throws -> (rows: [RemoteRow], remarks: [String])? {
    let context = TransferContext(clock: { 0 })
    let environment = surroundings.environment
    let talk = try ServiceTalk(
      request.verb == .push ? .receivePack : .uploadPack,
      at: TransportAddress(remote.address, environment: environment, hasGit: true),
      credentials: CredentialSource(remote.address, environment: environment), context: context)
    // Both programs read their side at the same time.
    let map = try ObjectMap(objects.path + "/wf/mirror/wf-map", files: files)
    if map.isEmpty { return nil }
    let view = RemoteView(
      store: self, remote: remote, map: map, context: context,
      options: { try VerifyOptions(user: self.user, files: self.files, trust: nil, revoked: nil) })
    guard let answer = try view.answer(to: request) else { return nil }
    let heads = try talk.advertisement().heads
    talk.sayGoodbye()
    guard let rows = try answer(heads) else { return nil }
    return (rows.inOrder, context.remarks)
  }
}

extension RemoteView {
  /// Reads what is to be known here, and gives what follows from the remote's refs: nil, early or late, where
  /// something has to be done.
  fileprivate func answer(
    to request: RemoteRequest
  ) throws -> (([RemoteHead]) throws -> [RemoteRow]?)? {
    switch request.verb {
    case .clone: return nil
    case .check: return { try self.compare($0, request.slugs) }
    case .fetch:
      let wish = Fetch(
        slugs: request.slugs, isDryRun: request.isDryRun, movesClaims: request.movesClaims)
      let remembered = try store.rememberedTips(of: remote.name)
      return { heads in
        let plan = try self.plan(wish, heads, remembered)
        if !plan.wanted.isEmpty { return nil }
        var logs = plan.logs
        return try logs?.finish(plan.rows, isDryRun: wish.isDryRun) ?? plan.rows
      }
    case .push:
      let refs = try refsToPush(request)
      let tips = Dictionary(refs.map { ($0.name, $0.target) }, uniquingKeysWith: { $1 })
      if try !request.isDryRun && !store.isRemembered(tips, of: remote.name) { return nil }
      // While the other side reads its refs.
      let known = withForms(refs)
      return { heads in
        let heads = Dictionary(heads.map { ($0.name, $0.id) }, uniquingKeysWith: { $1 })
        if !self.lostLogs(refs, heads).isEmpty { return nil }
        let plan = try self.plan(known, heads)
        return plan.sending.isEmpty ? plan.rows : nil
      }
    }
  }
}
