import Evidence
import JSON
import Platform

/// A page read back by a strict reader of the little HTML that pages are made of.
struct Page {
  struct Element {
    let name: String
    let attributes: [String: String]
    let depth: Int
    /// Where its text stands in the text of the page.
    fileprivate let start: Int
    fileprivate var end: Int
    /// All text inside, unescaped.
    var text = ""
  }

  let bytes: [UInt8]
  private(set) var elements: [Element] = []
  /// What is wrong with the nesting or the escaping; empty for a good page.
  private(set) var faults: [String] = []
  private var textBytes: [UInt8] = []

  var source: String { String(decoding: bytes, as: UTF8.self) }
  var text: String { String(decoding: textBytes, as: UTF8.self) }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    read()
    for place in elements.indices where elements[place].depth > 1 || elements[place].name == "h1" {
      let (start, end) = (elements[place].start, elements[place].end)
      elements[place].text = String(decoding: textBytes[start..<end], as: UTF8.self)
    }
  }

  func all(_ name: String, class style: String? = nil) -> [Element] {
    elements.filter { element in
      element.name == name
        && (style.map { style in
          (element.attributes["class"] ?? "").split(separator: " ").contains { $0 == style }
        } ?? true)
    }
  }

  /// The style sheet, as it is hashed.
  private(set) var style = ""

  private mutating func read() {
    var at = 0
    var open: [Int] = []
    while at < bytes.count {
      guard bytes[at] == UInt8(ascii: "<") else {
        let end = bytes[at...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        if let last = open.last, elements[last].name == "style" {
          style = String(decoding: bytes[at..<end], as: UTF8.self)
        } else {
          textBytes += unescaped(bytes[at..<end])
        }
        at = end
        continue
      }
      let end = bytes[at...].firstIndex(of: UInt8(ascii: ">")) ?? bytes.count
      let inside = bytes[(at + 1)..<end]
      at = end + 1
      if inside.first == UInt8(ascii: "!") {
        if String(decoding: inside, as: UTF8.self) != "!doctype html" { faults.append("a comment") }
      } else if inside.first == UInt8(ascii: "/") {
        let name = String(decoding: inside.dropFirst(), as: UTF8.self)
        if let last = open.popLast(), elements[last].name == name {
          elements[last].end = textBytes.count
        } else {
          faults.append("closes \(name)")
        }
      } else {
        elements.append(element(inside, depth: open.count))
        if elements[elements.count - 1].name != "meta" { open.append(elements.count - 1) }
      }
    }
    if !open.isEmpty { faults.append("\(open.count) elements stay open") }
  }

  private mutating func element(_ inside: ArraySlice<UInt8>, depth: Int) -> Element {
    let space = UInt8(ascii: " ")
    var rest = inside
    let name = rest.prefix { $0 != space }
    rest = rest.dropFirst(name.count)
    var attributes: [String: String] = [:]
    while rest.first == space {
      rest = rest.dropFirst()
      let key = rest.prefix { $0 != UInt8(ascii: "=") && $0 != space }
      rest = rest.dropFirst(key.count)
      guard rest.starts(with: Array("=\"".utf8)) else {
        attributes[String(decoding: key, as: UTF8.self)] = ""
        continue
      }
      let value = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "\"") }
      attributes[String(decoding: key, as: UTF8.self)] = String(
        decoding: unescaped(value), as: UTF8.self)
      rest = rest.dropFirst(value.count + 3)
    }
    if !rest.isEmpty { faults.append("reads \(String(decoding: inside, as: UTF8.self))") }
    return Element(
      name: String(decoding: name, as: UTF8.self), attributes: attributes, depth: depth,
      start: textBytes.count, end: textBytes.count)
  }

  private mutating func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    guard bytes.contains(UInt8(ascii: "&")) else { return Array(bytes) }
    let named = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'"]
    var result: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "&") else {
        result.append(byte)
        continue
      }
      let name = rest.prefix { $0 != UInt8(ascii: ";") }
      guard let sign = named[String(decoding: name, as: UTF8.self)] else {
        faults.append("a bare &")
        continue
      }
      result += sign.utf8
      rest = rest.dropFirst(name.count + 1)
    }
    return result
  }
}
