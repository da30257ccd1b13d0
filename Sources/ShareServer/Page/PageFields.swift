internal import Mustache
internal import Pages

/// What a template is filled with.
///
/// Everything that a template shows goes through `ShownText`, which escapes it, so that no text of a
/// package becomes markup or brings an invisible character onto the page. Templates begin with
/// `{{% CONTENT_TYPE:TEXT}}`, since the escaping of the library goes by grapheme: it would let a
/// quotation mark pass that a combining mark follows, and end an attribute there.
struct PageFields: MustacheParent {
  private let children: [String: Any]

  init(_ fields: [String: Field]) { children = fields.mapValues(\.value) }

  /// A value of a template.
  enum Field {
    /// nil is left out, together with the section of this name.
    case text(String?)
    case flag(Bool)
    case group(PageFields?)
    case rows([PageFields])
    case texts([String])

    fileprivate var value: Any {
      switch self {
      case .text(let text): ShownText(source: text)
      case .flag(let flag): flag
      case .group(let group): group ?? ShownText(source: nil) as Any
      case .rows(let rows): rows
      case .texts(let texts): texts.map { ShownText(source: $0) }
      }
    }
  }

  func child(named name: String) -> Any? { children[name] }
}

extension PageFields.Field: ExpressibleByStringLiteral {
  init(stringLiteral text: String) { self = .text(text) }
}

/// Text of any origin, escaped, with a sign for each character that cannot be seen.
struct ShownText: MustacheCustomRenderable, MustacheParent {
  let source: String?

  var renderText: String {
    var bytes: [UInt8] = []
    EscapedText.append(source ?? "", to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
  var isNull: Bool { source == nil }
  /// A text has no parts: a name is looked for further out.
  func child(named: String) -> Any? { nil }
}
