import ArgumentParser
import History
import JSON
import Platform
import Signing
import Terminal

struct CloneCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "clone", abstract: "Make a store of a git remote or bundle in a new folder",
    discussion: """
      Makes all checks of wf verify before the folder appears; it appears whole or
      not at all. Of a remote, the new store knows it as origin. Its logs of tips and
      key history come along as with wf fetch; one that is refused is left out, and
      the exit code is its own.

      Examples:
        wf clone git@git.lab.example:eval/evidence.git review
        wf clone https://git.lab.example/eval/evidence.git review --claim my-claim
        wf clone my-claim.bundle review --trust allowed_signers
        wf -C review verify

      Exit codes: 0 done; 4 no such address or file, or the folder is not empty; 12
      wrong credentials; 20 bytes changed; 21 something is missing; 22 unsigned; 23
      signer not trusted; 24 key expired or revoked; 25 a claim or log is older than it
      was, forked or gone; 30 network failed; 31 the server refused.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "A remote's address, a bare repository's path, or a git bundle of version 3.")
  var source: String
  @Argument(help: "Folder to make; it gets a .wf.")
  var directory: String
  @Option(help: "Of a remote: these claims only (may be given several times).")
  var claim: [String] = []
  @Option(help: "Of a remote: branches below which its claims lie.")
  var namespace = Remote.defaultNamespace
  @OptionGroup var believing: BelievingOptions

  func perform(_ session: Session) throws -> ExitStatus {
    try refuseFilled(session)
    let isFile = (try? session.files.status(source))?.kind == .regular
    return isFile ? try cloneBundleFile(session) : try cloneRemote(session)
  }

  private func cloneRemote(_ session: Session) throws -> ExitStatus {
    let address = try RemoteAddress(source, from: try session.files.currentDirectory())
    try refuseStore(address, session)
    var request = RemoteRequest(
      .clone, store: directory, remote: Remote.defaultName, namespace: namespace, slugs: claim)
    request.address = address.text
    request.trust = believing.trust
    request.revoked = believing.revoked
    let (rows, objects) = try MirrorProgram(session: session).run(request)
    let found = RemoteRows(
      schema: "wf.clone/1", remote: Remote.defaultName, rows: rows, objects: objects)
    if session.console.json {
      tell(session, objects, rows.map(\.json))
      return found.status
    }
    session.console.result("Made a store: \(Path.join(directory, ".wf"))")
    return found.show(session, closing: "All checks passed; \(objects) objects.")
  }

  private func cloneBundleFile(_ session: Session) throws -> ExitStatus {
    if !claim.isEmpty || namespace != Remote.defaultNamespace {
      throw CommandError(
        .optionInvalid, place: "--claim", "of a bundle everything is taken",
        hint: "wf export SLUG --format bundle makes a bundle of one claim")
    }
    let result = try cloneBundle(
      source, to: directory, options: try believing.verifyOptions(session),
      user: try session.user(), surroundings: session.surroundings, files: session.files)
    if session.console.json {
      tell(session, result.objects, result.rows.map(\.json))
      return .done
    }
    session.console.result("Made a store: \(Path.join(directory, ".wf"))")
    for line in importedLines(result) { session.console.result(line) }
    session.console.result("All checks passed; \(result.objects) objects.")
    return .done
  }

  private func tell(_ session: Session, _ objects: Int, _ rows: [JSONValue]) {
    session.console.result(
      jsonLine([
        "schema": "wf.clone/1", "store": .string(Path.join(directory, ".wf")),
        "objects": .number(JSONNumber(Int64(objects))), "rows": .array(rows),
      ]))
  }

  /// A store is never put in the place of something else, so there is no `--force` to speak of.
  private func refuseFilled(_ session: Session) throws {
    guard let status = try session.files.statusIfPresent(directory) else { return }
    if status.kind == .directory, try session.files.list(directory).isEmpty { return }
    throw CommandError(
      .outputExists, place: directory, "something is there already",
      hint: "choose a new name, or an empty folder; wf import-bundle takes a bundle into a store")
  }

  /// A store is no remote: git's protocol for SHA-256 is another one.
  private func refuseStore(_ address: RemoteAddress, _ session: Session) throws {
    guard case .local(let path) = address.place else { return }
    _ = try session.files.status(path)
    for inner in [path, Path.join(path, ".wf"), Path.join(path, ".git")] {
      guard let config = try? session.files.read(Path.join(inner, "config"), limit: 1 << 16),
        String(decoding: config, as: UTF8.self).lowercased().contains("objectformat = sha256")
      else { continue }
      throw CommandError(
        .addressNotSupported, place: path, "this is a store; remotes are SHA-1 repositories",
        hint: "wf --store \(path) export SLUG --format bundle --output F; wf clone F DIR")
    }
  }
}
