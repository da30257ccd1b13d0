package import JSON

/// Reads evidence.json by paths; what is absent, null or of another kind is nil.
package struct EvidenceFields: Sendable {
  package let evidence: JSONValue

  package init(evidence: JSONValue) { self.evidence = evidence }

  package subscript(_ path: String...) -> JSONValue? { value(path) }

  package func text(_ path: String...) -> String? { value(path)?.string }
  package func count(_ path: String...) -> Int64? { value(path)?.int }
  package func rows(_ path: String...) -> [JSONValue] { value(path)?.array ?? [] }
  package func words(_ path: String...) -> [String] {
    (value(path)?.array ?? []).compactMap(\.string)
  }

  private func value(_ path: [String]) -> JSONValue? {
    path.reduce(Optional(evidence)) { $0?[$1] }
  }

  /// What people call the package.
  package var displayID: String { text("display_id") ?? "WF-?" }
  package var verdict: String { text("verdict") ?? "unknown" }

  /// The threshold of a claim that has one.
  package var threshold: Millionths? {
    guard ["at_least", "at_most"].contains(text("claim", "kind")) else { return nil }
    return Millionths(text("claim", "threshold"))
  }

  /// `at least 80 %`; nil where the claim is about another rate.
  package var thresholdLabel: String? {
    guard threshold != nil, let shown = Figures.threshold(text("claim", "threshold")) else {
      return nil
    }
    return (text("claim", "kind") == "at_most" ? "at most " : "at least ") + shown
  }

  /// `95 %`.
  package var confidence: String { Figures.threshold(text("claim", "confidence")) ?? "95 %" }
}
