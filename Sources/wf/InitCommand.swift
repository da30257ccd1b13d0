import ArgumentParser
import JSON
import ObjectStore
import Platform
import Signing
import Terminal

struct InitCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a store in this folder",
    discussion: """
      Makes .wf/, a bare git repository in SHA-256 object format, and a signing key
      in your config folder when you have none.

      Examples:
        wf init
        wf init evaluations/

      Exit codes: 0 done; 4 there is a store already.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Folder to make the store in (default: this one); made when it is not there.")
  var directory = "."

  func perform(_ session: Session) throws -> ExitStatus {
    _ = try session.files.makeDirectories(directory)
    let path = global.store ?? Path.join(directory, ".wf")
    let store = try ObjectStore.create(
      at: path, system: session.files, surroundings: session.surroundings)
    let user = try session.user()
    var made: (principal: String, fingerprint: String)?
    if !user.hasKey && !session.files.exists(user.publicKeyPath) {
      let key = try user.generateKey(
        randomBytes: session.surroundings.randomBytes, now: session.surroundings.now())
      made = (key.principal, key.key.fingerprint)
    }
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.init/1", "store": .string(store.path),
          "key_made": .bool(made != nil), "key": .string(user.keyPath),
          "fingerprint": made.map { .string($0.fingerprint) } ?? .null,
        ]))
      return .done
    }
    session.console.result("Made a store: \(store.path)")
    if let made {
      session.console.result("Made a signing key, since you had none: \(user.keyPath)")
      session.console.result("  fingerprint  \(made.fingerprint)")
      session.console.remark("Keep a copy of it: a lost key cannot be made again.")
    } else {
      session.console.result("Your signing key: \(user.keyPath)")
    }
    return .done
  }
}
