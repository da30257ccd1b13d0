internal import Evidence

/// Which task of the protocol a row belongs to (IMPORT §3.1, gate identity).
struct RowIdentity {
  private let tasks: [ProtocolTask]?
  private var byID: [String: [ProtocolTask]] = [:]
  private var byName: [String: [ProtocolTask]] = [:]

  /// - Parameter plan: nil when no protocol was given; every task then stands for itself.
  init(_ plan: EvaluationProtocol?) {
    tasks = plan?.frozen.tasks
    for task in tasks ?? [] {
      byID[task.taskID, default: []].append(task)
      if let name = task.name { byName[name, default: []].append(task) }
    }
  }

  /// The task of a row that names these; nil where nothing tells.
  func task(suite: String?, task: String?) -> TaskName? {
    let suite = suite.flatMap { $0.isEmpty ? nil : $0 }
    guard let task = task.flatMap({ $0.isEmpty ? nil : $0 }) else {
      if suite == nil, let tasks, tasks.count == 1, let only = tasks.first {
        return TaskName(suite: only.suite, taskID: only.taskID)
      }
      return suite.map { TaskName(suite: $0, taskID: "") }
    }
    guard tasks != nil else { return TaskName(suite: suite ?? "", taskID: task) }
    let known = byID[task] ?? byName[task] ?? []
    guard let suite else {
      if known.count > 1 { return nil }
      return known.first.map { TaskName(suite: $0.suite, taskID: $0.taskID) }
        ?? TaskName(suite: "", taskID: task)
    }
    let match = known.first { $0.suite == suite }
    return TaskName(suite: suite, taskID: match?.taskID ?? task)
  }
}
