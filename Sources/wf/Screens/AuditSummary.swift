import Audit
import Evidence
import JSON
import Terminal

/// What `wf audit` says at its end: the words of the screen, in less than one.
struct AuditSummary {
  let written: WrittenPackage
  let style: Style

  private static let mostGaps = 12
  private static let columns = 8

  var lines: [String] {
    let reading = EvidenceReading(evidence: written.evidence)
    let text = SentenceLayout(style: style)
    func field(_ name: String, _ value: String, _ ink: Style.Ink? = nil) -> [String] {
      let gap = String(repeating: " ", count: Self.columns - name.count)
      return wrapped(value, width: text.width, behind: "  \(name)\(gap) ").enumerated().map {
        $0 == 0 && ink != nil ? style.paint($1, ink ?? .strong) : $1
      }
    }
    let counts = written.counts
    let list = MissingList(reading)
    var lines = ["Wrote \(written.displayID): \(written.folder)"]
    lines += field("format", format)
    lines += field(
      "counts",
      "\(counts.attempted) attempted: \(counts.succeeded) succeeded, \(counts.failed) failed, "
        + "\(counts.errored) errored, \(counts.excluded) excluded; \(counts.missing) missing")
    lines += field("verdict", Wording.plain(reading.verdict), reading.ink)
    lines += field("", Wording.bracketed(Wording.verdict(reading.verdict), reading.verdict))
    for reason in reading.words("reasons") {
      lines += field("", Wording.bracketed(Wording.reason(reason), reason))
    }
    lines += field("grade", "\(written.grade), at most; wf verify adds what history shows")
    lines += field("missing", list.summary)
    lines += list.lines(
      SentenceLayout(style: style, margin: Self.columns + 1), limit: Self.mostGaps)
    if let partial = written.partial {
      lines += field(
        "partial", "\(partial.reason): \(partial.missing) episodes are not in the source")
    }
    return lines
  }

  private var format: String {
    let generation = written.format.generation.map { " (\($0))" } ?? ""
    let seen = written.format.detectedBy.map(plainText).joined(separator: ", ")
    return "\(written.format.name)\(generation), seen by \(seen)"
  }
}
