public import History
public import ObjectStore

/// What is to be fetched.
public struct Fetch: Sendable {
  /// Claims; empty for every one.
  public let slugs: [String]
  public let isDryRun: Bool
  public let movesClaims: Bool
  public let scope: Arrivals.Scope

  public init(
    slugs: [String], isDryRun: Bool, movesClaims: Bool, scope: Arrivals.Scope = .full
  ) {
    self.slugs = slugs
    self.isDryRun = isDryRun
    self.movesClaims = movesClaims
    self.scope = scope
  }
}

/// What a fetch has to bring, by what the remote told.
public struct FetchPlan {
  /// What needs no object: refs that are here as they are there, and what is missing there.
  public var rows: [RemoteRow]
  public var wanted: [(ref: RefName, head: RemoteHead)]
  /// What is kept here of each ref.
  public let kept: [RefName: ObjectID]
  /// The remote's logs and key history, where it has or had any.
  public var logs: LogFetch?
}

extension RemoteView {
  /// Compares what the remote told with what is here.
  ///
  /// - Parameter remembered: the tips that it was seen to have.
  public func plan(
    _ wish: Fetch, _ offered: [RemoteHead], _ remembered: [RefName: ObjectID]
  ) throws -> FetchPlan {
    let heads = try ownHeads(offered, slugs: wish.slugs)
    let targets = try store.objects.targets(of: heads.flatMap { [$0.ref, kept($0.ref)] })
    var plan = FetchPlan(
      rows: missing(heads.map(\.ref), wish.slugs, remembered), wanted: [],
      kept: Dictionary(
        heads.compactMap { head in targets[kept(head.ref)].map { (head.ref, $0) } },
        uniquingKeysWith: { old, _ in old }),
      logs: try LogFetch(
        self, offered, claims: heads.map(\.ref), areAll: wish.slugs.isEmpty))
    plan.rows += plan.logs?.settled ?? []
    plan.wanted += plan.logs?.wanted ?? []
    for (ref, head) in heads {
      if let own = settled(ref, head, wish, remembered, targets) {
        plan.rows.append(RemoteRow(name: ref.text, old: own, new: own, state: .upToDate))
        plan.logs?.claims.tips[ref] = own
      } else {
        plan.wanted.append((ref, head))
      }
    }
    return plan
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
