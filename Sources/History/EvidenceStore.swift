public import ObjectStore
public import Platform
public import Signing
internal import Synchronization

/// A store of evidence with the user's own files: what every verb of this module works on.
public struct EvidenceStore: Sendable {
  public let objects: ObjectStore
  public let user: KeyFolder
  public let surroundings: Surroundings
  public var files: FileSystem { objects.system }
  private let links = LinkMemo()

  public init(objects: ObjectStore, user: KeyFolder, surroundings: Surroundings) {
    self.objects = objects
    self.user = user
    self.surroundings = surroundings
  }

  /// The slugs of all claims, in order.
  public func slugs() throws(ObjectError) -> [String] {
    try objects.refs(Self.claimPrefix).compactMap { $0.name.dropping(Self.claimPrefix) }
  }

  /// The tip of a claim.
  ///
  /// - Throws: `claim_unknown`, with the claims that there are in its hint.
  public func tip(of slug: String) throws -> ObjectID {
    if let name = RefName.claim(slug), let tip = try objects.ref(name) { return tip }
    let known = try slugs()
    throw HistoryError(
      .claimUnknown, place: slug, "there is no claim of this name in the store",
      hint: known.isEmpty
        ? "the store has no claims yet; wf commit PKG makes the first"
        : "the claims are: " + known.prefix(8).joined(separator: ", "))
  }

  static let claimPrefix = "refs/heads/claims/"
}

/// One commit of a claim's history with what its message says.
public struct ChainLink: Sendable, Equatable {
  public let id: ObjectID
  public let commit: Commit
  /// nil when the message is not one of ours.
  public let message: CommitMessage?

  public var kind: CommitMessage.Kind? { message?.kind }
}

extension EvidenceStore {
  /// One commit, read and parsed; what was asked for before is given again.
  public func link(_ id: ObjectID) throws(ObjectError) -> ChainLink {
    if let link = links[id] { return link }
    let commit = try objects.commit(id)
    let link = ChainLink(
      id: id, commit: commit, message: CommitMessage(parsing: commit.messageText))
    links[id] = link
    return link
  }

  /// A commit that holds a package.
  ///
  /// - Throws: `not_a_package_version` for any other.
  func packageLink(_ id: ObjectID) throws -> ChainLink {
    let link = try link(id)
    guard link.kind == .package else {
      throw HistoryError(
        .notAPackageVersion, place: id.hex, "this commit holds no package",
        hint: "wf log shows the versions")
    }
    return link
  }

  /// A claim's history from a commit back to its root, newest first.
  ///
  /// A commit of a claim has one parent or none; with more the walk follows the first and verify
  /// says what is wrong. `limit` bounds what is read.
  public func chain(from tip: ObjectID, limit: Int = .max) throws(ObjectError) -> [ChainLink] {
    var links: [ChainLink] = []
    var next: ObjectID? = tip
    while let id = next, links.count < limit {
      let link = try link(id)
      links.append(link)
      next = link.commit.parents.first
    }
    return links
  }

  /// How many commits a history has from its root to a tip; one whose number is known ends the walk.
  func length(from tip: ObjectID, knowing tips: [Tips.Tip]) throws(ObjectError) -> Int {
    var steps = 0
    var next: ObjectID? = tip
    while let id = next {
      if let known = tips.first(where: { $0.commit == id }) { return known.count + steps }
      steps += 1
      next = try link(id).commit.parents.first
    }
    return steps
  }
}

/// Commits that were read: every version of a claim is asked for the whole chain before it.
private final class LinkMemo: Sendable {
  /// Beyond so many it begins anew, so that a store of any length fits into memory.
  private static var limit: Int { 1 << 16 }
  private let links = Mutex<[ObjectID: ChainLink]>([:])

  subscript(id: ObjectID) -> ChainLink? {
    get { links.withLock { $0[id] } }
    set {
      links.withLock {
        if $0.count >= Self.limit { $0.removeAll() }
        $0[id] = newValue
      }
    }
  }
}
