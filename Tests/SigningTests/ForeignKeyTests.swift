import Crypto
import Platform
import Signing
import TestSupport
import Testing

/// Keys that we check and never sign with, whose signatures are put together here and judged by OpenSSH too.
struct ForeignKeyTests {
  private let folder = TemporaryFolder()
  private let message = Array("measured on Tuesday\n".utf8)

  /// An armour of PROTOCOL.sshsig around a key and its innermost signature.
  private func armour(_ key: [UInt8], _ signature: [UInt8]) -> [UInt8] {
    var blob = SSHWriter()
    blob.string(key)
    blob.string("git")
    blob.string("")
    blob.string("sha512")
    blob.string(signature)
    let bytes = Array("SSHSIG".utf8) + [0, 0, 0, 1] + blob.bytes
    return Array(
      ("-----BEGIN SSH SIGNATURE-----\n" + Base64.encode(bytes)
        + "\n-----END SSH SIGNATURE-----\n").utf8)
  }

  private func signedBytes() throws -> [UInt8] {
    try #require(
      SSHSignature.signedBytes(message: message, namespace: Array("git".utf8), hashName: "sha512"))
  }

  /// Our verdict, which has to be good exactly where OpenSSH's is, if that is said.
  private func verdict(
    _ key: [UInt8], _ signature: [UInt8], asOpenSSH: Bool = true
  ) throws -> SigningError.Code? {
    let text = armour(key, signature)
    let line = "a@b " + (try SSHPublicKey(blob: key).line()) + "\n"
    let files = FileSystem()
    try files.write(Array(line.utf8), to: folder.path + "/signers")
    try files.write(text, to: folder.path + "/sig")
    let theirs = try run(
      ["ssh-keygen", "-Y", "verify", "-n", "git", "-f", "signers", "-I", "a@b", "-s", "sig"],
      in: folder.path, input: message)
    let ours = verify(
      text, of: message, at: 1_750_000_000,
      allowedSigners: try AllowedSigners(parsing: Array(line.utf8), zone: .utc))
    if asOpenSSH { #expect((theirs.status == 0) == ours.isGood, "\(ours) \(theirs.err)") }
    return ours.reason
  }

  /// A signature by openssl, of the type that its hash has in SSH.
  @Test(
    arguments: [
      ("rsa-sha2-256", "-sha256", nil), ("rsa-sha2-512", "-sha512", nil),
      ("rsa-sha2-256", "-sha512", .bytesChanged), ("ssh-rsa", "-sha1", .signatureMalformed),
      ("ssh-ed25519", "-sha512", .signatureMalformed),
    ] as [(String, String, SigningError.Code?)])
  func `RSA signatures are checked with SHA-2 alone`(
    type: String, hash: String, reason: SigningError.Code?
  ) throws {
    try FileSystem().write(try signedBytes(), to: folder.path + "/signed")
    let done = try run(
      [
        "bash", "-ec",
        """
        ssh-keygen -q -t rsa -b 2048 -N '' -m PEM -f key
        openssl dgst \(hash) -sign key -out value signed
        """,
      ], in: folder.path)
    try #require(done.status == 0, "\(done.err)")
    let line = String(decoding: try Fixtures.read(folder.path + "/key.pub"), as: UTF8.self)
    let key = try SSHPublicKey.parse(line: line.split(separator: "\n").map(String.init)[0]).key.blob
    var signature = SSHWriter()
    signature.string(type)
    signature.string(try Fixtures.read(folder.path + "/value"))
    #expect(try verdict(key, signature.bytes) == reason)
  }

  /// Bytes that a token signs, with the flags and the counter that it adds.
  private func byToken(_ flags: UInt8) throws -> [UInt8] {
    Array(SHA256.hash(data: Array("ssh:".utf8))) + [flags, 0, 0, 1, 2]
      + Array(SHA256.hash(data: try signedBytes()))
  }

  /// Flags in the signature and under it; 1 says that somebody touched the token.
  @Test(
    arguments: [(1, 1, nil), (5, 5, nil), (0, 0, .bytesChanged), (1, 5, .bytesChanged)]
      as [(UInt8, UInt8, SigningError.Code?)])
  func `signatures of security keys are checked, and somebody must have touched them`(
    shown: UInt8, signed: UInt8, reason: SigningError.Code?
  ) throws {
    func token(_ type: String, _ key: (inout SSHWriter) -> Void, _ value: [UInt8]) throws
      -> SigningError.Code?
    {
      var blob = SSHWriter()
      blob.string(type)
      key(&blob)
      blob.string("ssh:")
      var signature = SSHWriter()
      signature.string(type)
      signature.string(value)
      // ssh-keygen leaves the touch to sshd.
      return try verdict(
        blob.bytes, signature.bytes + [shown, 0, 0, 1, 2], asOpenSSH: shown & 1 == 1)
    }
    let ed25519 = Curve25519.Signing.PrivateKey()
    let value = Array(try ed25519.signature(for: try byToken(signed)))
    let found = try token(
      "sk-ssh-ed25519@openssh.com",
      { $0.string(Array(ed25519.publicKey.rawRepresentation)) }, value)
    #expect(found == reason)
    let ecdsa = P256.Signing.PrivateKey()
    let raw = Array(try ecdsa.signature(for: try byToken(signed)).rawRepresentation)
    var numbers = SSHWriter()
    for half in [raw.prefix(32), raw.suffix(32)] {
      let digits = Array(half.drop { $0 == 0 })
      numbers.string((digits.first ?? 0) & 0x80 == 0 ? digits : [0] + digits)
    }
    let other = try token(
      "sk-ecdsa-sha2-nistp256@openssh.com",
      {
        $0.string("nistp256")
        $0.string(Array(ecdsa.publicKey.x963Representation))
      }, numbers.bytes)
    #expect(other == reason)
  }
}
