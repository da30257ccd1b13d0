package import JSON

/// One power hint of evidence.json: for the whole, or for one task or dimension (STATISTICS §11).
package struct PowerPlan: Sendable {
  /// The task or dimension; nil for the whole.
  package let name: String?
  /// Six digits.
  package let assumedRate: String?
  /// A fresh run of fixed length, what would support the claim, and how many more that is than now.
  package let run: (episodes: Int64, successes: Int64, more: Int64)?
  /// Why there is no such run; `not_defined` where the package does not say.
  package let reason: String

  private init(_ row: JSONValue, name: String?) {
    self.name = name
    assumedRate = row["assumed_rate"]?.string
    reason = row["episodes_reason"]?.string ?? "not_defined"
    if let episodes = row["episodes"]?.int, let successes = row["successes"]?.int,
      let more = row["more"]?.int
    {
      run = (episodes, successes, more)
    } else {
      run = nil
    }
  }

  /// In the package's order; none where it has no hint.
  package static func plans(_ evidence: JSONValue) -> [PowerPlan] {
    guard let power = evidence["power"], power.object != nil else { return [] }
    guard let rows = power["tasks"]?.array ?? power["dimensions"]?.array else {
      return [PowerPlan(power, name: nil)]
    }
    return rows.map { row in
      PowerPlan(row, name: row["task"]?.string ?? row["dimension"]?.string ?? "")
    }
  }
}
