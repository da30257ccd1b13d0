import Attestation
import JSON
import Platform
import Signing
import TestSupport
import Testing

struct TrustedSignersTests {
  private let good = Fixtures.bytes("signing/dsse/trusted-signers.json")

  private func parse(_ value: JSONValue) throws -> AttestationError? {
    let bytes = try CanonicalJSON.bytes(value)
    do throws(AttestationError) {
      _ = try TrustedSigners(parsing: bytes)
      return nil
    } catch {
      return error
    }
  }

  private func file(_ row: JSONObject) -> JSONValue {
    ["schema": "wf.trusted_signers/1", "signers": .array([.object(row)])]
  }

  @Test func `a row is read as it stands`() throws {
    let file = try TrustedSigners(parsing: good)
    #expect(file.signers.map(\.label) == ["robot lab", "second lab"])
    #expect(file.signers[0].validAfter == UTCTime(rfc3339: "2026-01-01T00:00:00Z")?.seconds)
    #expect(file.signers[0].validBefore == UTCTime(rfc3339: "2026-12-31T23:59:59Z")?.seconds)
    #expect(file.signers[0].scopes == ["*"] && file.revoked.isEmpty)
  }

  @Test func `what is written is read as it was`() throws {
    let file = try TrustedSigners(parsing: good)
    #expect(file.encoded() == good)
    let all = try Samples.trusted(
      [.init(number: 1, after: "2026-01-01T00:00:00Z"), .init(number: 2, scopes: [])],
      revoked: [3, 4])
    #expect(try TrustedSigners(parsing: all.encoded()) == all)
  }

  @Test func `a file cut at any byte is malformed`() {
    for length in 0..<good.count - 1 {
      #expect(
        code { _ = try TrustedSigners(parsing: Array(good.prefix(length))) }
          == .trustedSignersMalformed)
    }
  }

  @Test func `revoked and scopes may be absent, nothing else may`() throws {
    let row = try #require(try Samples.Row().json().object)
    #expect(try parse(file(row)) == nil)
    for key in row.keys {
      var less = row
      less[key] = nil
      let error = try parse(file(less))
      #expect(error?.code == .trustedSignersMalformed && error?.place == "/signers/0/\(key)")
    }
    #expect(try parse(["signers": []])?.place == "/schema")
    #expect(try parse(["schema": "wf.trusted_signers/1"])?.place == "/signers")
  }

  @Test(arguments: [
    "valid_after", "valid_before", "label", "public_key", "fingerprint", "scopes", "more",
  ])
  func `a value of another kind is malformed`(_ key: String) throws {
    for value: JSONValue in [1, true, "2026-13-01T00:00:00Z", ["x", 1], [:]] {
      // any text is a label
      if key == "label", value.string != nil { continue }
      var row = try #require(try Samples.Row().json().object)
      row[key] = value
      #expect(try parse(file(row))?.code == .trustedSignersMalformed, "\(value)")
    }
  }

  @Test func `a key is an Ed25519 line without a comment, and has its own fingerprint`() throws {
    let row = try #require(try Samples.Row().json().object)
    let line = try Samples.signer(1).publicKey.line()
    let ecdsa = String(
      decoding: Fixtures.bytes("signing/sshsig/ecdsa-p256.allowed_signers"), as: UTF8.self
    ).split(separator: " ").suffix(2).joined(separator: " ")
    for text in [
      line + " comment", " " + line, line + " ", line.replacing(" ", with: "  "),
      String(line.dropLast(4)), "ssh-rsa " + line.dropFirst(12), ecdsa, "",
    ] {
      var changed = row
      changed["public_key"] = .string(text)
      #expect(try parse(file(changed))?.place == "/signers/0/public_key", "\(text)")
    }
    var other = row
    other["fingerprint"] = .string(try Samples.signer(2).publicKey.fingerprint)
    #expect(try parse(file(other))?.place == "/signers/0/fingerprint")
    var label = row
    label["label"] = "lab\u{1B}[31m"
    #expect(try parse(file(label))?.place == "/signers/0/label")
  }

  @Test func `what is revoked is a list of fingerprints`() throws {
    func revoked(_ value: JSONValue) throws -> String? {
      try parse(["schema": "wf.trusted_signers/1", "signers": [], "revoked": value])?.place
    }
    let print = try Samples.signer(1).publicKey.fingerprint
    #expect(try revoked([.string(print)]) == nil)
    for text in [
      "", "SHA256:", String(print.dropLast()), print + "=", print.lowercased(),
      String(print.dropFirst(7)),
    ] {
      #expect(try revoked([.string(text)]) == "/revoked", "\(text)")
    }
    #expect(try revoked(.null) == "/revoked")
  }

  @Test func `unknown members, other schemas, trailing bytes and great depth are refused`() throws {
    for text in [
      "{\"schema\":\"wf.trusted_signers/2\",\"signers\":[]}",
      "{\"schema\":\"wf.trusted_signers/1\",\"signers\":[],\"x\":1}",
      "{\"schema\":\"wf.trusted_signers/1\",\"signers\":[],\"signers\":[]}",
      "{\"schema\":\"wf.trusted_signers/1\",\"signers\":[]}]", "[]", "",
      String(repeating: "[", count: 100_000),
      "{\"schema\":\"wf.trusted_signers/1\",\"signers\":[]}"
        + String(repeating: " ", count: 1 << 20),
    ] {
      #expect(
        code { _ = try TrustedSigners(parsing: Array(text.utf8)) } == .trustedSignersMalformed)
    }
  }
}
