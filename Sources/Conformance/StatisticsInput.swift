internal import JSON
internal import Statistics

/// The typed view of a row's input; nil for a field that is absent or malformed.
struct StatisticsInput {
  private let value: JSONValue

  init(_ value: JSONValue) { self.value = value }

  func int(_ key: String) -> Int? { value[key]?.int.flatMap { Int(exactly: $0) } }
  func string(_ key: String) -> String? { value[key]?.string }
  func isNull(_ key: String) -> Bool { value[key]?.isNull ?? false }
  func rational(_ key: String) -> Rational? { string(key).flatMap { Rational(decimal: $0) } }
  func confidence() -> Confidence? {
    string("confidence").flatMap { Confidence(decimal: $0) }
  }

  func strings(_ key: String) -> [String]? { all(value[key]?.array) { $0.string } }

  /// `{"k":…,"n":…}` under a key.
  func proportion(_ key: String) -> Proportion? { value[key].flatMap(Self.proportion) }

  /// `k` and `n` of the row itself.
  func proportion() -> Proportion? { Self.proportion(value) }

  func strata() -> [Proportion]? { all(value["strata"]?.array, Self.proportion) }

  func tasks() -> [Stratum]? {
    all(value["tasks"]?.array) { task in
      guard let a = task["a"].flatMap(Self.proportion), let b = task["b"].flatMap(Self.proportion)
      else { return nil }
      return Stratum(a: a, b: b)
    }
  }

  private static func proportion(_ value: JSONValue) -> Proportion? {
    guard let k = value["k"]?.int, let n = value["n"]?.int else { return nil }
    return Proportion(k: Int(k), n: Int(n))
  }

  /// All items converted, or nil when one cannot be.
  private func all<Item>(_ items: [JSONValue]?, _ convert: (JSONValue) -> Item?) -> [Item]? {
    guard let items else { return nil }
    let converted = items.compactMap(convert)
    return converted.count == items.count ? converted : nil
  }
}
