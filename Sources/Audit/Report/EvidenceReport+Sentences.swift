internal import JSON

// The sentences of evidence.md that depend on the result.
extension EvidenceReport {
  /// What was counted, its interval, and what the claim would have needed.
  var sentence: String {
    [observed, needed].compactMap(\.self).joined(separator: " ")
  }

  private var observed: String {
    guard let n = integer("primary", "n"), n > 0, let k = integer("primary", "k"),
      let rate = Percentage.text(text("primary", "rate"))
    else { return "No attempt was counted." }
    let base = "\(k) of \(n) counted attempts succeeded: \(rate)"
    guard let bounds = range(evidence["intervals"]?["clopper_pearson"]?["two_sided"]),
      let confidence = Percentage.exact(text("claim", "confidence"))
    else { return base + "." }
    return base + ", \(confidence) interval \(bounds) (Clopper-Pearson, two-sided)."
  }

  private var needed: String? {
    let stated = text("claim", "threshold")
    let threshold = stated.hasSuffix("%") ? stated : Percentage.text(stated)
    switch text("claim", "kind") {
    case "at_least":
      guard let threshold else { return unreadable }
      return "The claim needs at least \(threshold)" + (decisive(isAtMost: false) ?? ".")
    case "at_most":
      guard let threshold else { return unreadable }
      return "The claim allows at most \(threshold)" + (decisive(isAtMost: true) ?? ".")
    case "better_than": return "The claim needs a rate above that of its baseline."
    case "equals_reported": return "The claim needs the rate that was reported."
    default: return unreadable
    }
  }

  private var unreadable: String { "What the claim needs could not be read." }

  /// Which numbers of successes decide, where one pooled count does.
  ///
  /// For "at most" `support_min` and `refute_max` count the other outcomes. All rule sets say it so.
  func decisive(isAtMost: Bool) -> String? {
    guard text("test", "name") == "binomial_exact", let n = integer("primary", "n"), n > 0,
      let least = integer("test", "support_min"), let most = integer("test", "refute_max")
    else { return nil }
    if least > n { return "; with \(n) attempts no number of successes supports it." }
    if isAtMost {
      let refuted = most < 0 ? "" : " and \(n - most) or more refute it"
      return "; of \(n) attempts \(n - least) or fewer successes support it\(refuted)."
    }
    let refuted = most < 0 ? "" : " and \(most) or fewer refute it"
    return "; of \(n) attempts \(least) or more successes support it\(refuted)."
  }

  /// How errors count, and who said so.
  var denominator: String {
    let policy = text("primary", "policy")
    let reasons = (evidence["reasons"]?.array ?? []).compactMap(\.string)
    let isDraft = evidence["protocol"]?["frozen_at"]?.isNull ?? true
    let origin = reasons.contains("policy_assumed") ? "assumed" : isDraft ? "draft" : "frozen"
    let rule =
      switch policy {
      case "errors_excluded": "Errored attempts are left out"
      case "as_planned": "Every planned attempt without a success counts as a failure"
      default: "Errored attempts count as failures"
      }
    return "\(rule) (\(origin) policy \(policy))."
  }

  /// What the result is limited to.
  var scope: String {
    let scope = evidence["scope"]
    func field(_ key: String) -> String? { scope?[key]?.string.map(MarkdownEscape.name) }
    let benchmark = [field("benchmark"), field("benchmark_version")].compactMap(\.self)
    let suites = (scope?["suites"]?.array ?? []).compactMap(\.string).map(MarkdownEscape.name)
    let tasks = scope?["tasks"]?.int ?? 0
    let episodes = scope?["episodes_per_task"]?.int
    var what: [String] = benchmark.isEmpty ? [] : [benchmark.joined(separator: " ")]
    what += suites
    what.append(tasks == 1 ? "1 task" : "\(tasks) tasks")
    if let episodes {
      what.append(episodes == 1 ? "1 episode per task" : "\(episodes) episodes per task")
    } else {
      what.append("uneven episodes per task")
    }
    let body =
      switch (field("robot_embodiment"), field("simulator")) {
      case (let robot?, let simulator?): "\(robot) in \(simulator)"
      case (let robot?, nil): robot
      case (nil, let simulator?): "in \(simulator)"
      case (nil, nil): "embodiment not stated"
      }
    let excluded = (scope?["excludes"]?.array ?? []).compactMap(\.string).map {
      $0.split(separator: "_").joined(separator: " ")
    }
    let cameras = field("camera_distribution") ?? "cameras not stated"
    let list = what.joined(separator: ", ")
    return "\(list); \(body); \(cameras). Not covered: \(excluded.joined(separator: ", "))."
  }
}
