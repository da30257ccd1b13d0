import ArgumentParser
import Evidence
import History
import JSON
import ObjectStore
import Platform
import Terminal

struct CommitCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "commit", abstract: "Store a package as the next version of its claim, signed",
    discussion: """
      Checks the package, stores it as one more version of the claim that it names,
      and signs the commit. Nothing that was committed is ever changed.

      Examples:
        wf commit package
        wf commit package -m "Checkpoint 40k, LIBERO-Spatial" --tag ckpt-40k

      Exit codes: 0 done; 4 package invalid, or claim or protocol are not the
      registered ones; 11 somebody else was faster; 12 no key; 25 the history was
      rewritten.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "A package folder (or a tar of one).")
  var package: String
  @Option(
    name: .short, help: "One line that says what this version is (default: the verdict in words).")
  var message: String?
  @Option(help: "A label for the version, to be used as SLUG@LABEL.")
  var tag: String?
  @Flag(help: "Commit without a signature; verify will say so.")
  var unsigned = false

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    try CommandError.refuseSecret(message, of: "-m")
    try CommandError.refuseSecret(tag, of: "--tag")
    let (members, _) = try FileVerification.read(
      package, files: session.files, temporaryFolder: session.temporaryFolder)
    let done = try store.commit(
      CommitRequest(members: members, subject: message, label: tag, unsigned: unsigned))
    if session.console.json {
      session.console.result(jsonLine(Self.json(done)))
    } else {
      let label = done.label.map { ", \(done.slug)@\($0)" } ?? ""
      session.console.result("Committed \(done.slug) version \(done.version)\(label)")
      session.console.result("  commit   \(done.commit)")
      session.console.result("  objects  \(done.objectsWritten) new")
      session.console.result("  signed   \(done.signedBy ?? "no (--unsigned)")")
    }
    return .done
  }

  /// `wf.commit/1`.
  static func json(_ done: CommittedVersion) -> JSONValue {
    [
      "schema": "wf.commit/1", "claim": .string(done.slug),
      "version": .number(JSONNumber(Int64(done.version))), "commit": .string(done.commit.hex),
      "tree": .string(done.tree.hex), "signed_by": done.signedBy.map { .string($0) } ?? .null,
      "objects_written": .number(JSONNumber(Int64(done.objectsWritten))),
    ]
  }
}
