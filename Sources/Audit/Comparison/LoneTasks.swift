internal import Evidence
public import JSON

/// A task of one version with what that version counted.
public struct CountedTask: Sendable, Equatable {
  /// `suite/task_id`.
  public let task: String
  public let name: String?
  public let counted: CountedEpisodes

  public var json: JSONValue {
    [
      "task": .string(task), "name": .text(name), "k": .count(counted.k), "n": .count(counted.n),
    ]
  }
}

/// Two tasks of equal name under different ids: perhaps one task, and never compared as one.
public struct PossibleRename: Sendable, Equatable {
  public let a: String
  public let b: String
  public let name: String

  public init(a: String, b: String, name: String) {
    self.a = a
    self.b = b
    self.name = name
  }

  public var json: JSONValue {
    ["a": .string(a), "b": .string(b), "name": .string(name)]
  }
}

extension AuditedVersion {
  /// What each task of the protocol counted, under the version's own denominator policy.
  public var countedTasks: [CountedTask] {
    countedTasks(ComparisonGate.policy(self, isPlanned: input.counts.planned != nil)) { _ in true }
  }

  func countedTasks(_ policy: CountingPolicy, where isWanted: (AuditedTask) -> Bool)
    -> [CountedTask]
  {
    input.tasks.filter { $0.inProtocol && isWanted($0) }.map { task in
      CountedTask(
        task: task.suite + "/" + task.taskID, name: task.name,
        counted: PairedCounts.counts(task, policy).episodes)
    }
  }
}

/// Tasks that only one version has.
struct LoneTasks: Sendable {
  let onlyA: [CountedTask]
  let onlyB: [CountedTask]

  init(_ a: AuditedVersion, _ b: AuditedVersion, _ common: [CommonTask], policy: CountingPolicy) {
    let shared = Set(common.map(\.prefix))
    func isAlone(_ task: AuditedTask) -> Bool {
      !shared.contains(EpisodeKey.taskPrefix(suite: task.suite, taskID: task.taskID))
    }
    onlyA = a.countedTasks(policy, where: isAlone)
    onlyB = b.countedTasks(policy, where: isAlone)
  }

  /// Names that one task of each side has, and no other task that stands alone.
  var possibleRenames: [PossibleRename] {
    let (left, right) = (Self.byName(onlyA), Self.byName(onlyB))
    return onlyA.compactMap { task in
      guard let name = task.name, left[name]?.count == 1, let found = right[name],
        found.count == 1
      else { return nil }
      return PossibleRename(a: task.task, b: found[0].task, name: name)
    }
  }

  private static func byName(_ tasks: [CountedTask]) -> [String: [CountedTask]] {
    Dictionary(grouping: tasks.filter { $0.name?.isEmpty == false }) { $0.name ?? "" }
  }
}
