import Glibc
import Platform
import Signing
import TestSupport
import Testing

struct PrivateKeyFileTests {
  private func fileText(_ comment: String) throws -> [UInt8] {
    let folder = TemporaryFolder()
    try Samples.writeKey(3, comment: comment, at: folder.path + "/key")
    return try Fixtures.read(folder.path + "/key")
  }

  @Test(arguments: ["", "a", "ab", "someone@somewhere.example", "zwölf", "1234567", "12345678"])
  func `a key comes back from its file`(comment: String) throws {
    let (key, read) = try Samples.parse(try fileText(comment))
    #expect(key == (try Samples.signer(3)).publicKey)
    #expect(read == comment)
  }

  @Test func `no damaged key file gives a key or a crash`() throws {
    let text = try fileText("a@b")
    let lines = Samples.text(text).split(separator: "\n").map(String.init)
    let blob = try #require(Base64.decode(lines.dropFirst().dropLast().joined()))
    func wrap(_ blob: [UInt8]) -> [UInt8] {
      Array(
        """
        -----BEGIN OPENSSH PRIVATE KEY-----
        \(Base64.encode(blob))
        -----END OPENSSH PRIVATE KEY-----

        """.utf8)
    }
    #expect(try Samples.parse(wrap(blob)).comment == "a@b")
    for bit in 0..<(blob.count * 8) {
      var changed = blob
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      let parsed = try? Samples.parse(wrap(changed))
      // the comment is the one thing that nothing else in the file depends on
      if let parsed { #expect(parsed.comment != "a@b", "bit \(bit)") }
    }
    for count in 0..<blob.count {
      #expect(code { _ = try Samples.parse(wrap(Array(blob.prefix(count)))) } == .keyMalformed)
    }
    for count in 0..<(text.count - 1) {
      #expect(code { _ = try Samples.parse(Array(text.prefix(count))) } == .keyMalformed)
    }
    #expect(code { _ = try Samples.parse(wrap(blob + [8])) } == .keyMalformed)
  }

  @Test(arguments: ["\r\n", " ", "\n\n", "x\n"])
  func `a key file holds one block and nothing else`(text: String) throws {
    let good = try fileText("a@b")
    #expect(code { _ = try Samples.parse(good + Array(text.utf8)) } == .keyMalformed)
    #expect(code { _ = try Samples.parse(Array(text.utf8) + good) } == .keyMalformed)
  }

  @Test(arguments: [0o644, 0o640, 0o604, 0o660, 0o620, 0o601] as [UInt32])
  func `a key that others may touch is not read`(mode: UInt32) throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/key"
    try Samples.writeKey(3, comment: "", at: path)
    try FileSystem().changeMode(path, to: mode)
    #expect(
      throws: SigningError(.keyPermissions, "", place: path)
    ) { try Signer.named(path, agent: nil) }
    try FileSystem().changeMode(path, to: 0o400)
    #expect(try Signer.named(path, agent: nil).publicKey == Samples.signer(3).publicKey)
  }

  @Test func `a key that is not there has its own word`() {
    #expect(code { _ = try Signer.named("/nowhere/key", agent: nil) } == .keyNotFound)
    #expect(code { _ = try Signer.named("/nowhere/key.pub", agent: nil) } == .keyNotFound)
    #expect(code { _ = try Signer.named("/dev/null", agent: nil) } == .keyMalformed)
  }

  @Test func `a public key names itself as OpenSSH does`() throws {
    let line =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOL30jjvhxkM6H6ZBADtWJaZWJqGnNbd6MFX/g5r97FH me too"
    let (key, comment) = try SSHPublicKey.parse(line: line)
    #expect(key.fingerprint == "SHA256:2det2d5b5jPBPesUf1E4m4DJJtfpDYv+yUdKDkfUdJs")
    #expect(key.hex16 == "d9d7add9de5be633" && comment == "me too")
    #expect(key.line(comment: comment) == line)
    #expect(key.defaultPrincipal == "d9d7add9de5be633@keys.invalid")
    for bad in ["", "ssh-ed25519", "ssh-rsa " + key.line().dropFirst(12), line + "\u{0}"].dropLast()
    {
      #expect(code { _ = try SSHPublicKey.parse(line: bad) } == .keyMalformed)
    }
    for count in 0..<key.blob.count {
      #expect(code { _ = try SSHPublicKey(blob: Array(key.blob.prefix(count))) } == .keyMalformed)
    }
  }
}
