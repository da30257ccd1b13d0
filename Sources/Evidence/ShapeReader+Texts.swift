internal import JSON

// The checks of single strings.
extension ShapeReader {
  /// What is wrong with a string token; nil when nothing is.
  func objection(_ token: JSONToken, _ shape: Shape) -> Shape.Objection? {
    if let limit = shape.textLimit {
      // Most texts are short ASCII, which is NFC and one scalar a byte.
      if !token.hasEscapes, token.length - 2 <= limit,
        bytes[content(token)].allSatisfy({ $0 < 0x7F })
      {
        return nil
      }
      return Self.objection(toText: reader.string(token), limit: limit)
    }
    if case .digest = shape, !token.hasEscapes { return objection(toDigest: content(token)) }
    return shape.objection(to: reader.string(token))
  }

  private func objection(toDigest range: Range<Int>) -> Shape.Objection? {
    if range.count == 71, bytes.has("sha256:", at: range.lowerBound),
      bytes[range.dropFirst(7)].allSatisfy(\.isLowerHex)
    {
      return nil
    }
    return Shape.Objection(code: .digestInvalid, expected: Shape.digest.expectation)
  }

  static func objection(toText text: String, limit: Int) -> Shape.Objection? {
    if TextRules.hasControl(text) {
      return .init(code: .controlCharacter, expected: "a text without control characters")
    }
    if text.unicodeScalars.count > limit {
      return .init(code: .textTooLong, expected: "at most \(limit) Unicode scalars")
    }
    if !TextRules.isNFC(text) {
      return .init(code: .notCanonical, expected: "a text in normalisation form C")
    }
    return nil
  }
}

extension Shape {
  /// The limit of a plain text; nil for other shapes.
  var textLimit: Int? {
    switch self {
    case .text(let limit): limit
    case .episodeKey: 400
    default: nil
    }
  }

  /// Whether a token of this kind can be the beginning of such a value.
  func fits(_ kind: JSONToken.Kind) -> Bool {
    switch self {
    case .any: true
    case .optional(let shape): kind == .null || shape.fits(kind)
    case .bool: kind == .bool
    case .integer, .bareNumber: kind == .number
    case .seed: kind == .number || kind == .string
    case .array: kind == .beginArray
    case .map, .object, .row: kind == .beginObject
    case .either(let one, let other): one.fits(kind) || other.fits(kind)
    default: kind == .string
    }
  }

  /// What is wrong with a string; nil when nothing is.
  func objection(to text: String) -> Objection? {
    switch self {
    case .text(let limit):
      return ShapeReader.objection(toText: text, limit: limit)
    case .word(let words):
      return words.contains(text) ? nil : Objection(code: .fieldRange, expected: expectation)
    case .label:
      if TextRules.isLabel(text) { return nil }
      let isLong = text.unicodeScalars.count > 64
      return Objection(code: isLong ? .textTooLong : .fieldRange, expected: expectation)
    case .slug:
      return TextRules.isSlug(text) ? nil : Objection(code: .slugInvalid, expected: expectation)
    case .digest:
      return Digest.isValid(text) ? nil : Objection(code: .digestInvalid, expected: expectation)
    case .keyedDigest:
      let digits = text.utf8.dropFirst(12)
      let isValid =
        text.hasPrefix("hmac-sha256:") && digits.count == 32 && digits.allSatisfy(\.isLowerHex)
      return isValid ? nil : Objection(code: .digestInvalid, expected: expectation)
    case .salt:
      let isValid = text.utf8.count == 32 && text.utf8.allSatisfy(\.isLowerHex)
      return isValid ? nil : Objection(code: .digestInvalid, expected: expectation)
    case .time:
      return TextRules.isTime(text) ? nil : Objection(code: .timeInvalid, expected: expectation)
    case .sixDigits:
      return TextRules.isSixDigits(text)
        ? nil : Objection(code: .fieldRange, expected: expectation)
    case .decimal:
      return DecimalText(text) != nil ? nil : Objection(code: .fieldRange, expected: expectation)
    case .id(let prefix):
      return ULID.isValid(text, prefix: prefix)
        ? nil : Objection(code: .idInvalid, expected: expectation)
    case .episodeKey:
      return Shape.text(400).objection(to: text)
    case .lexeme:
      return JSONNumberText.isNumber(text) && text.utf8.count <= 400
        ? nil : Objection(code: .fieldRange, expected: expectation)
    case .fileName:
      if let objection = Shape.text(400).objection(to: text) { return objection }
      return text.utf8.contains(0x2F) ? Objection(code: .fieldRange, expected: expectation) : nil
    case .rawURI:
      return RawURI.objection(to: text)
    case .checked(_, let check):
      return check(text)
    case .any, .optional, .bool, .integer, .bareNumber, .seed, .array, .map, .object, .row, .either:
      return nil
    }
  }

  /// What the shape asks for, in words.
  var expectation: String {
    switch self {
    case .any: "a value"
    case .optional(let shape): shape.expectation + " or null"
    case .bool: "true or false"
    case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
    case .bareNumber: "a number"
    case .seed: "a seed (integer or decimal string)"
    case .text(let limit): "a text of at most \(limit) Unicode scalars"
    case .word(let words): "one of " + words.joined(separator: ", ")
    case .label: "a label ([a-z][a-z0-9_]*, at most 64)"
    case .slug: "a slug ([a-z0-9][a-z0-9-]{0,79})"
    case .digest: "sha256: and 64 lower-case hex digits"
    case .keyedDigest: "hmac-sha256: and 32 lower-case hex digits"
    case .salt: "32 lower-case hex digits"
    case .time: "a time such as 2026-11-20T09:00:00Z"
    case .sixDigits: "a decimal string with six fractional digits"
    case .decimal: "a decimal string such as 0.8 or 80 %"
    case .id(let prefix): "\(prefix)_ and 26 Crockford digits"
    case .episodeKey: "an episode key"
    case .lexeme: "a number as the source wrote it, in a string"
    case .fileName: "the last part of a path"
    case .rawURI, .checked: "another text"
    case .array: "an array"
    case .map, .object, .row: "an object"
    case .either(let one, let other): one.expectation + ", or " + other.expectation
    }
  }
}
