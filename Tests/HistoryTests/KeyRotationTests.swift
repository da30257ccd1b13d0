import History
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing

struct KeyRotationTests {
  private static let day: Int64 = 86_400
  private static let begin: Int64 = 1_780_000_000

  /// The owner's store at a time of the clock, with randomness of its own each time.
  private func owner(_ test: TestStore, at seconds: Int64) throws -> EvidenceStore {
    try view(test, config: "config", at: seconds)
  }

  /// The same store as somebody with another config folder sees it.
  private func view(
    _ test: TestStore, config: String, at seconds: Int64 = begin
  ) throws -> EvidenceStore {
    EvidenceStore(
      objects: try ObjectStore.open(at: test.gitDir, system: FileSystem()),
      user: KeyFolder(path: "\(test.folder.path)/\(config)"),
      surroundings: Surroundings(
        now: { seconds },
        randomBytes: { (0..<$0).map { UInt8(truncatingIfNeeded: Int64($0) &+ seconds / 7) } },
        environment: [:]))
  }

  /// A reader who trusts the owner's present key and nothing else.
  private func reader(_ test: TestStore, config: String = "reader") throws -> EvidenceStore {
    let reader = try view(test, config: config)
    let (key, _) = try test.store.user.publicKey()
    try reader.user.make()
    try reader.user.trust.add(
      TrustFile.Entry(principal: "owner@lab.example", key: key, validAfter: Self.begin - 5000))
    return reader
  }

  private func verify(_ store: EvidenceStore) throws -> TargetReport {
    let reports = try StoreVerification(store: store, options: try store.ownOptions()).everyClaim()
    return try #require(reports.first)
  }

  private func commit(_ store: EvidenceStore) throws {
    _ = try store.commit(
      CommitRequest(members: TestStore.example(), subject: nil, label: nil, unsigned: false))
  }

  @Test func `a follower believes the new key without being told, and the old work stays good`()
    throws
  {
    let test = try TestStore()
    try test.commitExample()
    let reader = try reader(test)
    let rotation = try owner(test, at: Self.begin + 10).rotateKey(overlap: 14 * Self.day)
    #expect(rotation.added != rotation.retired)
    #expect(try verify(reader).ok)
    let later = try owner(test, at: Self.begin + 30 * Self.day)
    #expect(try later.user.publicKey().key.fingerprint == rotation.added)
    try commit(later)
    #expect(
      try verify(try view(test, config: "reader")).firstFailure?.reason == "signer_not_trusted")
    _ = try view(test, config: "reader").followKeys()
    #expect(try verify(try view(test, config: "reader")).ok)
    #expect(try verify(later).ok)
    #expect(try test.git("fsck", "--strict").status == 0)
    #expect(try test.git("verify-commit", later.tip(of: exampleSlug).hex).status == 0)
  }

  @Test func `two rotations make one chain, and the first key ends when it says`() throws {
    let test = try TestStore()
    try test.commitExample()
    let reader = try reader(test)
    let first = try owner(test, at: Self.begin + 10).rotateKey(overlap: Self.day)
    let second = try owner(test, at: Self.begin + 20).rotateKey(overlap: Self.day)
    #expect(second.retired == first.added)
    let followed = try reader.followKeys()
    #expect(followed.signers.map(\.fingerprint) == [first.retired, first.added, second.added])
    #expect(
      followed.signers.map(\.validBefore) == [
        Self.begin + 10 + Self.day, Self.begin + 20 + Self.day, nil,
      ])
    #expect(followed.tip == second.commit)
  }

  @Test func `the old private key is kept beside, and the new one is private`() throws {
    let test = try TestStore()
    let rotation = try owner(test, at: Self.begin + 10).rotateKey(overlap: Self.day)
    let kept = try #require(rotation.retiredKeyPath)
    for path in [kept, test.store.user.keyPath] {
      #expect(try FileSystem().status(path).mode & 0o077 == 0)
    }
    #expect(!FileSystem().exists(test.store.user.path + "/key.next"))
  }

  @Test func `a rotation that was cut off before the files moved is finished by the next`() throws {
    let test = try TestStore()
    let path = test.store.user.path
    #expect(try run(["cp", "-a", path, path + ".before"]).status == 0)
    let owner = try owner(test, at: Self.begin + 10)
    let first = try owner.rotateKey(overlap: Self.day)
    // As if the process had died after its commit: the new key is still the next one.
    #expect(
      try run([
        "bash", "-c",
        "cp -p \(path)/key /tmp/next.$$ && rm -rf \(path) && cp -a \(path).before \(path)"
          + " && mv /tmp/next.$$ \(path)/key.next",
      ]).status == 0)
    let again = try self.owner(test, at: Self.begin + 20).rotateKey(overlap: Self.day)
    #expect(again.commit == first.commit)
    #expect(again.added == first.added && again.retired == first.retired)
    #expect(try test.store.user.publicKey().key.fingerprint == first.added)
  }

  @Test func `a history that begins with a stranger is not followed`() throws {
    let test = try TestStore()
    _ = try owner(test, at: Self.begin + 10).rotateKey(overlap: Self.day)
    let stranger = try view(test, config: "stranger")
    #expect(throws: SigningError.self) { try stranger.followKeys() }
    do {
      _ = try stranger.followKeys()
    } catch let error as SigningError {
      #expect(error.code == .rotationUnauthorised)
    }
  }

  @Test func `a change by somebody who is not listed is refused with the commit at fault`() throws {
    let test = try TestStore()
    let reader = try reader(test)
    _ = try owner(test, at: Self.begin + 10).rotateKey(overlap: Self.day)
    _ = try reader.followKeys()
    // A thief of write access commits the same tree again, signed by himself.
    let thief = try view(test, config: "thief", at: Self.begin + 99)
    _ = try thief.user.generateKey(randomBytes: thief.surroundings.randomBytes, now: nil)
    let made = try run([
      "bash", "-c",
      "cd \(test.folder.path) && export GIT_DIR=.wf && tip=$(git rev-parse refs/wf/keys)"
        + " && new=$(git -c user.name=x -c user.email=x@y.example -c gpg.format=ssh"
        + " -c user.signingkey=thief/key commit-tree -S -p $tip -m 'Rotate a key\n\nWF-Kind: key-rotation'"
        + " $tip^{tree}) && git update-ref refs/wf/keys $new && echo $new",
    ])
    #expect(made.status == 0, "\(made.err)")
    let error = #expect(throws: SigningError.self) {
      try view(test, config: "reader").ownOptions()
    }
    #expect(error?.code == .rotationUnauthorised || error?.code == .rotationMalformed)
    #expect(error?.place == made.out.split(separator: "\n").last.map(String.init))
  }

  @Test func `a history that went back or is gone is told apart, exit 25`() throws {
    let test = try TestStore()
    let reader = try reader(test)
    let first = try owner(test, at: Self.begin + 10).rotateKey(overlap: Self.day)
    _ = try owner(test, at: Self.begin + 20).rotateKey(overlap: Self.day)
    _ = try reader.followKeys()
    _ = try test.git("update-ref", "refs/wf/keys", first.commit.hex)
    let back = #expect(throws: HistoryError.self) {
      try view(test, config: "reader").ownOptions()
    }
    #expect(back?.code == .tipRolledBack && back?.kind == .historyRewritten)
    _ = try test.git("update-ref", "-d", "refs/wf/keys")
    let gone = #expect(throws: HistoryError.self) {
      try view(test, config: "reader").ownOptions()
    }
    #expect(gone?.code == .refDeleted)
    #expect(try view(test, config: "reader").unfollowKeys())
    #expect(throws: Never.self) { try view(test, config: "reader").ownOptions() }
  }

  @Test func `a key that the reader has revoked stays revoked`() throws {
    let test = try TestStore()
    let reader = try reader(test)
    let rotation = try owner(test, at: Self.begin + 10).rotateKey(overlap: Self.day)
    _ = try reader.followKeys()
    let later = try owner(test, at: Self.begin + 20)
    try commit(later)
    let (key, _) = try later.user.publicKey()
    #expect(key.fingerprint == rotation.added)
    try FileSystem().write(Array((key.line() + "\n").utf8), to: reader.user.revokedPath)
    #expect(
      try verify(try view(test, config: "reader")).firstFailure?.reason == "key_revoked")
  }
}
