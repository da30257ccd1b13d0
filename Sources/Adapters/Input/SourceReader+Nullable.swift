internal import Evidence
internal import JSON

/// Values that may be null, and words out of a list.
extension SourceReader {
  mutating func nameOrNull(at pointer: String) throws(AdapterError) -> String? {
    let token = try next()
    return token.kind == .null ? nil : try name(from: token, at: pointer)
  }

  mutating func countOrNull(at pointer: String) throws(AdapterError) -> Int? {
    let token = try next()
    return token.kind == .null ? nil : try count(from: token, at: pointer)
  }

  mutating func integerOrNull(at pointer: String) throws(AdapterError) -> Int64? {
    let token = try next()
    return token.kind == .null ? nil : try integer(from: token, at: pointer)
  }

  /// Begins an object, or says false for null.
  mutating func beginObjectOrNull(at pointer: String) throws(AdapterError) -> Bool {
    switch try next().kind {
    case .null: return false
    case .beginObject: return true
    default: throw complaint(.wrongType, at: pointer, "expected an object or null")
    }
  }

  /// Passes over a string, a number or null.
  mutating func scalar(at pointer: String) throws(AdapterError) {
    switch try next().kind {
    case .null, .number, .string: return
    default: throw complaint(.wrongType, at: pointer, "expected a text, a number or null")
    }
  }

  /// The token of a number, or nil for null.
  mutating func numberOrNull(at pointer: String) throws(AdapterError) -> JSONToken? {
    let token = try next()
    switch token.kind {
    case .null: return nil
    case .number: return token
    default: throw complaint(.wrongType, at: pointer, "expected a number or null")
    }
  }

  /// A string that must be one of `words`.
  mutating func word(
    of words: [String], at pointer: String, else code: AdapterError.Code = .wrongType
  ) throws(AdapterError) -> String {
    let text = try name(at: pointer)
    guard words.contains(text) else {
      throw complaint(
        code, at: pointer,
        "\(shown(text)) is none of \(words.joined(separator: ", "))")
    }
    return text
  }

  /// `sha256:` and 64 lower-case hex digits, or null.
  mutating func digestOrNull(at pointer: String) throws(AdapterError) -> String? {
    guard let text = try nameOrNull(at: pointer) else { return nil }
    guard Digest.isValid(text) else {
      throw complaint(
        .badDigest, at: pointer, "expected sha256: and 64 lower-case hex digits")
    }
    return text
  }

  /// 64 lower-case hex digits, or null; returned with `sha256:` before them.
  mutating func sha256OrNull(at pointer: String) throws(AdapterError) -> String? {
    guard let text = try nameOrNull(at: pointer) else { return nil }
    guard Digest.isValid("sha256:" + text) else {
      throw complaint(.badDigest, at: pointer, "expected 64 lower-case hex digits")
    }
    return "sha256:" + text
  }

  /// A path inside of the run: relative, without `..` and without backslashes.
  mutating func runPath(at pointer: String) throws(AdapterError) -> String {
    let path = try name(at: pointer)
    let bytes = Array(path.utf8)
    let hasDrive = bytes.count > 1 && bytes[1] == 0x3A
    guard let first = bytes.first, first != 0x2F, !hasDrive, !bytes.contains(0x5C),
      !path.split(separator: "/").contains("..")
    else {
      throw complaint(
        .unsafePath, at: pointer,
        "a path must be relative to the run, without .. and without backslashes")
    }
    return path
  }

  /// Reads the members of an object whose first token was read; keys come decoded.
  mutating func members(
    _ read: (inout SourceReader, _ key: String) throws(AdapterError) -> Void
  ) throws(AdapterError) {
    while true {
      let token = try next()
      guard token.kind == .key else { return }
      try read(&self, json.string(token))
    }
  }

  /// Reads the members of an object of a closed format: a key that `read` refuses is
  /// `unknown_field`.
  mutating func closedMembers(
    at base: String,
    _ read: (inout SourceReader, _ key: String) throws(AdapterError) -> Bool
  ) throws(AdapterError) {
    try members { (source, key) throws(AdapterError) in
      guard try read(&source, key) else {
        throw source.complaint(
          .unknownField, at: pointer(base, key), "this format has no such field",
          hint: "what is your own goes under extra")
      }
    }
  }
}
