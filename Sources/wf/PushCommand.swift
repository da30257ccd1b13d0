import ArgumentParser
import History
import ObjectStore
import Platform
import Terminal

struct PushCommand: PlainCommand {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Send claims to a git remote",
    discussion: """
      Each claim goes to a branch (claims/SLUG) with its labels as tags, translated
      to SHA-1 as git servers want it; the SHA-256 signature travels along. The
      server moves each ref only if it is where it was seen, and only forward;
      nothing is ever forced. Without SLUG the claim committed last is sent.

      Examples:
        wf push
        wf push origin my-claim
        wf push origin --all --dry-run

      Credentials: ssh-agent or WF_SSH_KEY=FILE; git credential helpers, or a token
      in WF_REMOTE_TOKEN.

      Exit codes: 0 done; 4 no such remote or claim; 12 wrong credentials; 25 the
      remote has another history; 30 network failed; 31 the server refused.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Name of the remote (default: origin).")
  var remote = Remote.defaultName
  @Argument(help: "Claims to send.")
  var slugs: [String] = []
  @Flag(help: "Send every claim.")
  var all = false
  @Flag(name: .customLong("dry-run"), help: "Look at both sides and change nothing.")
  var isDryRun = false

  static func plain(_ arguments: ArraySlice<String>) -> PushCommand? {
    guard let given = PlainArguments(arguments, flags: ["--all", "--dry-run"]) else { return nil }
    var command = PushCommand()
    command.global = .none
    command.remote = given.words.first ?? Remote.defaultName
    command.slugs = Array(given.words.dropFirst())
    command.all = given.flags.contains("--all")
    command.isDryRun = given.flags.contains("--dry-run")
    return command
  }

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    _ = try RemoteList(store.objects).named(remote)
    var request = RemoteRequest(
      .push, store: store.objects.path, remote: remote, slugs: slugs)
    request.isAll = all
    request.isDryRun = isDryRun
    let (rows, objects) = try MirrorProgram(session: session).run(request, of: store)
    let closing =
      isDryRun
      ? "Nothing was changed."
      : objects == 0 ? "Nothing to send." : "Sent to \(remote); \(objects) objects were new."
    return RemoteRows(
      schema: "wf.push/1", remote: remote, rows: rows, objects: objects, isDryRun: isDryRun
    ).show(session, closing: closing)
  }
}
