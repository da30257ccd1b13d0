public import Audit

/// What a page of differences is made from: what `wf diff` found, and how the sides are called.
public struct ComparisonPageContents: Sendable, Equatable {
  /// The old side, as a person named it.
  public var nameA: String
  /// The new side.
  public var nameB: String
  public var comparison: Comparison
  /// Digests of raw evidence of each flip, in the order of `comparison.flips`.
  public var flipRaw: [[String]]
  /// Members that are not the same.
  public var members: [Member]
  public var raw: RawCounts

  /// A member and how it stands: `added`, `removed` or `changed`.
  public struct Member: Sendable, Equatable {
    public var name: String
    public var state: String

    public init(name: String, state: String) {
      self.name = name
      self.state = state
    }
  }

  /// References to raw evidence.
  public struct RawCounts: Sendable, Equatable {
    public var added: Int
    public var removed: Int
    public var changed: Int
    public var kept: Int

    public init(added: Int, removed: Int, changed: Int, kept: Int) {
      self.added = added
      self.removed = removed
      self.changed = changed
      self.kept = kept
    }
  }

  public init(
    nameA: String, nameB: String, comparison: Comparison, flipRaw: [[String]], members: [Member],
    raw: RawCounts
  ) {
    self.nameA = nameA
    self.nameB = nameB
    self.comparison = comparison
    self.flipRaw = flipRaw
    self.members = members
    self.raw = raw
  }
}
