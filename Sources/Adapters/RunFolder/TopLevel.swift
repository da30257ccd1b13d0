internal import JSON

/// What stands at the top of a JSON document, read in one pass up to the first fault.
struct TopLevel {
  /// Keys whose value is a list, and whether its first element is an object.
  private(set) var lists: [String: Bool] = [:]
  private(set) var keys: [String] = []
  private(set) var texts: [String: String] = [:]
  private(set) var integers: [String: Int] = [:]
  private(set) var contract: RowContract?
  private(set) var isAggregate = false
  /// Reads the whole document.
  ///
  /// - Returns: the fault that ended it, if any.
  mutating func read(_ json: inout JSONReader) -> JSONError? {
    do throws(JSONError) {
      guard try json.next().kind == .beginObject else {
        try json.finish()
        return nil
      }
      while true {
        let token = try json.next()
        guard token.kind == .key else { break }
        try readMember(json.string(token), &json)
      }
      try json.finish()
      return nil
    } catch {
      return error
    }
  }

  private mutating func readMember(_ key: String, _ json: inout JSONReader) throws(JSONError) {
    keys.append(key)
    if key == "metric_contract" {
      contract = RowContract(try json.readValue())
      return
    }
    let outside = json.depth
    let token = try json.next()
    if Self.isRate(key), token.kind == .number || token.kind == .nonFinite { isAggregate = true }
    switch token.kind {
    case .string: texts[key] = json.string(token)
    case .number: integers[key] = json.integer(token).map { Int($0) }
    case .beginArray:
      let first = try json.next()
      lists[key] = first.kind == .beginObject
    case .beginObject: try readInner(&json)
    default: break
    }
    while json.depth > outside { _ = try json.next() }
  }

  /// Keys of an object one level down can state a rate, too.
  private mutating func readInner(_ json: inout JSONReader) throws(JSONError) {
    while true {
      let token = try json.next()
      guard token.kind == .key else { return }
      let key = json.string(token)
      let outside = json.depth
      let value = try json.next()
      if Self.isRate(key), value.kind == .number || value.kind == .nonFinite { isAggregate = true }
      while json.depth > outside { _ = try json.next() }
    }
  }

  static func isRate(_ key: String) -> Bool {
    key == "success_rate" || key == "pc_success" || key == "accuracy" || key.hasPrefix("mean_")
      || key.hasPrefix("avg_")
  }
}

extension RowContract {
  /// From `{name, kind, success_rule}`; nil without name or rule.
  init?(_ value: JSONValue) {
    guard let name = value["name"]?.string, !name.isEmpty,
      let rule = value["success_rule"]?.string, !rule.isEmpty
    else { return nil }
    self.init(name: name, successRule: rule)
  }
}
