/// How the episodes of a task, or of all tasks, ended.
///
/// STATISTICS §1, §6.
public struct EpisodeCounts: Sendable, Hashable {
  public let succeeded: Int
  public let failed: Int
  /// Started, without a valid outcome.
  public let errored: Int
  /// Valid outcome withheld, with a reason.
  public let excluded: Int
  /// Episodes the protocol plans; nil when unknown.
  public let planned: Int?

  /// Nil when a count is negative or beyond 2⁵³.
  public init?(succeeded: Int, failed: Int, errored: Int, excluded: Int, planned: Int?) {
    let counts = [succeeded, failed, errored, excluded, planned ?? 0]
    guard counts.allSatisfy({ (0...(1 << 53)).contains($0) }) else { return nil }
    self.succeeded = succeeded
    self.failed = failed
    self.errored = errored
    self.excluded = excluded
    self.planned = planned
  }

  public var recorded: Int { succeeded + failed + errored + excluded }

  /// Planned episodes without a record; 0 when the plan is unknown.
  public var missing: Int { max(0, (planned ?? 0) - recorded) }

  /// u: the episodes whose outcome no frozen policy settles.
  public var unresolved: Int { errored + excluded + missing }

  /// The counts when a policy frozen before execution says that errors are failures.
  public var withErrorsAsFailures: EpisodeCounts {
    EpisodeCounts(
      unchecked: succeeded, failed + errored, errored: 0, excluded: excluded, planned: planned)
  }

  /// The counts without the exclusions that the registered protocol's rules cover.
  public var withoutExcluded: EpisodeCounts {
    EpisodeCounts(
      unchecked: succeeded, failed, errored: errored, excluded: 0,
      planned: planned.map { max(0, $0 - excluded) })
  }

  /// k and n under a policy; nil for `asPlanned` without a plan.
  public func proportion(_ policy: DenominatorPolicy) -> Proportion? {
    switch policy {
    case .errorsAsFailures: Proportion(k: succeeded, n: succeeded + failed + errored)
    case .errorsExcluded: Proportion(k: succeeded, n: succeeded + failed)
    case .asPlanned: planned == nil ? nil : Proportion(k: succeeded, n: recorded + missing)
    case .bestCase: Proportion(k: succeeded + unresolved, n: recorded + missing)
    }
  }

  private init(
    unchecked succeeded: Int, _ failed: Int, errored: Int, excluded: Int, planned: Int?
  ) {
    self.succeeded = succeeded
    self.failed = failed
    self.errored = errored
    self.excluded = excluded
    self.planned = planned
  }
}

/// Which episodes count, in the order in which they are reported.
///
/// STATISTICS §6.
public enum DenominatorPolicy: String, Sendable, CaseIterable {
  case errorsAsFailures = "errors_as_failures"
  case errorsExcluded = "errors_excluded"
  case asPlanned = "as_planned"
  /// Never the primary one.
  case bestCase = "best_case"
}
