internal import Platform

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

  /// All refs below a prefix with what they lead to, in order of their names.
  ///
  /// A loose ref hides a packed one of the same name. One bad ref fails the call.
  public func refs(_ prefix: String = "refs/") throws(ObjectError) -> [Ref] {
    var result: [Ref] = []
    let packed = try packedRefs()
    var names = Set(packed.rows.map(\.name))
    names.formUnion(try looseRefNames())
    let known = Dictionary(
      packed.rows.map { ($0.name, $0.target) }, uniquingKeysWith: { old, _ in old })
    for name in names.sorted() where name.text.hasPrefix(prefix) {
      // One that was packed since the file was read is looked for again.
      let file = try refFile(name)
      let target: ObjectID?
      if case .id(let id) = file {
        target = id
      } else if file == nil, let id = known[name] {
        target = id
      } else {
        target = try ref(name)
      }
      if let target { result.append(Ref(name: name, target: target)) }
    }
    return result
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
      try system.readIfPresent(path + "/packed-refs", limit: 1 << 30)
    }
    return try PackedRefs.parse(bytes ?? [])
  }

  /// Names of the files below `refs/`.
  ///
  /// Locks and names with a dot in front are no refs to git.
  func looseRefNames() throws(ObjectError) -> [RefName] {
    try looseRefFiles().map { (text) throws(ObjectError) in
      guard let name = RefName(text) else {
        throw ObjectError(.refMalformed, place: text, message: "this name cannot be that of a ref")
      }
      return name
    }
  }

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
