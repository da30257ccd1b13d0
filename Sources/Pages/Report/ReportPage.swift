import Audit
import JSON

/// The page of one package, for a reviewer who has a minute: one file that loads nothing.
///
/// A pure function: the same contents give the same bytes. What evidence.json lacks, or has in words
/// of a later version, is shown as unknown or as it is; the page never fails.
public func reportPage(_ contents: ReportPageContents) -> [UInt8] {
  ReportPage(contents: contents).document.bytes
}

/// The sections of a report in their order.
struct ReportPage {
  let contents: ReportPageContents
  let fields: EvidenceFields

  init(contents: ReportPageContents) {
    self.contents = contents
    fields = EvidenceFields(evidence: contents.evidence)
  }

  var document: PageDocument {
    let manifest = contents.digests.manifest.map { " manifest " + $0 } ?? ""
    return PageDocument(
      title: "\(fields.displayID) – evidence report", sheetNote: fields.displayID + manifest,
      header: header, main: main, footer: footer)
  }

  @MarkupBuilder private var header: Markup {
    element(.p, .classes(.kicker)) {
      element(.span) { "Evidence report" }
      element(.strong) { fields.displayID }
    }
    element(.h1) {
      element(.span, .classes(.quiet)) { "Claim: " }
      element(.bdi) { fields.text("claim", "text") ?? "The claim has no text." }
    }
  }

  @MarkupBuilder private var main: Markup {
    FailureAlert(findings: contents.findings).markup
    element(.div, .classes(.decision)) {
      VerdictSection(fields: fields).markup
      GradeSection(fields: fields, findings: contents.findings).markup
    }
    element(.div, .classes(.pair)) {
      ResultSection(fields: fields).markup
      MissingSection(fields: fields).markup
    }
    TasksSection(fields: fields).markup
    RecommendationSection(fields: fields).markup
    IntegritySection(fields: fields).markup
    ScopeSection(fields: fields).markup
    AxesSection(fields: fields).markup
    HistorySection(fields: fields, findings: contents.findings).markup
    ProvenanceSection(fields: fields, contents: contents).markup
  }

  @MarkupBuilder private var footer: Markup {
    element(.p) {
      "This page shows packaged, imported output. It is limited to the recorded protocol and says "
      "nothing about deployment. It loads nothing and runs nothing. "
      "What counts are the packaged bytes: "
      element(.code) { "wf verify" }
      " checks them."
    }
  }
}

/// A section with its heading.
func section(
  _ anchor: Anchor, _ heading: String, isPanel: Bool = false,
  @MarkupBuilder content: () -> Markup
) -> Markup {
  let inside = Markup(joining: [element(.h2, .id(anchor)) { heading }, content()])
  return isPanel
    ? element(.section, .labelled(by: anchor), .classes(.panel)) { inside }
    : element(.section, .labelled(by: anchor)) { inside }
}
