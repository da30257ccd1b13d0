import GitRemotes
import Mirror
import ObjectStore
import Platform
import Signing
import TestSupport

/// A store with a random history of claims, signed and unsigned, and its mirror.
final class MadeHistory {
  let folder = TemporaryFolder()
  let store: ObjectStore
  let mirror: MirrorRepository
  let map: ObjectMap
  let signer: Signer
  let other: Signer
  private var random: SeededGenerator
  private(set) var tips: [ObjectID] = []
  private(set) var tags: [ObjectID] = []

  init(seed: UInt64) throws {
    random = SeededGenerator(seed: seed)
    let files = FileSystem()
    let surroundings = Surroundings(
      now: { 1_780_000_000 }, randomBytes: { [UInt8](repeating: 5, count: $0) }, environment: [:])
    store = try ObjectStore.create(
      at: folder.path + "/.wf", system: files, surroundings: surroundings)
    mirror = try MadeMirror.make(folder.path + "/mirror.git")
    map = try ObjectMap(folder.path + "/map", files: files)
    var users: [Signer] = []
    for number in [UInt8(1), 2] {
      let user = KeyFolder(path: folder.path + "/user\(number)", files: files)
      _ = try user.generateKey(
        principal: "user\(number)@lab.example",
        randomBytes: { [UInt8](repeating: number, count: $0) }, now: nil)
      users.append(try user.signer(agent: nil))
    }
    (signer, other) = (users[0], users[1])
  }

  /// The first user's trust file, for stock git.
  var trustFile: String { folder.path + "/user1/allowed_signers" }

  func outbound(_ signer: Signer?) -> Outbound {
    Outbound(store: store, mirror: self.mirror, map: map, signer: signer)
  }

  /// Adds a claim with some versions and sometimes a label; returns its tip.
  @discardableResult
  func addClaim(versions: Int, from parent: ObjectID? = nil) throws -> ObjectID {
    var tip = parent
    for _ in 0..<versions { tip = try addVersion(on: tip) }
    guard let tip else { preconditionFailure("at least one version") }
    tips.append(tip)
    return tip
  }

  private func addVersion(on parent: ObjectID?) throws -> ObjectID {
    let batch = try store.beginBatch()
    var entries: [TreeEntry] = []
    for name in ["claim.json", "evidence.md", "Ünïcode näme.txt"] where chance(4, of: 5) {
      entries.append(TreeEntry(mode: .file, name: name, id: try batch.add(.blob, bytes())))
    }
    if chance(1, of: 2) {
      let chunks = try (0..<3).map { number in
        TreeEntry(
          mode: .file, name: "0000000\(number).jsonl",
          id: try batch.add(.blob, Array("{\"row\":\(random.next())}\n".utf8)))
      }
      entries.append(
        TreeEntry(
          mode: .directory, name: "episode_results.jsonl", id: try batch.add(try Tree(chunks))))
    }
    // A folder whose name sorts before or after a file's by the slash that is thought behind it.
    entries.append(TreeEntry(mode: .file, name: "raw.txt", id: try batch.add(.blob, [])))
    let references = try (0..<2).map { number in
      let body = Array("{\"reference\":\(random.next() % 8)}\n".utf8)
      return TreeEntry(
        mode: .file, name: String(repeating: "\(number)", count: 62), id: try batch.add(.blob, body)
      )
    }
    let inner = TreeEntry(mode: .directory, name: "ab", id: try batch.add(try Tree(references)))
    entries.append(
      TreeEntry(mode: .directory, name: "raw", id: try batch.add(try Tree([inner]))))
    let person = Person(
      name: "Zoë Müller", email: "zoe@lab.example",
      seconds: 1_780_000_000 + Int64(random.next() % 1000))
    let extra =
      chance(1, of: 4)
      ? [Commit.Header(name: "x-note", value: Array("one\ntwo\n\nfour".utf8))] : []
    let payload = Commit.encode(
      tree: try batch.add(try Tree(entries)), parents: parent.map { [$0] } ?? [], author: person,
      committer: person, extraHeaders: extra,
      message: "Version\n\ngpgsig is a word here\ntree too\n\nWF-Kind: package\n")
    let id = try batch.add(.commit, try signed(payload))
    if chance(1, of: 2) {
      let text = Tag.encode(
        target: id, name: "claim/l\(tags.count)", tagger: person,
        message: chance(1, of: 2) ? "label\n" : "label\n\nwith more\n")
      tags.append(try batch.add(.tag, try signedTag(text)))
    }
    _ = try batch.finish(durably: false)
    return id
  }

  private func signed(_ payload: [UInt8]) throws -> [UInt8] {
    guard let key = randomKey() else { return payload }
    return Commit.inserting(
      signature: Array(try signArmoured(message: payload, key: key).utf8), into: payload)
  }

  private func signedTag(_ payload: [UInt8]) throws -> [UInt8] {
    guard let key = randomKey() else { return payload }
    return payload + Array(try signArmoured(message: payload, key: key).utf8)
  }

  private func randomKey() -> Signer? { [signer, signer, other, nil][Int(random.next() % 4)] }
  private func chance(_ part: UInt64, of whole: UInt64) -> Bool { random.next() % whole < part }
  private func bytes() -> [UInt8] {
    let count = [0, 1, 10, 300, 70_000][Int(random.next() % 5)]
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }
}

enum MadeMirror {
  /// An empty bare repository made by stock git.
  static func make(_ path: String) throws -> MirrorRepository {
    let made = try git(["init", "-q", "--bare", path])
    guard made.status == 0 else { throw MirrorError(.libraryFailed, made.err) }
    return try MirrorRepository(path, files: FileSystem())
  }
}
