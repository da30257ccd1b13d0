import ArgumentParser
import Evidence
import JSON
import Platform
import Terminal

struct ProtocolCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "protocol", abstract: "Make and freeze how an evaluation is to be run",
    subcommands: [ProtocolCreate.self, ProtocolFreeze.self])
}

struct ProtocolCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Draft a protocol for a claim that you wrote by hand",
    discussion: """
      Nothing is guessed: what the claim does not say stays open.

      Examples:
        wf protocol create --claim claim.json --output protocol.json
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "claim.json")
  var claim: String
  @Option(help: "File to write.")
  var output: String
  @Flag(help: "Freeze it at once; needs no question open.")
  var freeze = false
  @Flag(help: "Replace an output that is there.")
  var force = false

  func perform(_ session: Session) throws -> ExitStatus {
    try CommandError.refuseSecret(output, of: "--output")
    let source = try JSONValue.parse(try session.files.read(claim, limit: 16 << 20))
    var plan = try draftProtocol(
      claim: source, now: session.surroundings.now(), random: session.surroundings.randomBytes)
    if freeze { plan = try freezeProtocol(plan, claim: source, now: session.surroundings.now()) }
    let publication = try session.files.beginFile(at: output, replacing: force)
    try session.files.write(try CanonicalJSON.bytes(plan) + [0x0A], to: publication.path)
    try publication.publish()
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.protocol/1", "output": .string(publication.target), "protocol": plan,
        ]))
    } else {
      session.console.result(
        "Wrote a \(freeze ? "frozen protocol" : "draft protocol"): \(publication.target)")
    }
    return .done
  }
}

struct ProtocolFreeze: Command {
  static let configuration = CommandConfiguration(
    commandName: "freeze", abstract: "Freeze the protocol of a claim folder")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Folder with claim.json and protocol.json.")
  var directory: String

  func perform(_ session: Session) throws -> ExitStatus {
    let (claim, plan) = try readClaimFolder(directory, session)
    let frozen = try freezeProtocol(plan, claim: claim, now: session.surroundings.now())
    let path = Path.join(directory, MemberName.evaluationProtocol.rawValue)
    try session.files.write(try CanonicalJSON.bytes(frozen) + [0x0A], to: path, .durable)
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.protocol/1", "output": .string(path),
          "freeze_digest": frozen["freeze_digest"] ?? .null,
        ]))
    } else {
      session.console.result("Froze \(path)")
      session.console.result("  digest  \(frozen["freeze_digest"]?.string ?? "")")
    }
    return .done
  }
}
