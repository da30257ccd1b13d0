import GitRemotes
import History
import ObjectStore
import Platform
import Signing

extension MirrorSession {
  /// Sends claims with their labels: one connection, each ref moved by the server only from where it was
  /// seen, never by force.
  func push(_ request: RemoteRequest) throws -> ([RemoteRow], Int) {
    let opened = try open(.receivePack) { try self.mirror.repository() }
    let refs = try view.refsToPush(request)
    let heads = Dictionary(opened.heads.map { ($0.name, $0.id) }, uniquingKeysWith: { $1 })
    let lost = view.lostLogs(refs, heads)
    if !lost.isEmpty {
      // The same objects always get the same names.
      _ = try outbound().translate(lost.map(\.target))
      try mirror.map.save()
    }
    let plan = try view.plan(view.withForms(refs), heads)
    var rows = plan.rows
    if !plan.sending.isEmpty { try view.noteStepsBack(plan.sending) }
    if request.isDryRun {
      opened.takeLeave()
      rows += plan.sending.map { $0.row($0.oldOther == nil ? .new : .fastForward) }
      return (rows.inOrder, 0)
    }
    var objects = 0
    if plan.sending.isEmpty {
      opened.takeLeave()
    } else {
      let (sent, count) = try send(plan.sending, heads, over: opened)
      rows += sent
      objects = count
    }
    try remember(rows, heads)
    return (rows.inOrder, objects)
  }

  private func outbound() throws -> Outbound {
    let context = context
    let signer = try? store.user.signer(
      agent: SSHAgent(environment: store.surroundings.environment))
    return Outbound(
      store: store.objects, mirror: try self.mirror.repository(), map: mirror.map, signer: signer
    ) { done, total in
      try context.checkGoOn()
      context.moved()
      context.progress(.translate, done, total)
    }
  }

  private func send(
    _ sending: [PushPlan.Sending], _ heads: [String: SHA1ID], over opened: OpenRemote
  ) throws -> ([RemoteRow], Int) {
    let outbound = try outbound()
    let behind = try useForms(of: heads, sending, outbound)
    let names = try outbound.translate(sending.map(\.target))
    try mirror.map.save()
    var failure: MirrorError?
    do {
      let areChanges = try haveManyVersions(sending)
      if !areChanges, let talk = opened.takeTalk() {
        let lacking = try view.lacking(sending, behind).map(outbound.name)
        try sendWhole(sending, names, lacking, talk, opened.capabilities)
      } else {
        try sendChanges(sending, names, areChanges, opened)
      }
    } catch let error as MirrorError {
      if error.code == .interrupted || error.code == .mirrorDamaged { throw error }
      failure = error
    }
    let rows = zip(sending, names).map { item, name in
      outcome(item, name, failure)
    }
    // Where the server said nothing of any ref, the whole push failed and not a ref of it.
    if let failure, sending.allSatisfy({ context.answer(of: $0.name.text) == nil }) {
      guard failure.code == .pushRefused else { throw failure }
      throw MirrorError(
        .pushRefused, place: failure.place, failure.message + said(), hint: failure.hint)
    }
    return (rows, outbound.count)
  }

  /// Says which form commits have in the remote, of which others may be known from elsewhere: its refs, and
  /// versions with a label behind them.
  ///
  /// - Returns: the versions of labels whose form was found behind a ref.
  private func useForms(
    of heads: [String: SHA1ID], _ sending: [PushPlan.Sending], _ outbound: Outbound
  ) throws -> Set<ObjectID> {
    for item in sending {
      if let old = item.old, let other = item.oldOther { outbound.use(other, for: old) }
    }
    var found: Set<ObjectID> = []
    for (commit, tip) in try view.labelledBehind(sending, heads) {
      var next: SHA1ID? = tip
      while let id = next, mirror.map.own(of: id) != commit {
        next = try CommitTranslation.head(mirror.repository().object(id).bytes).parents.first
      }
      guard let form = next else { continue }
      outbound.use(form, for: commit)
      found.insert(commit)
    }
    return found
  }

  /// Sends objects as they lie in the mirror, compressed already.
  private func sendWhole(
    _ sending: [PushPlan.Sending], _ names: [SHA1ID], _ ids: [SHA1ID], _ talk: ServiceTalk,
    _ capabilities: Set<String>
  ) throws {
    let pack = OutgoingPack(
      mirror: mirror.path, repository: mirror.repository, files: store.files, ids: ids)
    let moves = zip(sending, names).map { RefMove(name: $0.name.text, old: $0.oldOther, new: $1) }
    try talk.push(moves, capabilities) { write in
      try pack.write(progress: { self.context.progress(.upload, $0, $1) }, write)
    }
    talk.finish()
  }

  /// Lets libgit2 look for changes between objects and send those.
  private func sendChanges(
    _ sending: [PushPlan.Sending], _ names: [SHA1ID], _ areChanges: Bool, _ opened: OpenRemote
  ) throws {
    // libgit2 sends refs of its repository.
    let own = sending.map { "refs/push/" + $0.ref.text.dropFirst("refs/".count) }
    try mirror.setRefs(Dictionary(uniqueKeysWithValues: zip(own, names)))
    defer { try? mirror.setRefs(Dictionary(uniqueKeysWithValues: own.map { ($0, nil) })) }
    try mirror.repository().setDeltas(areChanges)
    try opened.connection(.receivePack).upload(zip(own, sending).map { ($0, $1.name.text) })
  }

  /// Whether claims have several versions that go.
  ///
  /// Those are changes of each other; files of different claims seldom are, and looking for it takes
  /// longer than sending them.
  private func haveManyVersions(_ sending: [PushPlan.Sending]) throws -> Bool {
    let claims = sending.filter { $0.ref.dropping("refs/heads/") != nil }
    var versions = 0
    for claim in claims {
      var next: ObjectID? = claim.target
      while let id = next, id != claim.old {
        versions += 1
        if versions > 2 * claims.count { return true }
        next = try store.objects.commit(id).parents.first
      }
    }
    return false
  }

  private func outcome(_ item: PushPlan.Sending, _ name: SHA1ID, _ failure: MirrorError?)
    -> RemoteRow
  {
    switch context.answer(of: item.name.text) {
    case (true, _)?: return item.row(item.oldOther == nil ? .new : .fastForward)
    case (false, let refusal)?:
      return item.row(.rejected, RefRefusal(refused(item, refusal ?? "no reason given")))
    case nil:
      let unknown =
        failure
        ?? MirrorError(
          .networkFailed, place: item.name.text, "the server did not say whether it took the ref",
          hint: "run the command again")
      return item.row(.rejected, RefRefusal(unknown))
    }
  }

  private func refused(_ item: PushPlan.Sending, _ said: String) -> MirrorError {
    let isRace = [
      "failed to update ref", "fetch first", "non-fast-forward", "stale info", "cannot lock ref",
      "reference already exists", "failed to lock",
    ].contains { said.contains($0) }
    if isRace {
      return MirrorError(
        .remoteMoved, place: item.name.text,
        "somebody moved it on \(remote.name) meanwhile (\(said))",
        hint: "wf fetch \(remote.name), then push again")
    }
    return MirrorError(
      .pushRefused, place: item.name.text,
      "\(remote.name) does not take it: \(said)" + self.said(),
      hint: "ask who keeps the server which rules hold for \(remote.claimPrefix)*")
  }

  /// The last lines that the server wrote for people, as the end of a sentence.
  private func said() -> String {
    let lines = context.messages.suffix(3).joined(separator: " / ")
    return lines.isEmpty ? "" : " – it says: \(lines)"
  }

  private func remember(_ rows: [RemoteRow], _ heads: [String: SHA1ID]) throws {
    var tips: [RefName: ObjectID] = [:]
    var names: [String: SHA1ID?] = [:]
    for row in rows where row.state != .rejected {
      guard let ref = RefName(row.name), let tip = row.new else { continue }
      tips[ref] = tip
      let remoteName = remote.remoteName(of: ref)?.text ?? ""
      names[view.mirrorRef(ref)] =
        row.state == .upToDate ? heads[remoteName] : mirror.map.other(of: tip)
    }
    try store.rememberPushed(tips, to: remote.name)
    try mirror.setRefs(names)
  }
}
