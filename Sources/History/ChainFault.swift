import ObjectStore

/// What is wrong with one commit as a part of a claim's history.
struct ChainFault {
  let code: HistoryError.Code
  let detail: String
}

extension ChainLink {
  /// What forbids that this commit stands in a claim's history, whatever stands around it.
  ///
  /// - Parameters:
  ///   - slug: the claim; nil where it is not known.
  ///   - isTip: whether the claim's ref points at it.
  func fault(slug: String?, isTip: Bool) -> ChainFault? {
    if commit.parents.count > 1 {
      return ChainFault(
        code: .parentsMany, detail: "a commit of a claim has one parent at most, this one merges")
    }
    guard let slug else { return nil }
    guard let message else {
      // A tip that is not ours is told by the checks of what it holds.
      return isTip
        ? nil
        : ChainFault(
          code: .parentOfOtherClaim, detail: "a commit in the history belongs to no claim")
    }
    if message.claim == slug { return nil }
    return ChainFault(
      code: isTip ? .tipOfOtherClaim : .parentOfOtherClaim,
      detail: isTip
        ? "the ref points at a commit of another claim (\(message.claim))"
        : "a commit in the history belongs to another claim (\(message.claim))")
  }
}
