import ObjectStore
import Platform
public import Signing

/// Who makes a commit: the person in its lines, and the key that signs it.
struct Committer {
  let person: Person
  /// nil for `--unsigned`.
  let signer: Signer?

  /// The user's committer.
  ///
  /// - Throws: `no_signing_key` when there is no key and a signature is wanted.
  static func make(store: EvidenceStore, unsigned: Bool) throws -> Committer {
    let settings = try UserSettings.read(store.user, files: store.files)
    let signer = unsigned ? nil : try Self.signer(of: store)
    let email = try settings["author.email"] ?? principal(of: signer, store: store)
    let person = Person(
      name: settings["author.name"] ?? "wf signer", email: email,
      seconds: store.surroundings.now())
    guard !person.name.isEmpty, !person.email.isEmpty else {
      throw HistoryError(
        .identityInvalid, place: store.user.settingsPath,
        "author.name and author.email have to hold something that can be written")
    }
    return Committer(person: person, signer: signer)
  }

  private static func signer(of store: EvidenceStore) throws -> Signer {
    try store.user.neededSigner(
      environment: store.surroundings.environment,
      hint: "wf key generate makes one; --unsigned commits without a signature")
  }

  /// The name under which the trust file knows the key; a comment is not used, since a key made
  /// elsewhere carries a machine's or a person's name in it.
  private static func principal(of signer: Signer?, store: EvidenceStore) throws -> String {
    guard let key = signer?.publicKey else { return "unsigned@keys.invalid" }
    let lines = try store.user.trust.read().lines.filter { $0.key == key && !$0.isAuthority }
    for line in lines {
      let text = line.principals.text
      if !text.contains(where: { "*?!,\" ".contains($0) }) { return text }
    }
    return key.defaultPrincipal
  }

  /// The body of a commit, signed when there is a key.
  func commit(tree: ObjectID, parents: [ObjectID], message: CommitMessage) throws -> [UInt8] {
    try commit(tree: tree, parents: parents, text: message.text)
  }

  /// The body of a commit that belongs to no claim.
  func commit(tree: ObjectID, parents: [ObjectID], text: String) throws -> [UInt8] {
    let payload = Commit.encode(
      tree: tree, parents: parents, author: person, committer: person, message: text)
    guard let signer else { return payload }
    let armour = try signArmoured(message: payload, namespace: "git", key: signer)
    return Commit.inserting(signature: Array(armour.utf8), into: payload)
  }

  /// The body of an annotated tag, signed when there is a key.
  func tag(_ name: String, on commit: ObjectID, message: String) throws -> [UInt8] {
    let payload = Tag.encode(target: commit, name: name, tagger: person, message: message)
    guard let signer else { return payload }
    return payload + Array(try signArmoured(message: payload, namespace: "git", key: signer).utf8)
  }

  var fingerprint: String? { signer?.publicKey.fingerprint }
}

extension KeyFolder {
  /// The user's signer, by a key file or by the agent of the environment.
  ///
  /// - Throws: `no_signing_key` with the hint where there is no key, and what reading it throws.
  public func neededSigner(environment: [String: String], hint: String) throws -> Signer {
    do throws(SigningError) {
      return try signer(agent: SSHAgent(environment: environment))
    } catch {
      guard error.code == .keyNotFound else { throw error }
      throw HistoryError(
        .noSigningKey, place: keyPath, "there is no key to sign with", hint: hint)
    }
  }
}
