import ArgumentParser
import Evidence
import JSON
import Platform
import Terminal

struct ClaimFromPaperURL: Command {
  static let configuration = CommandConfiguration(
    commandName: "from-paper-url", abstract: "Draft a claim from the address of a paper",
    discussion: """
      Reads the address only: arXiv (abs, pdf or html), a DOI, OpenReview, a Hugging
      Face model card, or a project page. Nothing is fetched. What the address does
      not say is a question in claim.json, listed at the end.

      With --text, a saved abstract is searched for benchmark names and rates of
      success; each becomes a question with its sentence and place, to be confirmed.
      A setting answers the question about its field.

      Examples:
        wf claim from-paper-url https://arxiv.org/abs/2406.09246v2 --output draft
        wf claim from-paper-url https://huggingface.co/my-org/policy \\
          --text abstract.txt --output draft \\
          --set protocol.frozen.tasks=libero_spatial
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Address, arXiv id or DOI.")
  var url: String
  @Option(help: "Folder to write to.")
  var output: String
  @Option(help: "A saved abstract, as plain text.")
  var text: String?
  @Option(name: .customLong("set"), help: ArgumentHelp("Fill a field.", valueName: "path=value"))
  var settings: [String] = []
  @Flag(help: "Replace an output that is there.")
  var force = false

  func perform(_ session: Session) throws -> ExitStatus {
    try CommandError.refuseSecret(output, of: "--output")
    let reference = try PaperReference(url)
    let all = try text.map { path in
      try findings(inPaperText: try session.files.read(path, limit: 4 << 20))
    }
    let found = all.map { Array($0.prefix(mostFindings)) }
    let hasMore = (all ?? []).count > mostFindings
    let (claim, plan) = try draftClaim(
      from: reference, findings: found ?? [], settings: try settingPairs(settings),
      now: session.surroundings.now(), random: session.surroundings.randomBytes)
    let publication = try writeClaimFolder(
      claim: claim, protocol: plan, to: output, replacing: force, session)
    let questions = claim["open_questions"]?.array ?? []
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.paper/1", "output": .string(publication.target),
          "claim": claim["slug"] ?? .null,
          "reference": [
            "kind": .string(reference.kind.rawValue), "id": .string(reference.id),
            "version": reference.version.map { .string($0) } ?? .null,
            "uri": .string(reference.uri),
          ],
          "findings": .array((found ?? []).map(row)), "findings_truncated": .bool(hasMore),
          "open_questions": .array(questions),
        ]))
      return .done
    }
    if hasMore {
      session.console.remark(
        "More than \(mostFindings) things are in the text: the rest is left out; give the abstract "
          + "alone")
    }
    tell(reference, found, questions, publication.target, session.console)
    return .done
  }

  private func row(_ finding: PaperFinding) -> JSONValue {
    [
      "kind": .string(finding.kind.rawValue), "text": .string(finding.text),
      "sentence": .string(finding.sentence), "start": .number(JSONNumber(Int64(finding.start))),
      "end": .number(JSONNumber(Int64(finding.end))), "state": "to_be_confirmed",
    ]
  }

  private func tell(
    _ reference: PaperReference, _ found: [PaperFinding]?, _ questions: [JSONValue],
    _ target: String, _ console: Console
  ) {
    console.result("Wrote a draft of claim.json and protocol.json: \(target)")
    console.result("  source  \(plainText(reference.title))")
    console.result("  uri     \(plainText(reference.uri))")
    if let found {
      console.result("  found   \(found.count) things in the text, drafts to be confirmed")
      for finding in found {
        console.result(
          "    \(finding.kind.rawValue) \(plainText(finding.text)), bytes \(finding.start) to "
            + "\(finding.end): \(plainText(finding.sentence))")
      }
    }
    console.result("Open questions: \(questions.count)")
    for question in questions {
      let text = question["text"]?.string ?? ""
      // What was found stands above in full.
      let short = text.prefix { $0 != "\u{201C}" }
      console.result(
        "  \(question["field"]?.string ?? "")  \(plainText(String(short)))")
    }
    console.remark(
      "Next: run this again with --set and --force, or answer in claim.json and take the question "
        + "out of open_questions; then wf claim check \(output)")
  }
}
