import JSON
import Platform
import Sharing
import Signing
import TestSupport
import Testing

struct ShareDTOTests {
  private func row(_ approval: ApprovalRecord) -> ShareRow {
    ShareRow(
      state: .active, expiresAt: approval.expiresAt,
      passwordProtected: approval.passwordRequired, packageBytes: approval.packageBytes)
  }

  @Test func `the worked example gives the worked page data byte for byte`() throws {
    let package = try SharedPackage()
    let record = try approval()
    let share = try package.check(approval: record)
    #expect(share.fingerprint == package.key.publicKey.fingerprint)
    // The worked data names a made-up key.
    let made = "example signer SHA256:" + String(repeating: "A", count: 43)
    #expect(share.signer == "example signer \(package.key.publicKey.fingerprint)")
    let stored = try VerifiedShare(
      json: share.json.replacingOccurrences(share.signer, with: made))
    let dto = shareDTO(stored, approval: record, share: row(record), now: SharedPackage.now)
    let bytes = try CanonicalJSON.bytes(dto) + [0x0A]
    let expected = Fixtures.bytes("package-example/share/dto.json")
    #expect(String(decoding: bytes, as: UTF8.self) == String(decoding: expected, as: UTF8.self))
  }
}

extension String {
  func replacingOccurrences(_ text: String, with other: String) -> String {
    var result = ""
    var rest = self[...]
    while let range = rest.firstRange(of: text) {
      result += rest[..<range.lowerBound] + other
      rest = rest[range.upperBound...]
    }
    return result + rest
  }
}
