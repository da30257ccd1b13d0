import ObjectStore
import Platform
import Signing

/// `refs/wf/keys`: a chain of commits that says which keys sign, and since when (SIGNING §8).
///
/// The tree of each commit has `allowed_signers`, where needed `revoked`, and in `proof/` what shows
/// that a listed key was in its owner's hand. A commit counts when the files of its parent allow
/// its signer; the root when the reader trusts its signer himself.
struct KeyHistory {
  let store: EvidenceStore
  /// Whom the reader trusts without any history.
  let own: VerifyOptions

  /// A longer history is not followed.
  static let most = 4096
  static let rootParent = String(repeating: "0", count: 64)

  /// The files of one commit.
  struct Files {
    var signers: [UInt8]
    var trust: AllowedSigners
    var revocation: RevocationList
    var tree: Tree
  }

  /// A history that was checked from its root to its tip.
  struct State {
    let root: ObjectID
    let tip: ObjectID
    let count: Int
    let files: Files
    /// Whether the reader trusts the signer of the root himself.
    var isRootBelieved = true
  }

  /// The history as it stands; nil where there is none.
  ///
  /// - Throws: `rotation_unauthorised`, `rotation_proof_missing`, `rotation_malformed`, with the
  ///   commit at fault as place.
  func state() throws -> State? {
    try store.objects.ref(.keys).map { try state(of: $0) }
  }

  /// The history that ends with a commit.
  ///
  /// - Parameter takingRoot: whether one whose root is signed by nobody whom the reader trusts is
  ///   checked from there on; its state says so.
  /// - Throws: as above.
  func state(of tip: ObjectID, takingRoot: Bool = false) throws -> State {
    let chain = try store.chain(from: tip, limit: Self.most + 1)
    guard chain.count <= Self.most, let root = chain.last else {
      throw malformed(tip, "the key history is longer than \(Self.most) commits")
    }
    let isBelieved = !takingRoot || !isUnbelieved(root)
    var before = (files: try check(root, after: nil, isAuthorised: !isBelieved), id: root.id)
    for link in chain.reversed().dropFirst() {
      before = (try check(link, after: before), link.id)
    }
    return State(
      root: root.id, tip: tip, count: chain.count, files: before.files,
      isRootBelieved: isBelieved)
  }

  /// Whether a root has a signature that holds, by somebody whom the reader does not trust.
  private func isUnbelieved(_ root: ChainLink) -> Bool {
    guard let reason = SignatureCheck(options: own).verdict(on: root.commit).reason else {
      return false
    }
    return reason.kind == .untrusted || reason.kind == .expired
  }

  /// The history that begins with a root, the longest where several copies of it lie here.
  ///
  /// - Throws: `ref_deleted` for no tips, `history_unrelated` where none begins so, `tip_forked` where
  ///   copies go separate ways; and as `state(of:)`.
  func followed(_ root: ObjectID, among tips: [ObjectID]) throws -> State {
    guard let first = tips.first else {
      throw HistoryError(
        .refDeleted, place: RefName.keys.text, "the key history that you follow is gone",
        hint: "get the store back from a copy that has it; or wf trust follow --stop")
    }
    let copies = try tips.filter { try store.chain(from: $0, limit: Self.most).last?.id == root }
    guard var longest = copies.first else {
      _ = try state(of: first)
      throw HistoryError(
        .historyUnrelated, place: RefName.keys.text,
        "this is another key history than the one you follow, which begins with \(root.hex)",
        hint: "ask its owner; wf trust follow --stop ends following")
    }
    for tip in copies.dropFirst() where try !store.objects.isAncestor(tip, of: longest) {
      guard try store.objects.isAncestor(longest, of: tip) else {
        throw HistoryError(
          .tipForked, place: RefName.keys.text,
          "copies of the key history that you follow go separate ways, \(longest) and \(tip)",
          hint: "ask its owner which of them is right")
      }
      longest = tip
    }
    return try state(of: longest)
  }

  /// - Parameter isAuthorised: whether the signer is not asked for.
  private func check(
    _ link: ChainLink, after before: (files: Files, id: ObjectID)?, isAuthorised: Bool = false
  ) throws -> Files {
    guard link.commit.parents.count <= 1, link.commit.signatures.count <= 1,
      link.commit.trailer("WF-Kind") == CommitMessage.Kind.keyRotation.rawValue
    else { throw malformed(link.id, "this is no commit of a key history") }
    if !isAuthorised { try authorise(link, by: before?.files) }
    let files = try files(of: link)
    let known = Set(before?.files.trust.lines.map(\.key) ?? [])
    for line in files.trust.lines where !known.contains(line.key) {
      let parent = before?.id.hex ?? Self.rootParent
      let name = CoSignatures.fileName(line.key)
      guard let proof = try proof(name, in: files.tree),
        KeyPossession.holds(
          proof, principal: line.principals.text, parent: parent, key: line.key)
      else {
        throw SigningError(
          .rotationProofMissing,
          "nothing shows that \(line.key.fingerprint) was in its owner's hand",
          place: link.id.hex, hint: "do not follow this history; ask its owner")
      }
    }
    return files
  }

  /// The signer is one whom the files before allow at that moment, and whom the reader has not revoked.
  private func authorise(_ link: ChainLink, by before: Files?) throws(SigningError) {
    var judge = own
    judge.trust = before?.trust ?? own.trust
    judge.revocation =
      before.map { own.revocation.adding($0.revocation, except: []) } ?? own.revocation
    let verdict = SignatureCheck(options: judge).verdict(on: link.commit)
    guard let code = verdict.reason else { return }
    throw SigningError(
      .rotationUnauthorised,
      before == nil
        ? "the root of the key history is not signed by somebody you trust: \(code.sentence)"
        : "a change of keys is not signed by a key that was allowed then: \(code.sentence)",
      place: link.id.hex,
      hint: before == nil
        ? "if you believe the signer: wf trust add PRINCIPAL KEY"
        : "do not follow this history; ask its owner")
  }

  func files(of link: ChainLink) throws -> Files {
    let tree = try store.objects.tree(link.commit.tree)
    let odd = tree.entries.first { !["allowed_signers", "revoked", "proof"].contains($0.name) }
    guard odd == nil, let entry = tree["allowed_signers"], entry.mode == .file else {
      throw malformed(link.id, "its tree holds allowed_signers, revoked and proof, nothing else")
    }
    let signers = try store.objects.blob(entry.id)
    let trust = try AllowedSigners(
      parsing: signers, place: link.id.hex, zone: .utc)
    if let warning = trust.warnings.first { throw malformed(link.id, warning.description) }
    let revocation = try tree["revoked"].map {
      RevocationList(parsing: try store.objects.blob($0.id), place: link.id.hex)
    }
    return Files(
      signers: signers, trust: trust, revocation: revocation ?? .empty, tree: tree)
  }

  private func proof(_ name: String, in tree: Tree) throws(ObjectError) -> [UInt8]? {
    guard let folder = tree["proof"], folder.mode == .directory,
      let entry = try store.objects.tree(folder.id)[name], entry.mode == .file
    else { return nil }
    return try store.objects.blob(entry.id)
  }

  private func malformed(_ id: ObjectID, _ message: String) -> SigningError {
    SigningError(.rotationMalformed, message, place: id.hex)
  }
}
