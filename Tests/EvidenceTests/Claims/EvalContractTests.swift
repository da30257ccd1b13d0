import Evidence
import JSON
import TestSupport
import Testing

/// The private contract of a custom evaluation.
@Suite struct EvalContractTests {
  private static let fields: [String: JSONValue] = [
    "task_manifest": [
      "ref": "tasks.json", "digest": .string("sha256:" + String(repeating: "a", count: 64)),
    ],
    "metric_schema_ref": "pick-rate/1", "inclusion_rules": ["every started episode"],
    "exclusion_rules": [], "replay_metadata_keys": ["scene_id"], "task_source": "line 2",
    "customer_consent": "given", "use_case": "order picking",
    "acceptance_question": "Is one pick in ten lost at most?", "workflow_claim": "no rework",
    "task_owner": "cell engineer",
  ]

  private static func contract(_ change: (inout [String: JSONValue]) -> Void = { _ in }) throws
    -> [UInt8]
  {
    var fields = Self.fields
    change(&fields)
    return try EvalContract.make(fields, random: ClaimMaker.random)
  }

  private static func bound(_ contract: [UInt8]) throws -> [UInt8] {
    let plan = try ClaimMaker.make("lerobot-libero").protocol
    return try memberBytes(try EvalContract.bind(contract, to: plan), of: .evaluationProtocol)
  }

  @Test func `the protocol names the contract by its digest and holds nothing private`() throws {
    let contract = try Self.contract()
    let bytes = try Self.bound(contract)
    let stated = try JSONValue.parse(bytes)["custom_eval_contract"]
    #expect(stated?["contract_digest"]?.string == Digest.text(of: contract))
    #expect(stated?["customer_consent"] == "given")
    let text = String(decoding: bytes, as: UTF8.self)
    for secret in ["order picking", "cell engineer", "line 2", "no rework", "one pick in ten"] {
      #expect(!text.contains(secret))
    }
    try EvalContract.check(contract, againstProtocol: bytes)
  }

  @Test(arguments: fields.keys.sorted())
  func `a field that is not given is asked, and such a contract is refused`(_ field: String) throws
  {
    let contract = try Self.contract { $0[field] = nil }
    #expect(EvalContract.openFields(try EvalContract.read(contract)) == [field])
    let plan = try ClaimMaker.make("lerobot-libero").protocol
    let refusal = #expect(throws: ClaimError.self) { try EvalContract.bind(contract, to: plan) }
    #expect(refusal?.code == .contractIncomplete)
    #expect(refusal?.place == field)
  }

  @Test func `another file than the named one is refused`() throws {
    let bytes = try Self.bound(try Self.contract())
    let other = try EvalContract.make(Self.fields) { Array(repeating: 9, count: $0) }
    let rule = try Self.contract { $0["exclusion_rules"] = ["failures"] }
    for (contract, place) in [(other, "contract_digest"), (rule, "contract_digest")] {
      let refusal = #expect(throws: ClaimError.self) {
        try EvalContract.check(contract, againstProtocol: bytes)
      }
      #expect(refusal?.code == .contractMismatch)
      #expect(refusal?.place == "protocol.json /custom_eval_contract/" + place)
    }
    let plain = try memberBytes(
      try ClaimMaker.make("lerobot-libero").protocol, of: .evaluationProtocol)
    let refusal = #expect(throws: ClaimError.self) {
      try EvalContract.check(other, againstProtocol: plain)
    }
    #expect(refusal?.code == .contractMissing)
  }

  @Test func `a frozen protocol takes no contract`() throws {
    let (claim, plan) = try ClaimMaker.make("lerobot-libero")
    let frozen = try freezeProtocol(plan, claim: claim, now: ClaimMaker.now)
    let contract = try Self.contract()
    let refusal = #expect(throws: ClaimError.self) { try EvalContract.bind(contract, to: frozen) }
    #expect(refusal?.code == .protocolFrozen)
  }

  @Test(
    arguments: [
      ("customer_consent", "perhaps", "field_range"), ("inclusion_rules", "all", "field_type"),
      ("task_manifest", ["ref": "x"], "field_missing"),
      ("task_owner", .string(String(repeating: "x", count: 201)), "text_too_long"),
      ("use_case", "a\u{7}b", "control_character"), ("metric_schema_ref", 7, "field_type"),
    ] as [(String, JSONValue, String)])
  func `a value of another shape is refused`(
    _ field: String, _ value: JSONValue, _ reason: String
  ) {
    let refusal = #expect(throws: ClaimError.self) { try Self.contract { $0[field] = value } }
    #expect(refusal?.reason == reason)
    #expect(refusal?.place?.contains(field) == true)
  }

  @Test func `contracts fit their published schema, and damaged ones do not`() throws {
    let whole = try JSONValue.parse(try Self.contract())
    let draft = try JSONValue.parse(try EvalContract.make([:], random: ClaimMaker.random))
    let wrong = whole.object.map { object -> JSONValue in
      var object = object
      object["customer_consent"] = "perhaps"
      return .object(object)
    }
    let file = "eval_contract.schema.json"
    #expect(
      try SchemaValidator.verdicts([(file, whole), (file, draft), (file, wrong ?? .null)])
        == [true, true, false])
  }
}
