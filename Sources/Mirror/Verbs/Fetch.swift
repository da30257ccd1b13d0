import History
import ObjectStore
import Platform

/// What is to be fetched.
struct Fetch {
  /// Claims; empty for every one.
  let slugs: [String]
  let isDryRun: Bool
  let movesClaims: Bool
  var scope: Arrivals.Scope = .full
}

/// What a fetch brought.
struct Fetched {
  let rows: [RemoteRow]
  let objects: Int
}

extension MirrorSession {
  /// Brings claims and labels of the remote: each is checked as a bundle's are before its ref moves, and
  /// one that is refused does not keep the others back.
  func fetch(_ wish: Fetch) throws -> Fetched {
    let incoming = try mirror.incoming()
    let connection = try connection(in: incoming.repository)
    try connection.connect(.fetch)
    let offered = try connection.heads()
    let heads = try ownHeads(offered, slugs: wish.slugs)
    let remembered = try store.rememberedTips(of: remote.name)
    let targets = try store.objects.targets(of: heads.flatMap { [$0.ref, kept($0.ref)] })
    var rows = missing(heads.map(\.ref), wish.slugs, remembered)
    var wanted: [(ref: RefName, head: RemoteHead)] = []
    var logs = try LogFetch(self, offered, claims: heads.map(\.ref), areAll: wish.slugs.isEmpty)
    rows += logs.settled
    wanted += logs.wanted
    for (ref, head) in heads {
      if let own = settled(ref, head, wish, remembered, targets) {
        rows.append(RemoteRow(name: ref.text, old: own, new: own, state: .upToDate))
        logs.claims.tips[ref] = own
      } else {
        wanted.append((ref, head))
      }
    }
    let unknown = wanted.filter { known($0.head.id) == nil }
    if !unknown.isEmpty {
      try connection.download(unknown.map(\.head.name))
    }
    var objects = 0
    while !wanted.isEmpty {
      try context.checkGoOn()
      var names: [RefName: SHA1ID] = [:]
      var pairs: [ObjectMap.Pair] = []
      var refused: [RefName: RefRefusal] = [:]
      let arrivals = try store.quarantine(from: remote.name) { add in
        let inbound = Inbound(mirror: incoming.repository, known: self.known, take: add)
        var arrived: [Arrivals.Row] = []
        var arrivedLogs: [Ref] = []
        for (index, item) in wanted.enumerated() {
          self.context.progress(.check, index, wanted.count)
          try self.context.checkGoOn()
          do {
            let own = try inbound.rebuild(item.head.id)
            if let row = Arrivals.Row(item.ref, own) {
              arrived.append(row)
            } else {
              arrivedLogs.append(Ref(name: item.ref, target: own))
            }
            names[item.ref] = item.head.id
          } catch let failure as any Failure {
            if (failure as? MirrorError)?.code == .interrupted { throw failure }
            refused[item.ref] = RefRefusal(failure)
          }
        }
        pairs = inbound.pairs
        return (arrived, arrivedLogs)
      }
      let judged = try logs.judge(arrivals)
      var examined = try store.examine(
        arrivals,
        Reception(remote: remote.name, movesClaims: wish.movesClaims, scope: wish.scope),
        options: options, with: judged)
      for row in examined.rows { if let refusal = row.refusal { refused[row.name] = refusal } }
      for (ref, _) in wanted where refused[ref] == nil { refused[ref] = judged.refusal(of: ref) }
      if refused.isEmpty {
        objects = arrivals.newObjects
        rows += (examined.rows + judged.rows).map(RemoteRow.init)
        examined.add(judged)
        if !wish.isDryRun { try take(examined, pairs, names, incoming) }
        break
      }
      // Once more without them, so that nothing of theirs gets into the store.
      for (ref, _) in wanted {
        guard let refusal = refused[ref] else { continue }
        let arrived = (examined.rows + judged.rows).first { $0.name == ref }
        rows.append(
          RemoteRow(
            name: ref.text, old: targets[kept(ref)] ?? logs.known.kept[ref], new: arrived?.new,
            state: .rejected, refusal: refusal))
      }
      wanted.removeAll { refused[$0.ref] != nil }
    }
    rows = try logs.finish(rows, isDryRun: wish.isDryRun)
    return Fetched(
      rows: rows.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }, objects: objects)
  }

  private func take(
    _ examined: Examined, _ pairs: [ObjectMap.Pair], _ names: [RefName: SHA1ID],
    _ incoming: MirrorFolder.Incoming
  ) throws {
    try incoming.accept()
    try store.accept(examined)
    for pair in pairs { mirror.map.add(pair.own, pair.other) }
    try mirror.map.save()
    try mirror.setRefs(
      Dictionary(uniqueKeysWithValues: names.map { (mirrorRef($0.key), $0.value) }))
  }

  /// The store's name of an object that it has.
  func known(_ id: SHA1ID) -> ObjectID? {
    guard let own = mirror.map.own(of: id), store.objects.contains(own) else { return nil }
    return own
  }

  /// The ref in which a remote's claim or label is kept here.
  private func kept(_ ref: RefName) -> RefName {
    guard let row = Arrivals.Row(ref, Self.noID), row.label == nil else { return ref }
    return Reception.trackingRef(remote.name, row.slug) ?? ref
  }

  /// The tip, where the remote has what it had when it was last looked at, and nothing is to move here.
  private func settled(
    _ ref: RefName, _ head: RemoteHead, _ wish: Fetch, _ remembered: [RefName: ObjectID],
    _ targets: [RefName: ObjectID]
  ) -> ObjectID? {
    guard let own = known(head.id), targets[kept(ref)] == own else { return nil }
    if ref.dropping("refs/tags/") != nil { return own }
    if remembered[ref] != own { return nil }
    if wish.movesClaims, targets[ref] != own { return nil }
    return own
  }

  /// Claims that the remote had and has no more, and claims that were asked for and are not there.
  private func missing(
    _ found: [RefName], _ slugs: [String], _ remembered: [RefName: ObjectID]
  ) -> [RemoteRow] {
    let found = Set(found)
    var rows: [RemoteRow] = []
    for (ref, tip) in remembered.sorted(by: { $0.key < $1.key }) where !found.contains(ref) {
      guard let row = Arrivals.Row(ref, tip), slugs.isEmpty || slugs.contains(row.slug) else {
        continue
      }
      let gone = HistoryError(
        .refDeleted, place: ref.text,
        "\(remote.name) had this claim at \(tip.hex.prefix(16)) and has it no more",
        hint: "ask who removed it; wf push \(remote.name) \(row.slug) brings back what is here")
      rows.append(
        RemoteRow(
          name: ref.text, old: tip, new: nil, state: .rejected, refusal: RefRefusal(gone)))
    }
    for slug in slugs {
      guard let ref = RefName.claim(slug) else { continue }
      if found.contains(ref) || remembered[ref] != nil { continue }
      let unknown = HistoryError(
        .claimUnknown, place: slug, "\(remote.name) has no claim of this name",
        hint: "wf remote check \(remote.name) lists what both sides have")
      rows.append(
        RemoteRow(
          name: ref.text, old: nil, new: nil, state: .rejected, refusal: RefRefusal(unknown)))
    }
    return rows
  }
}
