/// A whole page: head, policy, style and body.
///
/// It loads nothing and runs nothing.
struct PageDocument: Sendable {
  let title: String
  /// At the foot of each printed sheet.
  let sheetNote: String
  let header: Markup
  let main: Markup
  let footer: Markup

  /// UTF-8; the same for the same input on any machine and at any time.
  var bytes: [UInt8] {
    let style = StyleSheet(sheetNote: sheetNote)
    let page = element(.html, .english) {
      element(.head) {
        element(.meta, .utf8)
        element(.meta, .contentSecurityPolicy, .content(style.policy))
        element(.meta, .named(.referrer), .content("no-referrer"))
        element(.meta, .named(.viewport), .content("width=device-width, initial-scale=1"))
        element(.meta, .named(.colorScheme), .content("light dark"))
        element(.title) { title }
        Markup(styleSheet: style)
      }
      element(.body) {
        element(.header) { header }
        element(.main, .id(.content)) { main }
        element(.footer) { footer }
      }
    }
    return Array("<!doctype html>\n".utf8) + page.bytes
  }
}

/// A sentence with its machine word in brackets behind it.
func worded(_ sentence: String, _ word: String) -> Markup {
  Markup(joining: [
    Markup(text: sentence + " "),
    element(.code, .classes(.word)) { "[\(word)]" },
  ])
}
