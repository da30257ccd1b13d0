import ArgumentParser
import Evidence
import Glibc
import JSON
import Platform
import Terminal

/// A command of `wf`: parsing and rendering only; the work is done by the modules below.
protocol Command: ParsableCommand {
  var global: GlobalOptions { get }
  /// What to try when the error itself knows no next step.
  var fallbackHint: String { get }
  func perform(_ session: Session) throws -> ExitStatus
}

extension Command {
  var fallbackHint: String {
    "wf help " + (WF.path(to: Self.self) ?? [Self._commandName]).joined(separator: " ")
  }
}

/// Parses and runs one command; the only place where an error becomes text and a number.
func runCommandLine(_ given: [String]) -> ExitStatus {
  let arguments = importHelp(globalOptionsLast(given))
  if let page = FormatHelp(askedForBy: arguments) {
    Console(
      json: false, quiet: false, style: Style(colour: false, unicode: true, width: 80)
    ).result(page.text)
    return .done
  }
  if let command = withoutParsing(arguments) { return run(command) }
  let parsed: any ParsableCommand
  do {
    parsed =
      try parseImport(arguments) ?? parseDirectly(arguments) ?? WF.parseAsRoot(arguments)
  } catch {
    return tellParsingOutcome(error, arguments)
  }
  guard let command = parsed as? any Command else {
    return runBuiltIn(parsed, arguments)
  }
  return run(command)
}

private func run(_ command: any Command) -> ExitStatus {
  let surroundings = Surroundings.process()
  let style = Style(environment: surroundings.environment, noColour: command.global.noColor)
  let console = Console(json: command.global.json, quiet: command.global.quiet, style: style)
  do {
    // Safe because the C string lives for the whole call.
    if let directory = command.global.directory, unsafe chdir(directory) != 0 {
      throw CommandError(
        .directoryMissing, place: directory, "cannot go to this folder",
        hint: "give a folder that exists to -C")
    }
    let session = Session(
      console: console, files: FileSystem(), surroundings: surroundings,
      storeOption: command.global.store)
    return try command.perform(session)
  } catch let failure as any Failure {
    return tell(ErrorReport(failure, fallbackHint: command.fallbackHint), console: console)
  } catch {
    return tell(ErrorReport(unexpected: error), console: console)
  }
}

/// A command that is mostly given with words and a few flags, and then needs no parser: what the parser's
/// library looks up in all the types of the program takes longer than the command.
protocol PlainCommand: Command {
  /// The command as it is parsed from these arguments; nil where the parser has to look.
  static func plain(_ arguments: ArraySlice<String>) -> Self?
}

/// Arguments that are words and flags without values.
struct PlainArguments {
  let words: [String]
  let flags: Set<String>

  /// Nil where there is anything else among them.
  init?(_ arguments: ArraySlice<String>, flags: Set<String>) {
    let (given, words) = (
      arguments.filter { $0.hasPrefix("-") }, arguments.filter { !$0.hasPrefix("-") }
    )
    guard flags.isSuperset(of: given), !words.contains("") else { return nil }
    self.words = Array(words)
    self.flags = Set(given)
  }
}

private func withoutParsing(_ arguments: [String]) -> (any Command)? {
  let commands: [any PlainCommand.Type] = [
    LogCommand.self, ClaimsCommand.self, PushCommand.self, FetchCommand.self,
  ]
  guard let type = commands.first(where: { $0._commandName == arguments.first }) else { return nil }
  return type.plain(arguments.dropFirst())
}

/// Parses a plain command by its own type, so that the tree of all commands need not be built (it
/// costs more than a millisecond); nil for groups, help and whatever does not parse, which the whole
/// tree then answers.
private func parseDirectly(_ arguments: [String]) -> (any ParsableCommand)? {
  let named = WF.configuration.subcommands.first { $0._commandName == arguments.first }
  guard let type = named as? any Command.Type else { return nil }
  return try? type.parse(Array(arguments.dropFirst()))
}

/// `wf help audit import …` as `wf audit import … --help`, for the same reason.
private func importHelp(_ arguments: [String]) -> [String] {
  arguments.starts(with: ["help", "audit", "import"])
    ? Array(arguments.dropFirst()) + ["--help"] : arguments
}

/// `audit` takes the word of a format first, so what begins with `audit import` is told apart here.
private func parseImport(_ arguments: [String]) throws -> (any ParsableCommand)? {
  guard ImportCommand.isMeant(by: arguments) else { return nil }
  return try ImportCommand.parseAsRoot(Array(arguments.dropFirst(2)))
}

/// Puts global options that stand before the command behind it, where the parser looks for them.
func globalOptionsLast(_ arguments: [String]) -> [String] {
  var moved: [String] = []
  var rest = arguments[...]
  while let first = rest.first {
    if ["--json", "--quiet", "--no-color"].contains(first) || first.hasPrefix("--store=") {
      moved.append(first)
      rest.removeFirst()
    } else if ["-C", "--store"].contains(first), rest.count > 1 {
      moved += rest.prefix(2)
      rest.removeFirst(2)
    } else {
      break
    }
  }
  // What follows a bare -- is taken as it is, so options go before it.
  let end = rest.firstIndex(of: "--") ?? rest.endIndex
  return rest[..<end] + moved + rest[end...]
}

/// Help, version and completion requests print and succeed; everything else is a usage error.
private func tellParsingOutcome(_ error: any Error, _ arguments: [String]) -> ExitStatus {
  let style = Style(colour: false, unicode: true, width: 80)
  let console = Console(json: arguments.contains("--json"), quiet: false, style: style)
  if WF.exitCode(for: error).isSuccess {
    console.result(WF.fullMessage(for: error))
    return .done
  }
  let usage = UsageError(error, arguments: arguments)
  if console.json {
    console.result(jsonLine(usage.report.json))
  } else {
    console.complaint(usage.text(style: style))
  }
  return .usage
}

/// ArgumentParser's own commands (`help`) and groups given without a subcommand.
private func runBuiltIn(
  _ parsed: any ParsableCommand, _ arguments: [String]
) -> ExitStatus {
  var command = parsed
  do {
    try command.run()
    return .done
  } catch {
    return tellParsingOutcome(error, arguments)
  }
}

private func tell(_ report: ErrorReport, console: Console) -> ExitStatus {
  let report = report.withoutSecrets
  if console.json {
    console.result(jsonLine(report.json))
  } else {
    console.complaint(report.text(style: console.style))
  }
  return report.status
}

/// Canonical JSON of an output document; our own documents hold nothing that cannot be written.
func jsonLine(_ value: JSONValue) -> String {
  do {
    return String(decoding: try CanonicalJSON.bytes(value), as: UTF8.self)
  } catch {
    preconditionFailure("an output document holds only strings, integers, booleans and null")
  }
}

extension ErrorReport {
  /// What an error quotes comes from files and names of strangers, and may hold a credential.
  fileprivate var withoutSecrets: ErrorReport {
    ErrorReport(
      reason: reason, message: Redactor.withoutSecrets(message),
      hint: Redactor.withoutSecrets(hint), status: status)
  }

  /// An error that no module named: a bug of ours.
  init(unexpected error: any Error) {
    self.init(
      reason: "bug", message: "something that should not happen did: \(error)",
      hint: "please report this with the command that you ran", status: .bug)
  }
}
