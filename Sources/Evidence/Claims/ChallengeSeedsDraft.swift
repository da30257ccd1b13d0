internal import JSON

/// What follows once a person has set `protocol.frozen.seeds.kind=challenge`.
enum ChallengeSeedsDraft {
  private static let path = "protocol.frozen.seeds."

  /// The protocol with a challenge that can be frozen: no first seed, since the registration gives it,
  /// step 1, and a seed for each frozen episode; what was set stays.
  static func filled(_ plan: JSONValue, settled: Set<String>) -> JSONValue {
    guard settled.contains(path + "kind"), var object = plan.object,
      var frozen = plan["frozen"]?.object, var seeds = plan["frozen"]?["seeds"]?.object,
      seeds["kind"]?.string == "challenge"
    else { return plan }
    if !settled.contains(path + "first") { seeds["first"] = .null }
    if !settled.contains(path + "step") { seeds["step"] = 1 }
    if !settled.contains(path + "count") {
      seeds["count"] = episodes(plan).map { .number(JSONNumber($0)) } ?? .null
    }
    if !settled.contains(path + "values") { seeds["values"] = nil }
    frozen["seeds"] = .object(seeds)
    object["frozen"] = .object(frozen)
    return .object(object)
  }

  /// How many seeds the frozen episodes need; nil where none are frozen.
  private static func episodes(_ plan: JSONValue) -> Int64? {
    guard let ranges = plan["frozen"]?["episode_indexes"]?.array else { return nil }
    var perTask: Int64 = 0
    for range in ranges {
      guard let ends = range.array, ends.count == 2, let first = ends[0].int, let last = ends[1].int
      else { return nil }
      let (width, overflow) = last.subtractingReportingOverflow(first)
      let (sum, carry) = perTask.addingReportingOverflow(width)
      guard !overflow, !carry, sum < 1 << 53 else { return nil }
      perTask = sum + 1
    }
    if plan["frozen"]?["seeds"]?["same_for_every_task"]?.bool ?? true { return perTask }
    let tasks = Int64(plan["frozen"]?["tasks"]?.array?.count ?? 0)
    let (total, overflow) = perTask.multipliedReportingOverflow(by: tasks)
    return overflow ? nil : total
  }
}
