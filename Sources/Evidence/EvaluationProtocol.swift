public import JSON

/// How the evaluation was to be run: protocol.json (SCHEMAS §3).
public struct EvaluationProtocol: Sendable, Equatable {
  public var id: String
  public var claimID: String
  public var createdAt: String?
  /// nil = draft.
  public var frozenAt: String?
  /// `A`…`D`; nil counts as D.
  public var gradePlanned: String?
  public var metricContract: MetricContract
  public var simulatorVersion: String?
  public var environmentDigest: String?
  public var customEvalContract: JSONValue
  public var frozen: Frozen
  /// `sha256:…` of the canonical bytes of `frozen`, as stated in the file.
  public var freezeDigest: String

  public init(
    id: String, claimID: String, createdAt: String?, frozenAt: String?, gradePlanned: String?,
    metricContract: MetricContract, simulatorVersion: String?, environmentDigest: String?,
    customEvalContract: JSONValue, frozen: Frozen, freezeDigest: String
  ) {
    self.id = id
    self.claimID = claimID
    self.createdAt = createdAt
    self.frozenAt = frozenAt
    self.gradePlanned = gradePlanned
    self.metricContract = metricContract
    self.simulatorVersion = simulatorVersion
    self.environmentDigest = environmentDigest
    self.customEvalContract = customEvalContract
    self.frozen = frozen
    self.freezeDigest = freezeDigest
  }
}

/// What counts as success and how it is measured.
public struct MetricContract: Sendable, Equatable {
  public var name: String
  /// `binary_success` or `bounded_score`.
  public var kind: String
  public var unit: String?
  public var direction: String?
  public var successRule: String?
  public var horizonSteps: Int?
  /// How many actions of one prediction are executed before the next; nil when not stated.
  public var actionChunkSteps: Int?
  /// The claim's metric where it stands here instead of in claim.json.
  public var claimMetric: ClaimMetric?
  /// The fields of claim.metric as they stand here, to be compared with the claim's.
  var stated: StatedMetric?
  public init(
    name: String, kind: String, unit: String?, direction: String?, successRule: String?,
    horizonSteps: Int?, actionChunkSteps: Int? = nil, claimMetric: ClaimMetric?
  ) {
    self.name = name
    self.kind = kind
    self.unit = unit
    self.direction = direction
    self.successRule = successRule
    self.horizonSteps = horizonSteps
    self.actionChunkSteps = actionChunkSteps
    self.claimMetric = claimMetric
  }
}

/// The nine frozen things.
public struct Frozen: Sendable, Equatable {
  public var profile: PolicyProfile
  public var probeRegistryDigest: String?
  public var probes: [String]
  public var tasks: [ProtocolTask]
  public var axes: [ProtocolAxis]
  /// Maximal inclusive ranges for every task; nil = not frozen.
  public var episodeIndexes: [ClosedRange<Int>]?
  public var seeds: SeedPlan
  public var denominators: DenominatorPolicy
  public var questions: [EvidenceQuestion]
  public init(
    profile: PolicyProfile, probeRegistryDigest: String?, probes: [String], tasks: [ProtocolTask],
    axes: [ProtocolAxis], episodeIndexes: [ClosedRange<Int>]?, seeds: SeedPlan,
    denominators: DenominatorPolicy, questions: [EvidenceQuestion]
  ) {
    self.profile = profile
    self.probeRegistryDigest = probeRegistryDigest
    self.probes = probes
    self.tasks = tasks
    self.axes = axes
    self.episodeIndexes = episodeIndexes
    self.seeds = seeds
    self.denominators = denominators
    self.questions = questions
  }
}

/// frozen.robot_policy_profile; the fields that the audit reads, the rest in `others`.
public struct PolicyProfile: Sendable, Equatable {
  public var profileID: String?
  public var policyID: String?
  public var embodimentClass: String?
  public var robotModel: String?
  /// `none` on a real robot.
  public var simulatorFamily: String?
  public var controlMode: String?
  public var cameraTopology: String?
  public var checkpointDigest: String?
  public init(
    profileID: String?, policyID: String?, embodimentClass: String?, robotModel: String?,
    simulatorFamily: String?, controlMode: String?, cameraTopology: String?,
    checkpointDigest: String?
  ) {
    self.profileID = profileID
    self.policyID = policyID
    self.embodimentClass = embodimentClass
    self.robotModel = robotModel
    self.simulatorFamily = simulatorFamily
    self.controlMode = controlMode
    self.cameraTopology = cameraTopology
    self.checkpointDigest = checkpointDigest
  }
}

/// One planned task; unique by (suite, task id).
public struct ProtocolTask: Sendable, Hashable {
  public var suite: String
  public var taskID: String
  public var name: String?
  public init(suite: String, taskID: String, name: String?) {
    self.suite = suite
    self.taskID = taskID
    self.name = name
  }
}

/// One axis of variation that the protocol fixes, with its levels.
public struct ProtocolAxis: Sendable, Equatable {
  public var axis: String
  public var values: [String]
  public init(axis: String, values: [String]) {
    self.axis = axis
    self.values = values
  }
}

/// Which seeds the run was to use.
public enum SeedPlan: Sendable, Equatable {
  case list([Seed], sameForEveryTask: Bool)
  case range(first: Int64, step: Int64, count: Int, sameForEveryTask: Bool)
  /// The first seed follows from the registration commit (SCHEMAS §3).
  case challenge(step: Int64, count: Int, sameForEveryTask: Bool)
  case unset
}

/// What is divided by, when the run stops, and what a repeat means.
public struct DenominatorPolicy: Sendable, Equatable {
  public struct ExclusionRule: Sendable, Equatable {
    public var id: String
    public var text: String?
    public var reason: String?
    public init(id: String, text: String?, reason: String?) {
      self.id = id
      self.text = text
      self.reason = reason
    }
  }
  /// `errors_as_failures`, `errors_excluded`, `as_planned`, or nil.
  public var policy: String?
  /// `fixed`, `sequential`, or nil.
  public var stopping: String?
  /// `none`, `first_attempt`, `last_attempt`, or nil.
  public var retries: String?
  public var attemptsPerEpisode: Int?
  public var exclusionRules: [ExclusionRule]
  public init(
    policy: String?, stopping: String?, retries: String?, attemptsPerEpisode: Int?,
    exclusionRules: [ExclusionRule]
  ) {
    self.policy = policy
    self.stopping = stopping
    self.retries = retries
    self.attemptsPerEpisode = attemptsPerEpisode
    self.exclusionRules = exclusionRules
  }
}

/// A question asked before the run, answered by the package or listed as missing.
public struct EvidenceQuestion: Sendable, Equatable {
  public var id: String
  public var label: String
  public var text: String
  public init(id: String, label: String, text: String) {
    self.id = id
    self.label = label
    self.text = text
  }
}
