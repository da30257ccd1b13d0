import ArgumentParser
import History
import Platform
import TransparencyLog

/// Whether a key that was revoked later still counts for what is proven to be older.
struct SignedBeforeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Believe a revoked key for commits proven to be older than this (2026-03-01T00:00:00Z).",
      valueName: "time"))
  var signedBeforeRevocation: String?

  @Option(
    help: ArgumentHelp(
      "With it: a cosigned checkpoint of the store's log, as proof; may be given again.",
      valueName: "file"))
  var checkpoint: [String] = []

  @Option(
    help: ArgumentHelp(
      "With it: the key of a witness whose cosignature counts; may be given again.",
      valueName: "key"))
  var witness: [String] = []

  @Option(help: "With it: how many of the witnesses are needed (default: all given).")
  var quorum: Int?

  /// - Throws: `option_invalid`, and where a checkpoint or key cannot be read.
  func options(
    _ session: Session, bundleProof: (@Sendable (BundledPackage) -> AgeProof?)?
  ) throws -> SignedBeforeRevocation? {
    guard let text = signedBeforeRevocation else {
      let alone = [
        ("--checkpoint", !checkpoint.isEmpty), ("--witness", !witness.isEmpty),
        ("--quorum", quorum != nil),
      ].first { $0.1 }
      if let alone {
        throw CommandError(
          .optionInvalid, place: alone.0, "it proves the age of a commit, which nobody asked for",
          hint: "--signed-before-revocation TIME asks; wf log-check compares checkpoints")
      }
      return nil
    }
    guard let moment = UTCTime(rfc3339: text) else {
      throw CommandError(
        .optionInvalid, place: "--signed-before-revocation \(text)",
        "this is no time in UTC", hint: "it reads 2026-03-01T00:00:00Z")
    }
    let needed = quorum ?? witness.count
    guard needed <= witness.count, needed > 0 || witness.isEmpty, needed >= 0 else {
      throw CommandError(
        .optionInvalid, place: "--quorum \(needed)",
        "a quorum is a number of the witnesses given, and at least one")
    }
    var asked = try SignedBeforeRevocation(
      moment: moment.seconds, user: try session.user(), files: session.files,
      checkpoints: try checkpoint.map {
        try SignedNote(parsing: try session.files.read($0, limit: SignedNote.maximumBytes))
      },
      witnesses: WitnessPolicy(
        witnesses: try witness.map(VerifierKey.init(parsing:)), quorum: needed),
      now: session.surroundings.clock())
    asked.bundleProof = bundleProof
    return asked
  }
}
