/// What a user has to know of a format: shown by `wf audit FORMAT --help` and `wf formats`, and
/// written to Docs/Formats.md.
public struct FormatManual: Sendable {
  /// One shape in which the harness leaves, or left, its results.
  public struct Generation: Sendable {
    /// `format.generation` of a package.
    public let word: String
    /// Which versions or scripts write it, in a few words.
    public let about: String
    /// What the *source* divides by; nil where the file itself names the rule.
    public let denominatorRule: String?
    /// The labels that its seeds can have (FORMATS §1.4).
    public let seeds: [String]
    /// The labels that its initial states can have.
    public let initialStates: [String]
  }

  /// What has to be given, as the end of a sentence: `needs …`.
  public let needs: String
  /// How the files are read and counted, one sentence each.
  public let notes: [String]
  public let generations: [Generation]
  /// What no file of this format says, one phrase each.
  public let unknown: [String]
  /// Missing-evidence labels that every package of the format has, unless an option answers them.
  public let missing: [String]
  /// Whether `--seed-start` says something that the format leaves open.
  public let takesSeedStart: Bool
  /// Commands that work where the files lie as the harness leaves them.
  public let example: [String]
}

extension FormatManual {
  /// What every bridge file has, whatever its source.
  static let bridgeGeneration = Generation(
    word: "bridge_1", about: "worldflux.bridge/1, one header and one line per episode",
    denominatorRule: nil, seeds: ["recorded", "derived", "missing"],
    initialStates: ["recorded", "missing"])

  /// The manual of a source that has no format of its own.
  static func bridged(
    needs: String, notes: [String], unknown: [String], example: [String]
  ) -> FormatManual {
    FormatManual(
      needs: needs, notes: notes, generations: [bridgeGeneration], unknown: unknown,
      missing: ["checkpoint_digest_missing", "environment_version_missing"],
      takesSeedStart: false, example: example)
  }

  /// What is asked for with `auto`.
  public static let auto = FormatManual(
    needs: "a file or folder of any of the formats",
    notes: [
      "The content decides, and what it was seen by is told; names of files decide nothing.",
      "A content that is of two formats, and a folder with the results of two harnesses or of two "
        + "runs, is refused with the candidates.",
    ], generations: [], unknown: [], missing: [], takesSeedStart: true,
    example: [
      "wf claim create --template lerobot-pusht --output claim",
      "wf audit auto outputs/eval --claim-package claim --output package",
    ])
}
