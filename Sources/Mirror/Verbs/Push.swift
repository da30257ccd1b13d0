import History
import ObjectStore
import Platform
import Signing

extension MirrorSession {
  /// A ref that goes to the remote.
  private struct Sending {
    let ref: RefName
    let target: ObjectID
    let name: RefName
    /// What the remote has.
    let old: ObjectID?
    let oldOther: SHA1ID?
  }

  /// Sends claims with their labels: one connection, each ref moved by the server only from where it was
  /// seen, never by force.
  func push(_ request: RemoteRequest) throws -> ([RemoteRow], Int) {
    let refs = try refsToPush(request)
    let connection = try connection(in: mirror.repository)
    try connection.connect(.push)
    var heads: [String: SHA1ID] = [:]
    for head in try connection.heads() { heads[head.name] = head.id }
    try relearnLogs(refs, heads)
    var rows: [RemoteRow] = []
    var sending: [Sending] = []
    for ref in refs {
      guard let name = remote.remoteName(of: ref.name) else { continue }
      let item = Sending(
        ref: ref.name, target: ref.target, name: name,
        old: heads[name.text].flatMap(known), oldOther: heads[name.text])
      if item.old == ref.target {
        rows.append(row(item, .upToDate))
      } else if let objection = try objection(to: item) {
        rows.append(row(item, .rejected, RefRefusal(objection)))
      } else {
        sending.append(item)
      }
    }
    if !sending.isEmpty { try noteStepsBack(sending) }
    var objects = 0
    if request.isDryRun {
      rows += sending.map { row($0, $0.oldOther == nil ? .new : .fastForward) }
    } else {
      let (sent, count) = try send(sending, over: connection)
      rows += sent
      objects = count
      try remember(rows, heads)
    }
    return (rows.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }, objects)
  }

  /// Finds the names of what the remote has of our logs again, where the mirror has lost them: no fetch
  /// brings them, and the same objects always get the same names.
  private func relearnLogs(_ refs: [Ref], _ heads: [String: SHA1ID]) throws {
    let lost = refs.filter { ref in
      ref.name.dropping("refs/wf/") != nil
        && remote.remoteName(of: ref.name).flatMap { heads[$0.text] }.map { known($0) == nil }
          ?? false
    }
    if lost.isEmpty { return }
    _ = try outbound().translate(lost.map(\.target))
    try mirror.map.save()
  }

  private func outbound() -> Outbound {
    let context = context
    let signer = try? store.user.signer(
      agent: SSHAgent(environment: store.surroundings.environment))
    return Outbound(
      store: store.objects, mirror: mirror.repository, map: mirror.map, signer: signer
    ) { done, total in
      try context.checkGoOn()
      context.moved()
      context.progress(.translate, done, total)
    }
  }

  /// Says where the server has an older version than it was seen to have: the push puts that right, and
  /// whoever keeps the server may not know of it.
  private func noteStepsBack(_ sending: [Sending]) throws {
    let remembered = try store.rememberedTips(of: remote.name)
    var steps = 0
    for item in sending {
      guard let seen = remembered[item.ref], seen != item.old else { continue }
      if let old = item.old,
        try !store.objects.contains(seen) || store.objects.isAncestor(seen, of: old)
      {
        continue
      }
      steps += 1
      if steps > Self.mostNotes { continue }
      let now = item.old.map { "went back from \(seen.hex.prefix(16)) to \($0.hex.prefix(16))" }
      context.note(
        "\(item.name) on \(remote.name) \(now ?? "was gone; it had \(seen.hex.prefix(16))"); "
          + "this push puts it forward again, ask who keeps the server how that came about")
    }
    if steps > Self.mostNotes {
      context.note("and so did \(steps - Self.mostNotes) more refs on \(remote.name)")
    }
  }

  /// Refs that are told of one by one.
  private static var mostNotes: Int { 5 }

  /// Labels before the claim that they belong to, since no server is asked to move all refs at once.
  private func refsToPush(_ request: RemoteRequest) throws -> [Ref] {
    let log = ["refs/wf/log/", "refs/wf/keys"]
    let claimPrefix = "refs/heads/claims/"
    if request.isAll {
      let refs = try store.objects.refs(claimPrefix, "refs/tags/", log[0], log[1])
      let claims = refs.filter { $0.name.dropping(claimPrefix) != nil }
      let tags = Dictionary(grouping: refs.filter { $0.name.dropping("refs/tags/") != nil }) {
        $0.name.text.split(separator: "/").dropFirst(2).first.map(String.init)
      }
      let others = refs.filter { $0.name.dropping("refs/wf/") != nil }
      return claims.flatMap { (tags[$0.name.dropping(claimPrefix)] ?? []) + [$0] } + others
    }
    var slugs = request.slugs
    if slugs.isEmpty {
      guard let head = try store.objects.head(), let row = Arrivals.Row(head, Self.noID),
        try store.objects.ref(head) != nil
      else {
        throw HistoryError(
          .claimUnknown, place: "HEAD", "there is no claim yet that could be pushed",
          hint: "wf commit PKG makes one")
      }
      slugs = [row.slug]
    }
    var refs: [Ref] = []
    for slug in slugs {
      let tip = try store.tip(of: slug)
      guard let name = RefName.claim(slug) else { continue }
      refs += try store.objects.refs("refs/tags/\(slug)/") + [Ref(name: name, target: tip)]
    }
    return try refs + store.objects.refs(log[0], log[1])
  }

  /// Why a ref may not go; nil where it may.
  private func objection(to item: Sending) throws -> (any Failure)? {
    guard item.oldOther != nil else { return nil }
    guard let old = item.old else {
      return MirrorError(
        .remoteAhead, place: item.name.text,
        "\(remote.name) has a version of this that is not here",
        hint: "wf fetch \(remote.name) first")
    }
    if item.ref.dropping("refs/tags/") != nil {
      return HistoryError(
        .tagMoved, place: item.name.text,
        "the label stands for \(old.hex.prefix(16)) there, and for another version here",
        hint: "a label is never moved; give the version here another one")
    }
    if try store.objects.isAncestor(old, of: item.target) { return nil }
    if try store.objects.isAncestor(item.target, of: old) {
      return MirrorError(
        .remoteAhead, place: item.name.text,
        "\(remote.name) has newer versions of this, up to \(old.hex.prefix(16))",
        hint: "wf fetch \(remote.name) --advance brings them")
    }
    return HistoryError(
      .tipForked, place: item.name.text,
      "the tip there, \(old.hex.prefix(16)), and the one here, \(item.target.hex.prefix(16)), go separate ways",
      hint:
        "two histories of one claim exist; wf clone the remote elsewhere and commit your package there, on top of theirs"
    )
  }

  private func send(
    _ sending: [Sending], over connection: RemoteConnection
  ) throws -> ([RemoteRow], Int) {
    if sending.isEmpty { return ([], 0) }
    let outbound = outbound()
    for item in sending {
      if let old = item.old, let other = item.oldOther { outbound.use(other, for: old) }
    }
    let names = try outbound.translate(sending.map(\.target))
    try mirror.map.save()
    // libgit2 sends refs of its repository.
    let own = sending.map { "refs/push/" + $0.ref.text.dropFirst("refs/".count) }
    try mirror.setRefs(Dictionary(uniqueKeysWithValues: zip(own, names)))
    defer { try? mirror.setRefs(Dictionary(uniqueKeysWithValues: own.map { ($0, nil) })) }
    try mirror.repository.setDeltas(try haveManyVersions(sending))
    var failure: MirrorError?
    do throws(MirrorError) {
      try connection.upload(zip(own, sending).map { ($0, $1.name.text) })
    } catch {
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

  /// Whether claims have several versions that go.
  ///
  /// Those are changes of each other; files of different claims seldom are, and looking for it takes
  /// longer than sending them.
  private func haveManyVersions(_ sending: [Sending]) throws -> Bool {
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

  private func outcome(_ item: Sending, _ name: SHA1ID, _ failure: MirrorError?) -> RemoteRow {
    switch context.answer(of: item.name.text) {
    case (true, _)?: return row(item, item.oldOther == nil ? .new : .fastForward)
    case (false, let refusal)?:
      return row(item, .rejected, RefRefusal(refused(item, refusal ?? "no reason given")))
    case nil:
      let unknown =
        failure
        ?? MirrorError(
          .networkFailed, place: item.name.text, "the server did not say whether it took the ref",
          hint: "run the command again")
      return row(item, .rejected, RefRefusal(unknown))
    }
  }

  private func refused(_ item: Sending, _ said: String) -> MirrorError {
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
      names[mirrorRef(ref)] =
        row.state == .upToDate ? heads[remoteName] : mirror.map.other(of: tip)
    }
    try store.rememberPushed(tips, to: remote.name)
    try mirror.setRefs(names)
  }

  private func row(
    _ item: Sending, _ state: RemoteRow.State, _ refusal: RefRefusal? = nil
  ) -> RemoteRow {
    RemoteRow(
      name: item.ref.text, old: item.old, new: item.target, state: state, refusal: refusal)
  }
}
