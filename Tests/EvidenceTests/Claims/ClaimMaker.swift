import Evidence
import JSON

/// Claims made at a fixed time with fixed randomness.
enum ClaimMaker {
  static let now: Int64 = 1_795_000_000

  static func random(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 + 1) }
  }

  static func make(
    _ template: String, _ settings: [(String, String)] = []
  ) throws -> (claim: JSONValue, protocol: JSONValue) {
    try makeClaim(
      template: template, settings: settings.map { (path: $0.0, value: $0.1) }, now: now,
      random: random)
  }
}
