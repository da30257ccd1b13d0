import ArgumentParser
import History
import JSON
import ObjectStore
import Terminal

struct CosignCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "cosign", abstract: "Put your signature beside the author's on a version",
    discussion: """
      The version stays as it is. Your signature covers the same bytes as its
      author's and is kept in refs/wf/cosign/COMMIT. A signing policy can ask for a
      number of signers before wf verify believes a claim (wf trust policy).

      Look at what you sign first: wf verify VERSION --recompute.

      Examples:
        wf cosign my-claim
        wf cosign my-claim@v2

      Exit codes: 0 done, also where you had co-signed it already; 4 the author has
      not signed it, or your key is the author's; 11 somebody else was faster; 12 no
      key.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The version.")
  var version: String

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    let found = try store.resolve(try session.version(version, in: store))
    let done = try store.coSign(found.commit)
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.cosign/1", "commit": .string(done.commit.hex),
          "claim": done.slug.map { .string($0) } ?? .null, "signed_by": .string(done.signedBy),
          "co_signatures": .number(JSONNumber(Int64(done.coSignatures))),
          "state": done.isNew ? "added" : "already_there",
        ]))
    } else {
      let what = done.isNew ? "Co-signed" : "You had co-signed"
      session.console.result("\(what) \(done.slug ?? "") \(done.commit.hex.prefix(12))")
      session.console.result("  by        \(done.signedBy)")
      session.console.result("  signers   the author and \(done.coSignatures) more")
    }
    return .done
  }
}
