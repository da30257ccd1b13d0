internal import JSON

/// The pages that people see.
struct SharePage: Sendable {
  /// A file of the page, under a name that holds its digest.
  struct Asset: Sendable {
    let path: String
    let contentType: String
    let bytes: [UInt8]
  }

  private let assets: [String: Asset] = [:]

  init() throws {}

  func asset(_ path: String) -> Asset? { assets[path] }

  func page(dto: JSONValue, token: String) -> [UInt8] {
    let text = (try? CanonicalJSON.bytes(dto)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return html("<pre>" + Self.escaped(text) + "</pre>")
  }

  func passwordForm(token: String, wrong: Bool) -> [UInt8] {
    html(
      "<form method=\"post\" action=\"/r/\(Self.escaped(token))/unlock\"><label>Password "
        + "<input type=\"password\" name=\"password\"></label> <button>Open</button>"
        + (wrong ? "<p>That is not the password.</p>" : "") + "</form>")
  }

  func notFound() -> [UInt8] { html("<p>There is nothing to show here.</p>") }

  private func html(_ body: String) -> [UInt8] {
    Array("<!doctype html><html lang=\"en\"><title>Share</title><body>\(body)</body></html>\n".utf8)
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
