internal import Evidence

/// What a source recorded about an episode's failure, as a private member may show it.
struct FailureText: Sendable {
  /// The class of the text.
  var label: FailureClass
  /// `rule:<name>` or `source:<field>`: who says so.
  var labelSource: String
  /// The source's text when that is itself a label.
  var sourceLabel: String?
  /// Redacted, at most 500 scalars.
  var message: String
  var redactions: Int
}

/// The words of an errored or excluded episode before anything is redacted.
struct FailureReading {
  private let rules: [DenominatorPolicy.ExclusionRule]

  init(_ policy: DenominatorPolicy) { rules = policy.exclusionRules }

  /// The frozen rule that a text names: its id alone, before a colon, or the rule's own reason.
  func rule(for text: String?) -> DenominatorPolicy.ExclusionRule? {
    guard let text else { return nil }
    let spoken = trimmed(text)
    let head = spoken.prefix { $0 != ":" }
    return rules.first { rule in
      rule.id == spoken || rule.id == head || (rule.reason != nil && rule.reason == spoken)
    }
  }

  /// The rule's id as a label: other characters become `_`.
  static func label(of rule: DenominatorPolicy.ExclusionRule) -> String {
    if TextRules.isLabel(rule.id) { return rule.id }
    let parts = words(rule.id).filter { $0.utf8.allSatisfy { $0 < 0x80 } }
    return TextRules.isLabel(parts.joined(separator: "_"))
      ? parts.joined(separator: "_") : (["rule"] + parts).joined(separator: "_")
  }

  /// The label of a failed or errored episode with a text.
  func label(_ text: String, outcome: Outcome) -> (label: FailureClass, source: String) {
    let spoken = trimmed(text)
    if let stated = FailureClass(rawValue: spoken), stated != .unlabelled {
      return (stated, "source:failure_reason")
    }
    let label = FailureClass(errorText: spoken)
    if outcome == .failed, label == .communicationError || label == .unlabelled,
      ["timeout", "timed out", "time limit", "horizon"].contains(
        where: spoken.lowercased().contains)
    {
      return (.timeoutWithoutSuccess, "rule:error_class")
    }
    return (label, label == .unlabelled ? "rule:none" : "rule:error_class")
  }

  /// A text that is a label already.
  func sourceLabel(_ text: String) -> String? {
    let spoken = trimmed(text)
    return TextRules.isLabel(spoken) ? spoken : nil
  }

  private func trimmed(_ text: String) -> String {
    let isSpace: (Character) -> Bool = { $0.isWhitespace }
    guard let start = text.firstIndex(where: { !isSpace($0) }),
      let end = text.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(text[start...end])
  }
}
