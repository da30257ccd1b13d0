import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import Evidence

/// The published JSON Schemas against the product's own check, judged by python's `jsonschema`.
@Suite struct SchemaTests {
  @Test(arguments: MemberName.allCases)
  func `the published schema is the one that the field table gives`(_ member: MemberName) throws {
    let text = try SchemaValidator.pretty(jsonSchema(of: member)) + "\n"
    let path = Fixtures.path("../Docs/schemas/" + member.schemaFile)
    if getenv("WF_RECORD") != nil { try FileSystem().write(Array(text.utf8), to: path) }
    #expect(
      String(decoding: try Fixtures.read(path), as: UTF8.self) == text,
      "WF_RECORD=1 make test writes the schemas anew")
  }

  @Test func `the published schema of the contract is the one that its table gives`() throws {
    let text = try SchemaValidator.pretty(evalContractSchema()) + "\n"
    let path = Fixtures.path("../Docs/schemas/eval_contract.schema.json")
    if getenv("WF_RECORD") != nil { try FileSystem().write(Array(text.utf8), to: path) }
    #expect(
      String(decoding: try Fixtures.read(path), as: UTF8.self) == text,
      "WF_RECORD=1 make test writes the schemas anew")
  }

  @Test func `every member of the worked example fits`() throws {
    #expect(
      try SchemaValidator.faults(packages: [Fixtures.path("package-example/package")]) == "")
  }

  /// Faults that no JSON Schema can see: sums, order, normal form, secrets, other fields and lines.
  private static let beyondSchema: Set<String> = [
    "claim.json /claim_text not_canonical", "claim.json /created_at time_invalid",
    "claim.json /capability secret_in_public_field",
    "protocol.json /frozen/episode_indexes range_not_maximal",
    "protocol.json /frozen/episode_indexes duplicate_episode",
    "protocol.json /frozen/episode_indexes field_range",
    "protocol.json /frozen/tasks/1/task_id duplicate_task",
    "protocol.json /frozen/seeds/kind field_missing",
    "audit_input.json /tasks/0/episodes/outcomes length_mismatch",
    "audit_input.json /tasks/0/episodes/seeds length_mismatch",
    "audit_input.json /tasks/0/episodes/count length_mismatch",
    "audit_input.json /tasks/0/episodes/indexes range_not_maximal",
    "audit_input.json /tasks/0/episodes/indexes duplicate_episode",
    "audit_input.json /tasks/1/task_id duplicate_task",
    "audit_input.json /tasks/1/episodes/reasons field_range",
    "audit_input.json /model/id secret_in_public_field",
    "raw_evidence_manifest.json /references/0/state field_range",
    "raw_evidence_manifest.json /totals/references count_mismatch",
    "raw_evidence_manifest.json /totals/bytes count_mismatch",
    "raw_evidence_manifest.json /totals/by_state/present count_mismatch",
    "episode_results.jsonl /1/success field_range",
  ]

  @Test func `each fault of a member is refused by the schema too, but for a known list`() throws {
    let example = try ExamplePackage()
    var rows: [(schema: String, value: JSONValue)] = []
    for mutation in Mutation.schemas {
      var changed = example
      changed[mutation.member, mutation.pointer] = mutation.value
      var value = try #require(changed.values[mutation.member])
      if mutation.member.isLines {
        let line = Int(mutation.pointer.split(separator: "/")[0]) ?? 0
        value = try #require(value.array)[line]
      }
      rows.append((mutation.member.schemaFile, value))
    }
    let accepted = zip(try SchemaValidator.verdicts(rows), Mutation.schemas).filter(\.0).map {
      "\($0.1.member.rawValue) \($0.1.pointer) \($0.1.code.rawValue)"
    }
    #expect(Set(accepted) == Self.beyondSchema)
    #expect(rows.count - accepted.count > 35)
  }

  @Test(arguments: MemberName.allCases.filter { $0 != .evidenceText })
  func `on thousands of damaged values both checks say the same`(_ member: MemberName) throws {
    let example = try ExamplePackage()
    let whole = try #require(example.values[member])
    let values = (member.isLines ? Array((whole.array ?? []).prefix(6)) : [whole])
      .map(\.shortened)
    var rows: [(schema: String, value: JSONValue)] = []
    var own: [Bool] = []
    var places: [String] = []
    for value in values {
      for (number, pointer) in value.pointers().enumerated() {
        var changes: [JSONValue?] = [nil]
        for step in 0..<2 {
          changes.append(Self.replacements[(number * 2 + step) % Self.replacements.count])
        }
        for change in changes {
          guard let damaged = value.setting(pointer, change) else { continue }
          rows.append((member.schemaFile, damaged))
          own.append(Self.fits(damaged, member))
          places.append("/" + pointer.joined(separator: "/") + " → \(change as JSONValue?)")
        }
      }
    }
    let theirs = try SchemaValidator.verdicts(rows)
    let differing = places.indices.filter { own[$0] != theirs[$0] }
    #expect(
      differing.isEmpty,
      "\(differing.prefix(8).map { "\(places[$0]): own \(own[$0]), theirs \(theirs[$0])" })")
    #expect(own.contains(true) && own.contains(false))
  }

  /// None of these is a fault that only the product can see.
  private static let replacements: [JSONValue?] = [
    .null, true, -1, "", 7, "~", [], "0.5", [:], "a\u{7}b",
    .string(String(repeating: "x", count: 2001)),
    "80 %", 9_007_199_254_740_991, "2026-11-20T09:00:00Z", [nil], "1.000000", "I07", "local:x",
    ["a": 1], "S", "-7", "run:a/../b", "https://u@h/x", 1,
  ]

  /// The product's verdict on a member, or on a line of it, by the field table alone.
  private static func fits(_ value: JSONValue, _ member: MemberName) -> Bool {
    guard let bytes = try? CanonicalJSON.bytes(value) else { return false }
    let isHeader = value["record"]?.string == "header"
    let shape =
      member.isLines && isHeader ? Shape.header(of: member) : Shape.shape(of: member)
    // Not public: looking for secrets takes most of the time, and there are none.
    let rules = ShapeReader.Rules(member: member.rawValue, isCanonical: false, isPublic: false)
    return bytes.withUnsafeBytes { buffer in
      var reader = ShapeReader(bytes, buffer, range: 0..<bytes.count, rules: rules, line: nil)
      return (try? reader.read(shape, end: bytes.count)) != nil
    }
  }
}

extension JSONValue {
  /// The value with at most two elements in every array.
  fileprivate var shortened: JSONValue {
    switch self {
    case .object(let object):
      .object(JSONObject(object.members.map { (key: $0.key, value: $0.value.shortened) }))
    case .array(let elements): .array(elements.prefix(2).map(\.shortened))
    default: self
    }
  }

  /// Every place in the value.
  fileprivate func pointers(below path: [String] = []) -> [[String]] {
    switch self {
    case .object(let object):
      object.members.flatMap { [path + [$0.key]] + $0.value.pointers(below: path + [$0.key]) }
    case .array(let elements):
      elements.enumerated().flatMap { place, element in
        [path + [String(place)]] + element.pointers(below: path + [String(place)])
      }
    default: []
    }
  }
}

/// The schema of the bridge, which other people's scripts write.
@Suite struct BridgeSchemaTests {
  private static let sources = ["pi-0.7", "worldflux", "embodied-gov-bench", "cosmos-predict"]

  /// Whole-file and cross-field faults.
  private static let beyondSchema = [
    "bad/empty.jsonl", "bad/line-missing.jsonl", "bad/duplicate-episode.jsonl",
    "bad/reward-1e400.jsonl", "bad/audit-found-more-than-expected.jsonl",
    "bad/dimension-differs-from-suite.jsonl", "bad/no-governance.jsonl",
  ]

  @Test(.enabled(if: Fixtures.shared("formats/pi-0.7") != nil), arguments: sources)
  func `good bridges fit and bad ones do not`(_ source: String) throws {
    let folder = try #require(Fixtures.shared("formats/" + source))
    let cases = try JSONValue.parse(try Fixtures.read(folder + "/cases.json"))["cases"]?.array
    let files = (cases ?? []).flatMap { row in
      (row["files"]?.array ?? []).compactMap(\.string).filter { $0.hasSuffix(".jsonl") }
        .map { (name: $0, isGood: row["outcome"] != "reject" || Self.beyondSchema.contains($0)) }
    }
    // One run of the validator for all: starting it costs more than its work.
    let faults = try SchemaValidator.faults(bridges: files.map { folder + "/" + $0.name })
      .split(separator: "\n")
    var refused = 0
    for (name, isGood) in files {
      let path = folder + "/" + name
      let own = faults.filter { $0.hasPrefix(path + ",") || $0.hasPrefix(path + ":") }
      #expect(own.isEmpty == isGood, "\(name): \(own.first ?? "")")
      if !own.isEmpty { refused += 1 }
    }
    #expect(refused > 15)
  }

  @Test func `the script of the manual writes a bridge that fits`() throws {
    let page = String(
      decoding: try Fixtures.read(Fixtures.path("../Docs/schemas/README.md")), as: UTF8.self)
    let parts = page.split(separator: "```python\n", maxSplits: 1)
    let script = try #require(parts.last?.split(separator: "```", maxSplits: 1).first)
    #expect(script.split(separator: "\n").count <= 20)
    let folder = TemporaryFolder()
    let use = """

      write_bridge("\(folder.path)/run.jsonl", [
          episode("s", 0, 0, True, seed=7, video="a/b.mp4"), episode("s", 0, 1, False, seed=8),
          episode("s", 1, 0, None, seed=9, crashed_with="policy server lost")], "org/model", planned=4)
      """
    let made = try run(["python3", "-c", String(script) + use])
    #expect(made.status == 0, "\(made.err)")
    #expect(try SchemaValidator.faults(bridges: [folder.path + "/run.jsonl"]) == "")
  }
}
