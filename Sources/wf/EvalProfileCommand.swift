import ArgumentParser
import Evidence
import JSON
import Platform
import Terminal

struct EvalProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval-profile", abstract: "Make the contract of a custom evaluation",
    subcommands: [EvalProfileCreate.self])
}

struct EvalProfileCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Write a contract for wf audit --custom-eval-contract",
    discussion: """
      The contract file is private. With --protocol, its digest, the metric's schema,
      the rules and the consent are put into a draft protocol; owner and use case
      never leave the file. What is not given is asked at the end, and an incomplete
      contract is refused by --protocol and by the audit.

      Examples:
        wf eval-profile create --output contract.json --protocol claim/protocol.json \\
          --metric-schema schemas/pick-rate.json --task-manifest tasks.json \\
          --include "every started episode" --exclude "operator stopped the robot" \\
          --replay-key scene_id --task-source "bin picking, line 2" \\
          --consent given --use-case "order picking" --task-owner "cell engineer" \\
          --acceptance-question "Is one pick in ten lost at most?" \\
          --workflow-claim "no manual rework"
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "File to write.")
  var output: String
  @Option(name: .customLong("protocol"), help: "A draft protocol.json that is to name it.")
  var protocolFile: String?
  @Option(help: "Which schema defines the metric: a name or an address.")
  var metricSchema: String?
  @Option(help: "File that lists the tasks; its name and digest are kept.")
  var taskManifest: String?
  @Option(name: .customLong("include"), help: "Which episodes count; may be repeated.")
  var inclusionRules: [String] = []
  @Option(name: .customLong("exclude"), help: "Which do not; may be repeated.")
  var exclusionRules: [String] = []
  @Flag(help: "No episode is excluded.")
  var noExclusions = false
  @Option(name: .customLong("replay-key"), help: "A key that a replay needs; may be repeated.")
  var replayKeys: [String] = []
  @Flag(help: "A replay needs no key.")
  var noReplayKeys = false
  @Option(help: "Where the reviewer's tasks come from.")
  var taskSource: String?
  @Option(help: "given or not_given: the customer's consent to a review.")
  var consent: String?
  @Option(help: "What the policy is used for; private.")
  var useCase: String?
  @Option(help: "The question that decides acceptance.")
  var acceptanceQuestion: String?
  @Option(help: "What is claimed about the workflow.")
  var workflowClaim: String?
  @Option(help: "Role that owns the tasks, no person; private.")
  var taskOwner: String?
  @Flag(help: "Replace an output that is there.")
  var force = false

  func perform(_ session: Session) throws -> ExitStatus {
    try CommandError.refuseSecret(output, of: "--output")
    let bytes = try EvalContract.make(
      try fields(session), random: session.surroundings.randomBytes)
    let contract = try EvalContract.read(bytes)
    let open = EvalContract.openFields(contract)
    var bound: [UInt8]?
    if let protocolFile {
      let plan = try JSONValue.parse(try session.files.read(protocolFile, limit: 64 << 20))
      bound = try CanonicalJSON.bytes(try EvalContract.bind(bytes, to: plan)) + [0x0A]
    }
    let publication = try session.files.beginFile(at: output, replacing: force)
    try session.files.write(bytes, to: publication.path)
    try publication.publish()
    if let bound, let protocolFile { try session.files.write(bound, to: protocolFile, .durable) }
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.eval_profile/1", "output": .string(publication.target),
          "contract_digest": .string(Digest.text(of: bytes)),
          "protocol": protocolFile.map { .string($0) } ?? .null,
          "open_questions": contract["open_questions"] ?? [],
        ]))
      return .done
    }
    session.console.result("Wrote a private contract: \(publication.target)")
    session.console.result("  digest  \(Digest.text(of: bytes))")
    if let protocolFile { session.console.result("  named by  \(protocolFile)") }
    if !open.isEmpty {
      session.console.result("Open questions: \(open.count)")
      for (field, text) in EvalContract.questions where open.contains(field) {
        session.console.result("  \(field)  \(text)")
      }
    }
    session.console.remark(
      open.isEmpty
        ? "Next: wf audit … --custom-eval-contract \(output)"
        : "Next: answer them and run this again with --force")
    return .done
  }

  /// What was given, in the shapes of the contract.
  private func fields(_ session: Session) throws -> [String: JSONValue] {
    var fields: [String: JSONValue] = [:]
    let texts = [
      "metric_schema_ref": metricSchema, "task_source": taskSource, "customer_consent": consent,
      "use_case": useCase, "acceptance_question": acceptanceQuestion,
      "workflow_claim": workflowClaim, "task_owner": taskOwner,
    ]
    for (key, text) in texts { if let text { fields[key] = .string(text) } }
    if let taskManifest {
      let digest = Digest.text(of: try session.files.read(taskManifest, limit: 64 << 20))
      fields["task_manifest"] = [
        "ref": .string(Path.lastComponent(taskManifest)), "digest": .string(digest),
      ]
    }
    func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
    if !inclusionRules.isEmpty { fields["inclusion_rules"] = list(inclusionRules) }
    if !exclusionRules.isEmpty || noExclusions { fields["exclusion_rules"] = list(exclusionRules) }
    if !replayKeys.isEmpty || noReplayKeys { fields["replay_metadata_keys"] = list(replayKeys) }
    return fields
  }
}
