import Platform
import Signing
import TestSupport
import Testing

@testable import TransparencyLog

struct NoteTests {
  private static func signer(_ seed: UInt8) throws -> Signer {
    Signer(try SecretKey(seed: [UInt8](repeating: seed, count: 32).span))
  }

  private static func checkpoint(_ seed: UInt8 = 1, size: Int64 = 2) throws -> SignedCheckpoint {
    let signer = try signer(seed)
    let name = VerifierKey.defaultName(of: signer.publicKey.ed25519 ?? [])
    return try SignedCheckpoint(
      Checkpoint(origin: name, size: size, root: size == 0 ? .empty : .leaf([UInt8(size)])),
      signer: signer)
  }

  private static func key(_ seed: UInt8) throws -> VerifierKey {
    let signer = try signer(seed)
    return try signer.verifierKey(
      name: VerifierKey.defaultName(of: signer.publicKey.ed25519 ?? []), use: .note)
  }

  @Test func `what is signed is read again, and no bit of it can be changed`() throws {
    let signed = try Self.checkpoint()
    let keys = [try Self.key(1)]
    #expect(try SignedCheckpoint(parsing: signed.bytes, keys: keys) == signed)
    for index in signed.bytes.indices {
      for bit in 0..<8 {
        var bytes = signed.bytes
        bytes[index] ^= 1 << UInt8(bit)
        #expect(throws: LogError.self) { try SignedCheckpoint(parsing: bytes, keys: keys) }
      }
    }
    #expect(throws: LogError(.logKeyUnknown, "")) {
      try SignedCheckpoint(parsing: signed.bytes, keys: [try Self.key(2)])
    }
  }

  @Test func `a key's text holds name, id and bytes`() throws {
    let key = try Self.key(1)
    #expect(try VerifierKey(parsing: key.description) == key)
    #expect(key.name == "wf-log.invalid/" + key.hex16)
    #expect(throws: LogError(.logKeyMalformed, "")) {
      try VerifierKey(parsing: key.description + "A")
    }
    for name in ["", "a b", "a+b", "a\u{3000}b", "a\nb"] {
      #expect(throws: LogError(.logKeyMalformed, "")) {
        try VerifierKey(name: name, use: .note, key: key.key)
      }
    }
  }

  @Test func `a cosignature holds for its text, time and name alone`() throws {
    let witness = try Self.signer(7)
    let key = try witness.verifierKey(name: "w.example/1", use: .cosignature)
    var note = try Self.checkpoint().note
    try Cosignature.add(to: &note, as: "w.example/1", at: 1_000, with: witness)
    let policy = WitnessPolicy(witnesses: [key], quorum: 1)
    let read = try SignedNote(parsing: note.bytes)
    #expect(try policy.cosigners(of: read, now: 1_000).map(\.time) == [1_000])
    #expect(throws: LogError(.cosignatureInvalid, "", place: key.name)) {
      try policy.cosigners(of: read, now: 999)
    }
    // moved below another checkpoint
    var other = try Self.checkpoint(size: 3).note
    let line = try #require(note.signatures.last)
    other.append(key, line.bytes)
    #expect(throws: LogError(.cosignatureInvalid, "", place: key.name)) {
      try policy.cosigners(of: other, now: 2_000)
    }
    // one key under two names is one witness
    let alias = try witness.verifierKey(name: "w.example/2", use: .cosignature)
    try Cosignature.add(to: &note, as: "w.example/2", at: 1_001, with: witness)
    #expect(throws: LogError(.witnessQuorumMissing, "")) {
      try WitnessPolicy(witnesses: [key, alias], quorum: 2).cosigners(of: note, now: 2_000)
    }
  }

  @Test func `a hundred lines are read and no more`() throws {
    let key = try Self.key(1)
    var note = try Self.checkpoint().note
    while note.signatures.count < 100 { note.append(key, note.signatures[0].bytes) }
    #expect(try SignedNote(parsing: note.bytes).verified(by: [key]) == [key])
    note.append(key, note.signatures[0].bytes)
    #expect(throws: LogError(.checkpointInvalid, "")) { try SignedNote(parsing: note.bytes) }
  }

  @Test func `a proof file is read as it was written`() throws {
    let entry = Array("an entry".utf8)
    let signer = try Self.signer(1)
    let key = try Self.key(1)
    let growth = try LogGrowth(of: 0, by: [entry, [1], [2]]) { _ in nil }
    let files = Dictionary(uniqueKeysWithValues: growth.written.map { ($0.tile, $0.bytes) })
    var reader = TileReader(size: 3) { files[$0] }
    let signed = try SignedCheckpoint(
      Checkpoint(origin: key.name, size: 3, root: growth.root), signer: signer)
    let file = InclusionFile(
      index: 0, path: try reader.inclusionPath(of: 0), checkpoint: signed)
    let read = try InclusionFile(parsing: file.bytes)
    #expect(read == file)
    #expect(try read.verify(entry: entry, keys: [key], now: 0).checkpoint == signed.checkpoint)
    #expect(throws: LogError(.inclusionProofInvalid, "", place: key.name)) {
      try read.verify(entry: [9], keys: [key], now: 0)
    }
    for count in 0..<file.bytes.count {
      #expect(throws: LogError.self) {
        try InclusionFile(parsing: Array(file.bytes.prefix(count)))
          .verify(entry: entry, keys: [key], now: 0)
      }
    }
  }
}
