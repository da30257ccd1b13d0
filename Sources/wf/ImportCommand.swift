import Adapters
import ArgumentParser
import Audit
import Evidence
import JSON
import Platform
import Terminal

/// `wf audit import`: what other people's folders hold.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Look at a messy run folder, in private",
    usage: "wf audit import run-folder <folder> --report <file> [<options>]",
    subcommands: [ImportRunFolderCommand.self])

  /// Whether arguments ask for an import rather than for an audit of a format.
  static func isMeant(by arguments: [String]) -> Bool {
    arguments.starts(with: ["audit", "import"])
  }
}

struct ImportRunFolderCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "run-folder",
    abstract: "Say what is in a run folder, and take the one good result",
    usage: "wf audit import run-folder <folder> --report <file> [<options>]",
    discussion: """
      The folder is only read: nothing in it is run, unpacked or changed, and no link
      is followed. The report is private; the words go to standard output and beside
      the report. An audit_input is written only when exactly one result is complete
      and no credentials lie in the folder.

      Examples:
        wf audit import run-folder outputs/run-7 --report run-7.json
        wf audit import run-folder outputs --claim-package claim \\
          --report run-7.json --audit-input audit_input.json
        wf audit worldflux audit_input.json --claim-package claim --output package

      Exit codes: 0 accepted; 3 report only; 4 rejected or refused. The report is
      written in all three cases.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The folder that somebody else filled.")
  var folder: String
  @Option(help: "File to write the private report to; words go to the same name with .md.")
  var report: String
  @Option(help: "File to write the accepted input to.")
  var auditInput: String?
  @OptionGroup var claimFiles: ClaimFiles
  @Option(help: "The result to take, as a path in the folder; recorded as your choice.")
  var candidate: String?
  @Option(help: "Paths that are not opened, as a glob; may be given several times.")
  var exclude: [String] = []
  @Option(help: "A contract for rows of no known format: name, kind, success_rule.")
  var customEvalContract: String?
  @Flag(help: "Add digests of videos, checkpoints and the like to the report.")
  var hashRaw = false
  @Option(help: "Entries to look at, at most (default: 200000).")
  var maxEntries: Int?
  @Option(help: "Folders below each other, at most (default: 64).")
  var maxDepth: Int?
  @Option(help: "Bytes of all files together, at most (default: 1 TiB).")
  var maxBytes: Int?
  @Flag(help: "Replace outputs that are there.")
  var force = false

  var fallbackHint: String { "wf audit import run-folder --help" }

  func perform(_ session: Session) throws -> ExitStatus {
    try CommandError.refuseSecret(report, of: "--report")
    try CommandError.refuseSecret(auditInput, of: "--audit-input")
    let outputs = ImportOutputs(
      report: report, auditInput: auditInput, folder: folder, replaces: force,
      files: session.files)
    try outputs.check()
    let (claim, plan) = try claimAndProtocol(session)
    var progress = ProgressLine(title: "Reading", console: session.console)
    var result: RunFolderImport
    do {
      defer { progress.finish() }
      result = try importRunFolder(
        folder, claim: claim, plan: plan, options: try options(session),
        surroundings: surroundings(session), files: session.files
      ) { done, total in progress.update(done: done, of: total) }
    }
    let input = try accepted(&result, claim, plan, session)
    try outputs.write(result.report, jsonLine(result.report.json))
    if session.console.json {
      session.console.result(jsonLine(result.report.json))
    } else {
      tell(result.report, session.console)
    }
    switch input {
    case .success(let input)?:
      if let auditInput {
        try outputs.write(input.bytes, to: auditInput)
        session.console.remark("Next: wf audit worldflux \(auditInput), with the same claim")
      }
    case .failure(let error)?:
      // The report stands; what cannot become public is an error of its own.
      if auditInput != nil { throw error }
    case nil: break
    }
    return ExitStatus(rawValue: Int32(result.report.exit)) ?? .invalidInput
  }

  /// The normalised input of an accepted run; the report learns the grade to expect.
  private func accepted(
    _ result: inout RunFolderImport, _ claim: Claim?, _ plan: EvaluationProtocol?,
    _ session: Session
  ) throws -> Result<ImportedInput, AuditError>? {
    guard var run = result.run, let claim, let plan else { return nil }
    if let others = result.passedOver {
      run.notes.warnings += ImportedChoice(others: others).warnings
    }
    let raw = try locateRaw(run: run, inputs: [], rawFolder: nil, files: session.files)
    do throws(AuditError) {
      let input = try ImportedInput(run: run, raw: raw, claim: claim, protocol: plan)
      result.report.gradeHint = (input.grade, input.missing)
      result.report.questions += input.missing.map { ($0, Wording.label($0)) }
      return .success(input)
    } catch {
      return .failure(error)
    }
  }

  private func tell(_ report: ImportReport, _ console: Console) {
    // Marks that the terminal cannot show have plain ones.
    let lines = console.style.unicode ? report.lines : report.lines.map(Self.ascii)
    let ink: Style.Ink =
      switch report.decision {
      case .accept: .good
      case .reportOnly: .caution
      case .reject: .bad
      }
    for (place, line) in lines.enumerated() {
      console.result(place == 0 ? console.style.paint(line, ink) : line)
    }
    console.remark("Wrote \(self.report): private, do not share")
  }

  private static func ascii(_ line: String) -> String {
    var result = ""
    for character in line {
      switch character {
      case "✓": result += "+"
      case "✗": result += "x"
      case "…": result += "..."
      default: result.append(character)
      }
    }
    return result
  }
}

// MARK: - What goes in

extension ImportRunFolderCommand {
  private func claimAndProtocol(_ session: Session) throws -> (Claim?, EvaluationProtocol?) {
    guard claimFiles.isNamed else { return (nil, nil) }
    guard let (claim, plan) = try claimFiles.read(session) else {
      throw CommandError(
        .optionInvalid, place: nil, "claim and protocol go together",
        hint: "--claim-package DIR, or --claim FILE and --protocol FILE")
    }
    return (try Claim.decode(claim), try EvaluationProtocol.decode(plan))
  }

  private func options(_ session: Session) throws -> RunFolderOptions {
    var options = RunFolderOptions()
    options.exclude = exclude
    options.candidate = candidate
    options.hashesRaw = hashRaw
    if let customEvalContract {
      options.contract = try session.files.read(customEvalContract, limit: 1 << 20)
    }
    options.limits.entries = try limit(maxEntries, "--max-entries") ?? options.limits.entries
    options.limits.depth = try limit(maxDepth, "--max-depth") ?? options.limits.depth
    options.limits.bytes = try limit(maxBytes, "--max-bytes") ?? options.limits.bytes
    return options
  }

  private func limit(_ value: Int?, _ option: String) throws -> Int? {
    guard let value else { return nil }
    guard (1...1 << 50).contains(value), option != "--max-depth" || value <= 256 else {
      throw CommandError(
        .optionInvalid, place: "\(option) \(value)", "this is no limit",
        hint: option == "--max-depth" ? "a number from 1 to 256" : "a number from 1 on")
    }
    return value
  }

  /// A fresh key for each report; the same one only where both time and key are given.
  private func surroundings(_ session: Session) -> ImportSurroundings {
    let world = session.surroundings
    var key = world.randomBytes(32)
    var seed = world.randomBytes(10)
    if world.environment["SOURCE_DATE_EPOCH"] != nil, let text = world.environment["WF_REPORT_KEY"],
      !text.isEmpty
    {
      key = Digest.raw(of: Array(text.utf8))
      seed = Digest.raw(of: key)
    }
    let now = world.now()
    let start = ContinuousClock.now
    return ImportSurroundings(
      now: now, elapsed: { start.duration(to: .now) }, reportKey: key,
      reportID: ULID.text(prefix: "imp", milliseconds: now * 1000, random: seed),
      toolVersion: Product.version)
  }
}
