/// A piece of HTML that is always well formed: text in it is escaped, tags and attribute names are
/// typed values, so that no text can become markup.
struct Markup: Sendable {
  private(set) var bytes: [UInt8] = []

  /// Nothing.
  init() {}

  /// Text of any origin.
  init(text: String) { EscapedText.append(text, to: &bytes) }

  init(joining pieces: [Markup]) {
    bytes.reserveCapacity(pieces.reduce(0) { $0 + $1.bytes.count })
    for piece in pieces { bytes += piece.bytes }
  }

  /// One element; void elements take no content.
  init(_ tag: Tag, _ attributes: [Attribute], content: Markup = Markup()) {
    let name = tag.rawValue.utf8
    bytes.reserveCapacity(content.bytes.count + 2 * name.count + 32 * attributes.count + 8)
    bytes.append(UInt8(ascii: "<"))
    bytes += name
    for attribute in attributes {
      bytes.append(UInt8(ascii: " "))
      bytes += Array(attribute.name.utf8)
      guard let value = attribute.value else { continue }
      bytes += Array("=\"".utf8)
      EscapedText.append(value, to: &bytes)
      bytes.append(UInt8(ascii: "\""))
    }
    bytes.append(UInt8(ascii: ">"))
    guard !tag.isVoid else { return }
    if tag.isBlock, tag.holdsBlocks { bytes.append(UInt8(ascii: "\n")) }
    bytes += content.bytes
    bytes += Array("</".utf8)
    bytes += name
    bytes.append(UInt8(ascii: ">"))
    if tag.isBlock { bytes.append(UInt8(ascii: "\n")) }
  }

  /// The style sheet of a page, which is written as it is: its hash stands in the page's policy.
  init(styleSheet: StyleSheet) {
    bytes = Array("<style>".utf8) + styleSheet.bytes + Array("</style>\n".utf8)
  }
}

/// Collects what stands inside of an element, in reading order.
@resultBuilder
enum MarkupBuilder {
  static func buildExpression(_ markup: Markup) -> Markup { markup }
  static func buildExpression(_ text: String) -> Markup { Markup(text: text) }
  static func buildExpression(_ pieces: [Markup]) -> Markup { Markup(joining: pieces) }
  static func buildBlock(_ pieces: Markup...) -> Markup { Markup(joining: pieces) }
  static func buildOptional(_ piece: Markup?) -> Markup { piece ?? Markup() }
  static func buildEither(first piece: Markup) -> Markup { piece }
  static func buildEither(second piece: Markup) -> Markup { piece }
  static func buildArray(_ pieces: [Markup]) -> Markup { Markup(joining: pieces) }
}

/// An element with its content.
func element(
  _ tag: Tag, _ attributes: Attribute..., @MarkupBuilder content: () -> Markup = { Markup() }
) -> Markup {
  Markup(tag, attributes, content: content())
}
