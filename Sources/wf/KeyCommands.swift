import ArgumentParser
import Attestation
import JSON
import Platform
import Signing
import Terminal

struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Make and show the key that signs your commits",
    subcommands: [KeyGenerate.self, KeyList.self, KeyShow.self, KeyRotate.self])
}

struct KeyGenerate: Command {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Make an Ed25519 signing key",
    discussion: """
      Writes key (OpenSSH format, mode 0600) and key.pub into your config folder and
      adds the key to your allowed signers. Stock git and ssh-keygen read both
      files.

      Examples:
        wf key generate
        wf key generate --principal eval-team@lab.example

      Exit codes: 0 done; 4 there is a key already.
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "Name of the signer in trust files (default: made from the key, tells nothing).")
  var principal: String?
  @Flag(help: "Put the new key in the place of the one that is there.")
  var force = false

  func perform(_ session: Session) throws -> ExitStatus {
    let made = try session.user().generateKey(
      principal: principal, randomBytes: session.surroundings.randomBytes,
      now: session.surroundings.now(), replacing: force)
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.key/1", "principal": .string(made.principal),
          "fingerprint": .string(made.key.fingerprint), "path": .string(made.path),
          "public_key": .string(made.key.line(comment: made.principal)),
        ]))
    } else {
      session.console.result("Made a signing key: \(made.path)")
      session.console.result("  fingerprint  \(made.key.fingerprint)")
      session.console.result("  principal    \(made.principal)")
      session.console.remark("Keep a copy of it: a lost key cannot be made again.")
    }
    return .done
  }
}

struct KeyList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List your keys: the file's and those of ssh-agent")
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws -> ExitStatus {
    let user = try session.user()
    var rows: [(place: String, fingerprint: String, comment: String)] = []
    if user.hasKey || session.files.exists(user.publicKeyPath) {
      let (key, comment) = try user.publicKey()
      rows.append((user.keyPath, key.fingerprint, comment))
    }
    if let agent = SSHAgent(environment: session.surroundings.environment) {
      // An agent that does not answer is no reason to hide the file's key.
      for identity in (try? agent.identities()) ?? [] {
        guard let key = try? SSHPublicKey(blob: identity.blob) else { continue }
        rows.append(("ssh-agent", key.fingerprint, identity.comment))
      }
    }
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.keys/1",
          "keys": .array(
            rows.map {
              [
                "place": .string($0.place), "fingerprint": .string($0.fingerprint),
                "comment": .string($0.comment),
              ]
            }),
        ]))
      return .done
    }
    if rows.isEmpty {
      session.console.result("No key yet. Make one with: wf key generate")
      return .done
    }
    var table = Table([("fingerprint", .left), ("comment", .left), ("place", .left)])
    for row in rows { table.add([row.fingerprint, row.comment, row.place]) }
    for line in table.lines(style: session.console.style) { session.console.result(line) }
    return .done
  }
}

struct KeyShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print your public key, to be given to those who verify",
    discussion: """
      Others trust your commits with wf trust add, and your statements (wf attest)
      with a file of trusted signers; --trusted-signer-config prints one that names
      your key alone, for all claims and times. They add dates and scopes as they
      like.

      Examples:
        wf key show
        wf key show --trusted-signer-config > signers.json
      """)
  @OptionGroup var global: GlobalOptions
  @Flag(help: "Print a file for wf verify --trusted-signer-config.")
  var trustedSignerConfig = false

  func perform(_ session: Session) throws -> ExitStatus {
    let (key, comment) = try session.user().publicKey()
    let principal = comment.isEmpty ? key.defaultPrincipal : comment
    if trustedSignerConfig {
      session.console.result(
        TrustedSigners([TrustedSigners.Signer(label: principal, key: key)]).encoded())
      return .done
    }
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.key/1", "principal": .string(principal),
          "fingerprint": .string(key.fingerprint),
          "public_key": .string(key.line(comment: principal)),
        ]))
    } else {
      session.console.result(key.line(comment: principal))
      session.console.remark("Others trust it with: wf trust add \(principal) '\(key.line())'")
    }
    return .done
  }
}
