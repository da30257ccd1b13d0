import ArgumentParser
import History
import JSON
import Platform
import Signing
import Terminal

struct ExportCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a version to a folder, a tar or a page",
    discussion: """
      With --public only the seven shareable members are written. Both kinds carry a
      proof: the signed commit and its root tree, so that anyone can check them with
      wf verify, without this store. A page (html) shows shareable data alone.

      Examples:
        wf export my-claim --format tar --public --output evidence.tar
        wf export my-claim@v2 --format dir --output package-v2
        wf export my-claim --format html --output report.html
        wf verify evidence.tar --trust allowed_signers

      Exit codes: 0 done; 4 the output is there already, or the version holds no
      package.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The version.")
  var version: String
  @Option(help: "dir, tar or html (default: dir).")
  var format = "dir"
  @Option(help: "Folder or file to write.")
  var output: String
  @Flag(help: "Only the seven members that may be shared, with their proof.")
  var `public` = false
  @Flag(help: "Replace an output that is there.")
  var force = false

  func perform(_ session: Session) throws -> ExitStatus {
    guard let form = ExportFormat(rawValue: format) else {
      throw HistoryError(
        .exportFormatUnknown, place: format, "there is no such export format yet",
        hint: "one of: " + ExportFormat.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let store = try session.store()
    let found = try store.resolve(try session.version(version, in: store))
    let user = try session.user()
    let written = try store.export(
      found.commit, as: form, to: output, isPublic: `public`, replacing: force,
      options: VerifyOptions(trust: try user.trust.read(), revocation: user.revocation()))
    if session.console.json {
      session.console.result(
        jsonLine(["schema": "wf.export/1", "rows": .array(written.map(\.json))]))
      return .done
    }
    let size = written.reduce(0) { $0 + $1.size }
    if form == .html {
      session.console.result("Wrote the report page of \(version): \(output)")
      session.console.result("  one file, \(size) bytes, which loads nothing")
      return .done
    }
    let part = `public` ? "the public part" : "all members"
    session.console.result("Wrote \(part) of \(version): \(output)")
    session.console.result(
      "  \(written.count) files, \(size) bytes, with the proof of the signed commit")
    session.console.remark(
      "Whoever gets it checks it with: wf verify \(output) --trust ALLOWED_SIGNERS")
    return .done
  }
}
