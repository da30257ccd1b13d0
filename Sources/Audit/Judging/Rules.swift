/// The rule table of the product: which label applies when, how severe it is, what is recommended.
///
/// The tables that all numbered rules share (`RuleSet`); `Docs/Rules.md` is made from them.
enum Rules {
  /// Task ids of suites whose list is public, so that an unplanned task is told from an unknown one.
  static let suites: [(suite: String, tasks: Int)] = [
    ("libero_spatial", 10), ("libero_object", 10), ("libero_goal", 10), ("libero_10", 10),
    ("libero_90", 90),
  ]

  static func isKnownTask(suite: String, taskID: String) -> Bool {
    guard let number = Int(taskID), String(number) == taskID else { return false }
    return suites.contains { $0.suite == suite && (0..<$0.tasks).contains(number) }
  }
}
