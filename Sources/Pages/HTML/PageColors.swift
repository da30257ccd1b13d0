/// One colour by its use, in both schemes, as six hex digits.
///
/// Text has a contrast of at least 4.5:1 on `paper` and `panel`, a drawing's parts at least 3:1
/// (WCAG 2.2, 1.4.3 and 1.4.11); a test computes both from the style sheet.
package struct PageColor: Sendable {
  package let name: String
  package let light: String
  package let dark: String

  package static let all: [PageColor] = [
    PageColor(name: "paper", light: "#ffffff", dark: "#10151b"),
    PageColor(name: "panel", light: "#f5f7f9", dark: "#18202a"),
    PageColor(name: "ink", light: "#1a2027", dark: "#e4e8ec"),
    PageColor(name: "quiet", light: "#56606b", dark: "#9daab6"),
    PageColor(name: "good", light: "#0b5cad", dark: "#7ab8ff"),
    PageColor(name: "bad", light: "#b3261e", dark: "#ff958a"),
    PageColor(name: "caution", light: "#7d4e00", dark: "#e8b44c"),
    PageColor(name: "mark", light: "#7b3fa0", dark: "#c99bea"),
    // Decoration: nothing is known by these alone.
    PageColor(name: "rule", light: "#d5dbe1", dark: "#303a45"),
    PageColor(name: "band", light: "#d9e3ee", dark: "#2b3a4b"),
  ]

  /// The custom properties of one scheme.
  package static func properties(_ scheme: KeyPath<PageColor, String>) -> String {
    all.map { "--\($0.name):\($0[keyPath: scheme])" }.joined(separator: ";")
  }
}
