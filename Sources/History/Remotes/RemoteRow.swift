public import JSON
public import ObjectStore
import Platform

/// How one ref stands between a store and a remote, or what became of it.
public struct RemoteRow: Sendable, Equatable {
  public enum State: String, Sendable, CaseIterable {
    case new
    case fastForward = "fast_forward"
    case upToDate = "up_to_date"
    case rejected
    /// Of a comparison: the remote does not have it.
    case onlyHere = "only_here"
    /// Of a comparison: the store does not have it.
    case onlyThere = "only_there"
    /// Of a comparison: the store goes on from the remote's.
    case ahead
    /// Of a comparison: the remote goes on from the store's.
    case behind
    /// Of a comparison: the remote has a commit that was never fetched.
    case unknown
  }

  /// As the store calls it: `refs/heads/claims/SLUG`, `refs/tags/SLUG/LABEL`.
  public let name: String
  public let old: ObjectID?
  public let new: ObjectID?
  public let state: State
  public let refusal: RefRefusal?

  public init(
    name: String, old: ObjectID?, new: ObjectID?, state: State, refusal: RefRefusal? = nil
  ) {
    self.name = name
    self.old = old
    self.new = new
    self.state = state
    self.refusal = refusal
  }

  /// The row of a ref that came in.
  public init(_ imported: ImportedRef) {
    let state: State =
      switch imported.state {
      case .new: .new
      case .fastForward: .fastForward
      case .upToDate, .ignored: .upToDate
      case .rejected: .rejected
      }
    self.init(
      name: imported.name.text, old: imported.old, new: imported.new, state: state,
      refusal: imported.refusal)
  }

  /// One row of `wf.push/1`, `wf.fetch/1`, `wf.remote_check/1`.
  public var json: JSONValue {
    [
      "name": .string(name), "old": old.map { .string($0.hex) } ?? .null,
      "new": new.map { .string($0.hex) } ?? .null, "state": .string(state.rawValue),
      "reason": refusal.map { .string($0.reason) } ?? .null,
      "detail": refusal.map { .string($0.message) } ?? .null,
    ]
  }

  /// The row as `wf-mirror` tells it: with what an exit code and a hint need.
  var wire: JSONValue {
    [
      "name": .string(name), "old": old.map { .string($0.hex) } ?? .null,
      "new": new.map { .string($0.hex) } ?? .null, "state": .string(state.rawValue),
      "refusal": refusal.map(\.wire) ?? .null,
    ]
  }

  init?(wire: JSONValue) {
    guard let name = wire["name"]?.string, let state = wire["state"]?.string.flatMap(State.init)
    else { return nil }
    self.init(
      name: name, old: wire["old"]?.string.flatMap { ObjectID(hex: $0) },
      new: wire["new"]?.string.flatMap { ObjectID(hex: $0) }, state: state,
      refusal: wire["refusal"].flatMap(RefRefusal.init(wire:)))
  }
}

extension RefRefusal {
  var wire: JSONValue {
    [
      "kind": .string("\(kind)"), "reason": .string(reason), "message": .string(message),
      "place": place.map { .string($0) } ?? .null, "hint": hint.map { .string($0) } ?? .null,
    ]
  }

  init?(wire: JSONValue) {
    guard let word = wire["kind"]?.string,
      let kind = FailureKind.allCases.first(where: { "\($0)" == word }),
      let reason = wire["reason"]?.string, let message = wire["message"]?.string
    else { return nil }
    self.init(
      kind: kind, reason: reason, message: message, place: wire["place"]?.string,
      hint: wire["hint"]?.string)
  }
}

/// One line that `wf-mirror` writes.
public enum RemoteEvent: Sendable, Equatable {
  /// So many of so many are done in this phase.
  case progress(phase: String, done: Int, total: Int)
  /// A line that the server sent.
  case remark(String)
  /// The end: what became of each ref, and how many objects came or went.
  case result(rows: [RemoteRow], objects: Int)
  /// The end: nothing was done.
  case failure(RefRefusal)

  public var json: JSONValue {
    switch self {
    case .progress(let phase, let done, let total):
      [
        "event": "progress", "phase": .string(phase), "done": .number(JSONNumber(Int64(done))),
        "total": .number(JSONNumber(Int64(total))),
      ]
    case .remark(let text): ["event": "remark", "text": .string(text)]
    case .result(let rows, let objects):
      [
        "event": "result", "rows": .array(rows.map(\.wire)),
        "objects": .number(JSONNumber(Int64(objects))),
      ]
    case .failure(let failure): ["event": "failure", "failure": failure.wire]
    }
  }

  /// Nil for a document of another form.
  public init?(_ json: JSONValue) {
    switch json["event"]?.string {
    case "progress":
      guard let phase = json["phase"]?.string, let done = json["done"]?.int,
        let total = json["total"]?.int
      else { return nil }
      self = .progress(phase: phase, done: Int(done), total: Int(total))
    case "remark":
      guard let text = json["text"]?.string else { return nil }
      self = .remark(text)
    case "result":
      guard let rows = json["rows"]?.array?.map(RemoteRow.init(wire:)), !rows.contains(nil),
        let objects = json["objects"]?.int
      else { return nil }
      self = .result(rows: rows.compactMap { $0 }, objects: Int(objects))
    case "failure":
      guard let failure = json["failure"].flatMap(RefRefusal.init(wire:)) else { return nil }
      self = .failure(failure)
    default: return nil
    }
  }
}
