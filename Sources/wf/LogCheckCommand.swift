import ArgumentParser
import History
import JSON
import ObjectStore
import Platform
import Signing
import Terminal
import TransparencyLog

struct LogCheckCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "log-check", abstract: "Prove that a version is in the log of tips",
    discussion: """
      Every commit of a claim is appended to a log whose root is signed. This checks
      the log whole, that it continues what this machine saw last, and then:
        a version            that the log has an entry for its commit
        --checkpoint FILE    that the log continues what somebody else saw of it
        --proof FILE         writes a proof of the version, for people without store
        --verify FILE        checks such a proof; needs --vkey, no store
      Without any of these it prints the log's key, size and root. --note prints the
      signed checkpoint alone, to be kept or given to others.

      A proof shows that the entry is in the log, not that its commit is still the
      tip. A log shows nothing to people who never compare what they see of it.

      Examples:
        wf log-check
        wf log-check --note > seen.checkpoint
        wf log-check my-claim --checkpoint seen.checkpoint
        wf log-check my-claim@v2 --proof v2.tlog-proof
        wf log-check --verify v2.tlog-proof --vkey NAME+ID+KEY --commit 4f1c…

      Exit codes: 0 holds; 20 changed bytes or no proof; 21 something is missing; 23
      key not known, or too few witnesses; 25 rolled back, forked or replaced.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The version whose entry is to be proven.")
  var version: String?
  @Option(help: "A checkpoint that was seen before: a file, or - for standard input.")
  var checkpoint: String?
  @Option(help: "Where to write a proof of the version (NAME.tlog-proof).")
  var proof: String?
  @Option(help: "A proof to check.")
  var verify: String?
  @Option(help: "With --verify: the commit that the entry must name, all 64 digits.")
  var commit: String?
  @Option(help: "The key of a log to believe besides known ones; may be given again.")
  var vkey: [String] = []
  @Option(help: "The key of a witness; may be given again.")
  var witness: [String] = []
  @Option(help: "How many of the witnesses must have cosigned (default: all given).")
  var quorum: Int?
  @Flag(help: "Print the signed checkpoint and nothing else.")
  var note = false
  @Flag(help: "Replace the file of --proof where it is there.")
  var force = false

  func perform(_ session: Session) throws -> ExitStatus {
    let asked = LogQuestion(
      keys: try vkey.map(VerifierKey.init(parsing:)),
      policy: WitnessPolicy(
        witnesses: try witness.map(VerifierKey.init(parsing:)), quorum: quorum ?? witness.count),
      now: session.surroundings.now())
    guard asked.policy.quorum >= 0, asked.policy.quorum <= witness.count else {
      throw CommandError(
        .optionInvalid, place: "--quorum \(asked.policy.quorum)",
        "a quorum is a number of the witnesses given")
    }
    if let verify { return try verifyProof(verify, asked, session) }
    guard proof == nil || version != nil else {
      throw CommandError(.optionInvalid, place: "--proof", "a proof is of a version; name one")
    }
    return try checkStore(asked, session)
  }

  private func verifyProof(
    _ path: String, _ asked: LogQuestion, _ session: Session
  ) throws -> ExitStatus {
    guard !asked.keys.isEmpty, version == nil, checkpoint == nil, proof == nil, !note else {
      throw CommandError(
        .optionInvalid, place: "--verify", "a proof is checked with --vkey, and without a version",
        hint: "wf log-check --verify FILE --vkey KEY --commit ID")
    }
    let shown = try asked.verify(
      try session.files.read(path, limit: InclusionFile.maximumBytes), commit: commit)
    session.console.result(
      session.console.json ? jsonLine(shown.json) : shown.lines.joined(separator: "\n"))
    return .done
  }

  private func checkStore(_ asked: LogQuestion, _ session: Session) throws -> ExitStatus {
    let store = try session.store()
    let logs = try store.checkedLogs(keys: asked.keys)
    guard !logs.isEmpty else {
      throw HistoryError(
        .logUnusable, place: store.objects.path, "this store keeps no log of tips yet",
        hint: "the next wf commit begins one")
    }
    var report = LogCheckReport(logs: logs)
    if let checkpoint {
      let bytes =
        checkpoint == "-"
        ? try session.files.readStandardInput(limit: SignedNote.maximumBytes)
        : try session.files.read(checkpoint, limit: SignedNote.maximumBytes)
      try report.compare(try SignedNote(parsing: bytes), asked, in: store)
    } else if !asked.policy.witnesses.isEmpty {
      try report.countCosigners(of: try logs[0].log.note(), asked)
    }
    if let version {
      let name = try session.version(version, in: store)
      let id = try store.resolve(name).commit
      let file = try store.inclusionFile(of: id, in: logs)
      report.included = try asked.verify(file.bytes, commit: id.hex, keys: logs.map(\.key))
      if let proof {
        try session.files.publish(file.bytes, at: proof, replacing: force)
        report.written = proof
      }
    }
    let console = session.console
    if note, !console.json {
      console.result(String(decoding: logs[0].signed.bytes, as: UTF8.self).dropLast().description)
    } else {
      console.result(console.json ? jsonLine(report.json) : report.lines.joined(separator: "\n"))
    }
    return .done
  }
}
