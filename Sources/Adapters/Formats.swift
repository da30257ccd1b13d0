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
  let reader: Reader?

  /// Whether this program can read the format; one that cannot refuses with its own reason.
  public var isSupported: Bool { reader != nil }
}

/// All input formats, in the order in which they are listed to a user.
public enum Formats {
  /// The word that asks for detection by content.
  public static let auto = "auto"

  public static let all: [Format] = [
    Format(
      word: "lerobot", about: "eval_info.json of huggingface/lerobot",
      reader: { (sources, detectedBy, options) throws(AdapterError) in
        try readLeRobot(sources, detectedBy: detectedBy, options: options)
      }),
    Format(
      word: "openpi", about: "LIBERO logs and DROID csv files of openpi", reader: nil),
    Format(word: "lbm_eval", about: "results-*.json of lbm_eval", reader: nil),
    Format(
      word: "vla-eval", about: "result files of vla-evaluation-harness", reader: nil),
    Format(word: "gr00t-n1.7", about: "standard output of Isaac-GR00T rollouts", reader: nil),
    Format(word: "pi-0.7", about: "bridge file (worldflux.bridge/1) about pi-0.7", reader: nil),
    Format(
      word: "embodied-gov-bench", about: "bridge file with governance records", reader: nil),
    Format(
      word: "cosmos-predict", about: "bridge file about rollouts in a world model", reader: nil),
    Format(
      word: "worldflux", about: "bridge file, or an audit_input.json member", reader: nil),
  ]

  /// The format of a word, or nil.
  public static func named(_ word: String) -> Format? { all.first { $0.word == word } }

  static func reader(of word: String, seen detectedBy: [String]) throws(AdapterError)
    -> Format.Reader
  {
    guard let format = named(word) else {
      throw AdapterError(
        .unknownFormat, place: nil, message: "there is no format \(shown(word))",
        hint: "formats: " + (all.map(\.word) + [auto]).joined(separator: ", "))
    }
    guard let reader = format.reader else {
      let evidence =
        detectedBy.isEmpty ? "" : " (detected by \(detectedBy.joined(separator: ", ")))"
      throw AdapterError(
        .formatNotSupportedYet, place: nil,
        message: "the format \(word) cannot be read by this version\(evidence)",
        hint: "readable now: " + all.filter(\.isSupported).map(\.word).joined(separator: ", "))
    }
    return reader
  }
}
