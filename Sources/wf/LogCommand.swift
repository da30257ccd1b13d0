import ArgumentParser
import History
import JSON
import ObjectStore
import Platform
import Signing
import Terminal

struct LogCommand: PlainCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Show the history of a claim, newest first",
    discussion: """
      Without SLUG: the claim committed last, or the only one.

      Examples:
        wf log
        wf log my-claim --json

      The column signature says good, untrusted, bad, none, expired or revoked. The
      grade is the letter that wf verify shows for a sound package: the package's
      own, lowered by what the signature lacks. No package is read for it.

      Exit codes: 0 done; 4 no such claim; 10 no store here.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The claim (default: the one committed last).")
  var slug: String?

  static func plain(_ arguments: ArraySlice<String>) -> LogCommand? {
    if !arguments.isEmpty { return nil }
    var command = LogCommand()
    (command.global, command.slug) = (.none, nil)
    return command
  }

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    let slugs = try store.slugs()
    let last = try store.objects.head()?.dropping("refs/heads/claims/")
    guard let chosen = slug ?? (slugs.contains(last ?? "") ? last : slugs.first) else {
      if session.console.json {
        session.console.result(jsonLine(["schema": "wf.log/1", "entries": []]))
      } else {
        session.console.result("No versions yet. Make the first with: wf commit PKG")
      }
      return .done
    }
    let options = try store.ownOptions()
    let entries = try store.log(of: chosen, options: options)
    if session.console.json {
      session.console.result(
        jsonLine(["schema": "wf.log/1", "entries": .array(entries.map(\.json))]))
      return .done
    }
    let style = session.console.style
    session.console.result(style.paint(chosen, .strong))
    var table = Table([
      ("version", .left), ("commit", .left), ("time", .left), ("verdict", .left), ("grade", .left),
      ("signature", .left), ("subject", .left),
    ])
    for entry in entries {
      let name = entry.version.map { "v\($0)" } ?? entry.kind
      table.add([
        ([name] + entry.labels).joined(separator: ", "), String(entry.commit.hex.prefix(12)),
        entry.time, entry.verdict ?? "", entry.grade ?? "", entry.signature.rawValue,
        plainText(entry.subject),
      ])
    }
    for line in table.lines(style: style) { session.console.result(line) }
    return .done
  }
}
