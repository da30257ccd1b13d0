/// One row of a plot: a whisker, a sign on it and a line that all rows have in common.
struct IntervalDrawing: Sendable {
  let scale: PlotScale
  /// What a reader of the drawing's words gets.
  let title: String
  let point: Millionths?
  let lower: Millionths?
  let upper: Millionths?
  let marker: Marker
  let reach: Int
  /// The threshold, or no change.
  let line: (at: Millionths, style: StyleClass)?
  /// What open episodes could make of the point.
  var band: (lower: Millionths, upper: Millionths)?

  var markup: Markup {
    element(.svg, .role(.img), .width(.full), .height(.pixels(24)), .unclipped) {
      element(.title) { title }
      if let band { bandDrawing(band.lower, band.upper) }
      if let line {
        element(
          .line, .classes(line.style), .x1(scale.place(line.at)), .x2(scale.place(line.at)),
          .y1(.share(0)), .y2(.full), .stroked)
      }
      if let lower, let upper {
        element(
          .line, .classes(.whisker), .x1(scale.place(lower)), .x2(scale.place(upper)),
          .y1(.middle), .y2(.middle), .stroked)
      }
      if let point { marker.drawing(at: scale.place(point), reach: reach) }
    }
  }

  private func bandDrawing(_ lower: Millionths, _ upper: Millionths) -> Markup {
    guard case .share(let start) = scale.place(lower), case .share(let end) = scale.place(upper)
    else { return Markup() }
    return element(
      .rect, .classes(.band), .x(.share(start)), .y(.share(250_000)),
      .width(.share(max(0, end - start))), .height(.middle), .unfilled, .stroked)
  }
}

/// The label of the common line, above the rows.
struct LineLabel: Sendable {
  let scale: PlotScale
  let at: Millionths
  let text: String
  let style: StyleClass

  var markup: Markup {
    let place = scale.place(at)
    return element(.svg, .isHidden, .width(.full), .height(.pixels(24)), .unclipped) {
      element(.text, .classes(.threshold), .x(place), .y(.share(700_000)), .anchor(side(place))) {
        text
      }
      element(
        .line, .classes(style), .x1(place), .x2(place), .y1(.share(800_000)), .y2(.full), .stroked)
    }
  }

  /// Away from the near edge, so that the label stays inside.
  private func side(_ place: SVGLength) -> Attribute.TextAnchor {
    guard case .share(let share) = place else { return .middle }
    return share < 250_000 ? .start : share > 750_000 ? .end : .middle
  }
}

/// The axis below the rows, with the words that explain the drawing.
struct PlotAxis: Sendable {
  let scale: PlotScale
  let title: String
  let explanation: String
  let label: @Sendable (Millionths) -> String

  var markup: Markup {
    element(.svg, .role(.img), .width(.full), .height(.pixels(24)), .unclipped) {
      element(.title) { title }
      element(.desc) { explanation }
      for tick in scale.ticks {
        let place = scale.place(tick)
        element(
          .line, .classes(.tick), .x1(place), .x2(place), .y1(.share(0)), .y2(.pixels(5)),
          .stroked)
        element(.text, .x(place), .y(.pixels(18)), .anchor(.middle)) { label(tick) }
      }
    }
  }
}
