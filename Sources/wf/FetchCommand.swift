import ArgumentParser
import History
import ObjectStore
import Platform
import Terminal

struct FetchCommand: PlainCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Bring claims from a git remote",
    discussion: """
      What comes is rebuilt with SHA-256 ids and goes through every check of
      wf verify in a place of its own; only then does a ref move, and forward only.
      The remote's claims are kept as refs/remotes/REMOTE/claims/SLUG. With
      --advance the claims of this store go forward too, where the remote only adds
      to them.

      Logs of tips and key histories of the remote come along, whatever claims are
      named, and are kept as refs/remotes/REMOTE/wf/… A log whose key stands in
      log_keys in your own folder is checked, and the remote's claims are held
      against it; another one is kept and not judged.

      Examples:
        wf fetch
        wf fetch origin my-claim
        wf fetch origin --advance
        wf fetch origin --trust allowed_signers --dry-run

      Exit codes: 0 done; 4 no such remote or claim; 12 wrong credentials; 20 bytes
      changed; 21 something is missing; 22 unsigned; 23 signer not trusted; 24 key
      expired or revoked; 25 rewritten, older, forked or gone; 30 network failed; 31
      the server refused.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Name of the remote (default: origin).")
  var remote = Remote.defaultName
  @Argument(help: "Claims to bring (default: every one).")
  var slugs: [String] = []
  @Flag(help: "Move the claims of this store forward too.")
  var advance = false
  @Flag(name: .customLong("dry-run"), help: "Make all checks and change nothing.")
  var isDryRun = false
  @OptionGroup var believing: BelievingOptions

  static func plain(_ arguments: ArraySlice<String>) -> FetchCommand? {
    guard let given = PlainArguments(arguments, flags: ["--advance", "--dry-run"]) else {
      return nil
    }
    var command = FetchCommand()
    (command.global, command.believing) = (.none, .none)
    command.remote = given.words.first ?? Remote.defaultName
    command.slugs = Array(given.words.dropFirst())
    command.advance = given.flags.contains("--advance")
    command.isDryRun = given.flags.contains("--dry-run")
    return command
  }

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    _ = try RemoteList(store.objects).named(remote)
    var request = RemoteRequest(
      .fetch, store: store.objects.path, remote: remote, slugs: slugs)
    request.isDryRun = isDryRun
    request.movesClaims = advance
    request.trust = believing.trust
    request.revoked = believing.revoked
    let (rows, objects) = try MirrorProgram(session: session).run(request, of: store)
    let closing =
      isDryRun
      ? "All checks pass; \(objects) objects would be new. Nothing was changed."
      : "All checks passed; \(objects) new objects."
    return RemoteRows(
      schema: "wf.fetch/1", remote: remote, rows: rows, objects: objects, isDryRun: isDryRun
    ).show(session, closing: closing)
  }
}
