import ArgumentParser
import History
import JSON
import ObjectStore
import Platform
import Terminal

struct TrustFollow: Command {
  static let configuration = CommandConfiguration(
    commandName: "follow", abstract: "Believe the key history of this store",
    discussion: """
      A key history (refs/wf/keys) says which key comes after which, each change
      signed by a key that was allowed before. Its root has to be signed by somebody
      whom you trust yourself; from then on the keys that it lists count for this
      store, for as long as it says. Your own files win: a key that you have revoked
      stays revoked, and the history cannot revoke one that you trust yourself. A
      history that goes back, forks or is exchanged is refused (exit 25). A store
      without one follows what wf fetch brought.

      Examples:
        wf trust follow
        wf trust follow --remote origin
        wf trust follow --stop

      Exit codes: 0 done; 4 there is no key history; 23 somebody changed the keys
      who was not allowed to; 25 the history was rewritten.
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "Follow what was fetched from this remote.")
  var remote: String?
  @Flag(help: "Follow it no more.")
  var stop = false

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    if stop {
      let wasFollowed = try store.unfollowKeys()
      session.console.result(
        session.console.json
          ? jsonLine(["schema": "wf.trust/1", "state": wasFollowed ? "stopped" : "not_followed"])
          : wasFollowed
            ? "The key history of this store is followed no more."
            : "The key history of this store was not followed.")
      return .done
    }
    let followed = try store.followKeys(of: remote)
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.trust/1", "state": "followed", "root": .string(followed.root.hex),
          "tip": .string(followed.tip.hex),
          "signers": .array(
            followed.signers.map {
              [
                "principal": .string($0.principal), "fingerprint": .string($0.fingerprint),
                "valid_before": $0.validBefore.map { .string(UTCTime(seconds: $0).rfc3339) }
                  ?? .null,
              ]
            }),
        ]))
      return .done
    }
    session.console.result("Following the key history that begins with \(followed.root.hex)")
    var table = Table([("principal", .left), ("fingerprint", .left), ("until", .left)])
    for signer in followed.signers {
      table.add([
        signer.principal, signer.fingerprint,
        signer.validBefore.map { UTCTime(seconds: $0).rfc3339 } ?? "",
      ])
    }
    for line in table.lines(style: session.console.style) { session.console.result(line) }
    return .done
  }
}
