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
    session.console.result(WF.completionScript(for: known))
    return .done
  }
}
