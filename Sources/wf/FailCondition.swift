import Audit
import History
import Terminal

/// What `wf diff --fail-on` looks for.
enum FailCondition: String, CaseIterable {
  case regression, verdict, any

  init(option: String) throws {
    guard let condition = Self(rawValue: option) else {
      throw CommandError(
        .optionInvalid, place: "--fail-on \(option)", "this is not something to fail on",
        hint: "one of: " + Self.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self = condition
  }

  /// `negative` when it happened, `undecided` when nothing can be classed, `done` otherwise.
  func status(_ diff: PackageDiff) throws -> ExitStatus {
    let status = status(diff.comparison)
    guard self == .any, status != .negative else { return status }
    return try diff.differsBeyondSalt() ? .negative : status
  }

  /// Of the newest step and of the step from first to last.
  func status(_ series: VersionSeries) -> ExitStatus {
    let steps = [series.steps.last, series.whole].compactMap { $0 }
    let found = steps.map { status($0.comparison) }
    let differs = self == .any && series.differs
    if differs || found.contains(.negative) { return .negative }
    return found.contains(.undecided) ? .undecided : .done
  }

  /// A gate that cannot see must not pass.
  private func status(_ comparison: Comparison) -> ExitStatus {
    let isBlind = comparison.comparability.state == .notComparable
    switch self {
    case .verdict: return comparison.verdict.isChanged ? .negative : .done
    case .regression:
      return isBlind ? .undecided : comparison.hasRegression ? .negative : .done
    case .any:
      let isOther =
        comparison.verdict.isChanged || comparison.grade.isChanged || comparison.hasRegression
      return isOther ? .negative : isBlind ? .undecided : .done
    }
  }
}
