import ArgumentParser
import Evidence
import Terminal

/// A command line that does not parse: what is wrong with it, and the page of the command that was meant.
struct UsageError {
  let message: String
  let usage: String?
  /// A whole command that shows the page.
  let hint: String

  init(_ error: any Error, arguments: [String]) {
    let text = Self.complaint(error, arguments)
    message = WF.message(for: text)
    usage = Self.usage(in: WF.fullMessage(for: text))
    hint = WF.help(for: arguments)
  }

  /// The complaint without the options that every command takes: a group of commands takes none, and
  /// would complain of those first.
  private static func complaint(_ error: any Error, _ arguments: [String]) -> any Error {
    let bare = arguments.filter { !["--json", "--quiet", "--no-color"].contains($0) }
    guard bare != arguments else { return error }
    do {
      _ =
        ImportCommand.isMeant(by: bare)
        ? try ImportCommand.parseAsRoot(Array(bare.dropFirst(2))) : try WF.parseAsRoot(bare)
      return error
    } catch let plain {
      return WF.exitCode(for: plain).isSuccess ? error : plain
    }
  }

  private static func usage(in text: String) -> String? {
    text.split(separator: "\n").first { $0.hasPrefix("Usage: ") }.map { String($0.dropFirst(7)) }
  }

  var report: ErrorReport {
    ErrorReport(
      reason: "usage", message: Redactor.withoutSecrets(message),
      hint: Redactor.withoutSecrets(hint), status: .usage)
  }

  /// For a person: the error, how the command is used, and where its page is.
  func text(style: Style) -> String {
    var lines = report.text(style: style).split(separator: "\n").map(String.init)
    if let usage { lines.insert("usage: " + usage, at: max(0, lines.count - 1)) }
    return lines.joined(separator: "\n")
  }
}

extension WF {
  /// The names by which a command is called; nil for one that is not in the tree.
  static func path(to command: any ParsableCommand.Type) -> [String]? {
    func search(_ group: any ParsableCommand.Type) -> [String]? {
      for type in group.configuration.subcommands {
        if type == command { return [type._commandName] }
        if let rest = search(type) { return [type._commandName] + rest }
      }
      return nil
    }
    return search(WF.self)
  }

  /// The command that shows the page of what arguments ask for, as far as they name anything.
  static func help(for arguments: [String]) -> String {
    if ImportCommand.isMeant(by: arguments) { return "wf audit import run-folder --help" }
    if arguments.first == "audit", let word = arguments.dropFirst().first, FormatHelp(word) != nil {
      return "wf audit \(word) --help"
    }
    var words: [String] = []
    var types = WF.configuration.subcommands
    for argument in arguments {
      guard let type = types.first(where: { $0._commandName == argument }) else { break }
      words.append(argument)
      types = type.configuration.subcommands
    }
    return (["wf", "help"] + words).joined(separator: " ")
  }
}
