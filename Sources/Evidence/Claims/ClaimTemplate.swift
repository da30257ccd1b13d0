/// A built-in starting point for claim.json and protocol.json.
public struct ClaimTemplate: Sendable, Equatable {
  public let name: String
  /// One line for `wf claim templates`.
  public let summary: String
  let content: Content

  /// What a template decides; the rest follows from its suites, or is asked.
  struct Content: Sendable, Equatable {
    /// Ids of known suites; empty where the harness has no fixed tasks.
    var suites: [String]
    /// applicability.benchmark where no suite says it.
    var benchmark: String?
    var subjectID: String
    var capability: String
    /// Its label in protocol.metric_contract.success_rule.
    var successRule: String?
    /// Frozen cells of each task; nil where nothing but the user knows.
    var episodesPerTask: Int?
    var seeds: Seeds
    var aggregate: ClaimMetric.Aggregate = .micro
    var namesTasksByInstruction = false
    var exclusionRules: [DenominatorPolicy.ExclusionRule] = []
    /// What nothing but the user can answer.
    var questions: [OpenQuestion] = []
  }

  /// Which seeds the harness gives by default, the same for every task.
  enum Seeds: Sendable, Equatable {
    /// It gives none, or does not say which.
    case unset
    /// Episode i has the first one plus i.
    case rising(from: Int64)
    /// One for the whole run.
    case one(Int64)
  }

  /// All templates, in the order of the list.
  public static let all: [ClaimTemplate] = [
    openpiLibero, lerobotLibero, lerobotPushT, lbmEval, vlaEvalLibero, gr00tSimpler,
    embodiedGovBench, cosmosPredictBridge,
  ]

  /// - Throws: `template_unknown` with the names there are.
  static func content(of name: String) throws(ClaimError) -> Content {
    guard let template = all.first(where: { $0.name == name }) else {
      let names = all.map(\.name).joined(separator: ", ")
      throw ClaimError(
        .templateUnknown, name, "there is no template of this name",
        hint: "wf claim templates lists them: \(names)")
    }
    return template.content
  }
}

/// How a harness names the tasks of a suite in its results.
struct TaskNaming: Sendable, Equatable {
  /// The instruction is the id, as vla-evaluation-harness has it.
  var isByInstruction: Bool

  static let published = TaskNaming(isByInstruction: false)

  /// What stands in frozen.tasks; nil when two tasks would have the same id.
  func tasks(of suite: BenchmarkSuite) -> [ProtocolTask]? {
    let tasks = suite.tasks.map { task in
      ProtocolTask(
        suite: suite.id, taskID: isByInstruction ? task.name ?? task.id : task.id, name: task.name)
    }
    return Set(tasks.map(\.taskID)).count == tasks.count ? tasks : nil
  }
}
