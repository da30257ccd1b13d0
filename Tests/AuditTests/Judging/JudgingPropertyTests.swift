import Audit
import Evidence
import JSON
import Testing

/// What holds for any input, tried on inputs from a seed.
struct JudgingPropertyTests {
  private static let order = ["refuted": 0, "inconclusive": 1, "supported": 2]

  /// No trap, every null explained, and a text for each.
  @Test(arguments: [UInt64(2), 3, 5])
  func `any input has an evidence and a text`(seed: UInt64) throws {
    var inputs = RandomInputs(seed: seed)
    for _ in 0..<25 {
      let example = try inputs.example()
      do {
        let evidence = try example.evidence()
        #expect(unexplained(evidence) == [])
        #expect(try example.text().hasPrefix("# Evidence WF-"))
        if evidence["verdict"]?.string == "not_auditable" {
          #expect(!evidence.at("reasons").words.isEmpty)
        }
      } catch let error as AuditError {
        #expect(error.code == .aggregateNotSupported)
      }
    }
  }

  /// Places of a derived null without `<field>_reason` beside it.
  private func unexplained(_ evidence: JSONValue) -> [String] {
    let derived = [
      "primary", "test", "intervals", "policies", "band", "stopping", "tasks", "homogeneity",
      "power",
    ]
    func walk(_ value: JSONValue, _ path: String) -> [String] {
      if let rows = value.array {
        return rows.enumerated().flatMap { walk($1, "\(path)/\($0)") }
      }
      guard let object = value.object else { return [] }
      return object.members.flatMap { key, inner -> [String] in
        let isTextual = ["name", "lower", "upper"].contains(key)
        if inner.isNull, !isTextual, object[key + "_reason"]?.string == nil {
          return ["\(path)/\(key)"]
        }
        return walk(inner, "\(path)/\(key)")
      }
    }
    return derived.flatMap { key -> [String] in
      guard let value = evidence[key], !value.isNull else {
        return evidence[key + "_reason"]?.string == nil ? [key] : []
      }
      return walk(value, key)
    }
  }

  @Test(arguments: [ClaimMetric.Aggregate.micro, .macro, .eachTask], [true, false])
  func `one more success never makes a verdict worse`(
    aggregate: ClaimMetric.Aggregate, isPlanned: Bool
  ) throws {
    for other in [22, 30] {
      var last = -1
      for k in stride(from: 0, through: 30, by: isPlanned && aggregate != .macro ? 1 : 5) {
        var example = try JudgingExample(
          tasks: [mixed(k, 30), mixed(other, 30)], threshold: "0.7", aggregate: aggregate)
        if !isPlanned {
          example.plan.frozen.episodeIndexes = nil
          example.recount()
        }
        let word = try example.evidence()["verdict"]?.string ?? ""
        let rank = try #require(Self.order[word])
        #expect(rank >= last, "\(k) and \(other) of 30: \(word)")
        last = rank
      }
    }
  }

  @Test(arguments: [ClaimMetric.Aggregate.micro, .macro, .eachTask])
  func `at most on successes is at least on failures`(aggregate: ClaimMetric.Aggregate) throws {
    for (a, b) in [(0, 0), (1, 2), (3, 1), (5, 9), (12, 3), (20, 20), (30, 1)] {
      let most = try JudgingExample(
        tasks: [mixed(a, 30), mixed(b, 30)], kind: .atMost, threshold: "0.3", aggregate: aggregate
      ).evidence()
      let least = try JudgingExample(
        tasks: [mixed(30 - a, 30), mixed(30 - b, 30)], threshold: "0.7", aggregate: aggregate
      ).evidence()
      #expect(most["verdict"] == least["verdict"], "\(a), \(b)")
      #expect(most["test"] == least["test"])
      let sides = [most, least].map { evidence in
        (evidence["tasks"]?.array ?? []).map { $0["p_support"]?.string ?? "" }
      }
      #expect(sides[0] == sides[1])
    }
  }

  @Test func `one more success against a baseline never makes a verdict worse`() throws {
    for margin in [nil, "0.1"] {
      var last = -1
      for k in 0...24 {
        var example = try JudgingExample(tasks: [mixed(k, 24)], kind: .betterThan)
        example.claim.metric?.margin = margin
        example.claim.baseline = [
          "kind": "measured", "value": nil, "episodes": ["succeeded": 12, "denominator": 30],
        ]
        let rank = try #require(Self.order[try example.evidence()["verdict"]?.string ?? ""])
        #expect(rank >= last, "\(k)")
        last = rank
      }
      #expect(last == 2)
    }
  }
}
