import Audit
import Evidence
import JSON
import TestSupport

/// The three inputs of an audit, to be changed by a test.
struct JudgingExample {
  var claim: Claim
  var plan: EvaluationProtocol
  var input: AuditInput
  /// Of the members as they lie in the fixture; changed inputs keep them.
  var digests: InputDigests

  /// The worked example of the specification: 2 tasks of 3 episodes, SSF and SES.
  init() throws {
    let (claim, plan, input) = (
      Fixtures.bytes("package-example/claim.json"), Fixtures.bytes("package-example/protocol.json"),
      Fixtures.bytes("package-example/audit_input.json")
    )
    self.claim = try Claim.decode(claim)
    self.plan = try EvaluationProtocol.decode(plan)
    self.input = try AuditInput.decode(input)
    digests = InputDigests(
      claim: Digest.text(of: claim), protocol: Digest.text(of: plan),
      auditInput: Digest.text(of: input))
  }

  /// A clean run that deserves grade A: frozen, attested, raw evidence for everything.
  ///
  /// One letter per episode of each task; `M` are frozen cells without a record.
  init(
    tasks: [String], kind: ClaimMetric.Kind = .atLeast, threshold: String = "0.8",
    confidence: String = "0.95", aggregate: ClaimMetric.Aggregate? = .micro
  ) throws {
    try self.init()
    claim.metric = ClaimMetric(
      name: "success_rate", kind: kind, threshold: threshold, confidence: confidence,
      aggregate: aggregate, margin: nil)
    plan.gradePlanned = "A"
    plan.simulatorVersion = "2.3.0"
    plan.environmentDigest = "sha256:" + String(repeating: "e", count: 64)
    plan.frozen.questions = []
    let checkpoint = "sha256:" + String(repeating: "c", count: 64)
    plan.frozen.profile.checkpointDigest = checkpoint
    input.model.checkpointDigest = checkpoint
    input.model.identity = .attestedBeforeRun
    input.sourceAggregates = nil
    input.observations = []
    input.initialStateLabel = .recorded
    setTasks(tasks)
  }

  /// Replaces the tasks by `suite libero_spatial, task 0, 1, …`, all planned and seeded.
  mutating func setTasks(_ tasks: [String]) {
    let longest = tasks.map(\.utf8.count).max() ?? 0
    plan.frozen.tasks = tasks.indices.map {
      ProtocolTask(suite: "libero_spatial", taskID: String($0), name: "task \($0)")
    }
    plan.frozen.episodeIndexes = longest > 0 ? [0...(longest - 1)] : nil
    plan.frozen.seeds = .range(first: 1000, step: 1, count: longest, sameForEveryTask: true)
    input.tasks = tasks.enumerated().map { place, letters in
      AuditedTask(
        suite: "libero_spatial", taskID: String(place), name: "task \(place)", inProtocol: true,
        episodes: Self.columns(letters, place: place))
    }
    recount()
  }

  static func columns(_ letters: String, place: Int) -> EpisodeColumns {
    let outcomes = Array(letters.utf8)
    var reasons: [Int: String] = [:]
    for (row, letter) in outcomes.enumerated()
    where letter == UInt8(ascii: "E") || letter == UInt8(ascii: "X") {
      reasons[row] = "simulator_error"
    }
    return EpisodeColumns(
      indexes: outcomes.isEmpty ? [] : [0...(outcomes.count - 1)], outcomes: outcomes,
      seeds: outcomes.indices.map { .integer(1000 + Int64($0)) },
      initialStates: outcomes.indices.map { "state-\(place)-\($0)" }, reasons: reasons)
  }

  /// Makes counts and raw coverage agree with the tasks.
  mutating func recount() {
    var counts = EpisodeCounts()
    for task in input.tasks where task.inProtocol {
      for letter in task.episodes.outcomes {
        switch letter {
        case UInt8(ascii: "S"): counts.succeeded += 1
        case UInt8(ascii: "F"): counts.failed += 1
        case UInt8(ascii: "E"): counts.errored += 1
        case UInt8(ascii: "X"): counts.excluded += 1
        default: counts.missing += 1
        }
      }
    }
    counts.attempted = counts.succeeded + counts.failed + counts.errored + counts.excluded
    counts.planned = plan.frozen.episodeIndexes == nil ? nil : counts.attempted + counts.missing
    input.counts = counts
    var raw = RawCoverage()
    raw.countedEpisodes = counts.succeeded + counts.failed + counts.errored
    raw.withRaw = raw.countedEpisodes
    raw.failedEpisodes = counts.failed
    raw.failedWithRaw = counts.failed
    input.rawCoverage = raw
  }

  func evidence(rules: RuleSet = .current) throws -> JSONValue {
    try judge(claim: claim, protocol: plan, input: input, digests: digests, rules: rules)
  }

  /// evidence.md of the evidence under these rules.
  func text(rules: RuleSet = .current) throws -> String {
    let bytes = try evidenceText(
      evidence: try evidence(rules: rules), claimDigest: digests.claim,
      auditInputDigest: digests.auditInput)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension JSONValue {
  /// The value at a path of keys; null when it is not there.
  func at(_ path: String...) -> JSONValue {
    path.reduce(Optional(self)) { $0?[$1] } ?? nil
  }

  var words: [String] { (array ?? []).compactMap(\.string) }

  func row(_ id: String) -> JSONValue {
    (array ?? []).first { $0["id"]?.string == id } ?? nil
  }

  var capWords: [String] { (self["grade"]?["caps"]?.array ?? []).compactMap { $0["word"]?.string } }
  var labels: [String] {
    (self["missing_evidence"]?.array ?? []).compactMap { $0["label"]?.string }
  }
}

/// `S` and `F` in blocks: 45 successes and 5 failures are `mixed(45, 50)`, spread evenly.
func mixed(_ successes: Int, _ episodes: Int) -> String {
  var text = ""
  for episode in 0..<episodes {
    let before = episode * successes / episodes
    let after = (episode + 1) * successes / episodes
    text += after > before ? "S" : "F"
  }
  return text
}
