/// `application/x-www-form-urlencoded`, each name at most once (WHATWG URL, "urlencoded parsing").
package enum FormFields {
  package static func parse(_ bytes: [UInt8]) throws(RequestMistake) -> [String: String] {
    var fields: [String: String] = [:]
    for pair in bytes.split(separator: 0x26) {
      let cut = pair.firstIndex(of: 0x3D) ?? pair.endIndex
      let value = cut < pair.endIndex ? pair[(cut + 1)...] : []
      guard let name = decode(pair[..<cut]), let text = decode(value), fields[name] == nil else {
        throw .malformed()
      }
      fields[name] = text
    }
    return fields
  }

  private static func decode(_ text: ArraySlice<UInt8>) -> String? {
    PercentText.decode(text.lazy.map { $0 == 0x2B ? 0x20 : $0 })
      .flatMap { String(validating: $0, as: UTF8.self) }
  }
}
