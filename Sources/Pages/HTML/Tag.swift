/// The elements that pages are made of.
enum Tag: String, Sendable {
  case html, head, meta, title, body, header, main, section, footer
  case h1, h2, h3, p, ul, ol, li, dl, dt, dd, div, span, strong, small, code, bdi, blockquote
  case a, abbr, details, summary, figure, figcaption
  case table, caption, thead, tbody, tfoot, tr, th, td
  case svg, g, line, rect, circle, path
  case text, desc

  /// Whether it ends without a closing tag.
  var isVoid: Bool { self == .meta }

  /// Whether a line break beside it changes nothing of what is shown.
  var isBlock: Bool {
    switch self {
    case .span, .strong, .small, .code, .bdi, .a, .abbr, .g, .line, .rect, .circle, .path, .text,
      .svg, .desc:
      false
    default: true
    }
  }

  /// Whether blocks stand inside of it rather than text.
  var holdsBlocks: Bool {
    switch self {
    case .html, .head, .body, .header, .main, .section, .footer, .ul, .ol, .dl, .div, .details,
      .figure, .table, .thead, .tbody, .tfoot, .tr:
      true
    default: false
    }
  }
}
