public import JSON

/// The private contract of a custom evaluation (SCHEMAS §3.1).
///
/// The file stays in the house. protocol.json has its digest, the metric's schema, the rules and the
/// consent; a random nonce in the file keeps the digest from being guessed.
public enum EvalContract {
  public static let schemaVersion = "worldflux.eval_contract.v0_draft"

  /// The fields that a person answers, with the question that stands for a missing one.
  public static let questions: [(field: String, text: String)] = [
    ("task_manifest", "Which file lists the tasks, and what is its digest?"),
    ("metric_schema_ref", "Which schema defines the metric?"),
    ("inclusion_rules", "Which episodes count?"),
    ("exclusion_rules", "Which episodes do not count, and why?"),
    ("replay_metadata_keys", "Which keys does a replay need?"),
    ("task_source", "Which tasks does the reviewer own, and where do they come from?"),
    ("customer_consent", "Has the customer consented to a review (given or not_given)?"),
    ("use_case", "What is the policy used for?"),
    ("acceptance_question", "Which question decides acceptance?"),
    ("workflow_claim", "What is claimed about the workflow?"),
    ("task_owner", "Which role owns the tasks?"),
  ]

  /// The bytes of a contract file; what is not given is null and asked in open_questions.
  ///
  /// - Parameters:
  ///   - fields: values by name, in the shapes of SCHEMAS §3.1.
  ///   - random: gives that many random bytes, for the nonce.
  /// - Throws: the word of the rule that a value breaks.
  public static func make(
    _ fields: [String: JSONValue], random: (Int) -> [UInt8]
  ) throws(ClaimError) -> [UInt8] {
    var object = JSONObject([
      ("schema_version", .string(schemaVersion)), ("nonce", .string(hex(random(16)))),
    ])
    var open: [JSONValue] = []
    for (field, text) in questions {
      object[field] = fields[field] ?? .null
      if fields[field] == nil {
        open.append(OpenQuestion(id: field, field: field, text: text).value)
      }
    }
    object["open_questions"] = .array(open)
    let bytes: [UInt8]
    do throws(JSONError) {
      bytes = try CanonicalJSON.bytes(.object(object)) + [0x0A]
    } catch {
      throw ClaimError(from: EvidenceError(error, member: fileName))
    }
    _ = try read(bytes)
    return bytes
  }

  /// Reads a contract file in any JSON spelling.
  ///
  /// - Throws: the word of the rule that it breaks.
  public static func read(_ bytes: [UInt8]) throws(ClaimError) -> JSONValue {
    do throws(EvidenceError) {
      try checkText(
        bytes, .evalContract,
        rules: ShapeReader.Rules(member: fileName, isCanonical: false, isPublic: false))
      do throws(JSONError) {
        return try JSONValue.parse(bytes, options: JSONOptions(maximumDepth: 64))
      } catch {
        throw EvidenceError(error, member: fileName)
      }
    } catch {
      throw ClaimError(from: error)
    }
  }

  /// The questions that a contract leaves open, by field.
  public static func openFields(_ contract: JSONValue) -> [String] {
    let asked = Set((contract["open_questions"]?.array ?? []).compactMap { $0["field"]?.string })
    return questions.map(\.field).filter { asked.contains($0) || contract[$0]?.isNull ?? true }
  }

  /// What protocol.custom_eval_contract says of a contract file: nothing of owner and use.
  ///
  /// - Throws: `contract_incomplete` naming the open fields.
  public static func publicPart(_ bytes: [UInt8]) throws(ClaimError) -> JSONValue {
    let contract = try read(bytes)
    let open = openFields(contract)
    guard open.isEmpty else {
      throw ClaimError(
        .contractIncomplete, open.joined(separator: ", "),
        "\(open.count) fields of the contract are open",
        hint: "wf eval-profile create asks for each of them")
    }
    let keys = [
      "metric_schema_ref", "inclusion_rules", "exclusion_rules", "customer_consent",
    ]
    let stated = keys.map { (key: $0, value: contract[$0] ?? .null) }
    return .object(
      JSONObject([(key: "contract_digest", value: .string(Digest.text(of: bytes)))] + stated))
  }

  /// A draft protocol with the public part of a contract.
  ///
  /// - Throws: `protocol_frozen`, `contract_incomplete`, or a word of the protocol's schema.
  public static func bind(
    _ bytes: [UInt8], to evaluationProtocol: JSONValue
  ) throws(ClaimError) -> JSONValue {
    guard case .object(var object) = evaluationProtocol,
      evaluationProtocol["frozen_at"]?.string == nil
    else {
      throw ClaimError(
        .protocolFrozen, "protocol.json /frozen_at", "a frozen protocol takes no other contract",
        hint: "bind the contract while the protocol is a draft")
    }
    object["custom_eval_contract"] = try publicPart(bytes)
    _ = try decodeProtocol(.object(object))
    return .object(object)
  }

  /// Whether a contract file is the one that a protocol names.
  ///
  /// - Throws: `contract_missing` where the protocol names none, `contract_mismatch` for another
  ///   file, `contract_incomplete`.
  public static func check(
    _ bytes: [UInt8], againstProtocol protocolBytes: [UInt8]
  ) throws(ClaimError) {
    let stated: JSONValue
    do throws(EvidenceError) {
      stated = try EvaluationProtocol.decode(protocolBytes).customEvalContract
    } catch {
      throw ClaimError(from: error)
    }
    guard !stated.isNull else {
      throw ClaimError(
        .contractMissing, "protocol.json /custom_eval_contract",
        "the protocol names no custom contract",
        hint: "wf eval-profile create --protocol FILE puts one into a draft")
    }
    for (key, value) in try publicPart(bytes).object?.members ?? []
    where value != stated[key] ?? .null {
      throw ClaimError(
        .contractMismatch, "protocol.json /custom_eval_contract/" + key,
        "the contract file is another one than the protocol names")
    }
  }

  static let fileName = "the contract"

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension Shape {
  /// The private contract file, SCHEMAS §3.1; null where its question is still open.
  static let evalContract = Shape.object([
    nullable("acceptance_question", .long),
    nullable("customer_consent", .word(["given", "not_given"])),
    nullable("exclusion_rules", .array(.long, atMost: 1000)),
    nullable("inclusion_rules", .array(.long, atMost: 1000)),
    nullable("metric_schema_ref", .text(400)),
    field("nonce", .salt),
    optionalField(
      "open_questions",
      .array(
        .object([field("field", .name), field("id", .text(64)), field("text", .long)]),
        atMost: 100)),
    nullable("replay_metadata_keys", .array(.name, atMost: 1000)),
    field("schema_version", .word([EvalContract.schemaVersion])),
    nullable(
      "task_manifest", .object([field("digest", .digest), field("ref", .text(400))])),
    nullable("task_owner", .name), nullable("task_source", .long), nullable("use_case", .long),
    nullable("workflow_claim", .long),
  ])
}
