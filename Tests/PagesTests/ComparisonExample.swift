import Audit
import Evidence
import Pages
import TestSupport

/// Two versions made from the example package, and what compares them.
enum ComparisonExample {
  /// A version with these outcomes, one letter per episode of each task.
  static func version(_ tasks: [String], firstSeed: Int64 = 1000) throws -> AuditedVersion {
    let bytes = ["claim", "protocol", "audit_input"].map {
      Fixtures.bytes("package-example/\($0).json")
    }
    let claim = try Claim.decode(bytes[0])
    var plan = try EvaluationProtocol.decode(bytes[1])
    var input = try AuditInput.decode(bytes[2])
    let longest = tasks.map(\.utf8.count).max() ?? 1
    plan.frozen.tasks = tasks.indices.map {
      ProtocolTask(suite: "suite", taskID: String($0), name: "task number \($0)")
    }
    plan.frozen.episodeIndexes = [0...(longest - 1)]
    plan.frozen.seeds = .unset
    input.sourceAggregates = nil
    input.observations = []
    input.tasks = tasks.enumerated().map { place, letters in
      let outcomes = Array(letters.utf8)
      return AuditedTask(
        suite: "suite", taskID: String(place), name: "task number \(place)", inProtocol: true,
        episodes: EpisodeColumns(
          indexes: [0...(outcomes.count - 1)], outcomes: outcomes,
          seeds: outcomes.indices.map { .integer(firstSeed + Int64($0)) },
          initialStates: outcomes.indices.map { _ in nil }, reasons: [:]))
    }
    var counts = EpisodeCounts()
    counts.succeeded = tasks.joined().count { $0 == "S" }
    counts.failed = tasks.joined().count { $0 == "F" }
    counts.attempted = counts.succeeded + counts.failed
    counts.planned = counts.attempted
    input.counts = counts
    input.rawCoverage = RawCoverage()
    input.rawCoverage.countedEpisodes = counts.attempted
    input.rawCoverage.failedEpisodes = counts.failed
    return AuditedVersion(
      claim: claim, protocol: plan, input: input,
      evidence: try judge(
        claim: claim, protocol: plan, input: input,
        digests: InputDigests(
          claim: Digest.text(of: bytes[0]), protocol: Digest.text(of: bytes[1]),
          auditInput: Digest.text(of: bytes[2]))))
  }

  /// `k` successes, then failures.
  static func letters(_ k: Int, of n: Int = 50) -> String {
    String(repeating: "S", count: k) + String(repeating: "F", count: n - k)
  }

  /// A task that fell, one that rose, one that wavers and one that stayed.
  static func contents() throws -> ComparisonPageContents {
    let comparison = compare(
      try version([48, 20, 40, 45].map { letters($0) }),
      try version([20, 48, 41, 45].map { letters($0) }))
    return ComparisonPageContents(
      nameA: "demo@v1", nameB: "demo@v2", comparison: comparison,
      flipRaw: comparison.flips.enumerated().map {
        $0.offset == 0 ? [PagesExample.digest("7")] : []
      },
      members: [ComparisonPageContents.Member(name: "evidence.json", state: "changed")],
      raw: ComparisonPageContents.RawCounts(added: 1, removed: 2, changed: 3, kept: 4))
  }
}
