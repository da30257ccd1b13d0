import GitRemotes
import Mirror
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing

struct TranslationTests {
  /// All objects that lead from tips, with their bytes.
  private func rebuilt(_ mirror: MirrorRepository, _ names: [SHA1ID]) throws -> [ObjectID:
    RawObject]
  {
    var objects: [ObjectID: RawObject] = [:]
    let inbound = Inbound(mirror: mirror, known: { _ in nil }) { kind, body in
      let id = ObjectID.of(kind, body)
      objects[id] = RawObject(kind: kind, bytes: body)
      return id
    }
    for name in names { _ = try inbound.rebuild(name) }
    return objects
  }

  @Test(arguments: Array(UInt64(1)...12))
  func `random histories come back byte for byte, with or without the key`(seed: UInt64) throws {
    let made = try MadeHistory(seed: seed)
    for count in 1...3 { try made.addClaim(versions: count) }
    let heads = made.tips + made.tags
    let names = try made.outbound(seed % 2 == 0 ? made.signer : nil).translate(heads)
    let objects = try rebuilt(made.mirror, names)
    let expected = try made.store.reachable(from: heads)
    #expect(Set(objects.keys) == Set(expected), "seed \(seed)")
    for id in expected {
      #expect(objects[id] == (try made.store.object(id)), "seed \(seed), \(id)")
    }
    for (id, name) in zip(heads, names) { #expect(made.map.own(of: name) == id) }
    // Stock git takes it, and so do its refs.
    for (index, name) in names.enumerated() {
      let ref = "refs/\(index < made.tips.count ? "heads" : "tags")/x\(index)"
      let set = try git(["--git-dir", made.mirror.path, "update-ref", ref, name.hex])
      #expect(set.status == 0, "\(set.err)")
    }
    let fsck = try git(["--git-dir", made.mirror.path, "fsck", "--strict", "--full"])
    let words = fsck.err.split(separator: "\n").filter { !$0.hasPrefix("notice: ") }
    #expect(fsck.status == 0 && words.isEmpty, "seed \(seed): \(fsck.err)")
    #expect(!fsck.out.contains("dangling") && !fsck.out.contains("missing"), "\(fsck.out)")
  }

  @Test func `what the user's key signed, stock git verifies in the SHA-1 form too`() throws {
    let made = try MadeHistory(seed: 77)
    for _ in 0..<6 { try made.addClaim(versions: 2) }
    let heads = made.tips + made.tags
    let names = try made.outbound(made.signer).translate(heads)
    var good = 0
    for (id, name) in zip(heads, names) {
      let isTag = made.tags.contains(id)
      let armour =
        isTag ? try made.store.tag(id).signature : try made.store.commit(id).signatures.first
      let isOurs =
        try armour.map { try SSHSignature(armoured: $0).publicKey } == made.signer.publicKey
      let verified = try git(
        [
          "--git-dir", made.mirror.path, "-c", "gpg.format=ssh", "-c",
          "gpg.ssh.allowedSignersFile=\(made.trustFile)", isTag ? "verify-tag" : "verify-commit",
          name.hex,
        ])
      #expect((verified.status == 0) == isOurs, "\(id): \(verified.err)")
      if isOurs { good += 1 }
    }
    #expect(good > 3)
  }

  @Test func `the second translation does the new objects only, and makes the same names`() throws {
    let made = try MadeHistory(seed: 5)
    let tip = try made.addClaim(versions: 4)
    let first = try made.outbound(nil).translate([tip])
    try made.map.save()
    let nothing = made.outbound(nil)
    #expect(try nothing.translate([tip]) == first)
    #expect(nothing.count == 0)
    let next = try made.addClaim(versions: 1, from: tip)
    let more = made.outbound(nil)
    _ = try more.translate([next])
    let new = Set(try made.store.reachable(from: [next]))
      .subtracting(try made.store.reachable(from: [tip]))
    #expect(more.count == new.count)
  }

  @Test func `a history goes on from the form that the remote has of it`() throws {
    let made = try MadeHistory(seed: 9)
    let base = try made.addClaim(versions: 3)
    let plain = try made.outbound(nil).translate([base])[0]
    let signed = try made.outbound(nil).translate([base])[0]
    #expect(plain == signed)
    // The same history with the key at hand has other names from the first signed commit on.
    let files = FileSystem()
    let elsewhere = try ObjectMap(made.folder.path + "/map2", files: files)
    let form = try Outbound(
      store: made.store, mirror: made.mirror, map: elsewhere, signer: made.signer
    ).translate([base])[0]
    try #require(form != plain)
    let next = try made.addClaim(versions: 2, from: base)
    _ = try made.outbound(nil).translate([next])
    let outbound = made.outbound(nil)
    outbound.use(form, for: base)
    let name = try outbound.translate([next])[0]
    let log = try git(["--git-dir", made.mirror.path, "rev-list", name.hex])
    #expect(log.out.split(separator: "\n").map(String.init)[2] == form.hex)
    let objects = try rebuilt(made.mirror, [name])
    #expect(objects[next] != nil)
  }

  @Test func `the table of names is found again from the mirror's bytes`() throws {
    let made = try MadeHistory(seed: 3)
    for _ in 0..<3 { try made.addClaim(versions: 2) }
    let heads = made.tips + made.tags
    let names = try made.outbound(made.signer).translate(heads)
    let map = try ObjectMap(made.folder.path + "/again", files: FileSystem())
    let inbound = Inbound(mirror: made.mirror, known: { _ in nil }) { ObjectID.of($0, $1) }
    for name in try made.mirror.names() { _ = try inbound.rebuild(name) }
    for pair in inbound.pairs { map.add(pair.own, pair.other) }
    try map.save()
    #expect(map.count == made.map.count)
    for (id, name) in zip(heads, names) {
      #expect(map.own(of: name) == id && map.other(of: id) == name)
    }
  }

  @Test func `what would not come back as it was is refused`() throws {
    let made = try MadeHistory(seed: 1)
    let batch = try made.store.beginBatch()
    let tree = try batch.add(try Tree([]))
    let person = Person(name: "a", email: "a@b", seconds: 1)
    let payload = Commit.encode(
      tree: tree, parents: [], author: person, committer: person, message: "x\n")
    let cut = try #require(payload.firstRange(of: Array("\n\n".utf8)))
    // A header that we would take for one of ours and drop on the way back.
    let foreign = payload[...cut.lowerBound] + Array("gpgsig someone's\n\nx\n".utf8)
    let commit = try batch.add(.commit, Array(foreign))
    let good = try batch.add(.commit, payload)
    let armour = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"
    let real = try signArmoured(message: [1], key: made.signer)
    let tag = try batch.add(
      .tag,
      Tag.encode(target: good, name: "a/b", tagger: person, message: "m\n" + armour)
        + Array(real.utf8))
    _ = try batch.finish(durably: false)
    for id in [commit, tag] {
      #expect(throws: MirrorError(.notReversible, place: id.hex, "")) {
        try made.outbound(nil).translate([id])
      }
    }
  }

  @Test func `an object of another kind than it is named, or one that is missing, is told apart`()
    throws
  {
    let made = try MadeHistory(seed: 2)
    let name = try made.outbound(nil).translate([try made.addClaim(versions: 1)])[0]
    func rebuild(_ tree: [UInt8]) throws {
      let object = RawObject(kind: .tree, bytes: tree)
      let id = SHA1ID.of(.tree, tree)
      let text = "tree \(id)\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nx\n"
      let commit = RawObject(kind: .commit, bytes: Array(text.utf8))
      let top = SHA1ID.of(.commit, commit.bytes)
      try made.mirror.write([(id, object), (top, commit)])
      _ = try Inbound(mirror: made.mirror, known: { _ in nil }) { ObjectID.of($0, $1) }.rebuild(top)
    }
    let start = Array("100644 file\0".utf8)
    #expect(throws: ObjectError(.objectTypeMismatch, place: name.hex, message: "")) {
      try rebuild(start + name.bytes)
    }
    let nobody = try #require(SHA1ID(bytes: [UInt8](repeating: 9, count: 20)))
    #expect(throws: ObjectError(.objectMissing, place: nobody.hex, message: "")) {
      try rebuild(start + nobody.bytes)
    }
  }
}
