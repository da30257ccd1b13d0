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
    session.console.result(CompletedWF.script(for: known))
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

  /// The script that the parser makes, with a way to `audit import`.
  ///
  /// In bash and zsh what follows would be completed as inputs of a format of that name, so the
  /// word is looked for first.
  static func script(for shell: CompletionShell) -> String {
    let way: String
    switch shell {
    case .bash:
      way = """
            if [[ "${unparsed_words[0]}" == import && ${#unparsed_words[@]} -gt 1 ]]; then
                unparsed_words=("${unparsed_words[@]:1}")
                _wf_audit_import
                return
            fi

        """
    case .zsh:
      way = """
            if [[ "${words[2]}" == import ]] && (( CURRENT > 2 )); then
                shift words
                (( CURRENT-- ))
                _wf_audit_import
                return
            fi

        """
    default: way = ""
    }
    let begin = "\n_wf_audit() {\n"
    return completionScript(for: shell).replacing(begin, with: begin + way, maxReplacements: 1)
  }
}

struct CompletedAudit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: AuditCommand.configuration.abstract,
    subcommands: [ImportCommand.self])
  @OptionGroup var audit: AuditCommand
}
