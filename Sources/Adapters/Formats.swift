internal import Evidence

/// One input format: its word on the command line, and the adapter that reads it.
public struct Format: Sendable {
  typealias Reader =
    @Sendable (
      _ sources: [SourceFile], _ detectedBy: [String], _ options: ReadOptions
    ) throws(AdapterError) -> SavedRun

  /// As typed, for example `lerobot` (CLI.md).
  public let word: String
  /// What the format is, in one line.
  public let about: String
  /// Words of `format.detected_by` by which `auto` knows it: it looks at the content alone.
  public let detectedBy: [String]
  /// Names of result files that are looked for in a folder; `*` stands for anything.
  public let fileNames: [String]
  /// Whether its own logs may be in openpi's lines, as those of Isaac-GR00T N1.5 are.
  var readsLiberoLogs = false
  public let manual: FormatManual
  let reader: Reader
}

/// All input formats.
public enum Formats {
  /// The word that asks for detection by content.
  public static let auto = "auto"
  /// How a bridge file is known, which any source may have.
  static let bridge = "schema:" + BridgeHeader.schema

  /// In the order in which they are listed to a user.
  public static let all: [Format] = [
    Format(
      word: "lerobot", about: "eval_info.json of huggingface/lerobot",
      detectedBy: ["key:per_task", "key:per_episode"], fileNames: ["eval_info.json"],
      manual: .lerobot,
      reader: { (sources, detectedBy, options) throws(AdapterError) in
        try readLeRobot(sources, detectedBy: detectedBy, options: options)
      }),
    Format(
      word: "openpi", about: "LIBERO logs and DROID csv files of Physical-Intelligence/openpi",
      detectedBy: ["line:episodes_completed_so_far", "header:success_duration_video_filename"],
      fileNames: ["*.log", "*.txt", "*.out", "*.err", "eval_*.csv"], manual: .openPI,
      reader: { (sources, detectedBy, options) throws(AdapterError) in
        try readOpenPI(sources, detectedBy: detectedBy, options: options)
      }),
    Format(
      word: "lbm_eval", about: "results-*.json of ToyotaResearchInstitute/lbm_eval",
      detectedBy: ["key:num_requested_evaluations", "key:evaluations"],
      fileNames: ["results-*.json"], manual: .lbmEval,
      reader: { (sources, detectedBy, options) throws(AdapterError) in
        try readLBMEval(sources, detectedBy: detectedBy, options: options)
      }),
    Format(
      word: "vla-eval", about: "result files of allenai/vla-evaluation-harness, shards too",
      detectedBy: ["key:benchmark", "key:tasks"],
      fileNames: [
        "*_sync_*.json", "*_realtime*_*.json", "*_partial_*.json", "*_shard*of*.json",
        "*_aggregate.json",
      ], manual: .vlaEval,
      reader: { (sources, detectedBy, options) throws(AdapterError) in
        try readVLAEval(sources, detectedBy: detectedBy, options: options)
      }),
    Format(
      word: "gr00t-n1.7", about: "standard output of NVIDIA/Isaac-GR00T rollouts",
      detectedBy: ["line:results"], fileNames: ["*.log", "*.txt", "*.out", "*.err"],
      readsLiberoLogs: true, manual: .gr00t,
      reader: { (sources, detectedBy, options) throws(AdapterError) in
        try readGR00T(sources, detectedBy: detectedBy, options: options)
      }),
    bridged("pi-0.7", "bridge file (worldflux.bridge/1) about pi-0.7", .pi07),
    bridged(
      "embodied-gov-bench", "bridge file with a governance record on every line", .embodiedGovBench),
    bridged(
      "cosmos-predict", "bridge file about rollouts that a world model generated", .cosmosPredict),
    Format(
      word: "worldflux", about: "bridge file, or the member audit_input.json",
      detectedBy: [bridge, "schema_version:worldflux.audit_input"],
      fileNames: ["*.jsonl", "audit_input.json"], manual: .worldflux,
      reader: { (sources, detectedBy, options) throws(AdapterError) in
        try readWorldFlux(sources, detectedBy: detectedBy, options: options)
      }),
  ]

  /// A source that has no format of its own.
  private static func bridged(
    _ word: String, _ about: String, _ manual: FormatManual
  ) -> Format {
    Format(
      word: word, about: about, detectedBy: [bridge], fileNames: ["*.jsonl"], manual: manual,
      reader: { (sources, detectedBy, options) throws(AdapterError) in
        try readBridge(sources, as: word, detectedBy: detectedBy, options: options)
      })
  }

  /// The format of a word, or nil.
  public static func named(_ word: String) -> Format? { all.first { $0.word == word } }

  /// - Throws: `unknown_format` with the words there are.
  static func known(_ word: String) throws(AdapterError) -> Format {
    guard let format = named(word) else {
      throw AdapterError(
        .unknownFormat, place: nil, message: "there is no format \(shown(word))",
        hint: "formats: " + (all.map(\.word) + [auto]).joined(separator: ", "))
    }
    return format
  }
}
