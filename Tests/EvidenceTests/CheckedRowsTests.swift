import Evidence
import JSON
import Testing

/// Rows that were found right in one package say nothing about other rows, or about the same rows
/// beside other inputs.
struct CheckedRowsTests {
  /// The rows of the good example, known from a check of it.
  private func primed() -> CheckedRows {
    let known = CheckedRows()
    #expect(checkPackage(ExamplePackage.members, scope: .full, known: known) == [])
    return known
  }

  @Test(arguments: Mutation.schemas + Mutation.manifests + Mutation.crosses)
  func `a changed field is found as if nothing were known`(_ mutation: Mutation) throws {
    let members = try mutation.applied()
    let known = primed()
    let alone = checkPackage(members, scope: .full)
    #expect(!alone.isEmpty)
    #expect(checkPackage(members, scope: .full, known: known) == alone)
    // What was wrong is not taken up either.
    #expect(checkPackage(members, scope: .full, known: known) == alone)
    #expect(checkPackage(ExamplePackage.members, scope: .full, known: known) == [])
  }

  @Test func `any changed byte of the rows is found as if nothing were known`() {
    let name = MemberName.failureReplayManifest
    let known = primed()
    let bytes = ExamplePackage.bytes(name)
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 1
      var members = ExamplePackage.members
      members.set(name.rawValue, to: changed)
      let alone = checkPackage(members, scope: .full)
      #expect(!alone.isEmpty)
      #expect(checkPackage(members, scope: .full, known: known) == alone, "byte \(place)")
    }
  }

  @Test func `rows that are cut, doubled or missing are found as if nothing were known`() {
    let name = MemberName.failureReplayManifest
    let known = primed()
    let bytes = ExamplePackage.bytes(name)
    let feeds = bytes.indices.filter { bytes[$0] == 0x0A }
    var others = feeds.map { Array(bytes[...$0]) }.dropLast() + [[], bytes + bytes]
    others += [bytes.dropLast(), bytes + [0x0A]].map(Array.init)
    others.append(bytes + bytes[(feeds[0] + 1)...])
    for other in others {
      var members = ExamplePackage.members
      members.set(name.rawValue, to: other)
      let alone = checkPackage(members, scope: .full)
      #expect(!alone.isEmpty)
      #expect(checkPackage(members, scope: .full, known: known) == alone)
    }
  }

  @Test func `the raw tree may come later, and has to be readable then`() throws {
    let blobs = try ExamplePackage.rawBlobs()
    let members = ExamplePackage.members
    #expect(checkPackage(members, scope: .full, raw: .deferred { blobs }) == [])
    var salted = blobs
    salted["raw/salt"] = Array("another salt\n".utf8)
    let other = RawTree.deferred { [salted] in salted }
    #expect(checkPackage(members, scope: .full, raw: other).map(\.code) == [.saltMismatch])
    struct Gone: Error {}
    let found = checkPackage(members, scope: .full, raw: .deferred { throw Gone() })
    #expect(found.map(\.check) == [.raw])
    #expect(found.map(\.code) == [.memberUnreadable])
  }
}
