import Audit
import Evidence
import JSON
import TestSupport

@testable import History
@testable import wf

/// Reports of comparisons with tasks to order, made from the worked example's claim and protocol.
enum ComparedVersions {
  /// One task: its id, its name, and one letter per episode.
  struct Task {
    var suite = "suite"
    let id: String
    var name: String?
    let letters: String
  }

  static func version(
    _ tasks: [Task], change: (inout Claim, inout EvaluationProtocol) -> Void = { _, _ in }
  ) throws -> AuditedVersion {
    func bytes(_ name: MemberName) -> [UInt8] {
      Fixtures.bytes("package-example/package/" + name.rawValue)
    }
    var claim = try Claim.decode(bytes(.claim))
    var plan = try EvaluationProtocol.decode(bytes(.evaluationProtocol))
    var input = try AuditInput.decode(bytes(.auditInput))
    plan.frozen.tasks = tasks.map { ProtocolTask(suite: $0.suite, taskID: $0.id, name: $0.name) }
    plan.frozen.episodeIndexes = nil
    plan.metricContract.horizonSteps = 280
    input.observations = []
    input.sourceAggregates = nil
    input.initialStateLabel = .missing
    input.seedLabel = .recorded
    input.tasks = tasks.map { task in
      let outcomes = Array(task.letters.utf8)
      return AuditedTask(
        suite: task.suite, taskID: task.id, name: task.name, inProtocol: true,
        episodes: EpisodeColumns(
          indexes: [0...(outcomes.count - 1)], outcomes: outcomes,
          seeds: outcomes.indices.map { .integer(Int64($0)) }))
    }
    var counts = EpisodeCounts()
    let letters = tasks.map(\.letters).joined()
    counts.succeeded = letters.count { $0 == "S" }
    counts.failed = letters.count { $0 == "F" }
    counts.attempted = counts.succeeded + counts.failed
    input.counts = counts
    input.rawCoverage = RawCoverage()
    input.rawCoverage.countedEpisodes = counts.attempted
    input.rawCoverage.failedEpisodes = counts.failed
    change(&claim, &plan)
    let digests = InputDigests(
      claim: Digest.text(of: []), protocol: Digest.text(of: []), auditInput: Digest.text(of: []))
    return AuditedVersion(
      claim: claim, protocol: plan, input: input,
      evidence: try judge(claim: claim, protocol: plan, input: input, digests: digests))
  }

  static func report(
    _ a: AuditedVersion, _ b: AuditedVersion, names: (String, String) = ("demo@v1", "demo@v2"),
    isPublic: Bool = false
  ) -> DiffReport {
    let comparison = compare(a, b)
    let digest = "sha256:" + String(repeating: "7", count: 64)
    return DiffReport(
      nameA: names.0, nameB: names.1, comparison: comparison,
      flipRaw: comparison.flips.map { _ in [digest] },
      members: [
        .init(name: "audit_input.json", state: .changed, old: nil, new: nil),
        .init(name: "evidence.json", state: .changed, old: nil, new: nil),
      ], raw: .init(added: 3, removed: 2, changed: 0, kept: 7), isPublic: isPublic)
  }

  /// `count` tasks of 20 episodes, of which every `nth` became much worse.
  static func many(_ count: Int, everyNth nth: Int, id: (Int) -> String) throws -> DiffReport {
    let good = String(repeating: "S", count: 19) + "F"
    let bad = "SS" + String(repeating: "F", count: 18)
    let old = (0..<count).map { Task(id: id($0), name: "task \($0)", letters: good) }
    let new = (0..<count).map {
      Task(
        id: id($0), name: "task \($0)", letters: $0 % nth == 0 ? bad : $0 % 3 == 0 ? good : mix($0))
    }
    return report(try version(old), try version(new))
  }

  private static func mix(_ place: Int) -> String {
    let failures = 1 + place % 3
    return String(repeating: "S", count: 20 - failures) + String(repeating: "F", count: failures)
  }
}
