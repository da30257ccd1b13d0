import ArgumentParser
import History
import JSON
import ObjectStore
import Signing
import Terminal

struct TrustAcceptHistory: Command {
  static let configuration = CommandConfiguration(
    commandName: "accept-history", abstract: "Take a changed history on purpose",
    discussion: """
      Verify and commit refuse a claim whose tip does not come after the last one
      seen (exit 25). This makes the present tip the one to go by, on this machine,
      and writes to .wf/wf/accepted who did so and why. Look at it first: wf log.

      Examples:
        wf trust accept-history my-claim 4f1c22ab --reason "restored from backup"
        wf trust accept-history old-claim none --reason "removed on purpose"

      Exit codes: 0 done; 4 no such claim; 11 the tip is another one.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The claim.")
  var slug: String
  @Argument(help: "Its present tip, 8 or more hex digits; none where it is gone.")
  var commit: String
  @Option(help: "Why, one line.")
  var reason: String

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    let key = try? store.user.publicKey().key.fingerprint
    let taken = try store.acceptHistory(
      of: slug, at: commit == "none" ? nil : commit, who: key ?? "no-key", why: reason)
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.trust/1", "state": "accepted", "claim": .string(slug),
          "before": taken.before.map { .string($0.hex) } ?? .null,
          "after": taken.after.map { .string($0.hex) } ?? .null,
        ]))
    } else {
      let after = taken.after?.hex ?? "none"
      session.console.result("From now on the tip of \(slug) to go by is \(after)")
    }
    return .done
  }
}
