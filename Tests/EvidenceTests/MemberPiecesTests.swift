import Evidence
import JSON
import TestSupport
import Testing

/// Members that come in pieces are checked as if they were at hand.
struct MemberPiecesTests {
  private static let lines = MemberName.allCases.filter(\.isLines)

  private func members(_ change: (MemberName, [UInt8]) -> [UInt8], pieces size: Int?)
    -> PackageMembers
  {
    var members = ExamplePackage.members
    for name in Self.lines {
      let bytes = change(name, ExamplePackage.bytes(name))
      guard let size else {
        members.set(name.rawValue, to: bytes)
        continue
      }
      members.set(
        name.rawValue,
        to: MemberPieces(size: bytes.count) {
          var rest = bytes[...]
          return {
            defer { rest = rest.dropFirst(size) }
            return rest.isEmpty ? nil : Array(rest.prefix(size))
          }
        })
    }
    return members
  }

  /// What is done to each JSONL member, and whether something must be found.
  private static let changes:
    [(name: String, isGood: Bool, change: @Sendable ([UInt8]) -> [UInt8])] = [
      ("nothing", true, { $0 }),
      ("no line feed at the end", false, { Array($0.dropLast()) }),
      ("nothing left", false, { _ in [] }),
      ("a blank line", false, { $0 + [0x0A] }),
      ("the last line cut in two", false, { Array($0.dropLast(9)) }),
      (
        "one byte changed", false,
        { bytes in
          var bytes = bytes
          bytes[bytes.count / 2] ^= 1
          return bytes
        }
      ),
      (
        "the header alone, twice", false,
        { bytes in
          let header = bytes.prefix { $0 != 0x0A } + [0x0A]
          return Array(header + header)
        }
      ),
    ]

  @Test(arguments: [1, 7, 64, 4096])
  func `pieces of any size give the findings that whole members give`(size: Int) throws {
    for (name, isGood, change) in Self.changes {
      let whole = checkPackage(members({ change($1) }, pieces: nil), scope: .full)
      #expect(whole.isEmpty == isGood, "\(name)")
      let pieces = checkPackage(members({ change($1) }, pieces: size), scope: .full)
      #expect(pieces == whole, "\(name)")
    }
  }

  @Test func `a source that fails is an unreadable member`() throws {
    var members = ExamplePackage.members
    struct Broken: Error {}
    members.set(
      MemberName.episodeResults.rawValue, to: MemberPieces(size: 9) { { throw Broken() } })
    let found = checkPackage(members, scope: .full)
    #expect(found.contains { $0.check == .shape && $0.code == .memberUnreadable })
    #expect(throws: EvidenceError.self) { try members.bytes(.episodeResults) }
  }
}
