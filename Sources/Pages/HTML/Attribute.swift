/// An attribute: its name comes from this file, its value is escaped when it is written.
struct Attribute: Sendable {
  let name: String
  /// nil for one that stands alone.
  let value: String?

  private init(_ name: String, _ value: String?) {
    self.name = name
    self.value = value
  }

  static func id(_ anchor: Anchor) -> Attribute { Attribute("id", anchor.rawValue) }
  static func link(to anchor: Anchor) -> Attribute { Attribute("href", "#" + anchor.rawValue) }
  static func labelled(by anchor: Anchor) -> Attribute {
    Attribute("aria-labelledby", anchor.rawValue)
  }
  static func classes(_ names: StyleClass...) -> Attribute {
    Attribute("class", names.map(\.rawValue).joined(separator: " "))
  }
  static func label(_ text: String) -> Attribute { Attribute("aria-label", text) }
  static func role(_ role: Role) -> Attribute { Attribute("role", role.rawValue) }
  static func scope(_ scope: Scope) -> Attribute { Attribute("scope", scope.rawValue) }
  static func columns(_ count: Int) -> Attribute { Attribute("colspan", String(count)) }
  static let isHidden = Attribute("aria-hidden", "true")
  static let isOpen = Attribute("open", nil)
  static let english = Attribute("lang", "en")

  enum Role: String, Sendable {
    case img, table, rowgroup, row, rowheader, columnheader, cell
  }

  enum Scope: String, Sendable { case col, row, rowgroup }
}

// MARK: - The head of a page

extension Attribute {
  static let utf8 = Attribute("charset", "utf-8")
  static func named(_ name: MetaName) -> Attribute { Attribute("name", name.rawValue) }
  static let contentSecurityPolicy = Attribute("http-equiv", "Content-Security-Policy")
  static func content(_ text: String) -> Attribute { Attribute("content", text) }

  enum MetaName: String, Sendable {
    case viewport, referrer
    case colorScheme = "color-scheme"
  }
}

// MARK: - Drawings

extension Attribute {
  static func width(_ length: SVGLength) -> Attribute { Attribute("width", length.text) }
  static func height(_ length: SVGLength) -> Attribute { Attribute("height", length.text) }
  static func x(_ length: SVGLength) -> Attribute { Attribute("x", length.text) }
  static func y(_ length: SVGLength) -> Attribute { Attribute("y", length.text) }
  static func x1(_ length: SVGLength) -> Attribute { Attribute("x1", length.text) }
  static func x2(_ length: SVGLength) -> Attribute { Attribute("x2", length.text) }
  static func y1(_ length: SVGLength) -> Attribute { Attribute("y1", length.text) }
  static func y2(_ length: SVGLength) -> Attribute { Attribute("y2", length.text) }
  static func cx(_ length: SVGLength) -> Attribute { Attribute("cx", length.text) }
  static func cy(_ length: SVGLength) -> Attribute { Attribute("cy", length.text) }
  static func radius(_ pixels: Int) -> Attribute { Attribute("r", String(pixels)) }
  static func move(x: Int, y: Int) -> Attribute { Attribute("transform", "translate(\(x) \(y))") }
  static func turn(_ degrees: Int) -> Attribute { Attribute("transform", "rotate(\(degrees))") }
  static func outline(_ path: String) -> Attribute { Attribute("d", path) }
  /// Lines are seen without a style sheet too.
  static let stroked = Attribute("stroke", "currentColor")
  static let unfilled = Attribute("fill", "none")
  static let unclipped = Attribute("overflow", "visible")
  static func anchor(_ anchor: TextAnchor) -> Attribute {
    Attribute("text-anchor", anchor.rawValue)
  }

  enum TextAnchor: String, Sendable { case start, middle, end }
}

/// A length in a drawing: pixels, or a share of the drawing's width or height.
package enum SVGLength: Sendable {
  case pixels(Int)
  /// In millionths of the whole.
  case share(Int)

  static let full = SVGLength.share(1_000_000)
  static let middle = SVGLength.share(500_000)

  /// `94.1234%`, made of whole numbers so that the bytes are the same everywhere.
  package var text: String {
    switch self {
    case .pixels(let count): return String(count)
    case .share(let millionths):
      let sign = millionths < 0 ? "-" : ""
      let (whole, part) = Int(millionths.magnitude).quotientAndRemainder(dividingBy: 10_000)
      guard part > 0 else { return "\(sign)\(whole)%" }
      var digits = String(part)
      digits = String(repeating: "0", count: 4 - digits.utf8.count) + digits
      while digits.hasSuffix("0") { digits.removeLast() }
      return "\(sign)\(whole).\(digits)%"
    }
  }
}
