import Audit
import History
import JSON
import Terminal

/// A package on one screen, for a person: what is claimed, what was found, and what is missing.
struct EvidenceScreen {
  let reading: EvidenceReading
  let report: TargetReport
  let text: SentenceLayout

  init(evidence: JSONValue, report: TargetReport, style: Style) {
    reading = EvidenceReading(evidence: evidence)
    self.report = report
    text = SentenceLayout(style: style)
  }

  var style: Style { text.style }

  /// None wider than the terminal from 40 columns on.
  var lines: [String] {
    let package = [
      title, verdict, result, missing, plot, open, more, grade, failedChecks, axes, advice,
    ]
    // Nobody reads a verdict before knowing that its bytes are not what they should be.
    let sections = report.firstFailure == nil ? package + [checks] : [checks] + package
    return Array(sections.filter { !$0.isEmpty }.joined(separator: [""]))
  }

  private var title: [String] {
    let name = [reading.text("display_id"), reading.text("claim", "slug")].compactMap(\.self)
      .joined(separator: "  ")
    return wrapped(name.isEmpty ? "unnamed package" : name, width: text.width)
      .map { style.paint($0, .strong) }
      + wrapped(reading.text("claim", "text") ?? "The claim has no text.", width: text.width)
  }

  private var verdict: [String] {
    let word = reading.verdict
    var lines = text.heading("Verdict", Wording.plain(word), reading.ink)
    lines += text.paragraph(Wording.bracketed(Wording.verdict(word), word))
    for reason in reading.words("reasons") {
      lines += text.paragraph(Wording.bracketed(Wording.reason(reason), reason))
    }
    if let other = reading.text("verdict_if_all_assumptions_hold"), other != word,
      other != "not_auditable"
    {
      lines += text.paragraph(
        "If every assumption held, the counts alone would say \(Wording.plain(other)).")
    }
    return lines
  }

  private var missing: [String] {
    let list = MissingList(reading)
    return text.heading("Missing evidence", list.summary) + list.lines(text)
  }

  private var grade: [String] {
    guard let grade = report.grade else {
      let stated = "not shown, since a check failed"
      return text.heading("Grade", report.firstFailure == nil ? "not known" : stated)
    }
    let list = CapList(caps: grade.caps, order: report.registrationOrder)
    return text.heading("Grade", grade.letter.rawValue) + list.lines(text)
  }

  private var advice: [String] {
    guard let advice = reading.text("recommendation", "text") else { return [] }
    let word = reading.text("recommendation", "word")
    var lines =
      text.heading("Advice") + text.paragraph(word.map { Wording.bracketed(advice, $0) } ?? advice)
    if let shown = report.displayedGrade, let stated = reading.text("grade", "letter"),
      shown != stated
    {
      lines += text.paragraph(
        "This was written for grade \(stated); what signature and history lack makes it \(shown).")
    }
    return lines
  }

  private var checks: [String] {
    if let failure = report.firstFailure {
      let others = report.checks.filter { $0.state == .fail }.count - 1
      let rest = others > 0 ? " (and \(others) more: wf verify)" : ""
      let reason = failure.reason.map { " [\(plainText($0))]" } ?? ""
      return text.heading("Checks", "FAILED", .bad)
        + text.paragraph("\(failure.check.rawValue): \(plainText(failure.detail))\(reason)\(rest)")
    }
    guard let signer = report.signer else {
      return text.heading("Checks", "consistent, without a signed commit")
    }
    let who = plainText(signer.principal ?? signer.fingerprint)
    return text.heading("Checks", "verified, signed by \(who)", .good)
  }
}
