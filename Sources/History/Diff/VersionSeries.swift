public import Audit
internal import JSON
public import ObjectStore

/// Several package versions of one claim, oldest first, and what changed from each to the next.
public struct VersionSeries: Sendable {
  /// One version with what it counted.
  public struct Version: Sendable {
    public let entry: LogEntry
    public let number: Int
    public let tree: ObjectID
    /// Of the primary denominator policy; nil rate when nothing was counted.
    public let counted: CountedEpisodes
    public let rate: String?
    /// Tasks of its protocol, in order.
    public let tasks: [CountedTask]
  }

  /// A gated comparison of two of the versions, given by their places in `versions`.
  public struct Step: Sendable {
    public let from: Int
    public let to: Int
    public let comparison: Comparison
  }

  /// A task that at least one version has.
  public struct Task: Sendable {
    public let task: String
    /// The newest one that there is.
    public let name: String?
    /// One per version; nil where the version lacks the task.
    public let counts: [CountedEpisodes?]
  }

  public let slug: String
  public let versions: [Version]
  /// Neighbours, oldest first.
  public let steps: [Step]
  /// From the first to the last; nil for fewer than three versions, where it would be a step.
  public let whole: Step?
  /// Commits of the claim that are no package version, oldest first: registrations among them.
  public let others: [LogEntry]

  /// Reads and compares the last versions of a claim, each once.
  ///
  /// - Parameters:
  ///   - last: how many; nil for all.
  ///   - comparesWhole: whether first and last are compared too.
  public init(
    of slug: String, last: Int?, comparesWhole: Bool, in store: EvidenceStore,
    options: VerifyOptions
  ) throws {
    self.slug = slug
    let log = try store.log(of: slug, options: options)
    others = log.filter { $0.kind != "package" }.reversed()
    let packages = log.filter { $0.kind == "package" && $0.version != nil }
    var versions: [Version] = []
    var steps: [Step] = []
    var (first, previous): (AuditedVersion?, AuditedVersion?)
    for entry in packages.prefix(last ?? packages.count).reversed() {
      let number = entry.version ?? 0
      let side = try DiffSide(
        name: "\(slug)@v\(number)", version: ResolvedVersion(commit: entry.commit, slug: slug),
        in: store)
      if let previous {
        steps.append(
          Step(
            from: versions.count - 1, to: versions.count,
            comparison: compare(previous, side.audited)))
      }
      versions.append(Version(entry, number, side))
      if first == nil { first = side.audited }
      previous = side.audited
    }
    self.versions = versions
    self.steps = steps
    whole =
      if comparesWhole, versions.count > 2, let first, let previous {
        Step(from: 0, to: versions.count - 1, comparison: compare(first, previous))
      } else { nil }
  }

  /// All tasks: those of the newest version in its order, then those that only older ones have.
  public var tasks: [Task] {
    var order: [String] = []
    var names: [String: String] = [:]
    var counts: [String: [CountedEpisodes?]] = [:]
    for (place, version) in versions.enumerated().reversed() {
      for task in version.tasks {
        if counts[task.task] == nil {
          order.append(task.task)
          counts[task.task] = Array(repeating: nil, count: versions.count)
        }
        if names[task.task] == nil { names[task.task] = task.name }
        counts[task.task]?[place] = task.counted
      }
    }
    return order.map { Task(task: $0, name: names[$0], counts: counts[$0] ?? []) }
  }
}

extension VersionSeries.Version {
  init(_ entry: LogEntry, _ number: Int, _ side: DiffSide) {
    let primary = side.audited.evidence["primary"]
    self.init(
      entry: entry, number: number, tree: side.tree,
      counted: CountedEpisodes(
        k: Int(primary?["k"]?.int ?? 0), n: Int(primary?["n"]?.int ?? 0)),
      rate: primary?["rate"]?.string, tasks: side.audited.countedTasks)
  }
}

extension VersionSeries {
  /// Whether any two of the versions are not the same tree.
  public var differs: Bool { Set(versions.map(\.tree)).count > 1 }
}
