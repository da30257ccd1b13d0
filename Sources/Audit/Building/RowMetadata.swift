internal import Evidence
internal import JSON

/// What a source says about an episode beyond the fields of episode_results.jsonl (SCHEMAS §8).
///
/// Members of the source's own objects are taken as they are when they are texts, numbers, booleans
/// or null; what is nested, has no label for a key, or names a person or a machine is left out and
/// counted.
struct RowMetadata {
  private(set) var pairs: [(key: String, value: MetadataValue)] = []
  private(set) var dropped = 0

  private static let mostPairs = 16
  private static let longestText = 200

  /// - Parameter spans: JSON objects in the bytes of the source.
  init(_ spans: some Sequence<LexemeSpan>, of lexemes: any LexemeSource) {
    var bytes: [UInt8] = []
    for span in spans where !span.isNone {
      bytes.removeAll(keepingCapacity: true)
      lexemes.append(span, to: &bytes)
      guard let object = (try? JSONValue.parse(bytes))?.object else {
        dropped += 1
        continue
      }
      for (key, value) in object.members { take(key, value) }
    }
  }

  private mutating func take(_ key: String, _ value: JSONValue) {
    guard pairs.count < Self.mostPairs, TextRules.isLabel(key),
      !pairs.contains(where: { $0.key == key }), let value = metadata(value)
    else {
      dropped += 1
      return
    }
    pairs.append((key, value))
  }

  private func metadata(_ value: JSONValue) -> MetadataValue? {
    switch value {
    case .null: return .null
    case .bool(let flag): return .bool(flag)
    case .number(let number):
      guard let integer = value.int, integer.magnitude < 1 << 53 else {
        return .string(TextRules.cut(number.lexeme, to: Self.longestText))
      }
      return .integer(Int(integer))
    case .string(let text):
      let text = TextRules.cut(TextRules.nfc(text), to: Self.longestText)
      return TextRules.hasControl(text) || Redactor.findsPrivate(text) ? nil : .string(text)
    case .array, .object: return nil
    }
  }
}
