public import History
public import ObjectStore
internal import Platform

/// A store, one of its remotes, and which object of the one is which of the other: what has to be known to
/// say what would move.
public final class RemoteView {
  public let store: EvidenceStore
  public let remote: Remote
  public let map: ObjectMap
  public let context: TransferContext
  /// Whom the user believes; asked for where there are logs or key histories.
  let options: () throws -> VerifyOptions

  public init(
    store: EvidenceStore, remote: Remote, map: ObjectMap, context: TransferContext,
    options: @escaping () throws -> VerifyOptions
  ) {
    self.options = options
    self.store = store
    self.remote = remote
    self.map = map
    self.context = context
  }

  /// The store's name of an object that it has.
  public func known(_ id: SHA1ID) -> ObjectID? {
    guard let own = map.own(of: id), store.objects.contains(own) else { return nil }
    return own
  }

  /// The heads of a remote that are claims and labels of ours, by our names.
  ///
  /// - Throws: `remote_too_large` for more than a million refs.
  func ownHeads(
    _ heads: [RemoteHead], slugs: [String]
  ) throws -> [(ref: RefName, head: RemoteHead)] {
    if heads.count > 1_000_000 {
      throw MirrorError(
        .remoteTooLarge, place: remote.address.text, "the remote has \(heads.count) refs")
    }
    var result: [(ref: RefName, head: RemoteHead)] = []
    var seen: Set<RefName> = []
    for head in heads {
      guard let name = RefName(head.name), let own = remote.ownName(of: name),
        let row = Arrivals.Row(own, Self.noID), slugs.isEmpty || slugs.contains(row.slug),
        seen.insert(own).inserted
      else { continue }
      result.append((own, head))
    }
    return result
  }

  static let noID = ObjectID.of(.blob, [])

  /// Where the mirror keeps what the remote has.
  public func mirrorRef(_ own: RefName) -> String {
    "refs/remotes/\(remote.name)/" + own.text.dropFirst("refs/".count)
  }
}

extension [RemoteRow] {
  /// In order of their names, whatever was found out first.
  public var inOrder: [RemoteRow] { sorted { $0.name.precedes($1.name) } }
}
