import JSON
import Platform
import Sharing
import TestSupport
import Testing

struct ReliabilityRecordTests {
  private func dto() throws -> JSONValue {
    try JSONValue.parse(Fixtures.bytes("package-example/share/dto.json"))
  }
  private let random = (0..<16).map { UInt8($0 &* 7 &+ 1) }

  private func record(_ dto: JSONValue) -> ReliabilityRecord {
    ReliabilityRecord(dto: dto, time: SharedPackage.now, random: random)
  }

  @Test func `the worked example gives labels, buckets and a month`() throws {
    let made = record(try dto()).json
    let expected: JSONValue = [
      "schema": "wf.reliability/1", "record_id": made["record_id"] ?? .null,
      "consent_policy": "1", "benchmark": "libero", "suite": "libero_spatial",
      "embodiment_class": "single_arm_tabletop", "setting": "simulation",
      "capability": "robot_manipulation", "metric": "success_rate", "verdict": "inconclusive",
      "grade": "C", "denominator_policy": "errors_as_failures", "episodes_bucket": "1_9",
      "rate_bucket": "60_79",
      "missing_evidence": [
        "model_identity_not_attested", "initial_states_not_hashed", "checkpoint_digest_missing",
        "environment_version_missing", "underpowered_sample", "raw_evidence_partial", "sim_only",
      ], "next_axes": ["initial_state", "object_instance", "distractors"], "month": "2026-11",
    ]
    #expect(try CanonicalJSON.bytes(made) == CanonicalJSON.bytes(expected))
    #expect(made["record_id"]?.string?.hasPrefix("rel_") == true)
  }

  @Test func `any text in the page data leaves nothing but a word of a list`() throws {
    // Every string of the page data is replaced; numbers stay.
    func planted(_ value: JSONValue, _ count: inout Int) -> JSONValue {
      switch value {
      case .string:
        count += 1
        return .string("CANARY-\(count)-/home/ana/x ana@lab.example")
      case .array(let elements): return .array(elements.map { planted($0, &count) })
      case .object(let object):
        return .object(
          JSONObject(object.members.map { (key: $0.key, value: planted($0.value, &count)) }))
      default: return value
      }
    }
    var count = 0
    let made = record(planted(try dto(), &count))
    #expect(count > 60)
    let text = String(decoding: try CanonicalJSON.bytes(made.json), as: UTF8.self)
    #expect(!text.contains("CANARY") && !text.contains("ana"))
    #expect(ReliabilityRecord(json: made.json) == made)
    for (field, words) in ReliabilityLists.labels {
      let word = try #require(made.json[field]?.string)
      #expect(word == "other" || words.contains(word), "\(field)")
    }
  }

  @Test func `a record that holds anything else is none`() throws {
    let good = record(try dto())
    #expect(ReliabilityRecord(json: good.json) == good)
    let changes: [(String, JSONValue?)] = [
      ("note", "x"), ("benchmark", "My benchmark"), ("benchmark", nil), ("benchmark", ["libero"]),
      ("grade", "E"), ("grade", "other"), ("month", "2026-11-24"), ("month", "2026-13"),
      ("record_id", "rel_1"), ("schema", "wf.reliability/2"), ("episodes_bucket", "6"),
      ("rate_bucket", "0.666667"), ("missing_evidence", ["secret_label"]),
      ("missing_evidence", "sim_only"), ("next_axes", [["axis": "task"]]),
      ("consent_policy", "2"),
    ]
    for (field, value) in changes {
      var object = try #require(good.json.object)
      object[field] = value
      #expect(ReliabilityRecord(json: .object(object)) == nil, "\(field)")
    }
  }

  @Test func `buckets have no gaps and follow the counts`() throws {
    func made(_ k: Int64, _ n: Int64) throws -> (String?, String?) {
      var object = try #require(try dto().object)
      object["result"] = [
        "primary": [
          "k": .number(JSONNumber(k)), "n": .number(JSONNumber(n)), "policy": "as_planned",
        ]
      ]
      let json = record(.object(object)).json
      return (json["episodes_bucket"]?.string, json["rate_bucket"]?.string)
    }
    let cases: [(Int64, Int64, String, String)] = [
      (0, 1, "1_9", "0_19"), (9, 9, "1_9", "95_100"), (2, 10, "10_49", "20_39"),
      (199, 1000, "1000_plus", "0_19"), (49, 49, "10_49", "95_100"),
      (20, 50, "50_199", "40_59"), (119, 199, "50_199", "40_59"), (120, 200, "200_999", "60_79"),
      (799, 999, "200_999", "60_79"), (800, 1000, "1000_plus", "80_94"),
      (949, 1000, "1000_plus", "80_94"), (950, 1000, "1000_plus", "95_100"),
      (0, 0, "other", "other"),
    ]
    for (k, n, episodes, rate) in cases {
      let (a, b) = try made(k, n)
      #expect(a == episodes && b == rate, "\(k) of \(n): \(a ?? "") \(b ?? "")")
    }
  }

  @Test func `the id tells no time`() throws {
    let early = ReliabilityRecord(dto: try dto(), time: 0, random: random)
    #expect(early.recordID == record(try dto()).recordID)
    let other = ReliabilityRecord(
      dto: try dto(), time: SharedPackage.now, random: random.reversed())
    #expect(other.recordID != record(try dto()).recordID)
  }
}
