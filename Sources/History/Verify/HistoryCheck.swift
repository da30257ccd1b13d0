import Evidence
import JSON
import ObjectStore
import Platform

/// What the check `history` finds out, for the grade that is shown.
struct HistoryFindings {
  var result: CheckResult
  /// The registration that comes before the version, when claim and protocol are still its own.
  var registration: ChainLink?
}

/// The chain of a claim: one parent each, one claim, a registration only at the root, and a tip that
/// comes after the last one seen.
struct HistoryCheck {
  let store: EvidenceStore
  let options: VerifyOptions
  /// The memory of tips, read before any ref: in between, another process may move a tip and
  /// remember that.
  let remembered: TipMemory.Snapshot

  func facts(of link: ChainLink, slug: String?, isTip: Bool) throws -> HistoryFindings {
    let chain = try store.chain(from: link.id)
    let registration = chain.last?.kind == .registration ? chain.last : nil
    if let failure = try structure(chain, slug: slug) ?? position(link, slug: slug, isTip: isTip) {
      return HistoryFindings(result: failure, registration: nil)
    }
    var notes = ["\(chain.count) commit\(chain.count == 1 ? "" : "s") back to the root"]
    if let registration, registration.id != link.id {
      if let differing = try difference(of: link, from: registration) {
        return HistoryFindings(
          result: failed(
            .registrationDiffers, link.id, "\(differing) is not the one that was registered"),
          registration: nil)
      }
      notes.append("registered in \(registration.id.hex.prefix(12))")
    }
    if slug.flatMap(RefName.claim) != nil, let note = remembered.note { notes.append(note) }
    return HistoryFindings(
      result: CheckResult(
        .history, .pass, detail: notes.joined(separator: "; "), object: link.id.hex),
      registration: registration)
  }

  private func structure(_ chain: [ChainLink], slug: String?) throws -> CheckResult? {
    for (index, link) in chain.enumerated() {
      if let fault = link.fault(slug: slug, isTip: index == 0) {
        return failed(fault.code, link.id, fault.detail)
      }
      if link.kind == .registration, index != chain.count - 1 {
        return failed(.registrationDiffers, link.id, "a registration comes after a package version")
      }
    }
    return nil
  }

  /// Remembered tips, and the commit that the caller expects.
  private func position(_ link: ChainLink, slug: String?, isTip: Bool) throws -> CheckResult? {
    if let slug, let ref = RefName.claim(slug) {
      let memory = TipMemory(store: store)
      let seen = remembered.recollection(of: ref)
      let tip = try store.objects.ref(ref)
      if let objection = try memory.objection(to: tip, of: ref, seen) {
        return CheckResult(
          .history, .fail, reason: objection.reason, detail: objection.message,
          object: tip?.hex, path: ref.text, fault: .historyRewritten)
      }
    }
    guard let expected = options.expected else { return nil }
    if expected == link.id { return nil }
    if store.objects.contains(expected), try store.objects.isAncestor(expected, of: link.id) {
      return nil
    }
    let isOlder =
      try store.objects.contains(expected) && store.objects.isAncestor(link.id, of: expected)
    return failed(
      isOlder ? .tipRolledBack : .tipForked, link.id,
      isOlder
        ? "this is older than the expected commit \(expected.hex.prefix(16))"
        : "this does not come after the expected commit \(expected.hex.prefix(16))")
  }

  /// The name of the member that is not the registered one.
  private func difference(of link: ChainLink, from registration: ChainLink) throws -> String? {
    let now = try store.objects.tree(link.commit.tree)
    let then = try store.objects.tree(registration.commit.tree)
    for name in [MemberName.claim.rawValue, MemberName.evaluationProtocol.rawValue]
    where now[name]?.id != then[name]?.id {
      return name
    }
    return nil
  }

  private func failed(_ code: HistoryError.Code, _ id: ObjectID, _ detail: String) -> CheckResult {
    CheckResult(
      .history, .fail, reason: code.rawValue, detail: detail, object: id.hex,
      fault: .historyRewritten)
  }
}
