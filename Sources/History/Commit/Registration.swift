import Evidence
import JSON
public import ObjectStore
import Platform

/// A claim and a protocol that are committed before the run.
public struct RegistrationRequest: Sendable {
  /// Canonical bytes of the members, newline included; the protocol is frozen.
  public var claim: [UInt8]
  public var evaluationProtocol: [UInt8]
  public var unsigned: Bool

  public init(claim: [UInt8], evaluationProtocol: [UInt8], unsigned: Bool) {
    self.claim = claim
    self.evaluationProtocol = evaluationProtocol
    self.unsigned = unsigned
  }
}

/// What `commit` and `register` did.
public struct CommittedVersion: Sendable, Equatable {
  public let slug: String
  /// Number of the package version, from 1; 0 for a registration.
  public let version: Int
  public let commit: ObjectID
  public let tree: ObjectID
  public let signedBy: String?
  public let objectsWritten: Int
  public let label: String?
}

extension EvidenceStore {
  /// Commits claim and protocol as the first commit of a claim's history.
  ///
  /// - Throws: `claim_exists` when the claim has a history already: a registration after the fact
  ///   proves nothing.
  public func register(_ request: RegistrationRequest) throws -> CommittedVersion {
    let claim = try Claim.decode(request.claim)
    let plan = try EvaluationProtocol.decode(request.evaluationProtocol)
    guard plan.frozenAt != nil else {
      throw HistoryError(
        .packageInvalid, place: MemberName.evaluationProtocol.rawValue,
        "a protocol has to be frozen before it is registered", hint: "wf claim register DIR")
    }
    guard plan.claimID == claim.id else {
      throw HistoryError(
        .packageInvalid, place: MemberName.evaluationProtocol.rawValue,
        "the protocol is for another claim (\(plan.claimID))")
    }
    guard let ref = RefName.claim(claim.slug) else {
      throw HistoryError(.packageInvalid, place: claim.slug, "this slug cannot name a ref")
    }
    let seen = try TipMemory(store: self).recollection(of: ref)
    let tip = try objects.ref(ref)
    if let objection = try TipMemory(store: self).objection(to: tip, of: ref, seen) {
      throw objection
    }
    if let tip { throw try alreadyThere(claim.slug, tip: tip) }
    let committer = try Committer.make(store: self, unsigned: request.unsigned)
    let batch = try objects.beginBatch()
    var sink = BatchSink(batch: batch)
    let tree = try PackageTree(
      members: [
        (MemberName.claim.rawValue, request.claim),
        (MemberName.evaluationProtocol.rawValue, request.evaluationProtocol),
      ], rawBlobs: []
    ).write(to: &sink)
    let message = CommitMessage(
      subject: "Register \(claim.slug) before the run", kind: .registration, claim: claim.slug,
      claimSubject: claim.subject.id)
    let body = try committer.commit(tree: tree, parents: [], message: message)
    let id = try batch.add(.commit, body)
    let written = batch.count
    let log = try finish(batch, moving: ref, from: nil, to: id, label: nil)
    TipMemory(store: self).rememberIfPossible(
      ref, id, count: 1, log: log.checkpoint, syncs: log.syncsLeft)
    return CommittedVersion(
      slug: claim.slug, version: 0, commit: id, tree: tree, signedBy: committer.fingerprint,
      objectsWritten: written, label: nil)
  }

  private func alreadyThere(_ slug: String, tip: ObjectID) throws -> HistoryError {
    let isRegistered = try chain(from: tip).last?.kind == .registration
    return HistoryError(
      .claimExists, place: slug,
      isRegistered
        ? "this claim is registered already" : "this claim has package versions already",
      hint: "wf log \(slug) shows them; another claim needs another slug")
  }

  /// The registration of a claim whose tip is given, or nil.
  func registration(before tip: ObjectID?) throws -> ChainLink? {
    guard let tip, let root = try root(of: tip), root.kind == .registration else { return nil }
    return root
  }

  /// The first commit of the history that ends in `tip`.
  ///
  /// The answer is kept beside the store's own state, so that commit number 10,000 does not read
  /// the 9,999 before it; what is kept is believed only if it is a root and of the same claim.
  private func root(of tip: ObjectID) throws -> ChainLink? {
    let tipLink = try link(tip)
    guard let slug = tipLink.message?.claim else { return try chain(from: tip).last }
    let path = Path.join(objects.path, "wf/roots/\(slug)")
    if isSlug(slug), let bytes = try files.readIfPresent(path, limit: 256),
      let id = ObjectID(hex: String(decoding: bytes.prefix(64), as: UTF8.self)),
      objects.contains(id)
    {
      let known = try link(id)
      if known.commit.parents.isEmpty, known.message?.claim == slug { return known }
    }
    let root = try chain(from: tip).last
    if let root, isSlug(slug) {
      // Only a help: without it the history is read again.
      _ = try? files.makeDirectories(Path.parent(path))
      try? files.write(Array("\(root.id)\n".utf8), to: path)
    }
    return root
  }
}
