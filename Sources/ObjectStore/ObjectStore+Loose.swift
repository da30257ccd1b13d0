internal import Platform

extension ObjectStore {
  /// Ids of the loose objects in one fan-out folder (`00` to `ff`); other files are passed over.
  func looseObjects(in folder: String) throws(ObjectError) -> [ObjectID] {
    let names = try wrapping { () throws(PlatformError) in
      try system.listIfPresent(objectFolder + "/" + folder)
    }
    return names.compactMap { entry in
      entry.name.flatMap { $0.utf8.count == 62 ? ObjectID(hex: folder + $0) : nil }
    }
  }

  /// Fan-out folders that exist, in order.
  func looseFolders() throws(ObjectError) -> [String] {
    try wrapping { () throws(PlatformError) in try system.listIfPresent(objectFolder) }
      .compactMap(\.name).filter { $0.utf8.count == 2 && Hex.decode($0) != nil }
  }

  /// What the store has at this moment, for many look-ups without system calls.
  func knownObjects() throws(ObjectError) -> KnownObjects {
    var loose: Set<ObjectID> = []
    for folder in try looseFolders() { loose.formUnion(try looseObjects(in: folder)) }
    return KnownObjects(packs: try packs(refreshing: true), loose: loose)
  }

  /// Writes one object into a file of its own, where the store does not have it.
  ///
  /// - Parameter durably: two syncs, of the file and its folder.
  public func writeLoose(_ object: RawObject, durably: Bool = true) throws(ObjectError) -> ObjectID
  {
    let id = ObjectID.of(object.kind, object.bytes)
    if contains(id) { return id }
    let file = objectFolder + "/" + LooseObject.path(id)
    let bytes = LooseObject.encode(object)
    try wrapping { () throws(PlatformError) in
      let made = try system.makeDirectories(Path.parent(file))
      try system.write(bytes, to: file, durably ? .durable : .atomic, mode: 0o444)
      if durably && !made.isEmpty { try system.syncDirectory(objectFolder) }
    }
    return id
  }
}

/// The ids that a store had when this value was made.
struct KnownObjects: Sendable {
  let packs: [Pack]
  let loose: Set<ObjectID>

  func contains(_ id: ObjectID) -> Bool {
    loose.contains(id) || packs.contains { $0.index.position(of: id) != nil }
  }
}
