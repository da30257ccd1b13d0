internal import Evidence
internal import JSON

/// What one check saw, before its row of the table is applied.
struct Finding: Sendable {
  var state: Observation.State
  var observed: String?
  var expected: String?
  /// An episode key.
  var at: String?
  /// Other than the first severity and cap of the row; a nil cap inside means no cap.
  var severity: Severity?
  var cap: String??

  static let notApplicable = Finding(state: .notApplicable)

  static func pass(_ observed: String, expected: String? = nil) -> Finding {
    Finding(state: .pass, observed: observed, expected: expected)
  }

  static func fail(
    _ observed: String, expected: String? = nil, at: String? = nil, severity: Severity? = nil,
    cap: String?? = nil
  ) -> Finding {
    Finding(
      state: .fail, observed: observed, expected: expected, at: at, severity: severity, cap: cap)
  }

  static func failIf(_ fails: Bool, _ observed: String, expected: String? = nil, at: String? = nil)
    -> Finding
  {
    fails
      ? .fail(observed, expected: expected, at: at) : .pass(observed, expected: expected)
  }
}

/// One row of evidence.integrity.
struct IntegrityResult: Sendable {
  let id: String
  let state: Observation.State
  let severity: Severity
  /// nil unless the check failed.
  let cap: String?
  let observed: String?
  let expected: String?
  let at: String?

  init(_ rule: IntegrityRule, _ finding: Finding) {
    id = rule.id
    state = finding.state
    let fails = finding.state == .fail
    severity = fails ? finding.severity ?? rule.severity : rule.severity
    cap = fails ? finding.cap ?? rule.cap : nil
    observed = finding.observed.map(Self.cut)
    expected = finding.expected.map(Self.cut)
    at = finding.at
  }

  var isFatal: Bool { state == .fail && severity == .fatal }
  var isSerious: Bool { state == .fail && severity == .serious }

  var json: JSONValue {
    [
      "id": .string(id), "state": .string(state.rawValue), "severity": .string(severity.rawValue),
      "cap": .text(cap), "observed": .text(observed), "expected": .text(expected),
      "where": .text(at),
    ]
  }

  /// At most 200 scalars (SCHEMAS §6).
  private static func cut(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > 200 else { return text }
    return String(String.UnicodeScalarView(scalars.prefix(199))) + "…"
  }
}
