internal import Platform

/// The headers of a request.
package struct RequestHeaders: Sendable {
  private let values: [String: [String]]

  /// - Parameter values: of each header, by its name in lower case.
  package init(_ values: [String: [String]]) { self.values = values }

  /// All values of a header.
  package func all(_ name: String) -> [String] { values[name] ?? [] }

  /// The one value of a header; nil where there is none, or where there are several.
  package func one(_ name: String) -> String? {
    let found = all(name)
    return found.count == 1 ? found[0] : nil
  }

  /// The value of a cookie; of several with this name none.
  package func cookie(_ name: String) -> String? {
    let pairs = all("cookie").flatMap { $0.split(separator: ";") }
    let values = pairs.compactMap { pair -> String? in
      let text = pair.drop { $0 == " " }
      return text.hasPrefix(name + "=") ? String(text.dropFirst(name.utf8.count + 1)) : nil
    }
    return values.count == 1 ? values[0] : nil
  }

  /// What stands behind `Bearer` in `Authorization`; empty where there is nothing of this form.
  package var bearer: String {
    let words = (one("authorization") ?? "").split(separator: " ")
    return words.count == 2 && words[0].lowercased() == "bearer" ? String(words[1]) : ""
  }

  /// Digits alone; nil for any other text.
  package var contentLength: Int? {
    guard let text = one("content-length"), text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(text)
  }
}

/// `Content-Digest` of RFC 9530, of which only sha-256 is taken.
package enum ContentDigest {
  /// `sha256:` and hex; nil for any other form.
  package static func sha256(_ text: String?) -> String? {
    guard let text else { return nil }
    for item in text.split(separator: ",") {
      let item = item.drop { $0 == " " }
      guard item.hasPrefix("sha-256=:"), item.hasSuffix(":") else { continue }
      guard let bytes = Base64.decode(item.dropFirst(9).dropLast()), bytes.count == 32 else {
        return nil
      }
      return "sha256:" + Hex.encode(bytes)
    }
    return nil
  }
}

/// A place in a list that is ordered by time and id.
package struct ListCursor: Sendable, Equatable {
  package let time: Int64
  package let id: String

  package init(time: Int64, id: String) {
    self.time = time
    self.id = id
  }

  /// - Throws: 400 for a text that no answer gave.
  package init(_ text: String) throws(RequestMistake) {
    let parts = text.split(separator: "-", maxSplits: 1)
    guard parts.count == 2, let time = Int64(parts[0]) else {
      throw .malformed("cursor: expected one from an answer")
    }
    self.init(time: time, id: String(parts[1]))
  }

  package var text: String { "\(time)-\(id)" }
}
