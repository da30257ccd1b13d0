public import GitRemotes
public import ObjectStore

/// An object's body in the other hash's form (git's hash-function-transition document).
///
/// The ids inside are exchanged and nothing else; a signed commit keeps its `gpgsig-sha256` header and
/// gets `gpgsig` directly before it; a signed tag keeps its signature in a `gpgsig-sha256` header. The
/// functions read no object but the one that they are given.
public enum Translation {
  /// The SHA-1 form of an object of the store.
  ///
  /// - Parameters:
  ///   - id: the SHA-1 name of an object that this one names.
  ///   - sign: gives an armoured signature over the bytes, by the key that made the signature which is
  ///     its first argument; nil where that key is not at hand.
  /// - Throws: what is wrong with the object; `not_reversible` where the way back would not give the same bytes.
  public static func toSHA1(
    _ object: RawObject, id: (ObjectID) throws -> SHA1ID,
    sign: ([UInt8], [UInt8]) throws -> [UInt8]? = { _, _ in nil }
  ) throws -> [UInt8] {
    var names: [SHA1ID: ObjectID] = [:]
    func noted(_ old: ObjectID) throws -> SHA1ID {
      let new = try id(old)
      names[new] = old
      return new
    }
    let body: [UInt8]
    switch object.kind {
    case .blob: return object.bytes
    case .tree: body = try TreeTranslation.toSHA1(object.bytes, id: noted)
    case .commit: body = try CommitTranslation.toSHA1(object.bytes, id: noted, sign: sign)
    case .tag: body = try TagTranslation.toSHA1(object.bytes, id: noted, sign: sign)
    }
    let back = try? toSHA256(RawObject(kind: object.kind, bytes: body)) { name in
      guard let old = names[name] else { throw lost(object) }
      return old
    }
    if back != object.bytes { throw lost(object) }
    return body
  }

  /// The store's form of an object of a remote: every `gpgsig` we may have added is dropped.
  ///
  /// Whether the result is a good object of a store is for the store's own checks.
  ///
  /// - Parameter id: the SHA-256 name of an object that this one names.
  /// - Throws: `tree_…` `commit_malformed` `tag_malformed` where the ids cannot be found.
  public static func toSHA256(
    _ object: RawObject, id: (SHA1ID) throws -> ObjectID
  ) throws -> [UInt8] {
    switch object.kind {
    case .blob: object.bytes
    case .tree: try TreeTranslation.toSHA256(object.bytes, id: id)
    case .commit: try CommitTranslation.toSHA256(object.bytes, id: id)
    case .tag: try TagTranslation.toSHA256(object.bytes, id: id)
    }
  }

  /// The objects of a remote that one of its objects names, with the kind that each must have; nil for
  /// any kind.
  public static func links(
    of object: RawObject
  ) throws -> [(id: SHA1ID, kind: ObjectKind?)] {
    switch object.kind {
    case .blob: return []
    case .tree:
      return try TreeTranslation.entries(object.bytes).map { ($0.id, $0.isFolder ? .tree : .blob) }
    case .commit:
      let head = try CommitTranslation.head(object.bytes)
      return [(head.tree, .tree)] + head.parents.map { ($0, .commit) }
    case .tag: return [(try TagTranslation.target(object.bytes), nil)]
    }
  }

  private static func lost(_ object: RawObject) -> MirrorError {
    MirrorError(
      .notReversible, place: ObjectID.of(object.kind, object.bytes).hex,
      "this \(object.kind.rawValue) could not be rebuilt from its SHA-1 form")
  }
}
