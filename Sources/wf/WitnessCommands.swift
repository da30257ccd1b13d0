import ArgumentParser
import History
import JSON
import ObjectStore
import Platform
import Signing
import Terminal
import TransparencyLog

struct WitnessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "witness", abstract: "Cosign other people's logs",
    discussion: """
      A witness keeps what a log showed last and signs a newer checkpoint only after
      a proof that it continues that one. With enough witnesses a log cannot show two
      histories to two people. The witness needs no key of the store it looks at, and
      changes nothing in it.

      Exit codes: 0 cosigned; 20 changed bytes; 23 log's key not known; 25 rolled
      back, forked or replaced, nothing was signed.
      """,
    subcommands: [WitnessKey.self, WitnessCosign.self])
}

struct WitnessKey: Command {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Print the key by which your cosignatures are checked",
    discussion: """
      Examples:
        wf witness key
        wf witness key --name witness.example.org/one

      Exit codes: 0 done; 4 key file unusable.
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "The name to sign under (default: made from the key).")
  var name: String?

  func perform(_ session: Session) throws -> ExitStatus {
    let witness = try Witness(
      user: session.user(), files: session.files, surroundings: session.surroundings, name: name)
    session.console.result(
      session.console.json
        ? jsonLine(["schema": "wf.witness/1", "vkey": .string(witness.key.description)])
        : witness.key.description)
    return .done
  }
}

struct WitnessCosign: Command {
  static let configuration = CommandConfiguration(
    commandName: "cosign", abstract: "Check a store's log and sign its checkpoint",
    discussion: """
      Prints the checkpoint with the log's signature and yours. Its reader checks it
      with wf log-check --checkpoint FILE --witness KEY.

      Examples:
        wf witness cosign /srv/colleague/.wf --vkey NAME+ID+KEY
        wf witness cosign /srv/colleague/.wf --vkey NAME+ID+KEY --output seen.checkpoint

      Exit codes: 0 cosigned; 20 changed bytes; 21 something is missing; 23 log's key
      not known; 25 rolled back, forked or replaced.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The store: its .wf folder or the folder that holds it.")
  var place: String
  @Option(help: "The key of the store's log, from its owner; may be given again.")
  var vkey: [String] = []
  @Option(help: "The name to sign under (default: made from the key).")
  var name: String?
  @Option(help: "Where to write the cosigned checkpoint (default: standard output).")
  var output: String?
  @Flag(help: "Replace the output where it is there.")
  var force = false

  func perform(_ session: Session) throws -> ExitStatus {
    // Before anything is signed and remembered.
    let publication = try output.map { try session.files.beginFile(at: $0, replacing: force) }
    let witness = try Witness(
      user: session.user(), files: session.files, surroundings: session.surroundings, name: name)
    let inside = Path.join(place, ".wf")
    let store = EvidenceStore(
      objects: try ObjectStore.open(
        at: session.files.exists(inside) ? inside : place, system: session.files),
      user: try session.user(), surroundings: session.surroundings)
    let done = try witness.cosign(store, keys: try vkey.map(VerifierKey.init(parsing:)))
    let notes = done.map { String(decoding: $0.note.bytes, as: UTF8.self) }
    if let publication {
      try session.files.write(Array(notes.joined(separator: "\n").utf8), to: publication.path)
      try publication.publish()
    }
    let console = session.console
    if console.json {
      let rows = zip(done, notes).map { cosigned, note -> JSONValue in
        [
          "origin": .string(cosigned.checkpoint.origin),
          "size": .number(JSONNumber(cosigned.checkpoint.size)),
          "root": .string(cosigned.checkpoint.root.hex),
          "before": cosigned.before.map { .number(JSONNumber($0.size)) } ?? .null,
          "note": .string(note),
        ]
      }
      console.result(
        jsonLine([
          "schema": "wf.witness/1", "vkey": .string(witness.key.description),
          "cosigned": .array(rows),
        ]))
    } else if let output {
      console.result("Wrote \(output)")
    } else {
      console.result(String(notes.joined(separator: "\n").dropLast()))
    }
    for cosigned in done {
      let before = cosigned.before.map { "continues the \($0.size) entries signed before" }
      console.remark(
        "\(cosigned.checkpoint.origin): \(cosigned.checkpoint.size) entries, "
          + (before ?? "seen for the first time"))
    }
    return .done
  }
}
