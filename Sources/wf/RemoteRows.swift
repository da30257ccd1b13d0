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
    let words = Dictionary(
      uniqueKeysWithValues: RemoteRow.State.allCases.map { state in
        (state, state.rawValue.split(separator: "_").joined(separator: " "))
      })
    for row in rows {
      var state = words[row.state] ?? ""
      if let refusal = row.refusal {
        state = console.style.paint("\(state) [\(refusal.reason)]", .bad)
      }
      let (old, new) = (short(row.old), row.new == row.old ? nil : short(row.new))
      table.add([plainText(row.name), old, new ?? old, state])
    }
    if rows.isEmpty {
      console.result("No claims on either side.")
    } else {
      console.result(table.lines(style: console.style).joined(separator: "\n"))
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

  private func short(_ id: ObjectID?) -> String { id?.hex(digits: 12) ?? "-" }

  /// A changed history before anything else; then the first ref that was not taken.
  var status: ExitStatus {
    let kinds = rows.compactMap { $0.refusal?.kind }
    return (kinds.first { $0 == .historyRewritten } ?? kinds.first).map { ExitStatus($0) } ?? .done
  }
}
