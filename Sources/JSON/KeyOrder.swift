/// The order of keys in RFC 8785 §3.2.3: by UTF-16 code units.
enum KeyOrder {
  /// The places of members in their canonical order.
  static func sorted(_ members: [(key: String, value: JSONValue)]) -> [Int] {
    let places = Array(members.indices)
    let isSorted = places.dropFirst().allSatisfy { !precedes(members[$0].key, members[$0 - 1].key) }
    return isSorted ? places : places.sorted { precedes(members[$0].key, members[$1].key) }
  }

  /// Whether one key stands before another.
  ///
  /// UTF-8 sorts by code point, and so does UTF-16 but for one thing: code points above U+FFFF are
  /// surrogates there (D800–DFFF) and stand before U+E000–U+FFFF. Their UTF-8 begins with F0–F4,
  /// that of the others with EE or EF.
  static func precedes(_ one: String, _ other: String) -> Bool {
    var left = one.utf8.makeIterator()
    var right = other.utf8.makeIterator()
    while true {
      guard let a = left.next() else { return right.next() != nil }
      guard let b = right.next() else { return false }
      if a == b { continue }
      if a >= 0xEE && b >= 0xEE && (a >= 0xF0) != (b >= 0xF0) { return a >= 0xF0 }
      return a < b
    }
  }
}
