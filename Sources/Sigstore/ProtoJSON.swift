internal import JSON
internal import Platform

/// The members of one message in proto3's JSON form, read with the error of its file.
///
/// Names in lowerCamelCase, bytes in standard base64, 64-bit integers as strings (or numbers), null
/// as absent, unknown members ignored.
struct ProtoMessage {
  private let object: JSONObject
  private let code: SigstoreError.Code
  /// For people: `tlogEntries[0].inclusionProof`.
  let path: String

  init(_ value: JSONValue, code: SigstoreError.Code, path: String) throws(SigstoreError) {
    guard let object = value.object else {
      throw SigstoreError(code, "this is no object", place: path)
    }
    self.object = object
    self.code = code
    self.path = path
  }

  /// Reads a whole file: strict JSON, no duplicate keys, at most 64 levels.
  init(
    file bytes: [UInt8], atMost limit: Int, code: SigstoreError.Code, path: String
  ) throws(SigstoreError) {
    guard bytes.count <= limit else {
      throw SigstoreError(code, "the file is larger than \(limit) bytes", place: path)
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue.parse(bytes, options: JSONOptions(maximumDepth: 64))
    } catch {
      throw SigstoreError(code, "this is not the JSON that it should be: \(error)", place: path)
    }
    try self.init(value, code: code, path: path)
  }

  func fault(_ name: String, _ message: String) -> SigstoreError {
    SigstoreError(code, message, place: path.isEmpty ? name : "\(path).\(name)")
  }

  func has(_ name: String) -> Bool { object[name].map { !$0.isNull } ?? false }

  var names: [String] { object.keys }

  func value(_ name: String) -> JSONValue? { has(name) ? object[name] : nil }

  func text(_ name: String) throws(SigstoreError) -> String? {
    guard let value = value(name) else { return nil }
    guard let text = value.string else { throw fault(name, "this is no text") }
    return text
  }

  func requiredText(_ name: String) throws(SigstoreError) -> String {
    guard let text = try text(name), !text.isEmpty else { throw fault(name, "this is missing") }
    return text
  }

  func bytes(_ name: String, atMost limit: Int) throws(SigstoreError) -> [UInt8] {
    // Line ends inside of base64 are passed over, as Go's and Python's readers do.
    let text = try requiredText(name).utf8.filter { $0 != 10 && $0 != 13 }
    guard text.count / 4 * 3 <= limit + 3, let bytes = Base64.decode(text),
      bytes.count <= limit
    else { throw fault(name, "this is not base64 of at most \(limit) bytes") }
    return bytes
  }

  func optionalBytes(_ name: String, atMost limit: Int) throws(SigstoreError) -> [UInt8]? {
    // proto3 leaves an empty field out, so that an empty text is as good as none
    guard let text = try text(name), !text.isEmpty else { return nil }
    return try bytes(name, atMost: limit)
  }

  /// A non-negative 64-bit integer; absent is 0, as proto3 has it.
  func count(_ name: String) throws(SigstoreError) -> Int64 {
    guard let value = value(name) else { return 0 }
    let digits = value.string ?? value.number?.lexeme ?? ""
    let isPlain = digits.utf8.allSatisfy { (48...57).contains($0) }
    guard isPlain, digits == "0" || digits.utf8.first != 48, let number = Int64(digits) else {
      throw fault(name, "this is no count")
    }
    return number
  }

  func bool(_ name: String) throws(SigstoreError) -> Bool? {
    guard let value = value(name) else { return nil }
    guard let flag = value.bool else { throw fault(name, "this is neither true nor false") }
    return flag
  }

  func message(_ name: String) throws(SigstoreError) -> ProtoMessage? {
    guard let value = value(name) else { return nil }
    return try ProtoMessage(value, code: code, path: path.isEmpty ? name : "\(path).\(name)")
  }

  func requiredMessage(_ name: String) throws(SigstoreError) -> ProtoMessage {
    guard let message = try message(name) else { throw fault(name, "this is missing") }
    return message
  }

  /// A repeated field; absent is empty.
  func messages(_ name: String, atMost limit: Int) throws(SigstoreError) -> [ProtoMessage] {
    let values = try array(name, atMost: limit)
    var messages: [ProtoMessage] = []
    for (index, value) in values.enumerated() {
      let place = path.isEmpty ? "\(name)[\(index)]" : "\(path).\(name)[\(index)]"
      messages.append(try ProtoMessage(value, code: code, path: place))
    }
    return messages
  }

  func array(_ name: String, atMost limit: Int) throws(SigstoreError) -> [JSONValue] {
    guard let value = value(name) else { return [] }
    guard let values = value.array else { throw fault(name, "this is no list") }
    guard values.count <= limit else { throw fault(name, "there are more than \(limit)") }
    return values
  }

  /// `validFor`: `start` is needed, `end` may be absent and lies not before it.
  func validity(_ name: String) throws(SigstoreError) -> ValidityRange {
    let range = try requiredMessage(name)
    guard let start = Moment(rfc3339: try range.requiredText("start")) else {
      throw range.fault("start", "this is no RFC 3339 time")
    }
    guard range.has("end") else { return ValidityRange(start: start, end: nil) }
    guard let end = Moment(rfc3339: try range.requiredText("end")), end >= start else {
      throw range.fault("end", "this is no RFC 3339 time from the start on")
    }
    return ValidityRange(start: start, end: end)
  }
}
