import ObjectStore
import Platform
import TestSupport
import Testing

/// Bytes that someone changed: a named reason each time, never a crash, never wrong bytes.
struct DamageTests {
  private let bodies = (0..<12).map { index in
    Array((0..<40).map { "object \(index) line \($0 * index)\n" }.joined().utf8)
  }

  private func overwrite(_ path: String, _ bytes: [UInt8]) throws {
    let system = FileSystem()
    try system.write(bytes, to: path)
  }

  @Test func `each flipped bit of a loose object gives a reason`() throws {
    let made = try StoreFolder()
    let id = try made.store.writeLoose(RawObject(kind: .blob, bytes: bodies[3]))
    let file = made.path + "/objects/\(id.hex.prefix(2))/\(id.hex.dropFirst(2))"
    let good = try Fixtures.read(file)
    let words: Set<ObjectError.Code> = [
      .zlibInvalid, .objectTruncated, .zlibTrailingBytes, .objectSizeMismatch, .objectTypeUnknown,
      .objectHashMismatch, .objectTooLarge,
    ]
    var useless = 0
    for bit in 0..<(good.count * 8) {
      var bad = good
      bad[bit / 8] ^= 1 << UInt8(bit % 8)
      try overwrite(file, bad)
      // zlib has no use for some bits of its head, nor for those after the last symbol.
      if (try? made.store.blob(id)) == bodies[3] {
        useless += 1
        continue
      }
      let error = try #require(throws: ObjectError.self) { try made.store.blob(id) }
      #expect(words.contains(error.code), "bit \(bit): \(error)")
      #expect(error.object == id)
      let findings = try made.reopened().fsck().findings
      #expect(findings.first?.error.code == error.code, "bit \(bit)")
    }
    #expect(useless < 20)
  }

  @Test func `each cut of a loose object gives a reason`() throws {
    let made = try StoreFolder()
    let id = try made.store.writeLoose(RawObject(kind: .blob, bytes: bodies[1]))
    let file = made.path + "/objects/\(id.hex.prefix(2))/\(id.hex.dropFirst(2))"
    let good = try Fixtures.read(file)
    for count in 0..<good.count {
      try overwrite(file, Array(good[..<count]))
      #expect(throws: ObjectError(.objectTruncated, object: id, message: "")) {
        try made.store.blob(id)
      }
    }
  }

  @Test(arguments: ["pack", "idx"])
  func `each flipped byte of a pack or its index gives a reason`(_ ending: String) throws {
    let made = try StoreFolder()
    let batch = try made.store.beginBatch()
    let ids = try batch.add(bodies.map { RawObject(kind: .blob, bytes: $0) })
    _ = try batch.finish()
    let name = try #require(
      FileSystem().list(made.path + "/objects/pack").compactMap(\.name).first {
        $0.hasSuffix(ending)
      })
    let file = made.path + "/objects/pack/" + name
    let good = try Fixtures.read(file)
    for at in stride(from: 0, to: good.count, by: 3) {
      var bad = good
      bad[at] ^= 1 << UInt8(at % 8)
      try overwrite(file, bad)
      let report = try made.reopened().fsck()
      #expect(report.findings.first != nil, "byte \(at)")
      #expect(report.findings.allSatisfy { $0.error.code != .system }, "byte \(at)")
      let store = try made.reopened()
      for (id, body) in zip(ids, bodies) {
        if let bytes = try? store.blob(id) { #expect(bytes == body, "byte \(at)") }
      }
    }
  }

  @Test func `each cut of a pack gives a reason`() throws {
    let made = try StoreFolder()
    try made.store.commit(["a": "1", "b": "2"], to: made.claim)
    for ending in ["pack", "idx"] {
      let name = try #require(
        FileSystem().list(made.path + "/objects/pack").compactMap(\.name).first {
          $0.hasSuffix(ending)
        })
      let file = made.path + "/objects/pack/" + name
      let good = try Fixtures.read(file)
      for count in stride(from: 0, to: good.count, by: 5) {
        try overwrite(file, Array(good[..<count]))
        #expect(try made.reopened().fsck().isSound == false, "\(ending) cut at \(count)")
      }
      try overwrite(file, good)
    }
    try made.expectSound()
  }

  @Test func `a declared size without bytes behind it allocates nothing`() throws {
    let made = try StoreFolder()
    let id = ObjectID.of(.blob, [1])
    let folder = made.path + "/objects/\(id.hex.prefix(2))"
    try FileSystem().makeDirectories(folder)
    for size in ["9223372036854775807", "99999999999", "18446744073709551616", "-1", "", "007"] {
      let stored = try storedStream(Array("blob \(size)\0".utf8) + [1])
      try overwrite(folder + "/\(id.hex.dropFirst(2))", stored)
      let error = try #require(throws: ObjectError.self) { try made.store.blob(id) }
      #expect([.objectSizeMismatch, .objectTooLarge].contains(error.code), "\(size): \(error)")
    }
  }

  /// A zlib stream of one stored block.
  private func storedStream(_ bytes: [UInt8]) throws -> [UInt8] {
    var a: UInt32 = 1
    var b: UInt32 = 0
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    let count = UInt16(bytes.count)
    let sum = b << 16 | a
    return [
      0x78, 1, 1, UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8),
    ]
      + bytes + [UInt8(sum >> 24), UInt8(sum >> 16 & 255), UInt8(sum >> 8 & 255), UInt8(sum & 255)]
  }
}
