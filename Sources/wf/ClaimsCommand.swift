import ArgumentParser
import History
import JSON
import ObjectStore
import Platform
import Signing
import Terminal

struct ClaimsCommand: PlainCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims", abstract: "List all claims of the store with their state")
  @OptionGroup var global: GlobalOptions

  static func plain(_ arguments: ArraySlice<String>) -> ClaimsCommand? {
    if !arguments.isEmpty { return nil }
    var command = ClaimsCommand()
    command.global = .none
    return command
  }

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    let options = try store.ownOptions()
    let slugs = try store.slugs()
    let logs = try slugs.map { ($0, try store.log(of: $0, options: options)) }
    if session.console.json {
      session.console.result(
        jsonLine(["schema": "wf.claims/1", "claims": .array(logs.map { row($0.0, $0.1) })]))
      return .done
    }
    if logs.isEmpty {
      session.console.result(
        "No claims yet. Begin with: wf claim create --template NAME --output DIR")
      return .done
    }
    var table = Table([
      ("claim", .left), ("versions", .right), ("registered", .left), ("verdict", .left),
      ("grade", .left), ("signature", .left), ("last", .left),
    ])
    for (slug, entries) in logs {
      let tip = entries.first
      table.add([
        slug, String(entries.filter { $0.version != nil }.count),
        entries.last?.kind == "registration" ? "yes" : "no", tip?.verdict ?? "none yet",
        tip?.grade ?? "", tip?.signature.rawValue ?? "", tip?.time ?? "",
      ])
    }
    for line in table.lines(style: session.console.style) { session.console.result(line) }
    return .done
  }

  private func row(_ slug: String, _ entries: [LogEntry]) -> JSONValue {
    let versions = entries.filter { $0.version != nil }.count
    let tip = entries.first
    return [
      "claim": .string(slug), "versions": .number(JSONNumber(Int64(versions))),
      "registered": .bool(entries.last?.kind == "registration"),
      "tip": tip.map { .string($0.commit.hex) } ?? .null,
      "time": tip.map { .string($0.time) } ?? .null,
      "verdict": tip?.verdict.map { .string($0) } ?? .null,
      "grade": tip?.grade.map { .string($0) } ?? .null,
      "signature": tip.map { .string($0.signature.rawValue) } ?? .null,
    ]
  }
}
