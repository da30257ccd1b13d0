internal import Glibc
public import JSON

/// Compares a claim with its protocol and lists what contradicts, what is open, what is a default.
///
/// Errors first, then warnings, then what is only worth knowing; within these in reading order.
public func checkClaim(claim: JSONValue, protocol evaluationProtocol: JSONValue) -> [ClaimRemark] {
  var remarks: [ClaimRemark] = []
  var decodedClaim: Claim?
  var decodedProtocol: EvaluationProtocol?
  do throws(ClaimError) { decodedClaim = try decodeClaim(claim) } catch {
    remarks.append(ClaimRemark(.error, error.reason, error.place ?? "claim.json", error.message))
  }
  do throws(ClaimError) { decodedProtocol = try decodeProtocol(evaluationProtocol) } catch {
    remarks.append(
      ClaimRemark(.error, error.reason, error.place ?? "protocol.json", error.message))
  }
  if let decodedClaim, let decodedProtocol {
    var check = ClaimCheck(claim: decodedClaim, evaluationProtocol: decodedProtocol)
    check.run()
    remarks += check.remarks
  }
  return remarks.enumerated()
    .sorted { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) }
    .map(\.element)
}

/// The comparison of two decoded members.
struct ClaimCheck {
  let claim: Claim
  let evaluationProtocol: EvaluationProtocol
  private(set) var remarks: [ClaimRemark] = []
  private let text: ClaimTextReader
  private var frozen: Frozen { evaluationProtocol.frozen }

  init(claim: Claim, evaluationProtocol: EvaluationProtocol) {
    self.claim = claim
    self.evaluationProtocol = evaluationProtocol
    text = ClaimTextReader(claim.text)
  }

  mutating func run() {
    checkIdentity()
    let metric = checkMetric()
    checkSentence(metric)
    checkBenchmark()
    checkCounts()
    checkPolicies()
    checkSampleSize(metric)
    checkDrafts()
    listDefaults(metric)
  }

  private mutating func add(
    _ severity: ClaimRemark.Severity, _ reason: String, _ place: String, _ text: String
  ) {
    remarks.append(ClaimRemark(severity, reason, place, text))
  }

  private mutating func checkIdentity() {
    if evaluationProtocol.claimID != claim.id {
      add(
        .error, "claim_id_mismatch", "protocol.json /claim_id",
        "the protocol is for \(evaluationProtocol.claimID), the claim is \(claim.id)")
    }
  }

  private mutating func checkMetric() -> ClaimMetric? {
    let metric: ClaimMetric?
    do throws(EvidenceError) {
      metric = try evaluationProtocol.effectiveMetric(claim)
    } catch {
      add(.error, "metric_mismatch", "protocol.json /metric_contract", error.message)
      return claim.metric
    }
    guard let metric else {
      add(
        .warning, "metric_open", "claim.json /metric",
        "neither claim nor protocol says what number is claimed")
      return nil
    }
    if evaluationProtocol.metricContract.name != metric.name {
      add(
        .error, "metric_mismatch", "protocol.json /metric_contract/name",
        "the protocol measures \(evaluationProtocol.metricContract.name), the claim is about "
          + metric.name)
    }
    if metric.threshold == nil, metric.kind == .atLeast || metric.kind == .atMost {
      add(.warning, "threshold_open", "claim.json /metric/threshold", "no threshold is stated")
    }
    if metric.confidence == nil {
      add(.warning, "confidence_open", "claim.json /metric/confidence", "no confidence is stated")
    }
    if metric.aggregate == nil, frozen.tasks.count > 1 {
      add(
        .warning, "aggregate_open", "claim.json /metric/aggregate",
        "several tasks, and nothing says whether micro, macro or each_task is meant")
    }
    checkKind(metric)
    checkRange(metric)
    return metric
  }

  /// STATISTICS §1: 0 < p0 ≤ 1 for at_least, 0 ≤ p0 < 1 for at_most, 0.5 ≤ confidence < 1.
  private mutating func checkRange(_ metric: ClaimMetric) {
    if let threshold = metric.threshold.flatMap(DecimalText.init),
      (metric.kind == .atLeast && threshold.numerator == 0)
        || (metric.kind == .atMost && threshold.numerator == threshold.denominator)
    {
      add(
        .error, "threshold_out_of_range", "claim.json /metric/threshold",
        "\(metric.kind.rawValue) \(threshold.text) is true of every run")
    }
    if let confidence = metric.confidence.flatMap(DecimalText.init),
      confidence.numerator * 2 < confidence.denominator
    {
      add(
        .error, "confidence_out_of_range", "claim.json /metric/confidence",
        "\(confidence.text) is less than one half")
    }
  }

  private mutating func checkKind(_ metric: ClaimMetric) {
    let direction = evaluationProtocol.metricContract.direction
    if (metric.kind == .atLeast && direction == "lower_is_better")
      || (metric.kind == .atMost && direction == "higher_is_better")
    {
      add(
        .warning, "direction_differs", "protocol.json /metric_contract/direction",
        "the claim is \(metric.kind.rawValue) and the protocol says \(direction ?? "")")
    }
    guard metric.kind == .betterThan || metric.kind == .equalsReported else { return }
    if claim.baseline.object == nil || claim.baseline["kind"]?.string == "none" {
      add(
        .error, "baseline_missing", "claim.json /baseline",
        "a claim \(metric.kind.rawValue) needs a baseline with a value or counts")
    }
    if metric.kind == .equalsReported, metric.margin == nil {
      add(
        .warning, "margin_open", "claim.json /metric/margin",
        "without a margin such a claim can be refuted and never supported")
    }
  }

  // MARK: - The sentence

  private mutating func checkSentence(_ metric: ClaimMetric?) {
    guard let metric else { return }
    let place = "claim.json /claim_text"
    if let threshold = metric.threshold.flatMap(DecimalText.init), !text.rates.isEmpty,
      metric.kind == .atLeast || metric.kind == .atMost,
      !text.rates.contains(where: { $0.hasSameValue(as: threshold) })
    {
      let said = text.rates.map(\.text).joined(separator: ", ")
      add(
        .error, "text_threshold_differs", place,
        "the sentence says \(said), metric.threshold is \(threshold.text)")
    }
    if let confidence = metric.confidence.flatMap(DecimalText.init), !text.confidences.isEmpty,
      !text.confidences.contains(where: { $0.hasSameValue(as: confidence) })
    {
      add(
        .error, "text_confidence_differs", place,
        "the sentence says \(text.confidences[0].text), metric.confidence is \(confidence.text)")
    }
    let spoken: ClaimTextReader.Comparison? =
      switch metric.kind {
      case .atLeast: .atLeast
      case .atMost: .atMost
      case .betterThan: .betterThan
      case .equalsReported: nil
      }
    if !text.says.isEmpty, let spoken, !text.says.contains(spoken) {
      add(
        .error, "text_kind_differs", place,
        "the sentence compares another way than metric.kind \(metric.kind.rawValue)")
    }
  }

  private mutating func checkBenchmark() {
    let place = "claim.json /claim_text"
    let stated = ClaimTextReader.benchmark(in: claim.applicability.benchmark)
    if let stated, let other = text.benchmarks.first, !text.benchmarks.contains(stated) {
      add(
        .error, "text_benchmark_differs", place,
        "the sentence names \(other), applicability.benchmark is \(stated)")
    }
    let planned = orderedSuites
    let known = planned.compactMap(BenchmarkSuite.named)
    if let stated, let other = known.first(where: { $0.benchmark != stated }) {
      add(
        .error, "benchmark_differs", "protocol.json /frozen/tasks",
        "the protocol plans \(other.id), applicability.benchmark is \(stated)")
    } else if let other = text.benchmarks.first, let suite = known.first,
      !text.benchmarks.contains(suite.benchmark), stated == nil
    {
      add(
        .error, "text_benchmark_differs", place,
        "the sentence names \(other), the protocol plans \(suite.id)")
    }
    // Another benchmark has been named above already.
    for suite in text.suites
    where !planned.isEmpty && !planned.contains(suite.id)
      && (stated == nil || stated == suite.benchmark)
    {
      add(
        .error, "text_suite_differs", place,
        "the sentence names \(suite.title), the protocol plans \(planned.joined(separator: ", "))")
    }
    for suite in known
    where !text.suites.isEmpty && !text.suites.contains(suite)
      && text.suites[0].benchmark == suite.benchmark
    {
      add(
        .warning, "suite_not_in_text", "protocol.json /frozen/tasks",
        "the protocol plans \(suite.id), which the sentence does not name")
    }
  }

  private var orderedSuites: [String] {
    frozen.tasks.reduce(into: []) { if !$0.contains($1.suite) { $0.append($1.suite) } }
  }

  // MARK: - Numbers

  private mutating func checkCounts() {
    if frozen.tasks.isEmpty {
      add(.warning, "tasks_missing", "protocol.json /frozen/tasks", "the protocol names no task")
    } else if let said = text.taskCounts.first, !text.taskCounts.contains(frozen.tasks.count) {
      add(
        .error, "text_tasks_differ", "claim.json /claim_text",
        "the sentence says \(said) tasks, the protocol plans \(frozen.tasks.count)")
    }
    guard let perTask = episodesPerTask else { return }
    let total = perTask.multipliedReportingOverflow(by: frozen.tasks.count).partialValue
    if let said = text.episodeCounts.first,
      !text.episodeCounts.contains(perTask), !text.episodeCounts.contains(total)
    {
      add(
        .error, "text_episodes_differ", "claim.json /claim_text",
        "the sentence says \(said) episodes, the protocol plans \(perTask) per task, \(total) in all"
      )
    }
    checkSeeds(perTask)
  }

  private mutating func checkSeeds(_ perTask: Int) {
    let count: Int
    let isShared: Bool
    switch frozen.seeds {
    case .list(let values, let same): (count, isShared) = (values.count, same)
    case .range(_, _, let number, let same), .challenge(_, let number, let same):
      (count, isShared) = (number, same)
    case .unset:
      return add(
        .warning, "seeds_unset", "protocol.json /frozen/seeds", "the protocol fixes no seeds")
    }
    let needed =
      isShared ? perTask : perTask.multipliedReportingOverflow(by: frozen.tasks.count).partialValue
    if count != needed {
      add(
        .error, "seed_count_differs", "protocol.json /frozen/seeds",
        "\(count) seeds for \(needed) episodes")
    }
  }

  private var episodesPerTask: Int? {
    frozen.episodeIndexes.map { $0.reduce(0) { $0 + $1.count } }
  }

  private mutating func checkPolicies() {
    let policy = frozen.denominators
    let place = "protocol.json /frozen/denominator_policy"
    if policy.policy == nil {
      add(.warning, "policy_open", place + "/policy", "nothing says how errored episodes count")
    }
    if policy.stopping == nil {
      add(.warning, "stopping_open", place + "/stopping", "nothing says when the run stops")
    }
    if policy.retries == nil {
      add(.warning, "retries_open", place + "/retries", "nothing says what a repeat means")
    }
    if frozen.episodeIndexes == nil {
      add(
        policy.stopping == "fixed" ? .error : .warning, "episodes_not_frozen",
        "protocol.json /frozen/episode_indexes",
        "the protocol fixes no episodes, so missing ones cannot be seen")
    }
    if policy.retries == "none", (policy.attemptsPerEpisode ?? 1) > 1 {
      add(
        .error, "attempts_contradict", place + "/attempts_per_episode",
        "\(policy.attemptsPerEpisode ?? 1) attempts are planned and retries are none")
    }
    if evaluationProtocol.metricContract.successRule == nil {
      add(
        .warning, "success_rule_open", "protocol.json /metric_contract/success_rule",
        "nothing names the rule that makes an episode a success")
    }
  }

  /// With too few episodes even a perfect run cannot support, or refute, the claim.
  private mutating func checkSampleSize(_ metric: ClaimMetric?) {
    guard let metric, metric.kind == .atLeast || metric.kind == .atMost,
      let perTask = episodesPerTask, let threshold = metric.threshold.flatMap(DecimalText.init),
      let confidence = metric.confidence.flatMap(DecimalText.init)
    else { return }
    let rate = Double(threshold.numerator) / Double(threshold.denominator)
    let alpha = 1 - Double(confidence.numerator) / Double(confidence.denominator)
    let share = metric.kind == .atLeast ? rate : 1 - rate
    let isPerTask = metric.aggregate == .eachTask
    let episodes = Double(perTask) * Double(isPerTask ? 1 : frozen.tasks.count)
    guard share > 0, share < 1, alpha > 0, alpha < 1, episodes > 0 else { return }
    // The smallest possible p-value is share^n; a margin keeps rounding out of the decision.
    if episodes * log(share) > log(alpha) * (1 - 1e-9) {
      let needed = Int((log(alpha) / log(share)).rounded(.up))
      add(
        .warning, "too_few_episodes", "protocol.json /frozen/episode_indexes",
        "with \(Int(episodes)) episodes\(isPerTask ? " per task" : "") no result can support the "
          + "claim; it takes at least \(needed)")
    }
  }

  // MARK: - States

  /// Member and pointer of a dotted path.
  private func place(ofField field: String) -> String {
    let isInProtocol = field.hasPrefix("protocol.")
    let keys = field.split(whereSeparator: { $0 == "." || $0 == "/" }).dropFirst(
      isInProtocol ? 1 : 0)
    return (isInProtocol ? "protocol.json /" : "claim.json /") + keys.joined(separator: "/")
  }

  private mutating func checkDrafts() {
    for question in claim.openQuestions {
      add(.warning, "question_open", place(ofField: question.field), question.text)
    }
    if evaluationProtocol.frozenAt == nil {
      add(
        .info, "protocol_draft", "protocol.json /frozen_at",
        "the protocol is a draft: an audit against it is at most grade C")
    }
    if evaluationProtocol.gradePlanned == nil {
      add(
        .warning, "grade_open", "protocol.json /grade_planned",
        "no grade is planned, which counts as D")
    }
  }

  private mutating func listDefaults(_ metric: ClaimMetric?) {
    guard claim.source["kind"]?.string == "template" else { return }
    var defaults: [(path: String, value: String)] = []
    if let value = metric?.threshold, value == TemplateDefault.threshold {
      defaults.append(("metric.threshold", value))
    }
    if let value = metric?.confidence, value == TemplateDefault.confidence {
      defaults.append(("metric.confidence", value))
    }
    if let name = claim.source["template"]?.string,
      let template = ClaimTemplate.all.first(where: { $0.name == name }),
      template.content.subjectID == claim.subject.id
    {
      defaults.append(("subject.id", claim.subject.id))
    }
    for (path, value) in defaults {
      add(
        .info, "template_default",
        "claim.json /" + path.split(separator: ".").joined(separator: "/"),
        "\(value): template default, change with --set \(path)=VALUE")
    }
  }
}
