/// A numbered version of the rules by which an audit is judged and worded.
///
/// evidence.json names the one it was made under, and every one that ever made a package stays
/// callable, so that an old package can always be derived again (SCHEMAS §4).
public enum RuleSet: Int, Sendable, CaseIterable, Comparable {
  case v1 = 1
  case v2 = 2

  /// The rules of new packages.
  public static let current = RuleSet.v2

  /// As evidence.json writes it: `wf-rules/2`.
  public var name: String { "wf-rules/\(rawValue)" }

  /// The rules of a name.
  ///
  /// - Throws: `rules_unknown` for a name that this version of wf does not have.
  public init(name: String) throws(AuditError) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else {
      let newest = Self.current.name
      throw AuditError(
        .rulesUnknown, place: "evidence.json /rules",
        message: "the package names rules that this wf does not have (it has up to \(newest))",
        hint: "a newer wf made this package: verify it with that version, or a later one")
    }
    self = found
  }

  public static func < (one: RuleSet, other: RuleSet) -> Bool { one.rawValue < other.rawValue }
}
