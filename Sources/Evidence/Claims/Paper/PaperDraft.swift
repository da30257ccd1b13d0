public import JSON
internal import Platform

/// A local draft of claim and protocol for something that was read on a page.
///
/// What the address and the findings do not say stays null, or `unknown` where the schema wants a text,
/// and is asked in open_questions; a setting answers the question about its field.
///
/// - Parameters:
///   - settings: as in `makeClaim`.
///   - now: Unix seconds.
///   - random: gives that many random bytes, for the ids.
/// - Throws: as `makeClaim`.
public func draftClaim(
  from reference: PaperReference, findings: [PaperFinding],
  settings: [(path: String, value: String)] = [], now: Int64, random: (Int) -> [UInt8]
) throws(ClaimError) -> (claim: JSONValue, protocol: JSONValue) {
  var draft = ClaimDraft(from: reference, findings: findings, now: now, random: random)
  for setting in settings { try draft.set(setting.path, to: setting.value) }
  draft.dropAnsweredQuestions()
  try draft.validate()
  return (draft.claim, draft.evaluationProtocol)
}

extension ClaimDraft {
  fileprivate init(
    from reference: PaperReference, findings: [PaperFinding], now: Int64,
    random: (Int) -> [UInt8]
  ) {
    let isModel = reference.kind == .huggingFaceModel
    let id = ULID.text(prefix: "clm", milliseconds: now &* 1000, random: random(10))
    let benchmarks = Set(
      findings.filter { $0.kind == .benchmark }.compactMap {
        ClaimTextReader.benchmark(in: $0.text)
      })
    let benchmark: JSONValue =
      benchmarks.count == 1 ? benchmarks.first.map { .string($0) } ?? nil : nil
    let revision = reference.version.map { "@" + $0 } ?? ""
    let claim: JSONValue = [
      "schema_version": "worldflux.claim.v0_draft", "id": .string(id),
      "slug": .string(reference.slug),
      "claim_text": .string("Draft from \(reference.title): what is claimed is still to be said."),
      "subject": [
        "type": isModel ? "hf_model" : "policy",
        "id": .string(isModel ? reference.id : PaperQuestions.unknown),
        "checkpoint_uri": isModel ? .string("hf://" + reference.id + revision) : nil,
      ],
      "capability": .string(PaperQuestions.unknown),
      "applicability": [
        "benchmark": benchmark, "benchmark_version": nil, "robot_embodiment": nil,
        "simulator": nil, "camera_distribution": nil,
      ], "baseline": nil, "metric": nil,
      "created_at": .string(UTCTime(seconds: now).rfc3339),
      "source": ["kind": "paper", "template": nil, "uri": .string(reference.uri)],
      "open_questions": .array(
        (PaperQuestions.found(findings) + PaperQuestions.always(isModel: isModel)).map(\.value)),
    ]
    let plan = ProtocolDraft.empty(
      claimID: id, metric: "success_rate", now: now, random: random)
    self.init(claim: claim, evaluationProtocol: plan.value)
  }
}

/// What an address cannot answer.
enum PaperQuestions {
  static let unknown = "unknown"

  static func always(isModel: Bool) -> [OpenQuestion] {
    (isModel ? [] : model) + fixed.map { OpenQuestion(id: $0.id, field: $0.field, text: $0.text) }
  }

  /// One question for each finding; what it stands on is quoted with its place.
  static func found(_ findings: [PaperFinding]) -> [OpenQuestion] {
    findings.prefix(mostFindings).enumerated().map { number, finding in
      let (field, question) = asked(finding)
      return OpenQuestion(
        id: "found_\(number + 1)", field: field,
        text: "Draft, to be confirmed: \(question) The text says, in bytes \(finding.start) to "
          + "\(finding.end): \u{201C}\(finding.sentence)\u{201D}")
    }
  }

  private static func asked(_ finding: PaperFinding) -> (field: String, question: String) {
    switch finding.kind {
    case .benchmark: ("applicability.benchmark", "is \(finding.text) the benchmark of the claim?")
    case .rate: ("metric.threshold", "is \(finding.text) the rate that is claimed?")
    case .difference: ("metric.margin", "is \(finding.text) a claimed difference, and to what?")
    case .counts: ("baseline.episodes", "are \(finding.text) the counts that were reported?")
    }
  }

  private static let model = [
    OpenQuestion(
      id: "subject", field: "subject.id", text: "Which policy or model is the claim about?"),
    OpenQuestion(
      id: "checkpoint", field: "subject.checkpoint_uri", text: "Where does its checkpoint lie?"),
  ]

  private static let fixed: [(id: String, field: String, text: String)] = [
    ("claim_text", "claim_text", "What exactly is claimed, in one sentence?"),
    ("capability", "capability", "Which capability is it about?"),
    ("benchmark", "applicability.benchmark", "On which benchmark?"),
    ("benchmark_version", "applicability.benchmark_version", "In which version of it?"),
    ("embodiment", "applicability.robot_embodiment", "On which robot?"),
    ("simulator", "applicability.simulator", "In which simulator, or on a real robot?"),
    ("metric", "metric.kind", "Is it at_least, at_most, better_than or equals_reported?"),
    ("threshold", "metric.threshold", "Which rate is the threshold?"),
    ("confidence", "metric.confidence", "At which confidence is it to be judged?"),
    ("aggregate", "metric.aggregate", "Over all episodes, over tasks, or in each task?"),
    (
      "success_rule", "protocol.metric_contract.success_rule",
      "By which rule is an episode a success?"
    ),
    ("tasks", "protocol.frozen.tasks", "Which tasks are run?"),
    ("episodes", "protocol.frozen.episode_indexes", "How many episodes of each task?"),
    ("seeds", "protocol.frozen.seeds", "With which seeds?"),
    (
      "denominator", "protocol.frozen.denominator_policy.policy",
      "How do episodes count that end in an error?"
    ),
  ]
}
