import ArgumentParser
import History
import Platform
import Terminal

struct DiffCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two versions, regressions first",
    discussion: """
      With one claim: its last two package versions, or with --last N its last N in
      one table. First it says whether the two may be compared at all; then tasks
      with exact tests, episodes that flipped, members and raw references.

      --fail-on regression: a task, or all together, became worse.
      --fail-on verdict: the verdict is another word, better or worse.
      --fail-on any: verdict or grade is another, something became worse, or a member
        or a raw reference changed in more than its salt.
      Where the two are not comparable nothing can be called worse, so regression
      and any end with 2 instead of passing. With --last N it is the newest step
      and the step from first to last that count.

      Digests of raw evidence are private data: use --public for a comment or page
      that others can read. Markdown fits a pull request's comment.

      Examples:
        wf diff my-claim
        wf diff my-claim@v1 my-claim@v2 --json
        wf diff my-claim --format markdown --public --output comment.md
        wf diff my-claim --fail-on regression
        wf diff my-claim --last 5

      Exit codes: 0 done; 1 with --exit-code when they differ, with --fail-on when
      it happened; 2 with --fail-on when they cannot be compared.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Old version, or a claim.")
  var a: String
  @Argument(help: "New version.")
  var b: String?
  @Option(help: "text, json, markdown or html (default: text; --json is the same as json).")
  var format: String?
  @Option(help: "File to write the result to; with --json the document is printed as well.")
  var output: String?
  @Option(help: "How many of the claim's newest versions, at least 2 (default: 2).")
  var last: Int?
  @Option(help: "End with 1 on: regression, verdict, any.")
  var failOn: String?
  @Flag(help: "End with 1 when the versions differ.")
  var exitCode = false
  @Flag(help: "Leave out the digests of raw evidence, which are private data.")
  var `public` = false
  @Flag(help: "Replace an output that is there.")
  var force = false

  func perform(_ session: Session) throws -> ExitStatus {
    try CommandError.refuseSecret(output, of: "--output")
    let condition = try failOn.map(FailCondition.init(option:))
    let format = try chosenFormat(session)
    if let last { return try series(last, format, condition, session) }
    let (old, new) = try DiffSides(session: session).sides(a, b)
    let diff = try PackageDiff(old, new)
    let report = DiffReport(diff, isPublic: `public`)
    try deliver(
      format, json: { String(decoding: try diff.jsonBytes(isPublic: `public`), as: UTF8.self) },
      session
    ) { format in
      switch format {
      case .text: DiffScreen(report: report, style: style(session)).lines.joined(separator: "\n")
      case .markdown: DiffMarkdown(report: report).text
      case .json, .html: report.page
      }
    }
    let differs = old.tree != new.tree
    let status = try condition?.status(diff) ?? .done
    return status == .done && exitCode && differs ? .negative : status
  }

  private func series(
    _ last: Int, _ format: DiffFormat, _ condition: FailCondition?, _ session: Session
  ) throws -> ExitStatus {
    guard last >= 2, b == nil, format != .html else {
      throw CommandError(
        .optionInvalid, place: "--last \(last)",
        format == .html
          ? "a page shows one comparison" : "this compares 2 or more versions of one claim",
        hint: "wf diff SLUG --last 5, as text, json or markdown")
    }
    let series = try DiffSides(session: session).series(a, last: last)
    try deliver(format, json: { jsonLine(series.diffJSON) }, session) { format in
      let screen = SeriesScreen(series: series, style: style(session))
      return format == .markdown
        ? SeriesMarkdown(series: series).text : screen.lines.joined(separator: "\n")
    }
    let status = condition?.status(series) ?? .done
    return status == .done && exitCode && series.differs ? .negative : status
  }

  private func chosenFormat(_ session: Session) throws -> DiffFormat {
    guard let format else { return session.console.json ? .json : .text }
    guard let chosen = DiffFormat(rawValue: format) else {
      throw CommandError(
        .formatUnknown, place: "--format \(format)", "there is no such format",
        hint: "one of: " + DiffFormat.allCases.map(\.rawValue).joined(separator: ", "))
    }
    if session.console.json, chosen != .json, output == nil {
      throw CommandError(
        .optionInvalid, place: "--format \(format)", "--json prints a JSON document instead",
        hint: "leave one of the two out, or write the other format with --output FILE")
    }
    return chosen
  }

  /// A file has no colour and is read at any width and in any locale.
  private func style(_ session: Session) -> Style {
    output == nil
      ? session.console.style
      : Style(colour: false, unicode: true, width: session.console.style.width)
  }

  private func deliver(
    _ format: DiffFormat, json: () throws -> String, _ session: Session,
    _ render: (DiffFormat) throws -> String
  ) throws {
    let text = format == .json ? try json() : try render(format)
    guard let output else { return session.console.result(text) }
    let publication = try session.files.beginFile(at: output, replacing: force)
    let end = text.hasSuffix("\n") ? "" : "\n"
    try session.files.write(Array((text + end).utf8), to: publication.path)
    try publication.publish()
    if session.console.json { session.console.result(try json()) }
    session.console.remark("Wrote \(output)")
  }
}

/// The forms of `--format`.
enum DiffFormat: String, CaseIterable {
  case text, json, markdown, html
}
