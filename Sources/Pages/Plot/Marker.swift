/// The sign of a row: its shape says the state as well as its colour does.
package enum Marker: Sendable {
  case disc, ring, square, up, down, bar

  /// Drawn around a place of a plot, at half of its height.
  ///
  /// - Parameter reach: half of its width in pixels.
  func drawing(at place: SVGLength, reach: Int) -> Markup {
    switch self {
    case .disc:
      element(.circle, .classes(.fill), .cx(place), .cy(.middle), .radius(reach))
    case .ring:
      element(
        .circle, .classes(.hollow), .cx(place), .cy(.middle), .radius(reach - 1), .stroked,
        .unfilled)
    case .square:
      box(at: place, halfWidth: reach, halfHeight: reach)
    case .bar:
      box(at: place, halfWidth: 1, halfHeight: reach)
    case .up:
      outline("M0-\(reach)L\(reach) \(reach - 1)H-\(reach)Z", at: place)
    case .down:
      outline("M0 \(reach)L\(reach)-\(reach - 1)H-\(reach)Z", at: place)
    }
  }

  private func box(at place: SVGLength, halfWidth: Int, halfHeight: Int) -> Markup {
    element(
      .rect, .classes(.fill), .x(place), .y(.middle), .width(.pixels(2 * halfWidth)),
      .height(.pixels(2 * halfHeight)), .move(x: -halfWidth, y: -halfHeight))
  }

  private func outline(_ path: String, at place: SVGLength) -> Markup {
    element(.svg, .x(place), .y(.middle), .unclipped) {
      element(.path, .classes(.fill), .outline(path))
    }
  }

  /// Alone, before a word.
  func sign(reach: Int = 6) -> Markup {
    let size = SVGLength.pixels(2 * reach + 4)
    return element(.svg, .isHidden, .width(size), .height(size), .unclipped) {
      drawing(at: .middle, reach: reach)
    }
  }
}

/// The state of a row or of a whole: a word, a colour and a sign.
package struct RowState: Sendable {
  package let word: String
  package let ink: StyleClass
  package let marker: Marker

  /// Of a verdict; an unknown word is shown as it is.
  package static func verdict(_ word: String) -> RowState {
    switch word {
    case "supported": RowState(word: "supported", ink: .good, marker: .disc)
    case "refuted": RowState(word: "refuted", ink: .bad, marker: .square)
    case "inconclusive": RowState(word: "inconclusive", ink: .caution, marker: .ring)
    case "not_auditable": RowState(word: "not auditable", ink: .caution, marker: .bar)
    default: RowState(word: word.isEmpty ? "unknown" : word, ink: .neutral, marker: .bar)
    }
  }
}
