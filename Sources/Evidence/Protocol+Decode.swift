public import JSON

extension EvaluationProtocol {
  /// Reads protocol.json (SCHEMAS §3).
  ///
  /// Besides the fields: tasks are unique, ranges maximal, and freeze_digest is that of `frozen`.
  ///
  /// - Parameter spelling: `.canonical` for the member of a package.
  public static func decode(
    _ bytes: [UInt8], spelling: MemberSpelling = .any
  ) throws(EvidenceError) -> EvaluationProtocol {
    let (decoded, computed) = try decodeUnfrozen(bytes, spelling: spelling)
    guard computed == decoded.freezeDigest else {
      throw EvidenceError(
        .freezeMismatch, EvidencePlace(.evaluationProtocol, pointer: "/freeze_digest"),
        "expected \(computed), the digest of frozen")
    }
    return decoded
  }

  /// The protocol, and the digest that `frozen` has, which need not be the stated one.
  static func decodeUnfrozen(
    _ bytes: [UInt8], spelling: MemberSpelling
  ) throws(EvidenceError) -> (EvaluationProtocol, computed: String) {
    let value = try readMember(bytes, .evaluationProtocol, spelling: spelling)
    let decoded = EvaluationProtocol(
      id: value["id"]?.string ?? "", claimID: value["claim_id"]?.string ?? "",
      createdAt: value["created_at"]?.string, frozenAt: value["frozen_at"]?.string,
      gradePlanned: value["grade_planned"]?.string,
      metricContract: MetricContract(value["metric_contract"] ?? nil),
      simulatorVersion: value["environment"]?["simulator_version"]?.string,
      environmentDigest: value["environment"]?["environment_digest"]?.string,
      customEvalContract: value["custom_eval_contract"] ?? nil,
      frozen: try Frozen(value["frozen"] ?? nil),
      freezeDigest: value["freeze_digest"]?.string ?? "")
    return (decoded, try FreezeDigest.text(ofFrozen: value["frozen"] ?? nil))
  }

  /// The claim's metric, wherever it stands; nil is an open question.
  ///
  /// - Throws: `metric_mismatch` when claim and protocol say different things.
  public func effectiveMetric(_ claim: Claim) throws(EvidenceError) -> ClaimMetric? {
    guard let stated = claim.metric else { return metricContract.claimMetric }
    func mismatch(_ field: String) -> EvidenceError {
      EvidenceError(
        .metricMismatch, EvidencePlace(.evaluationProtocol, pointer: "/metric_contract/\(field)"),
        "expected what claim.json has at /metric/\(field)")
    }
    guard metricContract.name == stated.name else { throw mismatch("name") }
    guard let other = metricContract.stated else { return stated }
    func agree(_ a: String?, _ b: String?) -> Bool {
      guard let a, let b else { return true }
      guard let one = DecimalText(a), let two = DecimalText(b) else { return a == b }
      return one.hasSameValue(as: two)
    }
    guard agree(other.threshold, stated.threshold) else { throw mismatch("threshold") }
    guard agree(other.confidence, stated.confidence) else { throw mismatch("confidence") }
    guard agree(other.margin, stated.margin) else { throw mismatch("margin") }
    guard other.aggregate == nil || stated.aggregate == nil || other.aggregate == stated.aggregate
    else { throw mismatch("aggregate") }
    guard other.kind == nil || other.kind == stated.kind else { throw mismatch("kind") }
    return ClaimMetric(
      name: stated.name, kind: stated.kind, threshold: stated.threshold ?? other.threshold,
      confidence: stated.confidence ?? other.confidence,
      aggregate: stated.aggregate ?? other.aggregate, margin: stated.margin ?? other.margin)
  }
}

extension MetricContract {
  /// The fields of claim.metric as far as the contract has them.
  struct StatedMetric: Sendable, Equatable {
    var kind: ClaimMetric.Kind?
    var threshold: String?
    var confidence: String?
    var aggregate: ClaimMetric.Aggregate?
    var margin: String?
  }

  /// From a checked object.
  ///
  /// `kind` says how the metric is measured. Where the contract also stands for the claim's metric,
  /// it may be one of the claim's four kinds instead, and means a binary success then.
  init(_ value: JSONValue) {
    let kind = value["kind"]?.string ?? ""
    let claimKind = ClaimMetric.Kind(rawValue: kind)
    self.init(
      name: value["name"]?.string ?? "", kind: claimKind == nil ? kind : "binary_success",
      unit: value["unit"]?.string, direction: value["direction"]?.string,
      successRule: value["success_rule"]?.string,
      horizonSteps: value["horizon_steps"]?.int.map { Int($0) },
      actionChunkSteps: value["action_chunk_steps"]?.int.map { Int($0) }, claimMetric: nil)
    let stated = StatedMetric(
      kind: claimKind, threshold: value["threshold"]?.string,
      confidence: value["confidence"]?.string,
      aggregate: value["aggregate"]?.string.flatMap(ClaimMetric.Aggregate.init(rawValue:)),
      margin: value["margin"]?.string)
    guard stated != StatedMetric() else { return }
    self.stated = stated
    let direction: ClaimMetric.Kind? =
      switch self.direction {
      case "higher_is_better": .atLeast
      case "lower_is_better": .atMost
      default: nil
      }
    guard let kind = claimKind ?? direction else { return }
    claimMetric = ClaimMetric(name: name, kind: kind, fields: value)
  }
}

extension Frozen {
  /// From a checked object.
  init(_ value: JSONValue) throws(EvidenceError) {
    let place = EvidencePlace(.evaluationProtocol, pointer: "/frozen")
    let profile = value["robot_policy_profile"] ?? nil
    func text(_ key: String) -> String? { profile[key]?.string }
    func strings(_ value: JSONValue?) -> [String] { (value?.array ?? []).compactMap(\.string) }
    var indexes: [ClosedRange<Int>]?
    if let ranges = value["episode_indexes"], !ranges.isNull {
      var here = place
      here.pointer = "/frozen/episode_indexes"
      indexes = try IndexRanges.read(ranges, at: here)
    }
    self.init(
      profile: PolicyProfile(
        profileID: text("profile_id"), policyID: text("policy_id"),
        embodimentClass: text("embodiment_class"), robotModel: text("robot_model"),
        simulatorFamily: text("simulator_family"), controlMode: text("control_mode"),
        cameraTopology: text("camera_topology"), checkpointDigest: text("checkpoint_digest")),
      probeRegistryDigest: value["probe_registry_digest"]?.string,
      probes: strings(value["probes"]),
      tasks: try Self.tasks(value["tasks"]?.array ?? []),
      axes: (value["axes"]?.array ?? []).map {
        ProtocolAxis(axis: $0["axis"]?.string ?? "", values: strings($0["values"]))
      },
      episodeIndexes: indexes, seeds: try SeedPlan(value["seeds"] ?? nil),
      denominators: DenominatorPolicy(value["denominator_policy"] ?? nil),
      questions: (value["missing_evidence_questions"]?.array ?? []).map {
        EvidenceQuestion(
          id: $0["id"]?.string ?? "", label: $0["label"]?.string ?? "",
          text: $0["text"]?.string ?? "")
      })
  }

  private static func tasks(_ rows: [JSONValue]) throws(EvidenceError) -> [ProtocolTask] {
    var seen: Set<[String]> = []
    var tasks: [ProtocolTask] = []
    for (index, row) in rows.enumerated() {
      let task = ProtocolTask(
        suite: row["suite"]?.string ?? "", taskID: row["task_id"]?.string ?? "",
        name: row["name"]?.string)
      guard seen.insert([task.suite, task.taskID]).inserted else {
        throw EvidenceError(
          .duplicateTask, EvidencePlace(.evaluationProtocol, pointer: "/frozen/tasks/\(index)"),
          "expected every (suite, task_id) once")
      }
      tasks.append(task)
    }
    return tasks
  }
}

extension DenominatorPolicy {
  /// From a checked object.
  init(_ value: JSONValue) {
    self.init(
      policy: value["policy"]?.string, stopping: value["stopping"]?.string,
      retries: value["retries"]?.string,
      attemptsPerEpisode: value["attempts_per_episode"]?.int.map { Int($0) },
      exclusionRules: (value["exclusion_rules"]?.array ?? []).map {
        ExclusionRule(
          id: $0["id"]?.string ?? "", text: $0["text"]?.string, reason: $0["reason"]?.string)
      })
  }
}

extension SeedPlan {
  /// From a checked object; each kind has its own required fields.
  init(_ value: JSONValue) throws(EvidenceError) {
    func required(_ key: String) throws(EvidenceError) -> JSONValue {
      let place = EvidencePlace(.evaluationProtocol, pointer: "/frozen/seeds/\(key)")
      guard let found = value[key] else {
        throw EvidenceError(.fieldMissing, place, "expected what this kind of seeds needs")
      }
      if found.isNull {
        throw EvidenceError(.fieldType, place, "expected a value with this kind of seeds")
      }
      return found
    }
    let isSame = value["same_for_every_task"]?.bool ?? true
    switch value["kind"]?.string {
    case "list":
      let values = try required("values").array ?? []
      self = .list(values.compactMap { Seed($0) }, sameForEveryTask: isSame)
    case "range":
      guard let first = try required("first").int else {
        throw EvidenceError(
          .seedOutOfRange, EvidencePlace(.evaluationProtocol, pointer: "/frozen/seeds/first"),
          "expected an integer within ±(2^53−1)")
      }
      self = .range(
        first: first, step: try required("step").int ?? 1,
        count: Int(try required("count").int ?? 0),
        sameForEveryTask: isSame)
    case "challenge":
      if let first = value["first"], !first.isNull {
        throw EvidenceError(
          .fieldRange, EvidencePlace(.evaluationProtocol, pointer: "/frozen/seeds/first"),
          "expected null: the first seed follows from the registration commit")
      }
      self = .challenge(
        step: try required("step").int ?? 1, count: Int(try required("count").int ?? 0),
        sameForEveryTask: isSame)
    default:
      self = .unset
    }
  }
}

/// The digest that fixes a protocol before the run.
public enum FreezeDigest {
  /// SHA-256 of the canonical bytes of `frozen`, without newline.
  public static func text(ofFrozen value: JSONValue) throws(EvidenceError) -> String {
    do throws(JSONError) {
      return Digest.text(of: try CanonicalJSON.bytes(value))
    } catch {
      throw EvidenceError(error, member: MemberName.evaluationProtocol.rawValue)
    }
  }
}
