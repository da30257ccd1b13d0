/// One task in both audits: A the old one, B the new one.
public struct Stratum: Sendable, Hashable {
  public let a: Proportion
  public let b: Proportion

  public init(a: Proportion, b: Proportion) {
    self.a = a
    self.b = b
  }

  /// Whether both sides have episodes and these do not all end alike.
  public var isInformative: Bool {
    let successes = a.k + b.k
    return a.n > 0 && b.n > 0 && successes > 0 && successes < a.n + b.n
  }
}
