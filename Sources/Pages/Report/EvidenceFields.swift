import JSON

/// Reads evidence.json by paths; what is absent, null or of another kind is nil.
struct EvidenceFields: Sendable {
  let evidence: JSONValue

  subscript(_ path: String...) -> JSONValue? { value(path) }

  func text(_ path: String...) -> String? { value(path)?.string }
  func count(_ path: String...) -> Int64? { value(path)?.int }
  func rows(_ path: String...) -> [JSONValue] { value(path)?.array ?? [] }
  func words(_ path: String...) -> [String] { (value(path)?.array ?? []).compactMap(\.string) }

  private func value(_ path: [String]) -> JSONValue? {
    path.reduce(Optional(evidence)) { $0?[$1] }
  }

  /// What people call the package.
  var displayID: String { text("display_id") ?? "WF-?" }
  var verdict: String { text("verdict") ?? "unknown" }

  /// The threshold of a claim that has one.
  var threshold: Millionths? {
    guard ["at_least", "at_most"].contains(text("claim", "kind")) else { return nil }
    return Millionths(text("claim", "threshold"))
  }

  /// `at least 80 %`; nil where the claim is about another rate.
  var thresholdLabel: String? {
    guard threshold != nil, let shown = Figures.threshold(text("claim", "threshold")) else {
      return nil
    }
    return (text("claim", "kind") == "at_most" ? "at most " : "at least ") + shown
  }

  /// `95 %`.
  var confidence: String { Figures.threshold(text("claim", "confidence")) ?? "95 %" }
}
