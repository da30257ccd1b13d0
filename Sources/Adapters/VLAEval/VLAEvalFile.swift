internal import Evidence
internal import JSON

/// What was read from one file of vla-evaluation-harness.
struct VLAEvalFile: Sendable {
  var benchmark = ""
  var tasks: [VLAEvalTask] = []
  var harnessVersion: String?
  var createdAt: String?
  /// `config.subname`, the suite inside of the benchmark.
  var subname: String?
  var configBenchmark: String?
  var episodesPerTask: Int?
  /// The one seed of the run, at the top or in `config.params`.
  var seed: Int64?
  var paramsSeed: Int64?
  var checkpoint: String?
  /// Whether the server told of a checkpoint by its place on a disk.
  var namesLocalCheckpoint = false
  var shard: Shard?
  var isPartial = false
  var missingShards = 0
  var hasEvalID = false
  var hasMetricKeys = false
  /// `mean_success`, or `overall_success_rate` of the oldest generation.
  var rate: StatedNumber?
  var rateKey = ""
  var statedTotals: [(pointer: String, count: Int)] = []
  /// Errors of all tasks together, which the newest generation states.
  var statedErrors: Int?

  struct Shard: Sendable {
    var id: Int
    var total: Int
  }

  var suite: String { subname ?? benchmark }
  var episodes: Int { tasks.reduce(0) { $0 + $1.episodes.count } }

  enum Generation: String, Sendable {
    case flat = "v1_flat"
    case metrics = "v2_metrics"
    case aggregate = "v3_aggregate"
  }

  var generation: Generation {
    if hasEvalID { return .aggregate }
    return hasMetricKeys || tasks.contains { $0.episodes.contains(where: \.hasMetrics) }
      ? .metrics : .flat
  }

  /// LIBERO gives episode i the i-th of a fixed list of initial states.
  var hasFixedStates: Bool {
    benchmark.hasPrefix("LIBERO") || configBenchmark?.contains(":LIBERO") == true
  }
}

/// One entry of `tasks`.
struct VLAEvalTask: Sendable {
  var name = ""
  var episodes: [VLAEvalEpisode] = []

  var successes: Int { episodes.count { $0.outcome == .succeeded } }
  var errors: Int { episodes.count { $0.outcome == .errored } }
}

/// One entry of `episodes`.
struct VLAEvalEpisode: Sendable {
  var id = 0
  var outcome = Outcome.failed
  var hasMetrics = false
  var steps: Int?
  var duration = LexemeSpan.none
  var failure: String?
  /// Task and episode number of the recording's file, of the newest generation.
  var recording: String?
}
