/// What one case of an oracle gave.
public struct CaseResult: Sendable {
  public let name: String
  public let passed: Bool
  public let expected: String
  public let got: String

  public init(name: String, passed: Bool, expected: String, got: String) {
    self.name = name
    self.passed = passed
    self.expected = expected
    self.got = got
  }
}
