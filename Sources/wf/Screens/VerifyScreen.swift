import Audit
import History
import Terminal

/// What `wf verify` says of one target: every check, then the grade and what limits it.
struct VerifyScreen {
  let report: TargetReport
  let style: Style

  var lines: [String] {
    let verdict =
      !report.ok
      ? style.paint("FAILED", .bad)
      : isRevokedLater
        ? style.paint("verified (key revoked later)", .strong) : style.paint("verified", .good)
    var lines = ["\(style.paint(plainText(report.target), .strong))  \(verdict)"]
    // Whole, however narrow the terminal is: an id is there to be copied.
    if let commit = report.commit { lines.append("  \(padded("commit"))\(commit)") }
    return lines + shown.flatMap(check) + grade
  }

  /// Such a result must not be taken for a plainly good one.
  private var isRevokedLater: Bool {
    report.checks.contains { $0.state == .pass && $0.reason == CheckResult.revokedLater }
  }

  /// Nobody needs to read that there is no envelope, who neither has one nor asks for one.
  private var shown: [CheckResult] {
    report.checks.filter { $0.reason != CheckResult.noAttestation }
  }

  private var nameWidth: Int { max(10, shown.map(\.check.rawValue.count).max() ?? 0) }

  private func padded(_ name: String) -> String {
    name + String(repeating: " ", count: nameWidth + 1 - name.count)
  }

  private func check(_ check: CheckResult) -> [String] {
    let word =
      switch check.state {
      case .pass: style.paint("ok     ", .good)
      case .fail: style.paint("FAIL   ", .bad)
      case .skipped: style.paint("skipped", .quiet)
      }
    let name = check.check.rawValue
    let gap = String(repeating: " ", count: nameWidth - name.count)
    let reason = check.state == .fail ? check.reason.map { " [\($0)]" } ?? "" : ""
    var lines = wrapped(
      plainText(check.detail) + plainText(reason), width: style.width,
      behind: "  \(name)\(gap) \(word)  ")
    if check.state == .fail {
      let margin = String(repeating: " ", count: nameWidth + 12)
      if let path = check.path { lines.append(margin + "at \(plainText(path))") }
      if let object = check.object { lines.append(margin + "object \(object)") }
    }
    return lines
  }

  private var grade: [String] {
    guard let grade = report.grade else { return [] }
    // What the registration proves, or why it does not, stands with the check of the history.
    let list = CapList(caps: grade.caps, order: nil)
    let because = grade.caps.isEmpty ? "" : ", because of:"
    return ["  \(padded("grade"))\(grade.letter.rawValue)\(because)"]
      + list.lines(SentenceLayout(style: style, margin: 2))
  }
}
