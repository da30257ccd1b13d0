internal import JSON
internal import Platform

/// A claim and its protocol while settings are applied.
struct ClaimDraft {
  private(set) var claim: JSONValue
  private(set) var evaluationProtocol: JSONValue
  private let template: String
  private let content: ClaimTemplate.Content?
  private var settled = Set<String>()

  private var naming: TaskNaming {
    TaskNaming(isByInstruction: content?.namesTasksByInstruction ?? false)
  }

  init(
    template: String, content: ClaimTemplate.Content, now: Int64, random: (Int) -> [UInt8]
  ) {
    self.template = template
    self.content = content
    let id = ULID.text(prefix: "clm", milliseconds: now &* 1000, random: random(10))
    claim = [
      "schema_version": "worldflux.claim.v0_draft", "id": .string(id), "slug": nil,
      "claim_text": nil,
      "subject": ["type": "policy", "id": .string(content.subjectID), "checkpoint_uri": nil],
      "capability": .string(content.capability),
      "applicability": [
        "benchmark": nil, "benchmark_version": nil, "robot_embodiment": nil, "simulator": nil,
        "camera_distribution": nil,
      ], "baseline": nil,
      "metric": [
        "name": "success_rate", "kind": "at_least",
        "threshold": .string(TemplateDefault.threshold),
        "confidence": .string(TemplateDefault.confidence),
        "aggregate": .string(content.aggregate.rawValue), "margin": nil,
      ],
      "created_at": .string(UTCTime(seconds: now).rfc3339),
      "source": ["kind": "template", "template": .string(template), "uri": nil],
      "open_questions": .array(content.questions.map(\.value)),
    ]
    var draft = ProtocolDraft.template(content, claimID: id, now: now, random: random)
    let naming = TaskNaming(isByInstruction: content.namesTasksByInstruction)
    draft.tasks = content.suites.compactMap(BenchmarkSuite.named).flatMap {
      ProtocolDraft.value(naming.tasks(of: $0) ?? [])
    }
    evaluationProtocol = draft.value
  }

  /// Without a template: nothing is derived.
  init(claim: JSONValue, evaluationProtocol: JSONValue) {
    self.claim = claim
    self.evaluationProtocol = evaluationProtocol
    template = ""
    content = nil
  }

  /// Applies one setting.
  mutating func set(_ path: String, to text: String) throws(ClaimError) {
    let field = try SettableField.find(path)
    let value = try field.value(text, naming: naming)
    settled.insert(path)
    if field.isInProtocol {
      evaluationProtocol = Self.replacing(evaluationProtocol, field.keys[...], by: value)
    } else {
      claim = Self.replacing(claim, field.keys[...], by: value)
    }
  }

  /// Fills in what follows from the rest and was not set: robot, horizon, policy id, probes, slug and
  /// sentence; and drops the questions that a setting has answered.
  mutating func deriveRest() {
    let subject = claim["subject"]?["id"]?.string ?? ""
    let suites = suiteIDs()
    deriveSetup(suites.compactMap(BenchmarkSuite.named))
    if !(evaluationProtocol["frozen"]?["episode_indexes"]?.isNull ?? true) {
      // Frozen episodes are a fixed number of them.
      fill("protocol.frozen.denominator_policy.stopping", with: "fixed")
    }
    dropAnsweredQuestions()
    let horizons = Set(suites.map { BenchmarkSuite.named($0)?.horizons[template] })
    let horizon = horizons.count == 1 ? horizons.first ?? nil : nil
    fill(
      "protocol.metric_contract.horizon_steps",
      with: horizon.map { .number(JSONNumber(Int64($0))) } ?? .null)
    fill(
      "protocol.frozen.robot_policy_profile.policy_id",
      with: .string(Self.slug(subject, separator: "_")))
    fill(
      "protocol.frozen.probes",
      with: .array(suites.map { .string(Self.slug($0, separator: "-")) }))
    let benchmark = suites.count == 1 ? suites[0] : claim["applicability"]?["benchmark"]?.string
    fill("slug", with: .string(Self.slug(subject + "-" + (benchmark ?? ""), separator: "-")))
    fill("claim_text", with: .string(sentence(subject, suites)))
  }

  /// Benchmark and robot, where all suites agree.
  private mutating func deriveSetup(_ suites: [BenchmarkSuite]) {
    let benchmarks = Set(suites.map(\.benchmark))
    let benchmark = benchmarks.count == 1 ? benchmarks.first : content?.benchmark
    fill("applicability.benchmark", with: benchmark.map { .string($0) } ?? nil)
    let isSame = suites.allSatisfy { $0.setup == suites[0].setup }
    let setup = isSame ? suites.first?.setup ?? .unknown : .unknown
    let texts = [
      ("robot_embodiment", setup.embodiment), ("simulator", setup.simulator),
      ("camera_distribution", setup.cameras),
    ]
    for (key, text) in texts {
      fill("applicability." + key, with: text.map { .string($0) } ?? nil)
    }
    for (key, value) in setup.profile.value.object?.members ?? [] {
      fill("protocol.frozen.robot_policy_profile." + key, with: value)
    }
  }

  /// Leaves out the questions about fields that a setting has filled.
  mutating func dropAnsweredQuestions() {
    guard !settled.contains("open_questions") else { return }
    let open = (claim["open_questions"]?.array ?? []).filter { question in
      let field = question["field"]?.string ?? ""
      return !settled.contains { $0 == field || $0.hasPrefix(field + ".") }
    }
    claim = Self.replacing(claim, ["open_questions"], by: .array(open))
  }

  /// Completes a challenge, adds the digest, and lets the decoders look at both.
  mutating func validate() throws(ClaimError) {
    evaluationProtocol = try withFreezeDigest(
      ChallengeSeedsDraft.filled(evaluationProtocol, settled: settled))
    _ = try decodeClaim(claim)
    _ = try decodeProtocol(evaluationProtocol)
  }

  private mutating func fill(_ path: String, with value: JSONValue) {
    guard !settled.contains(path), let field = try? SettableField.find(path) else { return }
    if field.isInProtocol {
      evaluationProtocol = Self.replacing(evaluationProtocol, field.keys[...], by: value)
    } else {
      claim = Self.replacing(claim, field.keys[...], by: value)
    }
  }

  private func suiteIDs() -> [String] {
    var ids: [String] = []
    for task in evaluationProtocol["frozen"]?["tasks"]?.array ?? [] {
      if let id = task["suite"]?.string, !ids.contains(id) { ids.append(id) }
    }
    return ids
  }

  /// The sentence that the numbers say; only where nobody wrote one.
  private func sentence(_ subject: String, _ suites: [String]) -> String {
    let metric = claim["metric"]
    let kind: String =
      switch metric?["kind"]?.string {
      case "at_most": "at most"
      case "better_than": "better than its baseline, by more than"
      case "equals_reported": "as often as reported, within"
      default: "at least"
      }
    let bound =
      metric?["kind"]?.string == "at_least" || metric?["kind"]?.string == "at_most"
      ? metric?["threshold"]?.string : metric?["margin"]?.string
    let tasks = evaluationProtocol["frozen"]?["tasks"]?.array?.count ?? 0
    let titles = suites.map { BenchmarkSuite.named($0)?.title ?? $0 }
    let place =
      titles.isEmpty
      ? claim["applicability"]?["benchmark"]?.string ?? "the benchmark"
      : titles.joined(separator: ", ")
    let isEach = metric?["aggregate"]?.string == "each_task"
    let count = tasks == 0 ? "" : " (\(tasks) task\(tasks == 1 ? "" : "s"))"
    return
      "\(subject) succeeds in \(kind) \(bound.map(Self.percent) ?? "a stated share") of attempts"
      + " \(isEach ? "in every task of" : "on") \(place)\(count)."
  }

  /// `0.8` → `80 %`; a text that is no plain fraction stays as it is.
  static func percent(_ decimal: String) -> String {
    if decimal == "0" || decimal == "1" { return decimal == "0" ? "0 %" : "100 %" }
    let digits = decimal.split(separator: ".", omittingEmptySubsequences: false)
    guard digits.count == 2, digits[0] == "0" || digits[0] == "1",
      digits[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), !digits[1].isEmpty
    else { return decimal }
    let padded = digits[1] + String(repeating: "0", count: max(0, 2 - digits[1].count))
    let whole = Int(digits[0] + padded.prefix(2)) ?? 0
    var rest = String(padded.dropFirst(2))
    while rest.hasSuffix("0") { rest.removeLast() }
    return rest.isEmpty ? "\(whole) %" : "\(whole).\(rest) %"
  }

  /// Lower-case letters and digits, everything else one separator; at most 80 long.
  static func slug(_ text: String, separator: Character) -> String {
    var result = ""
    for byte in text.lowercased().utf8 {
      if (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else if let last = result.last, last != separator {
        result.append(separator)
      }
    }
    result = String(result.prefix(80))
    while result.last == separator { result.removeLast() }
    return result.isEmpty ? "claim" : result
  }

  private static func replacing(
    _ value: JSONValue, _ keys: ArraySlice<String>, by new: JSONValue
  ) -> JSONValue {
    guard let key = keys.first else { return new }
    var object = value.object ?? JSONObject()
    object[key] = replacing(object[key] ?? .null, keys.dropFirst(), by: new)
    return .object(object)
  }
}

/// What templates decide about the number that is claimed.
enum TemplateDefault {
  static let threshold = "0.8"
  static let confidence = "0.95"
}
