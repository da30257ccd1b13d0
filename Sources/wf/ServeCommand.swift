import ArgumentParser
import Glibc
import Platform
import Terminal

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run a share server, back it up, restore it",
    discussion: """
      A share server takes in what wf publish sends, verifies it again, and shows
      reviewers the page of one package behind a link. Everything lies in one folder.

      Examples:
        wf serve --init                     makes the folder, shows its first key, runs
        wf serve --data DIR --bind 127.0.0.1:8080 --behind-tls-proxy \\
          --trust-proxy 127.0.0.1
        wf serve backup --data DIR --output COPY
        wf serve restore --from COPY --data DIR

      Docs/Operating-the-share-server.md has a systemd unit and an nginx file.
      """,
    subcommands: [ServeRun.self, ServeBackup.self, ServeRestore.self],
    defaultSubcommand: ServeRun.self)
}

struct ServeRun: Command {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a share server (this is what wf serve does)",
    discussion: """
      Over plain http it binds to this machine only, unless a TLS proxy stands in
      front. The log is JSON lines on standard output. SIGTERM lets open requests end.

      Examples:
        wf serve --init
        wf serve --data /var/lib/wf-share --behind-tls-proxy --trust-proxy 10.0.0.0/8

      Exit codes: 0 ended as asked; 4 refused or not configured; 11 another server
      works on this folder.
      """)
  @OptionGroup var global: GlobalOptions
  @Flag(name: .customLong("init"), help: "Make the data folder and show its first API key once.")
  var makesFolder = false
  @Flag(help: "With --init: make the folder and end.")
  var setupOnly = false
  @OptionGroup var place: ServeFolderOptions
  @Option(help: ArgumentHelp("Where to listen.", valueName: "address:port"))
  var bind = "127.0.0.1:8080"
  @Flag(
    name: .customLong("behind-tls-proxy"),
    help: "A proxy in front speaks TLS; allows other addresses, says https.")
  var isBehindTLSProxy = false
  @Option(
    help: ArgumentHelp(
      "Addresses whose X-Forwarded-For counts; may be repeated.", valueName: "cidr"))
  var trustProxy: [String] = []

  func perform(_ session: Session) throws -> ExitStatus {
    var words = ["run", "--data", place.path(session), "--bind", bind]
    if makesFolder { words.append("--init") }
    if setupOnly { words.append("--setup-only") }
    if isBehindTLSProxy { words.append("--behind-tls-proxy") }
    for block in trustProxy { words += ["--trust-proxy", block] }
    throw ServeProgram.become(words)
  }
}

struct ServeBackup: Command {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copy a share server's data while it runs",
    discussion: """
      Tables as they are at one moment, package bytes, secret and configuration, with a
      list of digests. Whoever has the copy has the server's secrets: keep it as such.

      Examples:
        wf serve backup --data /var/lib/wf-share --output /backup/2026-11-28

      Exit codes: 0 done; 4 no such folder, or the output is there; 20 the audit log
      is broken.
      """)
  @OptionGroup var global: GlobalOptions
  @OptionGroup var place: ServeFolderOptions
  @Option(help: ArgumentHelp("The folder to make.", valueName: "dir"))
  var output: String

  func perform(_ session: Session) throws -> ExitStatus {
    throw ServeProgram.become(["backup", "--data", place.path(session), "--output", output])
  }
}

struct ServeRestore: Command {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Make a share server's data from a copy",
    discussion: """
      A copy does not know what was revoked since. So all links and API keys are ended,
      and a new first key is shown; --keep-secrets keeps them.

      Examples:
        wf serve restore --from /backup/2026-11-28 --data /var/lib/wf-share

      Exit codes: 0 done; 4 something is at the target; 20 the copy is damaged.
      """)
  @OptionGroup var global: GlobalOptions
  @OptionGroup var place: ServeFolderOptions
  @Option(help: ArgumentHelp("The copy.", valueName: "dir"))
  var from: String
  @Flag(help: "Links and keys go on working, also those that were revoked since.")
  var keepSecrets = false

  func perform(_ session: Session) throws -> ExitStatus {
    var words = ["restore", "--data", place.path(session), "--from", from]
    if keepSecrets { words.append("--keep-secrets") }
    throw ServeProgram.become(words)
  }
}

struct ServeFolderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The server's data folder (default: wf-share below XDG_DATA_HOME or ~/.local/share).",
      valueName: "dir"))
  var data: String?

  func path(_ session: Session) -> String {
    if let data { return data }
    let environment = session.surroundings.environment
    let home = environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    return Path.join(
      home ?? Path.join(environment["HOME"] ?? "", ".local/share"), "wf-share")
  }
}

/// `wf-serve`, which alone loads what a server needs; this process becomes it, so that signals and
/// exit codes are the server's own.
private enum ServeProgram {
  /// - Returns: why that was not possible.
  static func become(_ words: [String]) -> CommandError {
    let path = HelperProgram.path("wf-serve")
    // Safe: copies that live until the call, which does not come back where it works.
    var arguments: [UnsafeMutablePointer<CChar>?] =
      unsafe ([path] + words).map { unsafe strdup($0) } + [nil]
    unsafe execvp(path, &arguments)
    for index in unsafe arguments.indices { unsafe free(arguments[index]) }
    return CommandError(
      .serveMissing, place: path, "the share server's program cannot be started",
      hint: "it belongs beside wf; make install puts both there")
  }
}
