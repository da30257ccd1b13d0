internal import Platform

/// Search terms of a failure: the words that tell it from others (SCHEMAS §10, `terms`).
enum SearchTerms {
  /// At most 32 words of the task's name and of a redacted message, sorted, no stop words.
  ///
  /// Placeholders of the redactor (`<path:1>`) are no words; nor are single letters and digits.
  static func terms(name: String?, message: String?) -> [String] {
    var found = Set<String>()
    for text in [name, message.map(withoutPlaceholders)] {
      for word in words(text ?? "") where word.unicodeScalars.count > 1 { found.insert(word) }
    }
    found.subtract(stopWords)
    found.subtract(FailureClass.signWords)
    let sorted = found.sorted { $0.precedes($1) }
    return Array(sorted.prefix(32))
  }

  private static func withoutPlaceholders(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      result += rest[..<start]
      guard let end = rest[start...].firstIndex(of: ">") else {
        rest = rest[rest.index(after: start)...]
        continue
      }
      result += " "
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  /// Words of grammar and place, and words that most diagnostics have.
  private static let stopWords: Set<String> = [
    "a", "an", "and", "are", "as", "at", "be", "between", "by", "for", "from", "had", "has",
    "have", "in", "into", "is", "it", "its", "next", "no", "not", "of", "off", "on", "onto", "or",
    "out", "over", "than", "that", "the", "their", "then", "there", "this", "to", "under", "up",
    "was", "were", "with", "without",
    "call", "error", "exception", "failed", "failure", "file", "last", "line", "most", "raised",
    "recent", "state", "traceback", "unexpected", "unknown", "value", "warning",
  ]
}
