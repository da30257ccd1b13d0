import ArgumentParser
import History
import JSON
import ObjectStore
import Platform
import Terminal

struct KeyRotate: Command {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Put a new key in the place of yours, signed by the old one",
    discussion: """
      Makes a new key and writes a commit to refs/wf/keys that your present key
      signs and that names the new one, which proves itself in it. Both keys count
      for --overlap days; what the old one has signed stays good. The old private
      key stays beside the new one as key.retired-…; delete it when you have a copy
      or need none. Others who follow the history (wf trust follow) believe the new
      key without being told.

      This is for routine. A key that was lost or stolen cannot name its heir: make
      a new one (wf key generate --force), tell people by another way, and put a
      stolen one into your file of revoked keys.

      Examples:
        wf key rotate
        wf key rotate --overlap 30

      Exit codes: 0 done; 10 no store; 11 somebody else changed the keys; 12 no key;
      23 the key history does not allow your key.
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "Days for which the old key goes on counting (0 to 366).")
  var overlap: Int = 14

  func perform(_ session: Session) throws -> ExitStatus {
    guard (0...366).contains(overlap) else {
      throw CommandError(
        .optionInvalid, place: "--overlap \(overlap)", "an overlap is 0 to 366 days")
    }
    let done = try session.store().rotateKey(overlap: Int64(overlap) * 86_400)
    let end = UTCTime(seconds: done.retiredAt).rfc3339
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.key_rotation/1", "commit": .string(done.commit.hex),
          "principal": .string(done.principal), "added": .string(done.added),
          "retired": .string(done.retired), "retired_at": .string(end),
        ]))
      return .done
    }
    session.console.result("Rotated the key of \(done.principal)")
    session.console.result("  new      \(done.added)")
    session.console.result("  old      \(done.retired), counts until \(end)")
    session.console.result("  commit   \(done.commit.hex)")
    if let path = done.retiredKeyPath {
      session.console.remark("The old private key is now \(path)")
    }
    return .done
  }
}
