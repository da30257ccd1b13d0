public import JSON
public import Platform

/// How a failure is told: what happened, to what, why in one machine word, and what to try next.
public struct ErrorReport: Sendable {
  public let reason: String
  public let message: String
  public let hint: String
  public let status: ExitStatus

  public init(reason: String, message: String, hint: String, status: ExitStatus) {
    self.reason = reason
    self.message = message
    self.hint = hint
    self.status = status
  }

  /// The report of a module's error; `fallbackHint` stands where the error knows no next step.
  public init(_ failure: any Failure, fallbackHint: String) {
    reason = failure.reason
    message = (failure.place.map { "\($0): " } ?? "") + failure.message
    hint = failure.hint ?? fallbackHint
    status = ExitStatus(failure.kind)
  }

  /// The lines for a person; no full stop after an id or path, so that they can be copied.
  public func text(style: Style) -> String {
    let head = style.paint("error:", .bad) + " \(message) [\(reason)]"
    return hint.isEmpty ? head : head + "\n" + style.paint("  try:", .quiet) + " \(hint)"
  }

  /// `wf.error/1` of CLI.md.
  public var json: JSONValue {
    [
      "schema": "wf.error/1", "reason": .string(reason), "message": .string(message),
      "hint": .string(hint), "exit": .number(JSONNumber(Int64(status.rawValue))),
    ]
  }
}
