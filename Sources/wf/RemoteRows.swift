import History
import JSON
import ObjectStore
import Platform
import Terminal

/// What a command that talked to a remote says of each ref, and the number it ends with.
struct RemoteRows {
  let schema: String
  let remote: String
  let rows: [RemoteRow]
  let objects: Int
  var isDryRun = false

  func show(_ session: Session, closing: String) -> ExitStatus {
    let console = session.console
    if console.json {
      console.result(
        jsonLine([
          "schema": .string(schema), "remote": .string(remote), "dry_run": .bool(isDryRun),
          "objects": .number(JSONNumber(Int64(objects))), "rows": .array(rows.map(\.json)),
        ]))
      return status
    }
    var table = Table([
      ("ref", .left), ("old", .left), ("new", .left), ("state", .left),
    ])
    for row in rows {
      table.add([
        plainText(row.name), row.old.map { String($0.hex.prefix(12)) } ?? "-",
        row.new.map { String($0.hex.prefix(12)) } ?? "-", state(row, console),
      ])
    }
    if rows.isEmpty {
      console.result("No claims on either side.")
    } else {
      for line in table.lines(style: console.style) { console.result(line) }
    }
    for row in rows {
      guard let refusal = row.refusal else { continue }
      console.complaint(
        plainText("\(row.name): \(refusal.message) [\(refusal.reason)]"))
      if let hint = refusal.hint { console.complaint(plainText("  try: \(hint)")) }
    }
    if status == .done { console.result(closing) }
    return status
  }

  private func state(_ row: RemoteRow, _ console: Console) -> String {
    let words = row.state.rawValue.split(separator: "_").joined(separator: " ")
    guard let refusal = row.refusal else { return words }
    return console.style.paint("\(words) [\(refusal.reason)]", .bad)
  }

  /// A changed history before anything else; then the first ref that was not taken.
  var status: ExitStatus {
    let kinds = rows.compactMap { $0.refusal?.kind }
    return (kinds.first { $0 == .historyRewritten } ?? kinds.first).map { ExitStatus($0) } ?? .done
  }
}
