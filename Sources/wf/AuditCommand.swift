import Adapters
import ArgumentParser
import Audit
import Evidence
import JSON
import Platform
import Signing
import Terminal

struct AuditCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Turn a saved evaluation into an evidence package",
    discussion: """
      FORMAT is the harness that wrote the files, or auto to find out by their
      content; wf formats lists all of them. Nothing is run again and nothing is
      repaired: a file that contradicts itself is refused with a reason. Shards of
      one vla-eval run are given together.

      wf audit FORMAT --help (lerobot, openpi, lbm_eval, vla-eval, gr00t-n1.7,
      pi-0.7, embodied-gov-bench, cosmos-predict, worldflux, auto) tells what a format
      needs, counts and cannot know, with an example that works. A messy folder is
      looked at in private by wf audit import run-folder DIR --report FILE.

      Examples:
        wf audit lerobot eval_info.json --claim-package claim --output package
        wf audit auto outputs/eval/run-7 --claim claim.json \\
          --protocol protocol.json --raw outputs/eval/run-7 \\
          --model-id my-org/policy --output package

      What is missing is listed as sentences, the worst first; wf inspect shows the
      whole package. --seed-start N gives derived seeds: they say which seeds were
      meant, and prove nothing about a registration.

      Exit codes: 0 a package was written, whatever the verdict (with
      --exit-verdict: 0 supported, 1 refuted, 2 otherwise); 3 it was written and the
      source was partial; 4 input invalid.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(
    help: "A word of wf formats, or auto.",
    completion: .list(Formats.all.map(\.word) + [Formats.auto, "import"]))
  var format: String
  @Argument(help: "What the harness left: a file or a folder.", completion: .file())
  var input: [String]
  @Option(help: "Folder to write the package to.")
  var output: String
  @OptionGroup var claimFiles: ClaimFiles
  @Option(help: "Folder in which raw evidence (videos) lies, to be hashed.")
  var raw: String?
  @Option(help: "Folder of redacted copies, under the originals' relative paths; only hashed.")
  var redactedExports: String?
  @Option(help: "Name of the evaluated model, when the source does not record it.")
  var modelId: String?
  @Option(help: "sha256:… of the evaluated checkpoint.")
  var checkpointDigest: String?
  @Option(help: "The private contract that the protocol names; only its hash is kept.")
  var customEvalContract: String?
  @Option(help: "Armoured SSHSIG (namespace wf-model) over the checkpoint digest and a newline.")
  var attestation: String?
  @Option(help: "lerobot: seed of episode 0; episode i then has seed N + i.")
  var seedStart: Int64?
  @Option(help: "The run's own id; stays private.")
  var clientRunId: String?
  @Option(help: "What was run; stays private.")
  var recipe: String?
  @Option(help: "Where it was run; stays private.")
  var runtime: String?
  @Flag(help: "Refuse to write a package while evidence is missing.")
  var strictMissingEvidence = false
  @Flag(help: "Let the exit code say the verdict.")
  var exitVerdict = false
  @Flag(help: "Replace an output that is there.")
  var force = false

  var fallbackHint: String { "wf audit \(format) --help" }

  func perform(_ session: Session) throws -> ExitStatus {
    try CommandError.refuseSecret(output, of: "--output")
    guard let (claimBytes, protocolBytes) = try claimFiles.read(session) else {
      throw CommandError(
        .optionInvalid, place: nil, "an audit needs a claim and a protocol",
        hint: "--claim-package DIR, or --claim FILE and --protocol FILE; wf claim create makes both"
      )
    }
    let run = try readSavedRun(
      format: format, inputs: input,
      options: ReadOptions(
        seedStart: seedStart, modelID: modelId, checkpointDigest: checkpointDigest),
      files: session.files)
    var evidence = try locate(run, session)
    if let path = customEvalContract {
      evidence.others.append(
        try contractReference(
          try session.files.read(path, limit: 1 << 20), path: path,
          evaluationProtocol: protocolBytes))
    }
    let request = PackageRequest(
      run: run, raw: evidence, claim: claimBytes, evaluationProtocol: protocolBytes,
      options: try options(session),
      secret: try session.user().secret(randomBytes: session.surroundings.randomBytes),
      toolVersion: Product.version, output: output, replacesOutput: force)
    let written = try writePackage(request, files: session.files)
    if session.console.json {
      session.console.result(jsonLine(json(written)))
    } else {
      let summary = AuditSummary(written: written, style: session.console.style)
      for line in summary.lines { session.console.result(line) }
      session.console.remark("Next: wf inspect \(output), then wf commit \(output)")
    }
    return status(of: written)
  }

  private func locate(_ run: SavedRun, _ session: Session) throws -> RawEvidence {
    let line = SharedProgressLine(title: "Hashing", console: session.console, unit: .bytes)
    defer { line.finish() }
    return try locateRaw(
      run: run, inputs: input, rawFolder: raw, exports: redactedExports, files: session.files
    ) { done, total in line.update(done: done, of: total) }
  }

  private func options(_ session: Session) throws -> AuditOptions {
    try CommandError.refuseSecret(clientRunId, of: "--client-run-id")
    try CommandError.refuseSecret(recipe, of: "--recipe")
    try CommandError.refuseSecret(runtime, of: "--runtime")
    var options = AuditOptions()
    options.seedStart = seedStart
    options.modelID = modelId
    options.checkpointDigest = checkpointDigest
    options.attestation = try modelAttestation(session)
    options.clientRunID = clientRunId
    options.recipe = recipe
    options.runtime = runtime
    options.rawHashed = raw != nil
    options.strictMissingEvidence = strictMissingEvidence
    options.exitVerdict = exitVerdict
    return options
  }

  /// A signature by a trusted signer over the digest of the checkpoint.
  private func modelAttestation(_ session: Session) throws -> ModelAttestation? {
    guard let attestation else { return nil }
    guard let digest = checkpointDigest else {
      throw CommandError(
        .optionInvalid, place: "--attestation", "an attestation is about a checkpoint",
        hint: "give its digest too: --checkpoint-digest sha256:…")
    }
    let signature = try session.files.read(attestation, limit: 1 << 16)
    let user = try session.user()
    let verdict = Signing.verify(
      signature, of: Array("\(digest)\n".utf8), namespace: "wf-model",
      at: session.surroundings.now(), allowedSigners: try user.trust.read(),
      revocation: user.revocation())
    if let failure = verdict.failure(at: attestation) { throw failure }
    return ModelAttestation(
      digest: Digest.text(of: signature), checkpointDigest: digest,
      signerFingerprint: verdict.fingerprint ?? "", madeAt: nil)
  }

  private func status(of written: WrittenPackage) -> ExitStatus {
    if exitVerdict {
      return switch written.verdict {
      case "supported": .done
      case "refuted": .negative
      default: .undecided
      }
    }
    return written.partial == nil ? .done : .partial
  }

  private func json(_ written: WrittenPackage) -> JSONValue {
    func count(_ value: Int) -> JSONValue { .number(JSONNumber(Int64(value))) }
    return [
      "schema": "wf.audit/1", "package": .string(written.folder),
      "format": .string(written.format.name),
      "generation": written.format.generation.map { .string($0) } ?? .null,
      "detected_by": .array(written.format.detectedBy.map { .string($0) }),
      "package_id": .string(written.packageID),
      "attempted": count(written.counts.attempted), "succeeded": count(written.counts.succeeded),
      "failed": count(written.counts.failed), "errored": count(written.counts.errored),
      "excluded": count(written.counts.excluded), "verdict": .string(written.verdict),
      "reasons": .array(written.reasons.map { .string($0) }), "grade": .string(written.grade),
      "missing": .array(written.missing.map { .string($0) }),
      "partial": written.partial.map { .string($0.reason) } ?? .null,
    ]
  }
}
