internal import Evidence
internal import JSON
internal import Platform

/// Reads an eval_info.json of huggingface/lerobot, all generations (FORMATS §2).
///
/// The file is read once, whatever the order of its keys, by a pull reader over the mapping; rewards
/// stay places in it. All stated averages and counts are computed again from the episodes, and one
/// that disagrees refuses the file.
func readLeRobot(
  _ sources: [SourceFile], detectedBy: [String], options: ReadOptions
) throws(AdapterError) -> SavedRun {
  guard let source = sources.first else {
    throw AdapterError(.noInput, place: nil, message: "no input file was given")
  }
  guard sources.count == 1 else {
    throw AdapterError(
      .tooManyInputs, place: sources[1].path,
      message: "lerobot writes one file per run, and \(sources.count) were given",
      hint: "audit each run by itself")
  }
  let (content, digest) = try source.read { (bytes) throws(AdapterError) in
    var reader = LeRobotReader(
      bytes, file: source.mapped, path: source.path, limits: options.limits)
    return try reader.read()
  }
  let builder = LeRobotRun(
    content: content, path: source.path, detectedBy: detectedBy, options: options)
  return try builder.run(
    input: source.inputFile(mediaType: "application/json", digest: digest),
    lexemes: MappedLexemes(mapped: source.mapped))
}

/// What was read from one file.
struct LeRobotContent: Sendable {
  enum Episodes: Sendable {
    case perTask([LeRobotTask])
    case perEpisode(LeRobotEpisodes)
  }
  var episodes: Episodes
  /// `overall`, or `aggregated` of the oldest generation.
  var totals: LeRobotAggregate
  var hasIntervals: Bool
  var hasPredictedVideos: Bool
}

/// One entry of `per_task`.
struct LeRobotTask: Sendable {
  var group: String
  var id: Int
  /// Place in the file, from 0.
  var position: Int
  /// `S` or `F` per episode.
  var outcomes: [UInt8]
  var sumRewards: [LexemeSpan]
  var maxRewards: [LexemeSpan]
  var tally: LeRobotTally
  var videoPaths: [String]
  var predictedVideoPaths: [String]
}

/// The columns of `per_episode`, in file order.
struct LeRobotEpisodes: Sendable {
  var indexes: [Int] = []
  var outcomes: [UInt8] = []
  var sumRewards: [LexemeSpan] = []
  var maxRewards: [LexemeSpan] = []
  /// Empty until the first seed that is not null.
  var seeds: [Seed?] = []
  var tally = LeRobotTally()
  var videoPaths: [String] = []
}
