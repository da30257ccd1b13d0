import Audit
import JSON

/// A table whose middle column is the plot: figures and drawing are one thing, and a row stays one
/// row when it is read aloud, printed or shown on a phone.
struct ForestTable {
  let fields: EvidenceFields
  let caption: String
  let subject: String
  let rows: [ForestRow]
  let overall: ForestRow?

  @MarkupBuilder var markup: Markup {
    let shown = rows.count > TasksSection.shownRows ? TasksSection.shownRows : rows.count
    table(caption: caption, overall: overall, rows: rows[..<shown])
    legend
    if shown < rows.count { folded(rows[shown...]) }
  }

  /// The rest in parts, so that none is lost and none is in the way.
  private func folded(_ rest: ArraySlice<ForestRow>) -> Markup {
    Markup(
      joining: stride(from: rest.startIndex, to: rest.endIndex, by: 200).map { start in
        let part = rest[start..<min(start + 200, rest.endIndex)]
        let bounds =
          "\(Figures.percent(part.first?.rateText)) to "
          + Figures.percent(part.last?.rateText)
        let numbers = "\(start + 1) to \(part.endIndex) of \(rows.count)"
        return element(.details) {
          element(.summary) { "\(subject)s \(numbers), rates \(bounds)" }
          table(caption: "\(subject)s \(numbers), lowest rate first.", overall: nil, rows: part)
        }
      })
  }

  private func table(caption: String, overall: ForestRow?, rows: ArraySlice<ForestRow>) -> Markup {
    element(.table, .role(.table), .classes(.forest)) {
      element(.caption) { caption }
      element(.thead, .role(.rowgroup)) { head }
      element(.tbody, .role(.rowgroup)) {
        if let overall { row(overall, isOverall: true) }
        for entry in rows { row(entry, isOverall: false) }
      }
      element(.tfoot, .role(.rowgroup)) { foot }
    }
  }

  private var head: Markup {
    element(.tr, .role(.row)) {
      columnHeader(subject)
      element(.th, .role(.columnheader), .scope(.col), .classes(.number)) { "Succeeded" }
      element(.th, .role(.columnheader), .scope(.col), .classes(.number)) { "Rate" }
      element(.th, .role(.columnheader), .scope(.col), .classes(.plot), .label("Plot")) {
        if let at = fields.threshold, let label = fields.thresholdLabel {
          LineLabel(scale: .rates, at: at, text: label, style: .threshold).markup
        }
      }
      columnHeader("\(fields.confidence) interval")
      columnHeader("By itself")
    }
  }

  private func columnHeader(_ text: String) -> Markup {
    element(.th, .role(.columnheader), .scope(.col)) { text }
  }

  private func row(_ row: ForestRow, isOverall: Bool) -> Markup {
    let state = RowState.verdict(row.verdict)
    let cells = Markup(joining: [
      nameCell(row),
      element(.td, .role(.cell), .classes(.number)) { Figures.counts(row.k, row.n) },
      element(.td, .role(.cell), .classes(.number)) { Figures.percent(row.rateText) },
      element(.td, .role(.cell), .classes(.plot, state.ink)) {
        drawing(row, state, isOverall: isOverall).markup
      },
      element(.td, .role(.cell), .classes(.number, .interval)) {
        Figures.range(row.lowerText, row.upperText)
      },
      element(.td, .role(.cell), .classes(.state, state.ink)) { state.word },
    ])
    return isOverall
      ? element(.tr, .role(.row), .classes(.overall)) { cells }
      : element(.tr, .role(.row)) { cells }
  }

  private func nameCell(_ row: ForestRow) -> Markup {
    element(.th, .role(.rowheader), .scope(.row)) {
      if let name = row.name {
        element(.bdi, .classes(.name)) { name }
        element(.code, .classes(.word)) { row.isKeyAWord ? "[\(row.key)]" : row.key }
      } else {
        element(.bdi) { row.key }
      }
    }
  }

  private func drawing(_ row: ForestRow, _ state: RowState, isOverall: Bool) -> IntervalDrawing {
    let counts = "\(row.key): \(Figures.counts(row.k, row.n)), \(Figures.percent(row.rateText))"
    let range = Figures.range(row.lowerText, row.upperText)
    let against = fields.thresholdLabel.map { "; the claim needs \($0)" } ?? ""
    return IntervalDrawing(
      scale: .rates, title: "\(counts), interval \(range)\(against)", point: row.rate,
      lower: Millionths(row.lowerText), upper: Millionths(row.upperText), marker: state.marker,
      reach: isOverall ? 7 : 5, line: fields.threshold.map { ($0, .threshold) }, band: row.band)
  }

  private var foot: Markup {
    element(.tr, .role(.row)) {
      element(.td, .role(.cell), .columns(3)) {}
      element(.td, .role(.cell), .classes(.plot)) {
        PlotAxis(
          scale: .rates, title: "Axis from 0 to 100 %",
          explanation: "Each row's sign is its success rate, the line through it the interval. "
            + (fields.thresholdLabel.map { "The dashed line is what the claim needs: \($0)." }
              ?? "The claim has no threshold."),
          label: { "\($0.value / 10_000)" + ($0.value == 1_000_000 ? " %" : "") }
        ).markup
      }
      element(.td, .role(.cell), .columns(2)) {}
    }
  }

  private var legend: Markup {
    let states = ["supported", "inconclusive", "refuted"].map(RowState.verdict)
    return element(.ul, .classes(.legend)) {
      for state in states {
        element(.li, .classes(state.ink)) {
          state.marker.sign()
          state.word
        }
      }
      if overall?.band != nil {
        element(.li, .classes(.quiet)) {
          element(.svg, .isHidden, .width(.pixels(30)), .height(.pixels(16))) {
            element(
              .rect, .classes(.band), .x(.pixels(1)), .y(.pixels(3)), .width(.pixels(28)),
              .height(.pixels(10)), .unfilled, .stroked)
          }
          "what open episodes could make of the rate"
        }
      }
    }
  }
}
