import ArgumentParser
import JSON
import Platform
import Sharing
import Terminal
import WebExchange

struct ShareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "share", abstract: "Make, list, renew and end links to published packages",
    discussion: """
      A link shows a reviewer the page of one package and nothing else. Its token is
      shown once, when it is made; a server keeps a hash of it.
      """,
    subcommands: [
      ShareCreate.self, ShareListCommand.self, ShareShow.self, ShareRotate.self,
      ShareRevoke.self, ShareRun.self,
    ])
}

struct ShareCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make another link to what a server has",
    discussion: """
      The artifact is one that wf publish has sent; the approval record names its
      package. Each call makes a new link.

      Examples:
        wf share create ARTIFACT --approval approval.json --expires 7d
        wf share create ARTIFACT --approval approval.json --password-stdin < password

      Exit codes: 0 done; 4 refused here; 12 no API key; 30 network; 31 the server
      refused.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The artifact's id.")
  var artifact: String
  @Option(help: ArgumentHelp("The approval record.", valueName: "file"))
  var approval: String
  @Option(help: ArgumentHelp("The approver's signature of the record.", valueName: "file"))
  var approvalSignature: String?
  @OptionGroup var server: ShareServerOptions
  @OptionGroup var link: LinkOptions

  func perform(_ session: Session) throws -> ExitStatus {
    let artifact = try checkedID(artifact, "ARTIFACT")
    let record = try ApprovalRecord(
      parsing: try session.files.read(approval, limit: ApprovalRecord.sizeLimit + 1),
      now: session.surroundings.now())
    let signature = try approvalSignature.map { try session.files.read($0, limit: 16 << 10) }
    try record.check(signature: signature)
    try link.checkSaving(session)
    let end = try link.end(session, approval: record)
    let password = try link.password(session, approval: record)
    let issued = try server.client(session).createShare(
      artifact: artifact, approval: record, signature: signature,
      manifestDigest: record.manifestDigest, expiresAt: end, password: password,
      idempotencyKey: freshKey(session))
    return try tell(issued, "Made a link", link, session)
  }
}

struct ShareListCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the links of your workspace, never a token",
    discussion: """
      Examples:
        wf share list
        wf share list --json

      Exit codes: 0 done; 12 no API key; 30 network; 31 the server refused.
      """)
  @OptionGroup var global: GlobalOptions
  @OptionGroup var server: ShareServerOptions

  /// A hundred rows each.
  private static let mostPages = 1000

  func perform(_ session: Session) throws -> ExitStatus {
    let client = try server.client(session)
    var rows: [SharedRow] = []
    var cursor: String?
    for _ in 0..<Self.mostPages {
      let page = try client.shares(after: cursor)
      rows += page.rows.map(SharedRow.init)
      cursor = page.next
      if cursor == nil { break }
    }
    if session.console.json {
      session.console.result(
        jsonLine(["schema": "wf.share_list/1", "shares": .array(rows.map(\.json))]))
      return .done
    }
    if rows.isEmpty { session.console.result("No links yet.") }
    for row in rows {
      session.console.result(
        "\(row.shareID)  \(row.state.padded(to: 8))  \(row.displayID.padded(to: 11))"
          + "  until \(row.expiresAt)  \(row.views) views  \(row.reviewerLabel)")
    }
    return .done
  }
}

struct ShareShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the state of one link",
    discussion: """
      Examples:
        wf share show SHARE

      Exit codes: 0 done; 12 no API key; 30 network; 31 unknown there.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The share's id.")
  var share: String
  @OptionGroup var server: ShareServerOptions

  func perform(_ session: Session) throws -> ExitStatus {
    let row = SharedRow(try server.client(session).share(try checkedID(share, "SHARE")))
    if session.console.json {
      session.console.result(jsonLine(row.json.adding("schema", "wf.share/1")))
      return .done
    }
    session.console.result("\(row.shareID)  \(row.state)")
    session.console.result("  made      \(row.createdAt)")
    session.console.result("  until     \(row.expiresAt)")
    if !row.endedAt.isEmpty { session.console.result("  ended     \(row.endedAt)") }
    if row.state == ShareState.deleted.rawValue {
      session.console.result(
        "  The package's bytes are deleted; times and state are all that is kept.")
      return .done
    }
    session.console.result("  package   \(row.displayID), artifact \(row.artifactID)")
    session.console.result("  reviewer  \(row.reviewerLabel)")
    session.console.result("  password  \(row.hasPassword ? "yes" : "no")")
    session.console.result("  views     \(row.views)")
    return .done
  }
}

struct ShareRotate: Command {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Replace a link; the old one is dead at once",
    discussion: """
      Password and expiry stay unless they are given.

      Examples:
        wf share rotate SHARE
        wf share rotate SHARE --expires 3d --save-link link.txt

      Exit codes: 0 done; 12 no API key; 30 network; 31 the server refused.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The share's id.")
  var share: String
  @OptionGroup var server: ShareServerOptions
  @OptionGroup var link: LinkOptions

  func perform(_ session: Session) throws -> ExitStatus {
    let share = try checkedID(share, "SHARE")
    try link.checkSaving(session)
    let end = try link.end(session, approval: nil)
    let password = try link.password(session, approval: nil)
    let issued = try server.client(session).rotate(
      share, expiresAt: end, password: password, idempotencyKey: freshKey(session))
    return try tell(issued, "Replaced the link", link, session)
  }
}

struct ShareRevoke: Command {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "End a link at once and for good",
    discussion: """
      Examples:
        wf share revoke SHARE --reason "the pilot is over"

      Exit codes: 0 done; 12 no API key; 30 network; 31 the server refused.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The share's id.")
  var share: String
  @Option(help: "Why, for the server's audit log alone.")
  var reason: String?
  @OptionGroup var server: ShareServerOptions

  func perform(_ session: Session) throws -> ExitStatus {
    let share = try checkedID(share, "SHARE")
    try CommandError.refuseSecret(reason, of: "--reason")
    try server.client(session).revoke(
      share, reason: reason, idempotencyKey: freshKey(session))
    if session.console.json {
      session.console.result(
        jsonLine(["schema": "wf.share_revoke/1", "share_id": .string(share), "state": "revoked"]))
    } else {
      session.console.result("Ended \(share); its link shows nothing any more")
    }
    return .done
  }
}

struct ShareRun: Command {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Tell a server of a run, and get its id for wf publish",
    discussion: """
      The server keeps a keyed hash of the name; the same name gives the same id.

      Examples:
        wf share run my-run-17

      Exit codes: 0 done; 12 no API key; 30 network; 31 the server refused.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "What the run is called at home.")
  var clientRunID: String
  @OptionGroup var server: ShareServerOptions

  func perform(_ session: Session) throws -> ExitStatus {
    try CommandError.refuseSecret(clientRunID, of: "CLIENT-RUN-ID")
    let id = try server.client(session).registerRun(clientRunID)
    guard ShareClient.isUUID(id) else {
      throw WebTrouble(
        kind: .otherSideRefused, reason: "answer_malformed",
        message: "the server's id of the run is no UUID")
    }
    if session.console.json {
      session.console.result(
        jsonLine(["schema": "wf.share_run/1", "cloud_run_id": .string(id)]))
    } else {
      session.console.result(id)
    }
    return .done
  }
}

/// - Throws: `option_invalid` for what cannot be an id.
private func checkedID(_ text: String, _ name: String) throws -> String {
  guard ShareClient.isID(text) else {
    throw CommandError(
      .optionInvalid, place: name, "this is no id", hint: "wf share list shows the ids of links")
  }
  return text
}

/// Makes one request of this run of the program, however often it has to be sent.
private func freshKey(_ session: Session) -> String {
  "wf-" + Hex.encode(session.surroundings.randomBytes(24))
}

private func tell(
  _ issued: IssuedShare, _ what: String, _ link: LinkOptions, _ session: Session
) throws -> ExitStatus {
  try link.save(issued.url, session)
  if session.console.json {
    session.console.result(
      jsonLine([
        "schema": "wf.share_link/1", "share_id": .string(issued.shareID),
        "url": .string(issued.url), "expires_at": .string(issued.expiresAt),
        "password": .bool(issued.hasPassword),
      ]))
    return .done
  }
  session.console.result("\(what) until \(issued.expiresAt)")
  session.console.result("  link      \(issued.url)")
  session.console.result("  share     \(issued.shareID)")
  if issued.hasPassword {
    session.console.result("  password  yes; tell it by another way than the link")
  }
  session.console.remark("The link is shown this once.")
  return .done
}
