extension Fsck {
  /// Every id that an object holds must be there and be what it is held as.
  ///
  /// What an unreachable object needs may be gone: garbage is not pruned all at once.
  mutating func checkLinks() {
    let reached = reachedRows()
    var told: Set<ObjectID> = []
    for (place, fact) in facts.enumerated() {
      for link in fact.links {
        guard let row = rowOf[link.target] else {
          if reached[place], told.insert(link.target).inserted {
            note(
              ObjectError(
                .objectMissing, object: link.target,
                message: "the object is not in the store, \(fact.id) needs it"))
          }
          continue
        }
        guard let kind = facts[row].kind, kind != link.kind else { continue }
        // A tree says what its entries are, so it is the one that lies; a commit does not.
        note(
          ObjectError(
            .objectTypeMismatch, object: fact.kind == .tree ? fact.id : link.target,
            message: "\(fact.id) holds \(link.target) as a \(link.kind.rawValue), which is a "
              + kind.rawValue))
      }
    }
  }

  /// For each object whether a ref leads to it.
  private func reachedRows() -> [Bool] {
    var reached = [Bool](repeating: false, count: facts.count)
    var waiting = refs.compactMap { rowOf[$0.target] }
    while let row = waiting.popLast() {
      if reached[row] { continue }
      reached[row] = true
      waiting += facts[row].links.compactMap { rowOf[$0.target] }
    }
    return reached
  }

  /// Says for each bad object by which way it is reached from a ref.
  mutating func nameWays() {
    let wanted = Set(report.findings.prefix(1000).compactMap(\.object))
    if wanted.isEmpty { return }
    let ways = ways(to: wanted)
    report.findings = report.findings.map { finding in
      guard let id = finding.object, let way = ways[id], finding.error.place == id.hex else {
        return finding
      }
      return FsckFinding(
        error: finding.error, reachedBy: way, file: finding.file, offset: finding.offset)
    }
  }

  private func ways(to wanted: Set<ObjectID>) -> [ObjectID: String] {
    var ways: [ObjectID: String] = [:]
    var seen: Set<ObjectID> = []
    var waiting = refs.map { (id: $0.target, way: $0.name.text, back: 0) }
    var next = 0
    while next < waiting.count, ways.count < wanted.count {
      let (id, ref, back) = waiting[next]
      next += 1
      guard seen.insert(id).inserted else { continue }
      let way = back == 0 ? ref : "\(ref)~\(back)"
      if wanted.contains(id) { ways[id] = way }
      guard let row = rowOf[id] else { continue }
      for link in facts[row].links {
        if link.kind == .tree {
          walkTree(link.target, way + ":", wanted, &seen, &ways)
        } else {
          waiting.append((link.target, ref, back + (link.kind == .commit ? 1 : 0)))
        }
      }
    }
    return ways
  }

  private func walkTree(
    _ root: ObjectID, _ way: String, _ wanted: Set<ObjectID>, _ seen: inout Set<ObjectID>,
    _ ways: inout [ObjectID: String]
  ) {
    var stack = [(id: root, way: way, isTree: true)]
    while let (id, way, isTree) = stack.popLast() {
      if wanted.contains(id), ways[id] == nil { ways[id] = way }
      guard isTree, seen.insert(id).inserted, let tree = try? store.tree(id) else { continue }
      for entry in tree.entries {
        let path = way.hasSuffix(":") ? way + entry.name : way + "/" + entry.name
        stack.append((entry.id, path, entry.mode == .directory))
      }
    }
  }
}
