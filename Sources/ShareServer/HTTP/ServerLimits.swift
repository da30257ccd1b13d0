/// Sizes, times and rates of connections and requests (SHARING §8).
package struct ServerLimits: Sendable {
  /// Bytes.
  package var headerBlock = 16 << 10
  package var target = 2 << 10
  package var jsonBody = 256 << 10
  package var connections = 256
  package var connectionsPerAddress = 16
  /// Seconds from the first byte, or from the connection, to the end of the headers.
  package var headerTime: Int64 = 10
  /// Seconds until a body must have come at `bodyRate` bytes a second.
  package var bodyGrace: Int64 = 10
  package var bodyRate = 1 << 10
  package var bodyTime: Int64 = 300
  /// Seconds in which nothing of an answer was taken.
  package var writeStall: Int64 = 30
  package var keepAlive: Int64 = 30
  /// Seconds that open requests get at the end.
  package var shutdown: Int64 = 20
  /// Hundredths of the disk that must be free for an upload.
  package var freeDisk: Int = 5
  /// Bytes of pages that are kept ready.
  package var pageMemory = 32 << 20
  package var passwordCost = PasswordCost()
  package var passwordsAtOnce = 2
  package var passwordPatience: Int64 = 10
  package var rates = RateSettings()

  package init() {}

  /// What an operator may set in `server.json`; times are seconds, rates a minute.
  static var settable: [String: @Sendable (inout ServerLimits, Int) -> Void] {
    [
      "connections": { $0.connections = $1 },
      "connections_per_address": { $0.connectionsPerAddress = $1 },
      "header_time": { $0.headerTime = Int64($1) },
      "body_grace": { $0.bodyGrace = Int64($1) },
      "body_time": { $0.bodyTime = Int64($1) },
      "write_stall": { $0.writeStall = Int64($1) },
      "keep_alive": { $0.keepAlive = Int64($1) },
      "requests_per_address": { $0.rates.sharePerAddress = Rate($1, per: 60) },
      "requests_per_share": { $0.rates.sharePerShare = Rate($1, per: 60) },
      "requests_per_key": { $0.rates.apiPerKey = Rate($1, per: 60) },
    ]
  }

  /// These limits with those of a configuration in their places.
  func setting(_ values: [String: Int]) -> ServerLimits {
    var limits = self
    for (name, value) in values { Self.settable[name]?(&limits, value) }
    return limits
  }
}
