public import History
import ObjectStore

extension RemoteView {
  /// How claims and labels stand on both sides.
  public func compare(_ heads: [RemoteHead], _ slugs: [String]) throws -> [RemoteRow] {
    var theirs: [RefName: SHA1ID] = [:]
    for (ref, head) in try ownHeads(heads, slugs: slugs) { theirs[ref] = head.id }
    var ours: [RefName: ObjectID] = [:]
    for prefix in ["refs/heads/claims/", "refs/tags/"] {
      for ref in try store.objects.refs(prefix) {
        guard let row = Arrivals.Row(ref.name, ref.target) else { continue }
        if slugs.isEmpty || slugs.contains(row.slug) { ours[ref.name] = ref.target }
      }
    }
    let remembered = try store.rememberedTips(of: remote.name)
    let names = Set(ours.keys).union(theirs.keys).union(
      remembered.keys.filter { ref in
        Arrivals.Row(ref, Self.noID).map { slugs.isEmpty || slugs.contains($0.slug) } ?? false
      })
    let rows = try names.sorted().map { ref in
      try compare(ref, ours[ref], theirs[ref], remembered[ref])
    }
    return try rows + compareLogs(heads)
  }

  private func compare(
    _ ref: RefName, _ own: ObjectID?, _ other: SHA1ID?, _ seen: ObjectID?
  ) throws -> RemoteRow {
    let there = other.flatMap(known)
    func row(_ state: RemoteRow.State, _ error: HistoryError? = nil) -> RemoteRow {
      RemoteRow(
        name: ref.text, old: own, new: there, state: state, refusal: error.map { RefRefusal($0) })
    }
    guard other != nil else {
      guard let seen else { return row(.onlyHere) }
      return row(
        .rejected,
        HistoryError(
          .refDeleted, place: ref.text,
          "\(remote.name) had this claim at \(seen.hex.prefix(16)) and has it no more"))
    }
    guard let there else { return row(.unknown) }
    if let seen, seen != there, try !store.objects.isAncestor(seen, of: there) {
      let isOlder = try store.objects.isAncestor(there, of: seen)
      return row(
        .rejected,
        HistoryError(
          isOlder ? .tipRolledBack : .tipForked, place: ref.text,
          isOlder
            ? "the tip there is older than the one seen last, \(seen.hex.prefix(16))"
            : "the tip there does not come after the one seen last, \(seen.hex.prefix(16))"))
    }
    guard let own else { return row(.onlyThere) }
    if own == there { return row(.upToDate) }
    if ref.dropping("refs/tags/") != nil {
      return row(
        .rejected,
        HistoryError(.tagMoved, place: ref.text, "the label stands for different versions"))
    }
    if try store.objects.isAncestor(there, of: own) { return row(.ahead) }
    if try store.objects.isAncestor(own, of: there) { return row(.behind) }
    return row(
      .rejected,
      HistoryError(.tipForked, place: ref.text, "the two tips go separate ways"))
  }
}
