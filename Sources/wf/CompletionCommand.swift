import ArgumentParser
import Platform
import Terminal

struct CompletionCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print a completion script for your shell",
    discussion: """
      Examples:
        wf completion bash > ~/.local/share/bash-completion/completions/wf
        wf completion zsh > ~/.zfunc/_wf
        wf completion fish > ~/.config/fish/completions/wf.fish
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "bash, zsh or fish.")
  var shell: String

  func perform(_ session: Session) throws -> ExitStatus {
    guard let known = CompletionShell(rawValue: shell) else {
      throw CommandError(
        .optionInvalid, place: shell, "there is no completion for this shell",
        hint: "one of: bash, zsh, fish")
    }
    session.console.result(CompletedWF.completionScript(for: known))
    return .done
  }
}

/// The command tree as a shell completes it.
///
/// `audit` takes a format where a group takes a subcommand, so
/// the parser is told of `audit import` elsewhere (`ImportCommand.isMeant`), and shells are told here.
struct CompletedWF: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wf", version: WF.configuration.version,
    subcommands: WF.configuration.subcommands.map {
      $0 == AuditCommand.self ? CompletedAudit.self : $0
    })
}

struct CompletedAudit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: AuditCommand.configuration.abstract,
    subcommands: [ImportCommand.self])
  @OptionGroup var audit: AuditCommand
}
