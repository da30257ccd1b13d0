import ArgumentParser
import History
import JSON
import Signing
import Terminal

struct HistoryCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show a claim's rates over its versions",
    discussion: """
      One line per version with verdict, grade and counts, then a spark line per
      task, oldest version left. A task's regression between neighbours is marked;
      it comes from the same gated comparison as wf diff shows.

      Examples:
        wf history my-claim
        wf history my-claim --last 10
        wf history my-claim --json

      Exit codes: 0 done; 4 no such claim.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The claim.")
  var slug: String
  @Option(help: "How many of the newest versions, at least 1 (default: all).")
  var last: Int?

  func perform(_ session: Session) throws -> ExitStatus {
    guard last.map({ $0 >= 1 }) ?? true else {
      throw CommandError(
        .optionInvalid, place: "--last \(last ?? 0)", "this is no number of versions",
        hint: "a number from 1 on, or no --last for all")
    }
    let store = try session.store()
    let options = try store.ownOptions()
    let series = try VersionSeries(
      of: slug, last: last, comparesWhole: false, in: store, options: options)
    let console = session.console
    console.result(
      console.json
        ? jsonLine(series.historyJSON)
        : HistoryScreen(series: series, style: console.style).lines.joined(separator: "\n"))
    return .done
  }
}
