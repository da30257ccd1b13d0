import Audit
import Evidence
import JSON

/// Small inputs of every kind from a seed: the same ones on every machine and for ever, since
/// `RuleSetTests` holds the digest of what rules 1 make of them.
struct RandomInputs {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }

  private mutating func pick<Value>(_ values: [Value]) -> Value { values[next(values.count)] }

  mutating func example() throws -> JudgingExample {
    let rate = pick([5, 20, 50, 80, 90, 97])
    let tasks = (0..<(1 + next(3))).map { _ in letters(rate) }
    var example = try JudgingExample(
      tasks: tasks, kind: pick(ClaimMetric.Kind.allCases),
      threshold: pick(["0.8", "80 %", "0.5", "0.05", "0.95", "1", "0", "1.5", "eighty"]),
      confidence: pick(["0.95", "0.95", "0.9", "0.99", "1"]),
      aggregate: pick([.micro, .macro, .eachTask, nil]))
    example.claim.metric?.margin = pick([nil, nil, "0.1", "0.05", "0"])
    example.claim.baseline = baseline()
    example.plan.frozen.denominators.policy = pick([
      "errors_as_failures", "errors_as_failures", "errors_excluded", "as_planned", nil,
    ])
    if next(3) == 0 { example.plan.frozen.denominators.stopping = "sequential" }
    if next(5) == 0 { example.plan.frozenAt = nil }
    if next(4) == 0 { example.plan.frozen.episodeIndexes = nil }
    if next(4) == 0 { example.plan.gradePlanned = pick(["B", "C", nil]) }
    example.recount()
    if next(3) == 0 { example.input.sourceAggregates = aggregates(example) }
    if next(6) == 0 { example.input.seedLabel = pick([.missing, .recordedRunSeed, .derived]) }
    return example
  }

  private mutating func letters(_ rate: Int) -> String {
    let usual = pick([0, 3, 10, 24, 40])
    var text = ""
    for _ in 0..<(next(4) == 0 ? next(12) : usual) {
      switch next(40) {
      case 0: text += "E"
      case 1: text += "X"
      case 2: text += "M"
      default: text += next(100) < rate ? "S" : "F"
      }
    }
    return text
  }

  private mutating func baseline() -> JSONValue {
    let counts: [JSONValue] = [
      nil, ["succeeded": 15, "denominator": 30], ["succeeded": 40, "denominator": 50],
      ["succeeded": 60, "denominator": 50], ["succeeded": -1, "denominator": 50],
      ["succeeded": 0, "denominator": 0], ["succeeded": nil, "denominator": 25],
    ]
    return [
      "kind": pick(["reported", "measured", "none"]), "id": "baseline",
      "metric": "success_rate", "value": pick([nil, "0.8", "80 %", "0", "1.2", "-0.1", "0.873"]),
      "episodes": pick(counts), "source_uri": nil,
    ]
  }

  private mutating func aggregates(_ example: JudgingExample) -> JSONObject {
    let counts = example.input.counts
    return [
      "n_episodes": pick([nil, .number(JSONNumber(Int64(counts.attempted))), 7, -3]),
      "num_success": pick([nil, .number(JSONNumber(Int64(counts.succeeded))), 2]),
      "pc_success": pick([nil, "80.0", "66.7", "NaN", "85.3"]),
    ]
  }
}
