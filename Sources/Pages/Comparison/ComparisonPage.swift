import Audit

/// The page of a comparison of two versions: one file that loads nothing.
///
/// A pure function: the same contents give the same bytes. First whether the two may be compared,
/// then what became worse.
public func comparisonPage(_ page: ComparisonPageContents) -> [UInt8] {
  ComparisonPage(contents: page).document.bytes
}

/// The sections of a comparison in their order.
struct ComparisonPage {
  let contents: ComparisonPageContents

  private var comparison: Comparison { contents.comparison }

  var document: PageDocument {
    let title = "\(contents.nameA) → \(contents.nameB)"
    return PageDocument(
      title: title + " – comparison", sheetNote: "wf diff", header: header, main: main,
      footer: footer)
  }

  @MarkupBuilder private var header: Markup {
    element(.p, .classes(.kicker)) { element(.span) { "Comparison of two audits" } }
    element(.h1) {
      element(.bdi) { contents.nameA }
      " → "
      element(.bdi) { contents.nameB }
    }
  }

  @MarkupBuilder private var main: Markup {
    element(.div, .classes(.decision)) {
      GateSection(comparison: comparison).markup
      ChangeSection(comparison: comparison).markup
    }
    OverallSection(comparison: comparison).markup
    DifferencesSection(comparison: comparison).markup
    FlipsSection(flips: comparison.flips, raw: contents.flipRaw).markup
    StorageSection(contents: contents).markup
  }

  @MarkupBuilder private var footer: Markup {
    element(.p) {
      "A difference is new minus old, in percentage points (pp). It is limited to the recorded "
      "protocols and says nothing about deployment. This page loads nothing and runs nothing."
    }
  }
}

extension ChangeClass {
  /// How a row says it: word, colour and sign.
  var state: RowState {
    switch self {
    case .regression: RowState(word: "regression", ink: .bad, marker: .down)
    case .improvement: RowState(word: "improvement", ink: .good, marker: .up)
    case .unclear: RowState(word: "unclear", ink: .caution, marker: .ring)
    case .same: RowState(word: "same", ink: .neutral, marker: .disc)
    }
  }
}

extension Comparison {
  /// Regressions first, then improvements, then what is unclear, then what is the same; tasks of one
  /// class as they stand in the protocol.
  var orderedTasks: [TaskComparison] {
    let order: [ChangeClass] = [.regression, .improvement, .unclear, .same]
    return order.flatMap { change in tasks.filter { $0.change == change } }
  }
}
