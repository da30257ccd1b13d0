public import ObjectStore
import Platform
import Signing

/// What `wf key rotate` did.
public struct KeyRotation: Sendable, Equatable {
  public let commit: ObjectID
  public let principal: String
  /// Fingerprints.
  public let retired: String
  public let added: String
  /// Unix seconds: the last at which signatures of the retired key count.
  public let retiredAt: Int64
  /// Where the retired private key lies now; nil where it was never a file of ours.
  public let retiredKeyPath: String?
}

extension EvidenceStore {
  /// Puts a new key in the place of the user's, by a commit that the old one signs and in which the new
  /// one proves itself.
  ///
  /// The first rotation of a store begins its key history with the old key. An interrupted rotation
  /// is finished by the next call: the new key is on disk before any commit names it.
  ///
  /// - Parameter overlap: seconds for which the old key goes on beside the new one.
  /// - Throws: `rotation_unauthorised` where the history does not allow the user's key; what signing
  ///   and the store throw.
  public func rotateKey(overlap: Int64) throws -> KeyRotation {
    let committer = try Committer.make(store: self, unsigned: false)
    guard let old = committer.signer else {
      throw HistoryError(.noSigningKey, place: user.keyPath, "there is no key to rotate")
    }
    let principal = committer.person.email
    let next = try user.nextKey(comment: principal, randomBytes: surroundings.randomBytes)
    let history = KeyHistory(
      store: self,
      own: VerifyOptions(trust: try user.trust.read(), revocation: user.revocation()))
    let now = surroundings.now()
    let before = try history.state()
    let tip: ObjectID
    let retiredAt: Int64
    if let before, before.files.trust.lines.contains(where: { $0.key == next.publicKey }) {
      // The commit was made; only the files of the user were not moved.
      tip = before.tip
      retiredAt =
        before.files.trust.lines.first { $0.key == old.publicKey }?.validBefore ?? now + overlap
    } else {
      retiredAt = now + overlap
      tip = try write(
        KeyChange(
          committer: committer, old: old, next: next, principal: principal, now: now,
          retiredAt: retiredAt), after: before)
    }
    let path = try user.takeNextKey(
      next.publicKey, principal: principal, retiring: old.publicKey, at: retiredAt, now: now)
    return KeyRotation(
      commit: tip, principal: principal, retired: old.publicKey.fingerprint,
      added: next.publicKey.fingerprint, retiredAt: retiredAt, retiredKeyPath: path)
  }

  private func write(_ change: KeyChange, after before: KeyHistory.State?) throws -> ObjectID {
    let batch = try objects.beginBatch()
    var parent = before?.tip
    var signers = before?.files.signers ?? []
    let kept = before?.files.tree.entries.filter { $0.name == "revoked" } ?? []
    if let before {
      guard before.files.trust.lines.contains(where: { $0.key == change.old.publicKey }) else {
        throw SigningError(
          .rotationUnauthorised, "the key history of this store does not list your key",
          place: RefName.keys.text, hint: "ask somebody whom it lists")
      }
    } else {
      signers = Array(
        (try TrustFile.Entry(
          principal: change.principal, key: change.old.publicKey,
          validAfter: try firstSecond(of: change.old.publicKey)
        ).line() + "\n").utf8)
      parent = try change.commit(
        signers, kept, parent: nil, provenBy: change.old, subject: "Begin the key history",
        trailers: ["WF-Key-Added: \(change.old.publicKey.fingerprint)"], to: batch)
    }
    let added = try TrustFile.Entry(
      principal: change.principal, key: change.next.publicKey, validAfter: change.now
    ).line()
    let changed =
      try TrustFile.retiring(
        change.old.publicKey, at: change.retiredAt, in: signers, place: RefName.keys.text)
      + Array((added + "\n").utf8)
    let tip = try change.commit(
      changed, kept, parent: parent, provenBy: change.next, subject: "Rotate a key",
      trailers: [
        "WF-Key-Added: \(change.next.publicKey.fingerprint)",
        "WF-Key-Retired: \(change.old.publicKey.fingerprint)", "WF-Reason: routine",
      ], to: batch)
    _ = try batch.finish()
    try moveAlone(
      .keys, from: before?.tip, to: tip, meanwhile: "somebody else changed the keys meanwhile",
      hint: "run wf key rotate again")
    return tip
  }

  /// From when the user's own file believes the key; nil: from the beginning.
  private func firstSecond(of key: SSHPublicKey) throws -> Int64? {
    try user.trust.read().lines.first { $0.key == key && !$0.isAuthority }?.validAfter
  }
}

/// One rotation on its way into the store.
private struct KeyChange {
  let committer: Committer
  let old: Signer
  let next: Signer
  let principal: String
  let now: Int64
  let retiredAt: Int64

  func commit(
    _ signers: [UInt8], _ kept: [TreeEntry], parent: ObjectID?, provenBy key: Signer,
    subject: String, trailers: [String], to batch: ObjectBatch
  ) throws -> ObjectID {
    let armour = try KeyPossession.prove(
      principal: principal, parent: parent?.hex ?? KeyHistory.rootParent, signer: key)
    let proof = try batch.add(
      Tree([
        TreeEntry(
          mode: .file, name: CoSignatures.fileName(key.publicKey),
          id: try batch.add(.blob, Array(armour.utf8)))
      ]))
    let tree = try batch.add(
      Tree(
        kept + [
          TreeEntry(mode: .file, name: "allowed_signers", id: try batch.add(.blob, signers)),
          TreeEntry(mode: .directory, name: "proof", id: proof),
        ]))
    let kind = "WF-Kind: \(CommitMessage.Kind.keyRotation.rawValue)"
    let text = ([subject, "", kind] + trailers).joined(separator: "\n") + "\n"
    return try batch.add(
      .commit, try committer.commit(tree: tree, parents: parent.map { [$0] } ?? [], text: text))
  }
}
