internal import Platform

extension ObjectStore {
  /// Everything from which objects are still wanted: refs, HEAD, reflogs, the memory of tips.
  ///
  /// Of the last two, what is not in the store is passed over.
  func roots() throws(ObjectError) -> [(id: ObjectID, name: String)] {
    var roots = try refs().map { (id: $0.target, name: $0.name.text) }
    if case .id(let id)? = try refFile(.head) { roots.append((id, "HEAD")) }
    for (key, tip) in try tips().tips.sorted(by: { $0.key < $1.key }) where contains(tip.commit) {
      roots.append((tip.commit, "the tip of \(key.ref) seen last"))
    }
    for (id, name) in try loggedIDs(below: "logs", depth: 0) where contains(id) {
      roots.append((id, name))
    }
    return roots
  }

  /// Ids in git's reflogs: `OLD NEW NAME <EMAIL> TIME ZONE TAB MESSAGE`.
  private func loggedIDs(
    below folder: String, depth: Int
  ) throws(ObjectError) -> [(ObjectID, String)] {
    var result: [(ObjectID, String)] = []
    let entries = try wrapping { () throws(PlatformError) in
      try system.listIfPresent(path + "/" + folder)
    }
    for entry in entries {
      guard let name = entry.name else { continue }
      let place = folder + "/" + name
      if entry.kind == .directory, depth < 64 {
        result += try loggedIDs(below: place, depth: depth + 1)
      } else if entry.kind == .regular {
        let bytes = try wrapping { () throws(PlatformError) in
          try system.readIfPresent(path + "/" + place, limit: 1 << 28)
        }
        for line in (bytes ?? []).split(separator: 10) {
          for word in line.split(separator: 32, maxSplits: 2).prefix(2) {
            if let id = ObjectID(hexDigits: word) { result.append((id, place)) }
          }
        }
      }
    }
    return result
  }
}
