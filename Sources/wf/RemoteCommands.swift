import ArgumentParser
import History
import JSON
import ObjectStore
import Platform
import Terminal

struct RemoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remote", abstract: "Name the git repositories that claims are shared with",
    discussion: """
      A remote is a bare git repository: on a server (https, ssh), or a folder. It
      holds SHA-1 objects as every git server does; trust never rests on them.
      """,
    subcommands: [
      RemoteAdd.self, RemoteListCommand.self, RemoteRemove.self, RemoteRename.self,
      RemoteCheck.self,
    ])
}

struct RemoteAdd: Command {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Name a remote",
    discussion: """
      No password or token may stand in the address.

      Examples:
        wf remote add origin git@git.lab.example:eval/evidence.git
        wf remote add origin https://git.lab.example/eval/evidence.git
        wf remote add disk /mnt/share/evidence.git --namespace team/claims
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "What to call it.")
  var name: String
  @Argument(help: "Its address, or the path of a bare repository.")
  var address: String
  @Option(help: "Branches below which claims lie there.")
  var namespace = Remote.defaultNamespace

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    let remote = try Remote(
      name: name,
      address: try RemoteAddress(address, from: try session.files.currentDirectory()),
      namespace: namespace)
    var list = try RemoteList(store.objects)
    try list.add(remote)
    return say(session, "added", remote, "Added \(remote.name): \(remote.address.text)")
  }
}

struct RemoteListCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the remotes")
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws -> ExitStatus {
    let remotes = try RemoteList(try session.store().objects).remotes
    if session.console.json {
      session.console.result(
        jsonLine(["schema": "wf.remotes/1", "remotes": .array(remotes.map(row))]))
      return .done
    }
    if remotes.isEmpty {
      session.console.result("No remotes yet. Begin with: wf remote add origin ADDRESS")
      return .done
    }
    var table = Table([("name", .left), ("address", .left), ("namespace", .left)])
    for remote in remotes {
      table.add([remote.name, plainText(remote.address.text), remote.namespace])
    }
    for line in table.lines(style: session.console.style) { session.console.result(line) }
    return .done
  }
}

struct RemoteRemove: Command {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Forget a remote",
    discussion: """
      The tips that it was seen to have are forgotten too: a later remote of the
      same name is believed at first sight. Claims of this store stay.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Its name.")
  var name: String

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    var list = try RemoteList(store.objects)
    let remote = try list.named(name)
    try store.moveTrackingRefs(of: name, to: nil)
    try list.remove(name)
    return say(session, "removed", remote, "Removed \(name)")
  }
}

struct RemoteRename: Command {
  static let configuration = CommandConfiguration(
    commandName: "rename", abstract: "Call a remote something else")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Its name.")
  var name: String
  @Argument(help: "Its new name.")
  var newName: String

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    var list = try RemoteList(store.objects)
    try list.rename(name, to: newName)
    try store.moveTrackingRefs(of: name, to: newName)
    return say(
      session, "renamed", try list.named(newName), "Renamed \(name) to \(newName)")
  }
}

struct RemoteCheck: Command {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Compare both sides, transferring nothing",
    discussion: """
      Each claim, label, log of tips and key history: up to date, ahead, behind,
      only here, only there, unknown (a commit never fetched), or why it is refused.

      Exit codes: 0 nothing is wrong; 25 rolled back, forked, or gone.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Name of the remote (default: origin).")
  var remote = Remote.defaultName
  @Argument(help: "Claims to compare (default: every one).")
  var slugs: [String] = []

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    _ = try RemoteList(store.objects).named(remote)
    let request = RemoteRequest(
      .check, store: store.objects.path, remote: remote, slugs: slugs)
    let (rows, objects) = try MirrorProgram(session: session).run(request, of: store)
    let differing = rows.filter { $0.state != .upToDate }.count
    return RemoteRows(
      schema: "wf.remote_check/1", remote: remote, rows: rows, objects: objects, isDryRun: true
    ).show(
      session,
      closing: differing == 0
        ? "Both sides have the same." : "\(differing) of \(rows.count) refs differ.")
  }
}

private func row(_ remote: Remote) -> JSONValue {
  [
    "name": .string(remote.name), "address": .string(remote.address.text),
    "namespace": .string(remote.namespace),
  ]
}

private func say(
  _ session: Session, _ state: String, _ remote: Remote, _ text: String
) -> ExitStatus {
  if session.console.json {
    session.console.result(
      jsonLine(["schema": "wf.remote/1", "state": .string(state), "remote": row(remote)]))
  } else {
    session.console.result(text)
  }
  return .done
}
