extension JSONValue {
  /// Reads one whole JSON text.
  ///
  /// Faults are reported in the order of FORMATS §1.2: empty, UTF-8, byte order mark, nesting,
  /// grammar, then duplicate keys, lone surrogates, number range and NaN by position. For files of
  /// many megabytes use `JSONReader`, which builds nothing.
  public static func parse(
    _ bytes: [UInt8], options: JSONOptions = .strict
  ) throws(JSONError) -> JSONValue {
    try JSONReader.reading(bytes, options: options) { reader throws(JSONError) in
      let value = try reader.readValue()
      try reader.finish()
      return value
    }
  }
}

extension JSONReader {
  /// Reads the next value whole, without recursion.
  ///
  /// To be called where a value may come: at the start, after a key, or in an array. Before a key
  /// its value is read; where there is none (the container ends) the error is `syntax`.
  public mutating func readValue() throws(JSONError) -> JSONValue {
    var open: [Container] = []
    while true {
      let token = try next()
      var value: JSONValue
      switch token.kind {
      case .beginObject, .beginArray:
        open.append(Container(isObject: token.kind == .beginObject))
        continue
      case .key:
        if let last = open.indices.last { open[last].key = string(token) }
        continue
      case .endObject, .endArray:
        guard let closed = open.popLast() else {
          throw fail(.syntax, at: token.offset, "expected a value")
        }
        value = closed.value
      case .string: value = .string(string(token))
      case .number, .nonFinite: value = .number(JSONNumber(checked: lexeme(token)))
      case .bool: value = .bool(token.length == 4)
      case .null: value = .null
      case .endOfInput: throw fail(.truncated, at: token.offset)
      }
      guard let last = open.indices.last else { return value }
      open[last].add(value)
    }
  }
}

/// An array or object whose end has not been read yet.
private struct Container {
  let isObject: Bool
  var key = ""
  var members: [(key: String, value: JSONValue)] = []
  var elements: [JSONValue] = []

  mutating func add(_ value: JSONValue) {
    if isObject { members.append((key, value)) } else { elements.append(value) }
  }

  var value: JSONValue { isObject ? .object(JSONObject(members)) : .array(elements) }

  init(isObject: Bool) { self.isObject = isObject }
}
