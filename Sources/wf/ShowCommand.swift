import ArgumentParser
import History
import JSON
import ObjectStore
import Platform
import Terminal

struct ShowCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one version, or the bytes of one of its members",
    discussion: """
      Examples:
        wf show my-claim
        wf show my-claim@v2:evidence.md
        wf show my-claim@registration:protocol.json
        wf show 1f2e3d4c:raw/salt
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "VERSION or VERSION:MEMBER.")
  var version: String

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    let parts = version.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = try session.version(String(parts[0]), in: store)
    let found = try store.resolve(name)
    let link = try store.link(found.commit)
    if parts.count == 2 {
      let bytes = try memberBytes(String(parts[1]), tree: link.commit.tree, in: store.objects)
      if session.console.json {
        session.console.result(
          jsonLine([
            "schema": "wf.show/1", "commit": .string(link.id.hex),
            "member": .string(String(parts[1])),
            "text": .string(String(decoding: bytes, as: UTF8.self)),
          ]))
      } else {
        session.console.result(bytes)
      }
      return .done
    }
    let tree = try store.objects.tree(link.commit.tree)
    if session.console.json {
      session.console.result(jsonLine(json(link, tree)))
    } else {
      tell(link, tree, session.console)
    }
    return .done
  }

  private func tell(_ link: ChainLink, _ tree: Tree, _ console: Console) {
    let time = UTCTime(seconds: link.commit.committer.seconds).rfc3339
    console.result(console.style.paint(plainText(link.commit.subject), .strong))
    console.result("  commit     \(link.id)")
    console.result("  kind       \(link.kind?.rawValue ?? "unknown")")
    console.result("  claim      \(link.message?.claim ?? "unknown")")
    console.result("  time       \(time), by the signer's own clock")
    console.result(
      "  committer  \(plainText(link.commit.committer.name)) <\(plainText(link.commit.committer.email))>"
    )
    if let verdict = link.message?.verdict { console.result("  verdict    \(plainText(verdict))") }
    if let grade = link.message?.grade { console.result("  grade      \(plainText(grade))") }
    for parent in link.commit.parents { console.result("  parent     \(parent)") }
    console.result("")
    for entry in tree.entries {
      let mark = entry.mode == .directory ? "/" : ""
      console.result("  \(entry.id.hex.prefix(12))  \(plainText(entry.name))\(mark)")
    }
    console.remark("wf show \(version):evidence.md prints a member.")
  }

  private func json(_ link: ChainLink, _ tree: Tree) -> JSONValue {
    [
      "schema": "wf.show/1", "commit": .string(link.id.hex),
      "tree": .string(link.commit.tree.hex),
      "parents": .array(link.commit.parents.map { .string($0.hex) }),
      "kind": link.kind.map { .string($0.rawValue) } ?? .null,
      "claim": link.message.map { .string($0.claim) } ?? .null,
      "time": .string(UTCTime(seconds: link.commit.committer.seconds).rfc3339),
      "subject": .string(link.commit.subject),
      "members": .array(
        tree.entries.map {
          [
            "name": .string($0.name), "id": .string($0.id.hex),
            "kind": .string($0.mode.kind.rawValue),
          ]
        }),
    ]
  }
}
