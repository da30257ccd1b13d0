internal import JSON

/// Where inside of other objects a lerobot result lies, as a JSON pointer; nil when nowhere.
///
/// People wrap results by hand (`{"eval_results_400": {…}}`); the hint then names the key.
func wrappedResults(in bytes: SourceBytes, path: String) -> String? {
  var source = bytes.reader(path: path, skipsNonFinite: true)
  source.json.allowNonFinite = true
  // One entry per open container: the pointer part by which its current value is reached.
  var parts: [Part] = []
  while let token = try? source.next(), token.kind != .endOfInput {
    switch token.kind {
    case .key:
      let isResult =
        source.json.matches(token, "per_task") || source.json.matches(token, "per_episode")
      if isResult, parts.count > 1 {
        return parts.dropLast().reduce("") { pointer($0, $1.text) }
      }
      if let last = parts.indices.last { parts[last].key = source.json.string(token) }
    case .endObject, .endArray:
      _ = parts.popLast()
    default:
      if let last = parts.indices.last, parts[last].isArray { parts[last].index += 1 }
      if token.kind == .beginObject { parts.append(Part(isArray: false)) }
      if token.kind == .beginArray { parts.append(Part(isArray: true)) }
    }
  }
  return nil
}

/// What to do about a wrapped result.
func unwrapHint(_ pointer: String) -> String {
  "a lerobot result lies at \(pointer): save that object alone as its own file"
}

private struct Part {
  let isArray: Bool
  var key = ""
  var index = -1
  var text: String { isArray ? String(index) : key }
  init(isArray: Bool) { self.isArray = isArray }
}
