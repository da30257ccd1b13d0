/// Where links lead to, decided by their texts and by the names that were listed; nothing outside of
/// the folder is looked at.
struct LinkTargets {
  enum Class: String, Sendable { case inside, outside, broken, loop }

  private let names: Set<[UInt8]>
  private let links: [[UInt8]: [UInt8]]
  private let root: [UInt8]

  /// - Parameter root: the absolute path of the folder.
  init(_ walk: FolderWalk, root: String) {
    names = Set(walk.files.map(\.path)).union(walk.folders).union(walk.special)
    links = Dictionary(walk.links.map { ($0.path, $0.target) }, uniquingKeysWith: { a, _ in a })
    self.root = Array(root.utf8)
  }

  func target(of link: WalkedLink) -> Class {
    var path = link.path
    var target = link.target
    for _ in 0..<40 {
      guard let place = resolve(target, from: path) else { return .outside }
      // A link to a folder that it lies in leads round for ever.
      if place.isEmpty || link.path.starts(with: place + [0x2F]) { return .loop }
      if names.contains(place) { return .inside }
      guard let next = links[place] else { return .broken }
      path = place
      target = next
    }
    return .loop
  }

  /// The relative path that a target stands for; nil when it is outside.
  private func resolve(_ target: [UInt8], from link: [UInt8]) -> [UInt8]? {
    var parts = link.split(separator: 0x2F).dropLast().map { Array($0) }
    var rest = target[...]
    if target.first == 0x2F {
      guard target == root || target.starts(with: root + [0x2F]) else { return nil }
      parts = []
      rest = target.dropFirst(root.count)
    }
    for part in rest.split(separator: 0x2F) where !part.elementsEqual([0x2E]) {
      if part.elementsEqual([0x2E, 0x2E]) {
        if parts.isEmpty { return nil }
        parts.removeLast()
      } else {
        parts.append(Array(part))
      }
    }
    return Array(parts.joined(separator: [0x2F]))
  }
}
