/// A pattern over relative paths: `*` and `?` within a part, `**` over any number of parts.
///
/// A pattern without a slash is about names at any depth.
struct Glob: Sendable {
  private let parts: [[UInt8]]

  init(_ pattern: String) {
    var parts = pattern.utf8.split(separator: 0x2F).map { Array($0) }
    if !pattern.isEmpty, !pattern.utf8.contains(0x2F) { parts.insert(Array("**".utf8), at: 0) }
    self.parts = parts
  }

  func matches(_ path: [UInt8]) -> Bool {
    let names = path.split(separator: 0x2F)
    // reachable[n]: the parts so far can stand for the first n names.
    var reachable = [Bool](repeating: false, count: names.count + 1)
    reachable[0] = true
    for part in parts {
      var next = [Bool](repeating: false, count: names.count + 1)
      if part.elementsEqual("**".utf8) {
        var any = false
        for place in reachable.indices {
          any = any || reachable[place]
          next[place] = any
        }
      } else {
        for place in names.indices where reachable[place] && Self.matches(part, names[place]) {
          next[place + 1] = true
        }
      }
      reachable = next
    }
    return reachable[names.count]
  }

  /// Wildcards inside one name, with one step back per star at most: linear in practice.
  private static func matches(_ pattern: [UInt8], _ name: ArraySlice<UInt8>) -> Bool {
    var p = 0
    var n = name.startIndex
    var star: (pattern: Int, name: Int)?
    while n < name.endIndex {
      if p < pattern.count, pattern[p] == 0x2A {
        star = (p + 1, n)
        p += 1
      } else if p < pattern.count, pattern[p] == 0x3F || pattern[p] == name[n] {
        p += 1
        n += 1
      } else if let back = star {
        star = (back.pattern, back.name + 1)
        p = back.pattern
        n = back.name + 1
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == 0x2A }
  }
}
