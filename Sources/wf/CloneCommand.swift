import ArgumentParser
import History
import JSON
import Platform
import Signing
import Terminal

struct CloneCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "clone", abstract: "Make a store of a git bundle in a new folder",
    discussion: """
      Makes all checks of wf verify before the folder appears; it appears whole or
      not at all. The new store knows the claims and labels of the bundle.

      Examples:
        wf clone my-claim.bundle review
        wf clone my-claim.bundle review --trust allowed_signers
        wf -C review verify

      Exit codes: 0 done; 4 no bundle, or the folder is not empty; 20 bytes changed;
      21 something is missing; 22 unsigned; 23 signer not trusted; 24 key expired or
      revoked.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "A git bundle of version 3.")
  var file: String
  @Argument(help: "Folder to make; it gets a .wf.")
  var directory: String
  @OptionGroup var believing: BelievingOptions

  func perform(_ session: Session) throws -> ExitStatus {
    try refuseAddress(session)
    try refuseFilled(session)
    let result = try cloneBundle(
      file, to: directory, options: try believing.verifyOptions(session),
      user: try session.user(), surroundings: session.surroundings, files: session.files)
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.clone/1", "store": .string(Path.join(directory, ".wf")),
          "objects": .number(JSONNumber(Int64(result.objects))),
          "rows": .array(result.rows.map(\.json)),
        ]))
      return .done
    }
    session.console.result("Made a store: \(Path.join(directory, ".wf"))")
    for line in importedLines(result) { session.console.result(line) }
    session.console.result("All checks passed; \(result.objects) objects.")
    return .done
  }

  /// A store is never put in the place of something else, so there is no `--force` to speak of.
  private func refuseFilled(_ session: Session) throws {
    guard let status = try session.files.statusIfPresent(directory) else { return }
    if status.kind == .directory, try session.files.list(directory).isEmpty { return }
    throw CommandError(
      .outputExists, place: directory, "something is there already",
      hint: "choose a new name, or an empty folder; wf import-bundle takes a bundle into a store")
  }

  private func refuseAddress(_ session: Session) throws {
    let isAddress = file.contains("://") || file.contains("@") && file.contains(":")
    if isAddress, !session.files.exists(file) {
      throw CommandError(
        .addressNotSupported, place: file, "stores are cloned from bundle files only, so far",
        hint: "there: wf export SLUG --format bundle --output F; here: wf clone F DIR")
    }
    if try session.files.status(file).kind == .directory {
      throw CommandError(
        .addressNotSupported, place: file, "this is a folder, stores are cloned from bundle files",
        hint: "wf --store \(file) export SLUG --format bundle --output F; wf clone F DIR")
    }
  }
}
