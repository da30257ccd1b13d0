import JSON
import Testing

@testable import Pages

struct StyleTests {
  /// The custom properties of one scheme, as a browser reads them from the sheet.
  private func properties(_ style: String, after marker: String) throws -> [String: [Double]] {
    let start = try #require(style.firstRange(of: marker)?.upperBound)
    let block = style[start...].prefix { $0 != "}" }
    var colors: [String: [Double]] = [:]
    for declaration in block.split(separator: ";") where declaration.hasPrefix("--") {
      let parts = declaration.dropFirst(2).split(separator: ":")
      let hex = try #require(UInt32(parts[1].dropFirst(), radix: 16))
      colors[String(parts[0])] = [16, 8, 0].map { Double(hex >> $0 & 0xFF) / 255 }
    }
    return colors
  }

  /// Relative luminance (WCAG 2.2).
  private func luminance(_ color: [Double]) -> Double {
    let linear = color.map { $0 <= 0.04045 ? $0 / 12.92 : power(($0 + 0.055) / 1.055) }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }

  /// x^2.4 as (x^12)^(1/5), by Newton, so that no C library is needed.
  private func power(_ x: Double) -> Double {
    let target = x * x * x * x * x * x * x * x * x * x * x * x
    var root = 1.0
    for _ in 0..<200 {
      root -= (root * root * root * root * root - target) / (5 * root * root * root * root)
    }
    return root
  }

  private func contrast(_ one: [Double], _ other: [Double]) -> Double {
    let (a, b) = (luminance(one), luminance(other))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  @Test func `black on white is 21 to 1, and a known grey is what WCAG says`() {
    #expect(abs(contrast([0, 0, 0], [1, 1, 1]) - 21) < 0.001)
    let grey = [Double](repeating: 118.0 / 255, count: 3)
    #expect(abs(contrast(grey, [1, 1, 1]) - 4.54) < 0.01)
  }

  @Test(arguments: [
    ":root{color-scheme:light dark;", "(prefers-color-scheme:dark){:root{", "@media print{:root{",
  ])
  func `every colour has the contrast of its use`(scheme: String) throws {
    let style = try PagesExample().page.style
    let colors = try properties(style, after: scheme)
    #expect(colors.count == PageColor.all.count)
    for ground in ["paper", "panel"] {
      let below = try #require(colors[ground])
      for text in ["ink", "quiet", "good", "bad", "caution", "mark"] {
        let ratio = contrast(try #require(colors[text]), below)
        #expect(ratio >= 4.5, "\(text) on \(ground): \(ratio)")
      }
    }
    let band = try #require(colors["band"])
    for sign in ["ink", "quiet", "good", "bad", "caution", "mark"] {
      #expect(contrast(try #require(colors[sign]), band) >= 3, "\(sign) on the band")
    }
  }

  @Test func `colours come from the custom properties alone`() throws {
    var style = try PagesExample().page.style
    for color in PageColor.all {
      style = style.replacing("--\(color.name):\(color.light)", with: "")
        .replacing("--\(color.name):\(color.dark)", with: "")
    }
    #expect(!style.contains("#"))
    #expect(!style.contains("rgb"))
    for name in style.split(separator: "var(--").dropFirst() {
      let used = String(name.prefix { $0 != ")" })
      #expect(PageColor.all.contains { $0.name == used }, "\(used)")
    }
  }

  @Test func `the sheet knows every class that pages use, and has no other`() throws {
    let style = try PagesExample().page.style
    for name in StyleClass.allCases {
      #expect(style.contains("." + name.rawValue), "\(name)")
    }
    var used: Set<String> = []
    var example = try PagesExample()
    example.findings = PagesExample.verified(failed: true)
    example.setTasks((0..<70).map { $0 % 51 })
    example.set("band", to: PlotTests.band(9, nil, flips: true))
    for page in [example.page, Page(comparisonPage(try ComparisonExample.contents()))] {
      for element in page.elements {
        used.formUnion(
          (element.attributes["class"] ?? "").split(separator: " ").map { String($0) })
      }
    }
    #expect(used == Set(StyleClass.allCases.map(\.rawValue)))
  }

  @Test func `braces of the sheet are balanced`() throws {
    let style = try PagesExample().page.style
    var depth = 0
    var least = 0
    for byte in style.utf8 {
      if byte == UInt8(ascii: "{") { depth += 1 }
      if byte == UInt8(ascii: "}") { depth -= 1 }
      least = min(least, depth)
    }
    #expect(depth == 0 && least == 0)
  }
}
