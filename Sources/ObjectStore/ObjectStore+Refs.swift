internal import Platform
internal import Synchronization

extension ObjectStore {
  /// Where a ref leads, through symbolic refs; nil where it does not exist.
  ///
  /// - Throws: `ref_malformed` `ref_loop` `packed_refs_malformed`. Whether the object is there is
  ///   not looked at.
  public func ref(_ name: RefName) throws(ObjectError) -> ObjectID? {
    var name = name
    var visited: Set<RefName> = []
    while visited.insert(name).inserted {
      switch try refFile(name) {
      case .id(let id): return id
      case .symbolic(let next): name = next
      case nil: return try packedRefs()[name]?.target
      }
    }
    throw ObjectError(
      .refLoop, place: name.text, message: "symbolic refs lead back to where they began")
  }

  /// The ref that HEAD names, whether or not it exists yet; nil for a HEAD that holds an id.
  public func head() throws(ObjectError) -> RefName? {
    if case .symbolic(let name) = try refFile(.head) { return name }
    return nil
  }

  /// The refs below prefixes, such as `refs/tags/`, with what they lead to, in order of their names; all
  /// of them where no prefix is given.
  ///
  /// A loose ref hides a packed one of the same name. One bad ref below a prefix fails the call, others
  /// are not looked at.
  public func refs(_ prefixes: String...) throws(ObjectError) -> [Ref] {
    let prefixes = prefixes.isEmpty ? ["refs/"] : prefixes
    var names: [RefName] = []
    for prefix in prefixes {
      let folder = String(prefix[..<(prefix.lastIndex(of: "/") ?? prefix.startIndex)])
      for text in try looseRefFiles(below: folder) where text.hasPrefix(prefix) {
        guard let name = RefName(text) else {
          throw ObjectError(
            .refMalformed, place: text, message: "this name cannot be that of a ref")
        }
        names.append(name)
      }
    }
    let found = try looseTargets(names)
    var refs = names.compactMap { name in
      (found[name] ?? nil).map { Ref(name: name, target: $0) }
    }
    let packed = try packedRefs()
    for row in prefixes.lazy.flatMap(packed.rows(below:)) where found[row.name] == nil {
      refs.append(Ref(name: row.name, target: row.target))
    }
    // Each of the two lists is in order already.
    func isBefore(_ a: Ref, _ b: Ref) -> Bool { a.name < b.name }
    if zip(refs, refs.dropFirst()).allSatisfy(isBefore) { return refs }
    refs.sort(by: isBefore)
    var last: RefName?
    return refs.filter { ref in
      defer { last = ref.name }
      return ref.name != last
    }
  }

  /// Where many refs lead, those that exist; no other ref is looked at.
  public func targets(
    of names: some Sequence<RefName>
  ) throws(ObjectError) -> [RefName: ObjectID] {
    let byFolder = Dictionary(grouping: names) { Path.parent($0.text) }
    var loose: [RefName] = []
    for (folder, names) in byFolder {
      // Of many refs most are packed: a look at the folder tells which have a file.
      if names.count <= 8 {
        loose += names
        continue
      }
      let entries = try wrapping { () throws(PlatformError) in
        try system.listIfPresent(path + "/" + folder)
      }
      let files = Set(entries.map { folder + "/" + String(decoding: $0.rawName, as: UTF8.self) })
      loose += names.filter { files.contains($0.text) }
    }
    let found = try looseTargets(loose)
    var targets = found.compactMapValues { $0 }
    let rest = Set(byFolder.values.joined().lazy.filter { found[$0] == nil })
    if rest.isEmpty { return targets }
    for row in try packedRefs().rows where rest.contains(row.name) {
      targets[row.name] = row.target
    }
    return targets
  }

  /// Where refs lead that have a file; nil where a symbolic one leads nowhere.
  ///
  /// To be asked before the packed refs are read: a ref that is packed meanwhile is in one of both.
  private func looseTargets(_ names: [RefName]) throws(ObjectError) -> [RefName: ObjectID?] {
    var targets: [RefName: ObjectID?] = [:]
    for name in names {
      switch try refFile(name) {
      case .id(let id): targets[name] = .some(id)
      case .symbolic: targets[name] = .some(try ref(name))
      case nil: break
      }
    }
    return targets
  }

  /// The commit that an id leads to, through tag objects (at most 16).
  public func peel(_ id: ObjectID) throws(ObjectError) -> ObjectID {
    var id = id
    for _ in 0..<16 {
      let kind = try kind(of: id)
      if kind == .commit { return id }
      if kind != .tag {
        throw ObjectError(
          .refTargetNotCommit, object: id, message: "this is a \(kind.rawValue), not a commit")
      }
      id = try tag(id).target
    }
    throw ObjectError(.refTargetNotCommit, object: id, message: "tags lead to tags without end")
  }

  // MARK: - Inside the module

  func refFile(_ name: RefName) throws(ObjectError) -> RefFile? {
    let bytes: [UInt8]?
    do throws(PlatformError) {
      bytes = try system.readIfPresent(path + "/" + name.text, limit: 4096)
    } catch {
      if error.code == .isDirectory { return nil }
      if error.code == .fileTooLarge || error.code == .notRegularFile {
        throw ObjectError(.refMalformed, place: name.text, message: "this is no file of a ref")
      }
      throw ObjectError(error)
    }
    return try bytes.map { (bytes) throws(ObjectError) in
      try RefFile.parse(bytes, name: name.text)
    }
  }

  func packedRefs() throws(ObjectError) -> PackedRefs {
    let bytes = try wrapping { () throws(PlatformError) in
      try system.readIfPresent(path + "/packed-refs", limit: 1 << 30) ?? []
    }
    if let last = lastPackedRefs.withLock({ $0 }), last.bytes == bytes { return last.refs }
    let refs = try PackedRefs.parse(bytes)
    lastPackedRefs.withLock { $0 = (bytes, refs) }
    return refs
  }

  /// Names of the files below a folder of `refs/`.
  ///
  /// Locks and names with a dot in front are no refs to git.
  func looseRefFiles(below folder: String = "refs", depth: Int = 0) throws(ObjectError) -> [String]
  {
    if depth > 64 {
      throw ObjectError(
        .refMalformed, place: folder, message: "folders of refs are nested too deep")
    }
    let entries = try wrapping { () throws(PlatformError) in
      try system.listIfPresent(path + "/" + folder)
    }
    var result: [String] = []
    for entry in entries {
      let name = folder + "/" + String(decoding: entry.rawName, as: UTF8.self)
      if entry.rawName.first == 46 || name.hasSuffix(".lock") { continue }
      if entry.kind == .directory {
        result += try looseRefFiles(below: name, depth: depth + 1)
      } else {
        result.append(name)
      }
    }
    return result
  }
}
