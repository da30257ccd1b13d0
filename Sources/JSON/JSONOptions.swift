/// What a reader accepts beyond RFC 8259, and its one limit.
public struct JSONOptions: Sendable, Equatable {
  /// Whether the tokens `NaN`, `Infinity` and `-Infinity`, as Python writes them, are values.
  public var allowNonFinite: Bool
  /// Arrays and objects open at once, 1 to 1024; one more is `too_deep`.
  public var maximumDepth: Int
  /// Whether the text may begin with U+FEFF.
  public var allowByteOrderMark: Bool

  public init(
    allowNonFinite: Bool = false, maximumDepth: Int = 128, allowByteOrderMark: Bool = false
  ) {
    self.allowNonFinite = allowNonFinite
    self.maximumDepth = maximumDepth
    self.allowByteOrderMark = allowByteOrderMark
  }

  /// RFC 8259, at most 128 levels, no byte order mark.
  public static let strict = JSONOptions()

  /// Within the stack that releasing or encoding a nested value needs.
  var depthLimit: Int { min(max(maximumDepth, 1), 1024) }
}
