/// Something that `wf claim check` has to say.
public struct ClaimRemark: Sendable, Equatable {
  public enum Severity: String, Sendable, CaseIterable, Comparable {
    /// Claim and protocol contradict each other, or one breaks its schema.
    case error
    /// An audit would be possible and poorer for it.
    case warning
    case info

    public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
    private var rank: Int { self == .error ? 0 : self == .warning ? 1 : 2 }
  }

  public let severity: Severity
  /// One machine word, snake case.
  public let reason: String
  /// Member and JSON pointer.
  public let place: String
  public let text: String

  public init(_ severity: Severity, _ reason: String, _ place: String, _ text: String) {
    self.severity = severity
    self.reason = reason
    self.place = place
    self.text = text
  }
}
