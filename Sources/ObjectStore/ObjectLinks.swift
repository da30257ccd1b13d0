/// An id that an object holds, and what it must be.
struct ObjectLink: Sendable, Equatable {
  let target: ObjectID
  let kind: ObjectKind
}

extension RawObject {
  /// What the object points at; parsing it strictly is the check of its content.
  ///
  /// - Throws: the words for trees, commits and tags of SIGNING §10.
  func links(id: ObjectID) throws(ObjectError) -> [ObjectLink] {
    switch kind {
    case .blob: return []
    case .tree:
      return try Tree.parse(bytes, id: id).entries.map {
        ObjectLink(target: $0.id, kind: $0.mode.kind)
      }
    case .commit:
      let commit = try Commit.parse(bytes, id: id)
      try commit.checkSignatureCount(id: id)
      return [ObjectLink(target: commit.tree, kind: .tree)]
        + commit.parents.map { ObjectLink(target: $0, kind: .commit) }
    case .tag:
      let tag = try Tag.parse(bytes, id: id)
      return [ObjectLink(target: tag.target, kind: tag.targetKind)]
    }
  }
}
