import ArgumentParser
import History
import JSON
import ObjectStore
import Platform
import Signing
import Terminal

struct ImportBundleCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "import-bundle", abstract: "Bring a git bundle's claims into this store",
    discussion: """
      The other end of wf export --format bundle, for machines without a network
      between them. Everything wf verify checks is checked first, in a place of its
      own; only then does the store get an object. Refs go forward only: a bundle
      that is older than the store, or that forked from it, changes nothing.

      Examples:
        wf import-bundle my-claim.bundle
        wf import-bundle my-claim.bundle --dry-run
        wf import-bundle my-claim.bundle --trust allowed_signers

      Exit codes: 0 done; 4 no bundle; 20 bytes changed; 21 something is missing;
      22 unsigned; 23 signer not trusted; 24 key expired or revoked; 25 history
      rewritten, older or forked.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "A git bundle of version 3.")
  var file: String
  @Flag(name: .customLong("dry-run"), help: "Make all checks and change nothing.")
  var isDryRun = false
  @OptionGroup var believing: BelievingOptions

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    let result = try store.importBundle(
      file, options: try believing.verifyOptions(session), isDryRun: isDryRun)
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.import/1", "dry_run": .bool(isDryRun),
          "objects": .number(JSONNumber(Int64(result.objects))),
          "rows": .array(result.rows.map(\.json)),
        ]))
      return .done
    }
    for line in importedLines(result) { session.console.result(line) }
    session.console.result(
      isDryRun
        ? "All checks pass; \(result.objects) objects would be new. Nothing was changed."
        : "All checks passed; \(result.objects) new objects.")
    return .done
  }
}

/// Whom to believe, for commands that check what comes from elsewhere.
struct BelievingOptions: ParsableArguments {
  @Option(help: "Allowed-signers file to believe (default: your own).")
  var trust: String?
  @Option(help: "Revocation list to respect (default: your own).")
  var revoked: String?
  @Option(help: "Signing policy to hold signers against (default: your own, if there is one).")
  var policy: String?

  /// None of them given.
  static var none: BelievingOptions {
    var options = BelievingOptions()
    (options.trust, options.revoked, options.policy) = (nil, nil, nil)
    return options
  }

  func verifyOptions(_ session: Session) throws -> VerifyOptions {
    try VerifyOptions(
      user: try session.user(), files: session.files, trust: trust, revoked: revoked,
      policy: policy)
  }
}

/// One line for each ref of a bundle.
func importedLines(_ result: BundleImport) -> [String] {
  result.rows.map { row in
    let what =
      switch row.state {
      case .new: "new"
      case .fastForward: "forward from \(row.old?.hex.prefix(12) ?? "")"
      case .upToDate: "up to date"
      case .ignored: "passed over, no claim or label"
      case .rejected: "not taken"
      }
    return "  \(row.name)  \(row.new?.hex.prefix(12) ?? "")  \(what)"
  }
}
