import ArgumentParser
import Evidence
import History
import JSON
import ObjectStore
import Pages
import Platform
import Signing
import Terminal

struct InspectCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show a package on one screen",
    discussion: """
      Claim, verdict and why, result, what is missing, rates with their intervals,
      grade and what caps it, failed checks, and what to vary next. Every sentence
      stands beside its machine word in brackets.

      In the plot a dot is a rate and the line through it its interval; the upright
      line is the claimed rate. Where it crosses an interval or a dot it still shows:

        ├──●──┤ ┊   ┼ ◉     with Unicode
        [--o--] |   + @     in an ASCII locale

      More than 40 tasks: the 40 with the lowest rates. The width is that of the
      terminal, or COLUMNS; NO_COLOR is respected. The grade is what wf verify shows:
      that of the package, lowered by what signature and history lack.

      Examples:
        wf inspect package
        wf inspect my-claim
        wf inspect my-claim@v2 --json
        wf inspect package --html report.html

      Exit codes: 0 shown, also where a check failed (the screen says which; wf
      verify has a code for each); 4 no package; 10 no store here; 21 a member is
      missing.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "A version, a package folder or a tar.")
  var version: String
  @Option(help: "Write the report page to this file: one file that loads nothing.")
  var html: String?
  @Flag(help: "Replace an output that is there.")
  var force = false

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try? session.store()
    let user = try session.user()
    let options = try VerifyOptions(user: user, files: session.files, trust: nil, revoked: nil)
    let name = try session.version(version, in: store)
    let evidence: JSONValue
    let report: TargetReport
    let page: () throws -> ReportPageContents
    if case .path(let path) = name {
      let (members, _) = try FileVerification.read(
        path, files: session.files, temporaryFolder: session.temporaryFolder)
      evidence = try JSONValue.parse(try members.bytes(.evidence))
      report = try FileVerification(options: options, files: session.files).report(path: path)
      page = { try ReportPageContents(members: members, report: report) }
    } else {
      let store = try store ?? session.store()
      let found = try store.resolve(name)
      let link = try store.link(found.commit)
      guard link.kind != .registration else {
        throw HistoryError(
          .notAPackageVersion, place: version, "a registration holds no evidence yet",
          hint: "wf show \(version) shows claim and protocol")
      }
      evidence = try JSONValue.parse(
        try memberBytes(
          MemberName.evidence.rawValue, tree: link.commit.tree, in: store.objects))
      report = try StoreVerification(store: store, options: try store.believing(options)).report(
        target: version, version: found)
      page = { try store.pageContents(of: found.commit, report: report) }
    }
    if let html {
      try session.files.publish(reportPage(try page()), at: html, replacing: force)
      session.console.remark("Wrote \(html)")
    }
    if session.console.json {
      let verify = VerifyReport(targets: [report]).json
      session.console.result(
        jsonLine(["schema": "wf.inspect/1", "evidence": evidence, "verify": verify]))
    } else {
      for line in EvidenceScreen(evidence: evidence, report: report, style: session.console.style)
        .lines
      {
        session.console.result(line)
      }
    }
    return .done
  }
}
