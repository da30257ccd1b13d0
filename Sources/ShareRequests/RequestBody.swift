package import JSON
internal import Platform

extension JSONObject {
  /// A text member; nil where it is absent or null.
  ///
  /// - Throws: 400 where it is something else, or longer than `limit` bytes.
  package func text(_ key: String, upTo limit: Int) throws(RequestMistake) -> String? {
    guard let value = self[key], !value.isNull else { return nil }
    guard let text = value.string, text.utf8.count <= limit else {
      throw .malformed("\(key): expected a text of at most \(limit) bytes")
    }
    return text
  }

  /// A text member that must be there.
  package func needed(_ key: String, upTo limit: Int) throws(RequestMistake) -> String {
    guard let text = try text(key, upTo: limit), !text.isEmpty else {
      throw .malformed("\(key): expected a text")
    }
    return text
  }

  /// A time in RFC 3339; nil where it is absent or null.
  package func time(_ key: String) throws(RequestMistake) -> Int64? {
    guard let text = try text(key, upTo: 40) else { return nil }
    guard let time = UTCTime(anyRFC3339: text) else {
      throw .malformed("\(key): expected a time as in RFC 3339")
    }
    return time.seconds
  }

  /// - Throws: 400 where there is a member that is not among these.
  package func allow(_ keys: String...) throws(RequestMistake) {
    for key in self.keys where !keys.contains(key) {
      throw .malformed("a member is not known; known are \(keys.joined(separator: ", "))")
    }
  }
}
