public import History
public import ObjectStore
internal import Platform

/// What a push has to send, by what the remote told.
public struct PushPlan {
  /// A ref that goes to the remote.
  public struct Sending {
    public let ref: RefName
    public let target: ObjectID
    public let name: RefName
    /// What the remote has.
    public let old: ObjectID?
    public let oldOther: SHA1ID?

    public func row(_ state: RemoteRow.State, _ refusal: RefRefusal? = nil) -> RemoteRow {
      RemoteRow(name: ref.text, old: old, new: target, state: state, refusal: refusal)
    }
  }

  /// Refs that are there as they are here, or that may not go.
  public var rows: [RemoteRow] = []
  public var sending: [Sending] = []
}

extension RemoteView {
  /// Refs with the names that a remote may have for what they lead to.
  public func withForms(_ refs: [Ref]) -> [(ref: Ref, forms: [SHA1ID])] {
    refs.map { ($0, map.others(of: $0.target)) }
  }

  /// Compares refs with what the remote has.
  ///
  /// - Parameters:
  ///   - refs: what `refsToPush` says, by `withForms`.
  ///   - heads: what the remote told, by name.
  public func plan(
    _ refs: [(ref: Ref, forms: [SHA1ID])], _ heads: [String: SHA1ID]
  ) throws -> PushPlan {
    var plan = PushPlan()
    for (ref, forms) in refs {
      guard let name = remote.remoteName(of: ref.name) else { continue }
      let there = heads[name.text]
      if let there, forms.contains(there) {
        plan.rows.append(
          RemoteRow(name: ref.name.text, old: ref.target, new: ref.target, state: .upToDate))
        continue
      }
      let item = PushPlan.Sending(
        ref: ref.name, target: ref.target, name: name, old: there.flatMap(known),
        oldOther: there)
      if let objection = try objection(to: item) ?? heldBack(item, plan) {
        plan.rows.append(item.row(.rejected, RefRefusal(objection)))
      } else {
        plan.sending.append(item)
      }
    }
    return plan
  }

  /// A log goes with the claims that it tells of: whoever fetched it without them would see a fork.
  private func heldBack(_ item: PushPlan.Sending, _ plan: PushPlan) -> MirrorError? {
    guard item.ref.dropping("refs/wf/log/") != nil,
      let claim = plan.rows.first(where: {
        $0.state == .rejected && $0.name.hasPrefix("refs/heads/")
      })
    else { return nil }
    return MirrorError(
      .remoteAhead, place: item.name.text,
      "the log tells of a version of \(claim.name) that \(remote.name) does not take",
      hint: "it goes with the next push that is taken")
  }

  /// Our logs of which the remote has something that has no name here, because the mirror has lost it.
  public func lostLogs(_ refs: [Ref], _ heads: [String: SHA1ID]) -> [Ref] {
    refs.filter { ref in
      ref.name.dropping("refs/wf/") != nil
        && remote.remoteName(of: ref.name).flatMap { heads[$0.text] }.map { known($0) == nil }
          ?? false
    }
  }

  /// Labels before the claim that they belong to, since no server is asked to move all refs at once.
  public func refsToPush(_ request: RemoteRequest) throws -> [Ref] {
    let log = ["refs/wf/log/", "refs/wf/keys"]
    let claimPrefix = "refs/heads/claims/"
    if request.isAll {
      let refs = try store.objects.refs(claimPrefix, "refs/tags/", log[0], log[1])
      // In order of their names: claims, labels, the log.
      let claims = refs.prefix { $0.name.text.hasPrefix(claimPrefix) }
      let rest = refs[claims.endIndex...]
      let labels = rest.prefix { $0.name.text.hasPrefix("refs/tags/") }
      let others = rest[labels.endIndex...]
      if labels.isEmpty { return Array(claims + others) }
      let tags = Dictionary(grouping: labels) {
        $0.name.text.split(separator: "/").dropFirst(2).first.map(String.init)
      }
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
  private func objection(to item: PushPlan.Sending) throws -> (any Failure)? {
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

  /// Says where the server has an older version than it was seen to have: the push puts that right, and
  /// whoever keeps the server may not know of it.
  public func noteStepsBack(_ sending: [PushPlan.Sending]) throws {
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
}
