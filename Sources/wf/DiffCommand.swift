import ArgumentParser
import Audit
import History
import JSON
import Platform
import Terminal

struct DiffCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two versions, regressions first",
    discussion: """
      With one claim: its last two package versions. First it says whether the two
      may be compared at all; then verdict, tasks with exact tests, episodes that
      flipped, members and raw references.

      Examples:
        wf diff my-claim
        wf diff my-claim@v1 my-claim@v2 --json
        wf diff my-claim --fail-on regression

      Exit codes: 0 done; 1 with --exit-code when they differ, with --fail-on when
      it happened.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Old version, or a claim.")
  var a: String
  @Argument(help: "New version.")
  var b: String?
  @Option(help: "text or json (default: text; --json is the same as json).")
  var format = "text"
  @Option(help: "File to write the result to.")
  var output: String?
  @Option(help: "End with 1 on: regression, verdict, any.")
  var failOn: String?
  @Flag(help: "End with 1 when the versions differ.")
  var exitCode = false
  @Flag(help: "Replace an output that is there.")
  var force = false

  func perform(_ session: Session) throws -> ExitStatus {
    guard ["text", "json"].contains(format) else {
      throw CommandError(
        .formatUnknown, place: "--format \(format)", "there is no such format yet",
        hint: "text or json")
    }
    guard failOn.map({ ["regression", "verdict", "any"].contains($0) }) ?? true else {
      throw CommandError(
        .optionInvalid, place: "--fail-on \(failOn ?? "")", "this is not something to fail on",
        hint: "regression, verdict or any")
    }
    let (old, new) = try sides(session)
    let diff = try PackageDiff(old, new)
    let text =
      session.console.json || format == "json"
      ? String(decoding: try diff.jsonBytes(), as: UTF8.self)
      : DiffScreen(diff: diff, style: session.console.style).lines.joined(separator: "\n")
    if let output {
      let publication = try session.files.beginFile(at: output, replacing: force)
      try session.files.write(Array((text + "\n").utf8), to: publication.path)
      try publication.publish()
      session.console.remark("Wrote \(output)")
    } else {
      session.console.result(text)
    }
    return status(of: diff)
  }

  private func sides(_ session: Session) throws -> (DiffSide, DiffSide) {
    let store = try? session.store()
    if let b {
      return (try side(a, session, store), try side(b, session, store))
    }
    let store2 = try store ?? session.store()
    let name = try session.version(a, in: store2)
    guard case .tip(let slug) = name else {
      throw CommandError(
        .optionInvalid, place: a, "one version cannot be compared with nothing",
        hint: "wf diff OLD NEW, or wf diff SLUG for its last two versions")
    }
    let packages = try store2.chain(from: try store2.tip(of: slug)).filter {
      $0.kind != .registration
    }
    guard packages.count > 1 else {
      throw HistoryError(
        .versionUnknown, place: slug, "this claim has fewer than two package versions",
        hint: "wf log \(slug)")
    }
    let last = packages.count
    return (
      try DiffSide(
        name: "\(slug)@v\(last - 1)",
        version: ResolvedVersion(commit: packages[1].id, slug: slug), in: store2),
      try DiffSide(
        name: "\(slug)@v\(last)",
        version: ResolvedVersion(commit: packages[0].id, slug: slug), in: store2)
    )
  }

  private func side(_ text: String, _ session: Session, _ store: EvidenceStore?) throws -> DiffSide
  {
    let name = try session.version(text, in: store)
    if case .path(let path) = name {
      let (members, _) = try FileVerification.read(path, files: session.files)
      return try DiffSide(name: text, members: members)
    }
    let store = try store ?? session.store()
    return try DiffSide(name: text, version: try store.resolve(name), in: store)
  }

  private func status(of diff: PackageDiff) -> ExitStatus {
    let differs = diff.a.tree != diff.b.tree
    let failed =
      switch failOn {
      case "regression": diff.comparison.hasRegression
      case "verdict": diff.comparison.verdict.isChanged
      case "any": differs
      default: false
      }
    return failed || (exitCode && differs) ? .negative : .done
  }
}
