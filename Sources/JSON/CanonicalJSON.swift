/// Writes the canonical form of RFC 8785.
///
/// Every append function adds to the end of a buffer, so that a million JSONL rows need one array.
public enum CanonicalJSON {
  /// The canonical bytes of a value, without newline.
  ///
  /// Numbers are written as their doubles would be: `1.0` becomes `1`, integers beyond 2^53 are
  /// rounded. Refused: NaN and infinities, numbers out of range, a key twice, 1024 levels.
  public static func bytes(_ value: JSONValue) throws(JSONError) -> [UInt8] {
    var bytes: [UInt8] = []
    try append(value, to: &bytes)
    return bytes
  }

  /// Appends the canonical bytes of a value; after an error the buffer is as before.
  public static func append(_ value: JSONValue, to bytes: inout [UInt8]) throws(JSONError) {
    let before = bytes.count
    do throws(JSONError) {
      try append(value, depth: 0, to: &bytes)
    } catch {
      bytes.removeLast(bytes.count - before)
      throw error
    }
  }

  /// Whether bytes are one JSON text in its canonical form, with nothing before or behind it.
  public static func isCanonical(_ bytes: [UInt8]) -> Bool {
    guard let value = try? JSONValue.parse(bytes), let again = try? Self.bytes(value) else {
      return false
    }
    return again == bytes
  }

  private static func append(
    _ value: JSONValue, depth: Int, to bytes: inout [UInt8]
  ) throws(JSONError) {
    switch value {
    case .null: appendLiteral("null", to: &bytes)
    case .bool(let flag): appendLiteral(flag ? "true" : "false", to: &bytes)
    case .number(let number): try appendNumber(number, to: &bytes)
    case .string(let text): appendString(text, to: &bytes)
    case .array(let elements):
      try checkDepth(depth, bytes.count)
      bytes.append(0x5B)
      for (place, element) in elements.enumerated() {
        if place > 0 { bytes.append(0x2C) }
        try append(element, depth: depth + 1, to: &bytes)
      }
      bytes.append(0x5D)
    case .object(let object):
      try checkDepth(depth, bytes.count)
      try append(object, depth: depth, to: &bytes)
    }
  }

  private static func append(
    _ object: JSONObject, depth: Int, to bytes: inout [UInt8]
  ) throws(JSONError) {
    let members = object.members
    let order = KeyOrder.sorted(members)
    bytes.append(0x7B)
    for (place, index) in order.enumerated() {
      let member = members[index]
      if place > 0 {
        if sameBytes(member.key, members[order[place - 1]].key) {
          throw unwritable(.duplicateKey, bytes.count, "the key \(member.key) stands twice")
        }
        bytes.append(0x2C)
      }
      appendString(member.key, to: &bytes)
      bytes.append(0x3A)
      try append(member.value, depth: depth + 1, to: &bytes)
    }
    bytes.append(0x7D)
  }

  private static func checkDepth(_ depth: Int, _ offset: Int) throws(JSONError) {
    guard depth < 1024 else { throw unwritable(.tooDeep, offset) }
  }

  /// An error at the place in the output where the value would stand.
  static func unwritable(
    _ code: JSONError.Code, _ offset: Int, _ message: String? = nil
  ) -> JSONError {
    JSONError(code, offset: offset, line: 1, column: offset + 1, message: message)
  }
}
