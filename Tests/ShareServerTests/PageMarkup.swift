/// As much of an HTML parser as our own pages need.
enum Markup {
  struct Tag: CustomStringConvertible {
    let name: String
    let attributes: [(String, String)]
    var description: String { "<\(name) \(attributes)>" }
  }

  /// The opening tags, with their attributes as they stand there.
  static func tags(_ page: String) -> [Tag] {
    var tags: [Tag] = []
    var rest = page.utf8[...]
    while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
      rest = rest[rest.index(after: start)...]
      guard let first = rest.first, (0x61...0x7A).contains(first) else { continue }
      let end = rest.firstIndex(of: UInt8(ascii: ">")) ?? rest.endIndex
      tags.append(tag(String(Substring(rest[..<end]))))
      rest = rest[end...]
    }
    return tags
  }

  private static func tag(_ inside: String) -> Tag {
    var attributes: [(String, String)] = []
    let cut = inside.firstIndex(of: " ") ?? inside.endIndex
    var rest = inside[cut...].drop { $0 == " " }
    while !rest.isEmpty, rest != "/" {
      let name = rest.prefix { $0 != "=" && $0 != " " }
      rest = rest.dropFirst(name.count)
      var value: Substring = ""
      if rest.hasPrefix("=\"") {
        value = rest.dropFirst(2).prefix { $0 != "\"" }
        rest = rest.dropFirst(value.count + 3)
      }
      // Whatever stands there, each round takes some of it.
      if name.isEmpty { rest = rest.dropFirst() }
      attributes.append((String(name), String(value)))
      rest = rest.drop { $0 == " " }
    }
    return Tag(name: String(inside[..<cut]), attributes: attributes)
  }

  /// The headings in reading order, without the markup in them.
  static func headings(_ page: String) -> [(level: Int, text: String)] {
    page.split(separator: "<h").dropFirst().compactMap { part in
      guard let level = part.first.flatMap({ Int(String($0)) }),
        let start = part.firstIndex(of: ">"), let end = part.firstRange(of: "</h\(level)>")
      else { return nil }
      var text = ""
      var isTag = false
      for character in part[part.index(after: start)..<end.lowerBound] {
        if character == "<" { isTag = true }
        if !isTag { text.append(character) }
        if character == ">" { isTag = false }
      }
      return (level, text.split(separator: " ").joined(separator: " "))
    }
  }
}
