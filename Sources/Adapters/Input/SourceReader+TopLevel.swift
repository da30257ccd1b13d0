internal import Evidence
internal import JSON

extension SourceReader {
  /// Reads a whole text that is one object, its members in any order.
  ///
  /// A complaint about a value does not end the reading: the rest is looked at for faults of the
  /// text, and the shape of the whole has a say before any field (FORMATS §1.2).
  ///
  /// - Returns: the first complaint, or nil.
  mutating func readDocument(
    _ read: (inout SourceReader, _ key: String) throws(AdapterError) -> Void
  ) throws(AdapterError) -> AdapterError? {
    var first: AdapterError?
    guard try next().kind == .beginObject else {
      try finish()
      return complaint(.unrecognisedShape, at: "", "the file is no object of JSON")
    }
    while true {
      let token = try next()
      guard token.kind == .key else { break }
      do throws(AdapterError) {
        try read(&self, json.string(token))
      } catch {
        if error.isAboutText { throw error }
        if first == nil { first = error }
        try climb(to: 1)
      }
    }
    try finish()
    return first
  }

  /// Reads the elements of a list that are objects; `read` begins behind the opening brace.
  mutating func objects(
    at pointer: String, atMost limit: Int,
    _ read: (inout SourceReader, _ number: Int) throws(AdapterError) -> Void
  ) throws(AdapterError) {
    try beginArray(at: pointer)
    var number = 0
    while true {
      let token = try next()
      if token.kind == .endArray { return }
      guard token.kind == .beginObject else {
        throw complaint(.wrongType, at: "\(pointer)/\(number)", "expected an object")
      }
      guard number < limit else {
        throw complaint(.limitExceeded, at: "\(pointer)/\(number)", "more than \(limit) entries")
      }
      try read(&self, number)
      number += 1
    }
  }

  mutating func bool(at pointer: String) throws(AdapterError) -> Bool {
    guard let value = try next().bool else {
      throw complaint(.wrongType, at: pointer, "expected true or false")
    }
    return value
  }

  /// A text without more ado, or null; what it holds is not looked at.
  mutating func textOrNull(at pointer: String) throws(AdapterError) -> String? {
    let token = try next()
    switch token.kind {
    case .null: return nil
    case .string: return json.string(token)
    default: throw complaint(.wrongType, at: pointer, "expected a string or null")
    }
  }

  /// The place of a number in the file, `.none` for null.
  mutating func spanOrNull(at pointer: String) throws(AdapterError) -> LexemeSpan {
    guard let token = try numberOrNull(at: pointer) else { return .none }
    // A span holds 24 bits of length.
    guard token.length < 1 << 24 else {
      throw complaint(.limitExceeded, at: pointer, "a number is too long")
    }
    return LexemeSpan(offset: token.offset, length: token.length)
  }
}

/// Whether a stated average agrees with a recomputed one, up to a share of the larger.
func agree(_ stated: Double, _ computed: Double, relative tolerance: Double) -> Bool {
  abs(stated - computed) <= tolerance * max(abs(stated), abs(computed))
}
