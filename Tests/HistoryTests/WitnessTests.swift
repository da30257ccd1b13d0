import History
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing
import TransparencyLog

struct WitnessTests {
  /// A witness with a folder of its own.
  private func witness(_ folder: String) throws -> Witness {
    try Witness(
      user: KeyFolder(path: folder), files: FileSystem(),
      surroundings: Surroundings(
        now: { 1_780_000_100 }, randomBytes: { [UInt8](repeating: 5, count: $0) },
        environment: [:]))
  }

  private func log(_ test: TestStore) throws -> CheckedLog {
    try #require(try test.reopened().checkedLogs(keys: []).first)
  }

  @Test func `a witness signs what continues what it signed`() throws {
    let test = try TestStore()
    let folder = test.folder.path + "/witness"
    try test.commitExample()
    let key = try log(test).key
    let first = try #require(try witness(folder).cosign(test.reopened(), keys: [key]).first)
    #expect(first.before == nil && first.checkpoint.size == 1)
    try test.commitExample()
    try test.commitExample()
    let witness = try witness(folder)
    let second = try #require(try witness.cosign(test.reopened(), keys: [key]).first)
    #expect(second.before == first.checkpoint && second.checkpoint.size == 3)
    // the note holds for whoever knows log and witness
    let note = try SignedNote(parsing: second.note.bytes)
    #expect(try note.verified(by: [key]) == [key])
    let policy = WitnessPolicy(witnesses: [witness.key], quorum: 1)
    #expect(try policy.cosigners(of: note, now: 1_780_000_100).map(\.time) == [1_780_000_100])
    #expect(try log(test).continues(note) == second.checkpoint)
    // nothing was changed in the store
    #expect(try log(test).log.note().signatures.count == 1)
  }

  @Test func `a witness signs no log that went back or parted, and none of an unknown key`() throws
  {
    let test = try TestStore()
    let folder = test.folder.path + "/witness"
    try test.commitExample()
    let key = try log(test).key
    let head = try log(test).log.head
    #expect(throws: LogError(.logKeyUnknown, "", place: test.gitDir)) {
      try witness(folder).cosign(test.reopened(), keys: [])
    }
    _ = try run(["cp", "-R", test.folder.path + "/.wf", test.folder.path + "/fork"])
    _ = try run(["cp", "-R", test.folder.path + "/config", test.folder.path + "/config2"])
    try test.commitExample()
    _ = try witness(folder).cosign(test.reopened(), keys: [key])
    let fork = EvidenceStore(
      objects: try ObjectStore.open(at: test.folder.path + "/fork", system: FileSystem()),
      user: KeyFolder(path: test.folder.path + "/config2"), surroundings: test.store.surroundings)
    for subject in ["One", "Two"] {
      _ = try fork.commit(
        CommitRequest(
          members: TestStore.example(), subject: subject, label: nil, unsigned: false))
      #expect(throws: LogError(.logFork, "", place: key.name)) {
        try witness(folder).cosign(fork, keys: [key])
      }
    }
    // Both sides of each are kept by the witness, and neither side's own folder is touched.
    let kept = try FileSystem().list(folder + "/forks").compactMap(\.name).sorted()
    #expect(kept.count == 2 && kept.allSatisfy { $0.hasPrefix(key.hex16 + "-2-") })
    let notes = try kept.map {
      String(decoding: try FileSystem().read(folder + "/forks/" + $0), as: UTF8.self)
    }
    let cosigned = try FileSystem().read(folder + "/witness/" + key.hex16)
    let theirs = try #require(try fork.checkedLogs(keys: []).first).signed.bytes
    #expect(
      notes.allSatisfy {
        $0.contains("Cosigned before:\n\n" + String(decoding: cosigned, as: UTF8.self))
      })
    #expect(notes.contains { $0.contains("Shown:\n\n" + String(decoding: theirs, as: UTF8.self)) })
    for own in ["config", "config2"] {
      #expect(!FileSystem().exists(test.folder.path + "/\(own)/forks"))
    }
    _ = try test.git("update-ref", "refs/wf/log/\(key.hex16)", head.hex)
    #expect(throws: LogError(.logRollback, "", place: key.name)) {
      try witness(folder).cosign(test.reopened(), keys: [key])
    }
  }
}
