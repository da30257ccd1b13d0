import ArgumentParser
import JSON
import Platform
import Sharing
import Signing
import Terminal

struct ReliabilityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reliability",
    abstract: "Give labels for statistics over many evaluations, or not",
    discussion: """
      Off unless you enable it, and no part of publishing. What may be given are labels
      from closed lists, made of what a reviewer would see.
      """,
    subcommands: [
      ReliabilityEnable.self, ReliabilityStatus.self, ReliabilityExport.self,
      ReliabilityWithdraw.self,
    ])
}

struct ReliabilityEnable: Command {
  static let configuration = CommandConfiguration(
    commandName: "enable", abstract: "Agree to give reliability metadata to a server",
    discussion: """
      Without --consent-text-shown the text is shown and nothing else happens. After
      that each wf publish asks whether to give the labels of that package; --all gives
      them without asking.

      Examples:
        wf reliability enable --server https://share.example.org
        wf reliability enable --server https://share.example.org --consent-text-shown

      Exit codes: 0 done; 4 the text was not shown; 12 no API key; 30 network; 31 the
      server refused.
      """)
  @OptionGroup var global: GlobalOptions
  @OptionGroup var server: ShareServerOptions
  @Flag(help: "The text of what is given has been read.")
  var consentTextShown = false
  @Flag(help: "Give a record with every publish, without asking.")
  var all = false

  func perform(_ session: Session) throws -> ExitStatus {
    guard consentTextShown else {
      if !session.console.json { session.console.result(ReliabilityConsent.text) }
      throw SharingError(
        .consentTextNotShown, place: "--consent-text-shown", "nothing is enabled yet",
        hint: "read the text that wf reliability enable shows; then add --consent-text-shown")
    }
    let client = try server.client(session)
    let folder = try session.user().path
    let old = try ReliabilityConsent.read(in: folder, files: session.files)
    let consent = ReliabilityConsent(
      server: client.address.text, at: session.surroundings.now(), all: all,
      records: old?.server == client.address.text ? old?.records ?? [] : [])
    try client.enableReliability(consent)
    try consent.write(in: folder, files: session.files)
    return say(consent, session)
  }
}

struct ReliabilityStatus: Command {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show whether reliability metadata is given, and how much",
    discussion: """
      Asks nobody: what is shown is your own file.

      Examples:
        wf reliability status
      """)
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws -> ExitStatus {
    say(
      try ReliabilityConsent.read(in: session.user().path, files: session.files), session)
  }
}

struct ReliabilityExport: Command {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write all that the server holds of your reliability metadata",
    discussion: """
      Examples:
        wf reliability export --output reliability.json

      Exit codes: 0 done; 4 not enabled, or the file is there; 12 no API key; 30
      network; 31 the server refused.
      """)
  @OptionGroup var global: GlobalOptions
  @OptionGroup var server: ShareServerOptions
  @Option(help: ArgumentHelp("File to write.", valueName: "file"))
  var output: String
  @Flag(help: "Replace an output that is there.")
  var force = false

  func perform(_ session: Session) throws -> ExitStatus {
    let consent = try enabled(session)
    let held = try named(server, consent).client(session).reliability()
    let rows = (held["records"]?.array ?? []).compactMap { ReliabilityRecord(json: $0)?.json }
    let document: JSONValue = [
      "schema": "wf.reliability_export/1", "server": .string(consent.server),
      "records": .array(rows),
    ]
    try session.files.publish(
      try CanonicalJSON.bytes(document) + [0x0A], at: output, replacing: force)
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.reliability_exported/1", "output": .string(output),
          "records": .number(JSONNumber(Int64(rows.count))),
        ]))
    } else {
      session.console.result("Wrote \(rows.count) records of reliability metadata: \(output)")
    }
    return .done
  }
}

struct ReliabilityWithdraw: Command {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: "Delete what was given; with --all, stop giving",
    discussion: """
      Examples:
        wf reliability withdraw --record rel_01J…
        wf reliability withdraw --all

      Exit codes: 0 done; 4 not enabled; 12 no API key; 30 network; 31 the server
      refused.
      """)
  @OptionGroup var global: GlobalOptions
  @OptionGroup var server: ShareServerOptions
  @Flag(help: "Everything, and the consent with it.")
  var all = false
  @Option(help: ArgumentHelp("One record.", valueName: "id"))
  var record: String?

  func perform(_ session: Session) throws -> ExitStatus {
    guard all != (record != nil) else {
      throw CommandError(
        .optionInvalid, place: "--all, --record", "it is one record, or all",
        hint: "wf reliability status shows the ids")
    }
    if let record, !ShareClient.isID(record) {
      throw CommandError(.optionInvalid, place: "--record", "this is no id of a record")
    }
    let folder = try session.user().path
    var consent = try ownConsent(session)
    // First here: giving has ended, whatever the server says.
    let records = consent.records
    if all, try ReliabilityConsent.read(in: folder, files: session.files) != nil {
      consent.all = false
      try consent.write(in: folder, files: session.files)
    }
    let receipt = try named(server, consent).client(session).withdraw(record: record)
    if let record {
      consent.records.removeAll { $0 == record }
      try consent.write(in: folder, files: session.files)
    } else {
      try ReliabilityConsent.remove(in: folder, files: session.files)
    }
    let deleted = receipt["deleted"]?.int ?? Int64(record == nil ? records.count : 1)
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.reliability_withdraw/1", "deleted": .number(JSONNumber(deleted)),
          "enabled": .bool(!all),
          "receipt": receipt["receipt"]?.string.map { .string(plainText($0)) } ?? .null,
        ]))
    } else {
      session.console.result("Deleted \(deleted) records of reliability metadata")
      if all { session.console.result("  nothing more is given") }
    }
    return .done
  }
}

extension ReliabilityWithdraw {
  /// The consent; where its file is gone, a server that is named can still be asked to forget all.
  fileprivate func ownConsent(_ session: Session) throws -> ReliabilityConsent {
    if all, server.server != nil,
      try ReliabilityConsent.read(in: session.user().path, files: session.files) == nil
    {
      return ReliabilityConsent(
        server: try server.address(session).text, at: session.surroundings.now(), all: false)
    }
    return try enabled(session)
  }
}

/// - Throws: `reliability_off`.
private func enabled(_ session: Session) throws -> ReliabilityConsent {
  guard
    let consent = try ReliabilityConsent.read(in: session.user().path, files: session.files)
  else {
    throw SharingError(
      .reliabilityOff, "reliability metadata is not enabled",
      hint: "wf reliability enable shows what it is")
  }
  return consent
}

/// The server of the consent, where no other is named.
private func named(
  _ server: ShareServerOptions, _ consent: ReliabilityConsent
) -> ShareServerOptions {
  var server = server
  server.server = server.server ?? consent.server
  return server
}

private func say(_ consent: ReliabilityConsent?, _ session: Session) -> ExitStatus {
  guard let consent else {
    if session.console.json {
      session.console.result(
        jsonLine(["schema": "wf.reliability_status/1", "enabled": false]))
    } else {
      session.console.result("Reliability metadata is off; nothing is given")
    }
    return .done
  }
  if session.console.json {
    session.console.result(
      jsonLine(
        consent.json.adding("schema", "wf.reliability_status/1").adding("enabled", true)))
    return .done
  }
  session.console.result("Reliability metadata is given to \(consent.server)")
  session.console.result("  since     \(UTCTime(seconds: consent.at).rfc3339)")
  session.console.result(
    "  asks      \(consent.all ? "never: a record of each publish" : "with each publish")")
  session.console.result("  records   \(consent.records.count)")
  for record in consent.records { session.console.result("            \(record)") }
  return .done
}
