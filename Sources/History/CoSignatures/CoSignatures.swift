public import ObjectStore
import Platform
import Signing

/// Further people's signatures over a commit, in `refs/wf/cosign/<commit>` (SIGNING §12).
///
/// That ref is a chain of signed commits; the tree of each holds one file for each co-signer,
/// `<fingerprint in hex>.sig`: an armoured SSHSIG, namespace `git`, over the payload of the commit.
struct CoSignatures {
  let store: EvidenceStore

  static let prefix = "refs/wf/cosign/"
  /// More are not read: each takes as many checks as the policy has principals.
  static let most = 64

  static func ref(_ commit: ObjectID) -> RefName? { RefName(prefix + commit.hex) }

  /// The commits that somebody has co-signed.
  func commits() throws(ObjectError) -> Set<ObjectID> {
    Set(
      try store.objects.refs(Self.prefix).compactMap { $0.name.dropping(Self.prefix) }
        .compactMap { ObjectID(hex: $0) })
  }

  /// The chain's tip; nil: nobody has co-signed.
  func tip(of commit: ObjectID) throws(ObjectError) -> ObjectID? {
    try Self.ref(commit).flatMap { (ref) throws(ObjectError) in try store.objects.ref(ref) }
  }

  /// The signatures over a commit, each with the time at which it was made.
  ///
  /// That is the date of the first commit of the chain that holds it, where that is signed by the
  /// same key, so that it is the co-signer's own word; else the date of the commit it is for.
  func read(of commit: ObjectID) throws(ObjectError) -> [TimedSignature] {
    guard let tip = try tip(of: commit) else { return [] }
    let fallback = try store.link(commit).commit.committer.seconds
    let chain = try store.chain(from: tip, limit: Self.most)
    var result: [TimedSignature] = []
    for file in try files(chain[0].commit) {
      let time = try ownDate(of: file, in: chain) ?? fallback
      result.append(TimedSignature(try store.objects.blob(file.id), time: time))
    }
    return result
  }

  /// The date of the commit that brought a signature, where the same key has signed that commit.
  private func ownDate(
    of file: TreeEntry, in chain: [ChainLink]
  ) throws(ObjectError) -> Int64? {
    for link in chain.reversed()
    where try store.objects.tree(link.commit.tree)[file.name]?.id == file.id {
      guard let armour = link.commit.signatures.first, Self.fileName(armour) == file.name,
        let signature = try? SSHSignature(armoured: armour),
        signature.failure(of: link.commit.payload, namespace: "git") == nil
      else { return nil }
      return link.commit.committer.seconds
    }
    return nil
  }

  /// The check of a commit's signatures, with those of others where there are any.
  func check(
    of commit: ObjectID, isCoSigned: Bool, options: VerifyOptions
  ) throws(ObjectError) -> SignatureCheck {
    var check = SignatureCheck(options: options)
    if isCoSigned { check.coSignatures = try read(of: commit) }
    return check
  }

  /// The signature files of one commit of the chain.
  func files(_ commit: Commit) throws(ObjectError) -> [TreeEntry] {
    let entries = try store.objects.tree(commit.tree).entries
    return Array(entries.filter { $0.mode == .file && $0.name.hasSuffix(".sig") }.prefix(Self.most))
  }

  /// The name of a key's file; nil for a text that is no signature.
  static func fileName(_ armour: [UInt8]) -> String? {
    (try? SSHSignature(armoured: armour)).map { fileName($0.publicKey) }
  }

  static func fileName(_ key: SSHPublicKey) -> String {
    Hex.encode(Digests.sha256(key.plain.blob)) + ".sig"
  }
}

/// What `wf cosign` did.
public struct CoSigned: Sendable, Equatable {
  public let commit: ObjectID
  public let slug: String?
  public let signedBy: String
  /// How many people have signed beside the commit's own signer, this one counted.
  public let coSignatures: Int
  /// False where this key had co-signed already.
  public let isNew: Bool
}

extension EvidenceStore {
  /// Adds the user's signature to those over a commit; the commit itself stays as it is.
  ///
  /// - Throws: `no_signing_key`; `co_signature_refused` for a commit that its author has not signed,
  ///   or that this key has signed itself; `tip_moved` where somebody else was faster.
  public func coSign(_ id: ObjectID) throws -> CoSigned {
    let link = try link(id)
    guard let ref = CoSignatures.ref(id), let own = link.commit.signatures.first else {
      throw HistoryError(
        .coSignatureRefused, place: id.hex, "its author has not signed this commit",
        hint: "a co-signature stands beside the author's: ask for a signed version")
    }
    let committer = try Committer.make(store: self, unsigned: false)
    guard let signer = committer.signer else {
      throw HistoryError(.noSigningKey, place: user.keyPath, "there is no key to sign with")
    }
    let name = CoSignatures.fileName(signer.publicKey)
    guard CoSignatures.fileName(own) != name else {
      throw HistoryError(
        .coSignatureRefused, place: id.hex, "this key has signed the commit itself",
        hint: "a co-signature is somebody else's")
    }
    let coSignatures = CoSignatures(store: self)
    let tip = try objects.ref(ref)
    let before = try tip.map { try coSignatures.files(try objects.commit($0)) } ?? []
    if before.contains(where: { $0.name == name }) {
      return CoSigned(
        commit: id, slug: link.message?.claim, signedBy: signer.publicKey.fingerprint,
        coSignatures: before.count, isNew: false)
    }
    guard before.count < CoSignatures.most else {
      throw HistoryError(
        .coSignatureRefused, place: ref.text, "there are \(before.count) co-signatures already")
    }
    let armour = try signArmoured(message: link.commit.payload, namespace: "git", key: signer)
    let batch = try objects.beginBatch()
    let blob = try batch.add(.blob, Array(armour.utf8))
    let tree = try batch.add(Tree(before + [TreeEntry(mode: .file, name: name, id: blob)]))
    let commit = try batch.add(
      .commit,
      try committer.commit(
        tree: tree, parents: tip.map { [$0] } ?? [], text: "Co-sign \(id.hex)\n"))
    _ = try batch.finish()
    try moveAlone(
      ref, from: tip, to: commit, meanwhile: "somebody else co-signed this commit meanwhile",
      hint: "run the same wf cosign again; it goes beside theirs")
    return CoSigned(
      commit: id, slug: link.message?.claim, signedBy: signer.publicKey.fingerprint,
      coSignatures: before.count + 1, isNew: true)
  }

  /// Moves a ref that is no claim's, or says who was faster.
  ///
  /// - Throws: `tip_moved` with these words.
  func moveAlone(
    _ ref: RefName, from old: ObjectID?, to new: ObjectID, meanwhile: String, hint: String
  ) throws {
    do throws(ObjectError) {
      try objects.update([RefUpdate(ref, from: old, to: new)])
    } catch {
      guard error.code == .refMoved else { throw error }
      throw HistoryError(.tipMoved, place: ref.text, meanwhile, hint: hint)
    }
  }
}
