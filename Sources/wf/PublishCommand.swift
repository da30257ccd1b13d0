import ArgumentParser
import JSON
import Platform
import Sharing
import Terminal

struct PublishCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Send a package's public part and make a link to it",
    discussion: """
      What leaves: seven members of the package, its signature, and an approval record
      that says who agreed to it. Before anything is sent, the package is verified, its
      results are computed again, and every text in it is screened; the server does the
      same again. Nothing else ever leaves: no raw evidence, no episode rows, no paths.

      Two modes. With --cloud-run-id and --confirm-public-share-upload the members are
      sent (wf share run tells a server of a run and gives the id). With
      --evidence-package-artifact-id the server has them already.

      An approval begins with --write-approval FILE. --dry-run shows every file and the
      whole page data, and sends nothing. A second run sends what has not arrived.

      Examples:
        wf publish my-claim --write-approval approval.json
        wf publish my-claim --approval approval.json --dry-run \\
          --trusted-signer-config signers.json
        wf publish my-claim --approval approval.json --server https://share.example.org \\
          --cloud-run-id UUID --confirm-public-share-upload \\
          --trusted-signer-config signers.json --password-stdin < password
        wf publish --approval approval.json --evidence-package-artifact-id UUID \\
          --sigstore-policy-config policy.json

      Exit codes: 0 done; 4 refused here; 12 no API key; 20 to 25 the package does not
      verify; 30 network; 31 the server refused.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "A version, a package folder or an archive.")
  var version: String?
  @OptionGroup var server: ShareServerOptions
  @Option(help: ArgumentHelp("The approval record.", valueName: "file"))
  var approval: String?
  @Option(
    help: ArgumentHelp("The approver's signature of the record.", valueName: "file"))
  var approvalSignature: String?
  @Option(
    help: ArgumentHelp(
      "Write an approval record with questions to fill, and stop.", valueName: "file"))
  var writeApproval: String?
  @Option(help: ArgumentHelp("Upload: the run that the package is of.", valueName: "uuid"))
  var cloudRunId: String?
  @Flag(help: "Upload: yes, the public part of the package leaves this machine.")
  var confirmPublicShareUpload = false
  @Option(help: ArgumentHelp("Share what the server has.", valueName: "uuid"))
  var evidencePackageArtifactId: String?
  @OptionGroup var signing: PublishSigning
  @OptionGroup var link: LinkOptions
  @Flag(help: "Show what would leave; send nothing.")
  var dryRun = false
  @Flag(help: "Give the reliability labels of this package, where that is enabled.")
  var giveReliabilityRecord = false
  @Flag(help: "Replace an approval record that is there.")
  var force = false

  func perform(_ session: Session) throws -> ExitStatus {
    if let writeApproval { return try writeDraft(to: writeApproval, session) }
    let mode = try mode()
    let (trust, word) = try signing.read(session)
    if case .upload = mode, !confirmPublicShareUpload, !dryRun {
      throw SharingError(
        .confirmationMissing, place: "--confirm-public-share-upload",
        "nobody has said yet that the public part may leave this machine",
        hint: "wf publish … --dry-run shows what would")
    }
    let (record, signature) = try readApproval(session)
    if dryRun { return try show(record, trust, session) }
    try link.checkSaving(session)
    let end = try link.end(session, approval: record)
    let password = try link.password(session, approval: record)
    let publication = Publication(
      mode: mode, trust: trust, signing: word, record: record, signature: signature, end: end,
      password: password)
    return try publish(publication, session)
  }

  /// Everything that a publication is made of, checked as far as it goes without a connection.
  struct Publication {
    let mode: Mode
    let trust: ShareTrust
    let signing: SigningWord
    let record: ApprovalRecord
    let signature: [UInt8]?
    let end: Int64?
    let password: String?
  }

  enum Mode {
    case upload(run: String)
    case artifact(String)
  }

  private func mode() throws -> Mode {
    func uuid(_ text: String, _ option: String) throws -> String {
      guard ShareClient.isUUID(text) else {
        throw CommandError(.optionInvalid, place: "\(option) \(text)", "this is no UUID")
      }
      return text
    }
    switch (cloudRunId, evidencePackageArtifactId) {
    case (let run?, nil): return .upload(run: try uuid(run, "--cloud-run-id"))
    case (nil, let artifact?):
      return .artifact(try uuid(artifact, "--evidence-package-artifact-id"))
    case (nil, nil) where dryRun: return .upload(run: "")
    default:
      throw CommandError(
        .optionInvalid, place: "--cloud-run-id, --evidence-package-artifact-id",
        "a publication has exactly one of the two modes",
        hint: "wf help publish says what each does")
    }
  }

  private func readApproval(_ session: Session) throws -> (ApprovalRecord, [UInt8]?) {
    guard let approval else {
      throw CommandError(
        .optionInvalid, place: "--approval", "nothing is published without an approval record",
        hint: "wf publish VERSION --write-approval FILE begins one")
    }
    let record = try ApprovalRecord(
      parsing: try session.files.read(approval, limit: ApprovalRecord.sizeLimit + 1),
      now: session.surroundings.now())
    let signature = try approvalSignature.map { try session.files.read($0, limit: 16 << 10) }
    try record.check(signature: signature)
    return (record, signature)
  }

  /// The version that upload mode and a dry run need.
  func source(_ session: Session) throws -> PublishSource {
    guard let version else {
      throw CommandError(
        .optionInvalid, place: "VERSION", "a package is needed here",
        hint: "name a version, a package folder or an archive")
    }
    return PublishSource(session: session, version: version)
  }

  private func writeDraft(to path: String, _ session: Session) throws -> ExitStatus {
    let source = try source(session)
    try CommandError.refuseSecret(path, of: "--write-approval")
    let draft = try source.withPackage(backend: nil, signature: nil, includesProof: false) {
      ApprovalDraft(
        packageID: $0.packageID, manifestDigest: $0.manifestDigest,
        now: session.surroundings.now(), random: session.surroundings.randomBytes(10))
    }
    try session.files.publish(draft.bytes, at: path, replacing: force)
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.approval_draft/1", "output": .string(path),
          "questions": .array(ApprovalDraft.questions.map { .string($0.field) }),
        ]))
      return .done
    }
    session.console.result("Wrote an approval record with questions to fill: \(path)")
    for (field, question) in ApprovalDraft.questions {
      session.console.result("  \(field): \(question.dropFirst(2))")
    }
    return .done
  }
}
