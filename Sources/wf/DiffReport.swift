import Audit
import History
import Pages
import Terminal

/// What the formats for people show of a diff.
struct DiffReport {
  let nameA: String
  let nameB: String
  let comparison: Comparison
  /// Digests of raw evidence, in the order of `comparison.flips`.
  let flipRaw: [[String]]
  let members: [PackageDiff.MemberRow]
  let raw: PackageDiff.RawCounts
  /// Leaves out the digests of raw evidence, which are private data.
  let isPublic: Bool

  init(
    nameA: String, nameB: String, comparison: Comparison, flipRaw: [[String]],
    members: [PackageDiff.MemberRow], raw: PackageDiff.RawCounts, isPublic: Bool
  ) {
    self.nameA = plainText(nameA)
    self.nameB = plainText(nameB)
    self.comparison = comparison
    self.flipRaw = isPublic ? flipRaw.map { _ in [] } : flipRaw
    self.members = members
    self.raw = raw
    self.isPublic = isPublic
  }

  init(_ diff: PackageDiff, isPublic: Bool) {
    self.init(
      nameA: diff.a.shownName(isPublic: isPublic), nameB: diff.b.shownName(isPublic: isPublic),
      comparison: diff.comparison,
      flipRaw: diff.flipRaw, members: diff.members, raw: diff.raw, isPublic: isPublic)
  }

  /// Members that differ, by what happened to them.
  static func memberSentence(_ members: [PackageDiff.MemberRow]) -> String {
    if members.isEmpty { return "all the same" }
    let states: [GraphDiff.State] = [.added, .removed, .changed]
    return states.compactMap { state in
      let names = members.filter { $0.state == state }.map { plainText($0.name) }
      return names.isEmpty ? nil : "\(state.rawValue): \(names.joined(separator: ", "))"
    }.joined(separator: "; ")
  }
}

extension DiffReport {
  /// A self-contained page.
  var page: String {
    let contents = ComparisonPageContents(
      nameA: nameA, nameB: nameB, comparison: comparison, flipRaw: flipRaw,
      members: members.map { .init(name: $0.name, state: $0.state.rawValue) },
      raw: .init(
        added: raw.added, removed: raw.removed, changed: raw.changed, kept: raw.kept))
    return String(decoding: comparisonPage(contents), as: UTF8.self)
  }
}
