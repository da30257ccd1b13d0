import GitRemotes
import History
import ObjectStore
import Platform

/// What a fetch brought.
struct Fetched {
  let rows: [RemoteRow]
  let objects: Int
}

extension MirrorSession {
  /// Brings claims and labels of the remote: each is checked as a bundle's are before its ref moves, and
  /// one that is refused does not keep the others back.
  func fetch(_ wish: Fetch) throws -> Fetched {
    var made: MirrorFolder.Incoming?
    func incoming() throws -> MirrorFolder.Incoming {
      let incoming = try made ?? mirror.incoming()
      made = incoming
      return incoming
    }
    let opened = try open(.uploadPack) { try incoming().repository }
    let plan = try view.plan(
      wish, opened.heads, try store.rememberedTips(of: remote.name))
    var (rows, wanted, logs) = (plan.rows, plan.wanted, plan.logs)
    if wanted.isEmpty {
      opened.takeLeave()
      rows = try logs?.finish(rows, isDryRun: wish.isDryRun) ?? rows
      return Fetched(rows: rows.inOrder, objects: 0)
    }
    let unknown = wanted.filter { view.known($0.head.id) == nil }
    if unknown.isEmpty {
      opened.takeLeave()
    } else {
      try opened.connection(.uploadPack).download(unknown.map(\.head.name))
    }
    var objects = 0
    let repository = try incoming().repository
    while !wanted.isEmpty {
      try context.checkGoOn()
      var names: [RefName: SHA1ID] = [:]
      var pairs: [ObjectMap.Pair] = []
      var refused: [RefName: RefRefusal] = [:]
      let arrivals = try store.quarantine(from: remote.name) { add in
        let inbound = Inbound(mirror: repository, known: self.view.known, take: add)
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
      let judged = try logs?.judge(arrivals) ?? JudgedLogs()
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
        if !wish.isDryRun { try take(examined, pairs, names, incoming()) }
        break
      }
      // Once more without them, so that nothing of theirs gets into the store.
      for (ref, _) in wanted {
        guard let refusal = refused[ref] else { continue }
        let arrived = (examined.rows + judged.rows).first { $0.name == ref }
        rows.append(
          RemoteRow(
            name: ref.text, old: plan.kept[ref] ?? logs?.kept(ref), new: arrived?.new,
            state: .rejected, refusal: refusal))
      }
      wanted.removeAll { refused[$0.ref] != nil }
    }
    rows = try logs?.finish(rows, isDryRun: wish.isDryRun) ?? rows
    return Fetched(rows: rows.inOrder, objects: objects)
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
      Dictionary(uniqueKeysWithValues: names.map { (view.mirrorRef($0.key), $0.value) }))
  }
}
