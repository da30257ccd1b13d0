internal import NIOHTTP1

/// Why a connection was refused before any route was looked for.
enum ConnectionRefusal: String, CaseIterable, Sendable {
  case malformed = "request_malformed"
  case timeout = "request_timeout"
  case targetTooLong = "target_too_long"
  case headerTooLarge = "header_too_large"
  /// One more than there may be in all, or from one address; closed without an answer.
  case tooMany = "connections_exceeded"

  /// What the client is told; nil where it is told nothing.
  var status: HTTPResponseStatus? {
    switch self {
    case .malformed: .badRequest
    case .timeout: .requestTimeout
    case .targetTooLong: .uriTooLong
    case .headerTooLarge: .requestHeaderFieldsTooLarge
    case .tooMany: nil
    }
  }
}

/// Where refusals are counted and written down: their class, and nothing of what was sent.
struct ConnectionRefusals: Sendable {
  let metrics: Metrics
  let log: ServerLog
  let clock: ServerClock

  func note(_ refusal: ConnectionRefusal) {
    metrics.note(refusal)
    log.refusal(refusal.rawValue, at: clock.now)
  }
}
