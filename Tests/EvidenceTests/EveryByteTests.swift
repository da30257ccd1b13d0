import JSON
import TestSupport
import Testing

@testable import Evidence

/// Nothing in a package can change unnoticed.
@Suite struct EveryByteTests {
  /// Every byte of every member, replaced by its neighbours, a quote and a digit.
  ///
  /// Ten members are given away by their digests, so only those are compared here; the manifest has
  /// no digest in the package, so there everything is compared that a whole check compares.
  @Test(arguments: MemberName.allCases)
  func `one changed byte makes a check fail that names the member`(_ name: MemberName) {
    let original = ExamplePackage.bytes(name)
    #expect(!original.isEmpty)
    var unchanged = PackageCheck(members: ExamplePackage.members, scope: .full)
    for other in MemberName.allCases where other != .artifactManifest { unchanged.read(other) }
    if name != .artifactManifest { unchanged.read(.artifactManifest) }
    let row = unchanged.manifestRows.firstIndex { $0["name"]?.string == name.rawValue }
    var unnoticed: [String] = []
    for place in original.indices {
      for replacement in Self.replacements(of: original[place]) {
        var bytes = original
        bytes[place] = replacement
        var check = unchanged
        if let row {
          check.digests[name.rawValue] = Digest.text(of: bytes)
          check.compare(name.rawValue, check.manifestRows[row], at: row)
        } else {
          check.members.set(name.rawValue, to: bytes)
          check.read(name)
          check.compareMembers()
        }
        if !check.findings.contains(where: {
          $0.member == name.rawValue || $0.otherPlace?.member == name.rawValue
        }) {
          unnoticed.append("byte \(place): \(original[place]) → \(replacement)")
        }
      }
    }
    #expect(unnoticed.isEmpty, "\(name.rawValue): \(unnoticed.prefix(5))")
  }

  /// The whole check on a sample of places, since the digest alone decides most of them above.
  @Test(arguments: MemberName.allCases)
  func `a changed byte is found by the manifest check of the whole package`(_ name: MemberName) {
    guard name != .artifactManifest else { return }
    let original = ExamplePackage.bytes(name)
    for place in stride(from: 0, to: original.count, by: max(1, original.count / 40)) {
      var bytes = original
      bytes[place] ^= 1
      var changed = ExamplePackage.members
      changed.set(name.rawValue, to: bytes)
      let findings = checkPackage(changed, scope: .full)
      #expect(
        findings.contains {
          $0.check == .manifest && $0.member == name.rawValue && $0.code == .digestMismatch
        }, "byte \(place)")
    }
  }

  @Test(arguments: MemberName.allCases)
  func `a byte more or less makes a check fail that names the member`(_ name: MemberName) {
    let original = ExamplePackage.bytes(name)
    for bytes in [
      Array(original.dropLast()), Array(original.dropFirst()), original + [0x0A], original + [0x20],
      [0x20] + original, [], [0xEF, 0xBB, 0xBF] + original,
    ] {
      var changed = ExamplePackage.members
      changed.set(name.rawValue, to: bytes)
      #expect(checkPackage(changed, scope: .full).contains { $0.member == name.rawValue })
    }
  }

  private static func replacements(of byte: UInt8) -> [UInt8] {
    [byte ^ 1, byte &+ 1, 0x22, 0x30].filter { $0 != byte }
  }
}
