import Platform
import Signing
import TestSupport
import Testing

/// OpenSSH's own tools on our keys and signatures, and our code on theirs.
struct OpenSSHTests {
  private let folder = TemporaryFolder()
  private let message = Array("measured on Tuesday\n".utf8)
  private let time: Int64 = 1_750_000_000  // 2025-06-15T15:06:40Z

  private func file(_ name: String, _ bytes: [UInt8], mode: UInt32 = 0o600) throws -> String {
    let path = folder.path + "/" + name
    try FileSystem().write(bytes, to: path, .atomic, mode: mode)
    return path
  }

  private func keygen(_ arguments: [String], input: [UInt8]? = nil) throws -> Finished {
    try run(
      ["ssh-keygen"] + arguments, in: folder.path, env: ["TZ": "UTC", "LC_ALL": "C"], input: input)
  }

  /// A key that ssh-keygen makes, with an armoured signature of the message by it.
  private func foreign(_ type: [String], name: String = "their") throws -> [UInt8] {
    let made = try keygen(["-q", "-N", "", "-C", "them", "-f", name, "-t"] + type)
    try #require(made.status == 0, "\(made.err)")
    return try sign(with: name)
  }

  private func sign(with key: String) throws -> [UInt8] {
    let done = try keygen(["-q", "-Y", "sign", "-n", "git", "-f", key], input: message)
    try #require(done.status == 0, "\(done.err)")
    return done.outBytes
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    try Fixtures.read(folder.path + "/" + name)
  }

  private func trusted(_ line: String) throws -> AllowedSigners {
    try AllowedSigners(parsing: Array((line + "\n").utf8), zone: .utc)
  }

  /// ssh-keygen's verdict at `time`, with a trust file of these lines.
  private func theirVerdict(_ armour: [UInt8], _ lines: String, revoked: String? = nil) throws
    -> Bool
  {
    let signers = try file("signers", Array(lines.utf8))
    let signature = try file("sig", armour)
    let done = try keygen(
      ["-Y", "verify", "-n", "git", "-f", signers, "-I", "a@b", "-s", signature]
        + (revoked.map { ["-r", $0] } ?? []) + ["-Overify-time=20250615150640Z"],
      input: message)
    return done.status == 0
  }

  @Test func `ssh-keygen reads our key and shows the same public key and fingerprint`() throws {
    try Samples.writeKey(9, comment: "a@b", at: folder.path + "/key")
    let key = try Samples.signer(9).publicKey
    #expect(try keygen(["-y", "-P", "", "-f", "key"]).out == key.line(comment: "a@b") + "\n")
    #expect(try keygen(["-l", "-f", "key"]).out == "256 \(key.fingerprint) a@b (ED25519)\n")
  }

  @Test func `ssh-keygen takes our signature, and makes the very same bytes`() throws {
    try Samples.writeKey(9, comment: "a@b", at: folder.path + "/key")
    let signer = try Samples.signer(9)
    let armour = Array(try signArmoured(message: message, key: signer).utf8)
    let signature = try file("sig", armour)
    let novalidate = try keygen(
      ["-Y", "check-novalidate", "-n", "git", "-s", signature], input: message)
    #expect(novalidate.status == 0)
    #expect(try theirVerdict(armour, "a@b \(signer.publicKey.line())\n"))
    #expect(try !theirVerdict(armour, "a@b \(Samples.signer(8).publicKey.line())\n"))
    #expect(try sign(with: "key") == armour)
  }

  @Test func `we read a key that ssh-keygen made and sign with it`() throws {
    let armour = try foreign(["ed25519"])
    let signer = try Signer.named(folder.path + "/their", agent: nil)
    #expect(signer.comment == "them")
    #expect(try Samples.text(bytes("their.pub")) == signer.publicKey.line(comment: "them") + "\n")
    #expect(Array(try signArmoured(message: message, key: signer).utf8) == armour)
  }

  @Test(arguments: [
    (["ecdsa", "-b", "256"], true), (["ecdsa", "-b", "384"], true), (["ecdsa", "-b", "521"], true),
    (["ed25519"], true), (["rsa", "-b", "2048"], true), (["rsa", "-b", "3072"], true),
    (["rsa", "-b", "1024"], false),
  ])
  func `signatures by other key types are good or not supported, never bad`(
    type: [String], isSupported: Bool
  ) throws {
    let armour = try foreign(type)
    let line = "a@b " + Samples.text(try bytes("their.pub"))
    let verdict = verify(armour, of: message, at: time, allowedSigners: try trusted(line))
    #expect(verdict.reason == (isSupported ? nil : .keyTypeUnsupported))
    let changed = verify(armour, of: message + [1], at: time, allowedSigners: try trusted(line))
    #expect(changed.reason == (isSupported ? .bytesChanged : .keyTypeUnsupported))
    if isSupported && type != ["ed25519"] {
      #expect(
        code { _ = try Signer.named(folder.path + "/their", agent: nil) } == .keyTypeUnsupported)
    }
  }

  /// Lines on which we and ssh-keygen must agree, KEY standing for the key that signed.
  static let lines = [
    "a@b KEY", "a@c KEY", "A@B KEY", "*@b KEY", "?@b KEY", "??@b KEY", "!a@b,* KEY", "*,!a@b KEY",
    "x,a@b KEY", "\"a@b\" KEY", "\"x y,a@b\" KEY", "a@b namespaces=\"git\" KEY",
    "a@b NAMESPACES=\"git,x\" KEY", "a@b namespaces=\"x\" KEY", "a@b namespaces=\"g?t\" KEY",
    "a@b namespaces=\"!git,*\" KEY", "a@b valid-after=\"20250615150640Z\" KEY",
    "a@b valid-after=\"20250615150641Z\" KEY", "a@b valid-before=\"20250615150640Z\" KEY",
    "a@b valid-before=\"20250615150639Z\" KEY", "a@b valid-after=\"20250615\" KEY",
    "a@b valid-after=\"202506151506\" KEY", "a@b valid-after=\"202506151507\" KEY",
    "a@b valid-after=\"2025\" KEY", "a@b cert-authority KEY", "a@b unknown KEY",
    "a@b valid-after=\"20250101\",valid-before=\"20260101\",namespaces=\"git\" KEY comment",
    "\t a@b \t KEY\r", "# a@b KEY", "a@b", "", "a@b ssh-rsa KEY", "a@b KEY=",
    "a@b valid-after=20250101 KEY", "a@b namespaces=git KEY", "a@b\tnamespaces=\"git\"\tKEY",
    "a@b namespaces=\"git\",namespaces=\"git\" KEY",
    "a@b valid-after=\"20260101Z\",valid-before=\"20250101Z\" KEY",
  ]

  @Test(arguments: lines)
  func `ssh-keygen and we agree about a line`(line: String) throws {
    let signer = try Samples.signer(9)
    let armour = Array(try signArmoured(message: message, key: signer).utf8)
    let text = line.split(separator: "KEY", omittingEmptySubsequences: false)
      .joined(separator: signer.publicKey.line())
    let ours = verify(
      armour, of: message, identities: .one("a@b"), at: time, allowedSigners: try trusted(text))
    #expect(try ours.isGood == theirVerdict(armour, text + "\n"), "\(ours)")
  }

  // MARK: - Certificates and revocation

  /// A certificate for a@b and c@d over our key 9 by an authority, with serial 7 and a key id.
  private func certificate(_ options: [String] = []) throws -> [UInt8] {
    try Samples.writeKey(9, comment: "a@b", at: folder.path + "/key")
    _ = try file("key.pub", Array((try Samples.signer(9).publicKey.line() + "\n").utf8))
    try Samples.writeKey(5, comment: "ca", at: folder.path + "/ca")
    let made = try keygen(
      ["-q", "-s", "ca", "-I", "badge 7", "-n", "a@b,c@d", "-z", "7"] + options + ["key.pub"])
    try #require(made.status == 0, "\(made.err)")
    return try sign(with: "key-cert.pub")
  }

  private func authorityLine() throws -> String {
    "a@* cert-authority \(try Samples.signer(5).publicKey.line())\n"
  }

  @Test(
    arguments: [
      ([], nil), (["-V", "20250101Z:20260101Z"], nil),
      (["-V", "20250101Z:20250615150640Z"], .certificateExpired),
      (["-V", "20250101Z:20250615150641Z"], nil),
      (["-V", "20250615150640Z:20260101Z"], nil),
      (["-V", "20250615150641Z:20260101Z"], .certificateNotYetValid),
      (["-h"], .signerNotTrusted), (["-n", "c@d"], .principalMismatch),
    ] as [([String], SigningError.Code?)])
  func `a certificate is judged by its own limits`(
    options: [String], reason: SigningError.Code?
  ) throws {
    let armour = try certificate(options)
    let verdict = verify(
      armour, of: message, identities: .one("a@b"), at: time,
      allowedSigners: try trusted(authorityLine()))
    #expect(verdict.reason == reason)
    #expect(try theirVerdict(armour, authorityLine()) == (reason == nil))
    if reason == nil {
      let any = verify(armour, of: message, at: time, allowedSigners: try trusted(authorityLine()))
      #expect(any.principal == "a@b" && any.keyType.map { $0.contains("-cert-") } == true)
      #expect(any.fingerprint == (try Samples.signer(9).publicKey.fingerprint))
    }
  }

  @Test func `no bit of a certificate can be turned`() throws {
    let armour = try certificate()
    let lines = Samples.text(armour).split(separator: "\n").map(String.init)
    let blob = try #require(Base64.decode(lines.dropFirst().dropLast().joined()))
    let trust = try trusted(authorityLine())
    for bit in 0..<(blob.count * 8) where bit % 3 == 0 {
      var changed = blob
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      let text =
        "-----BEGIN SSH SIGNATURE-----\n\(Base64.encode(changed))\n-----END SSH SIGNATURE-----\n"
      let verdict = verify(Array(text.utf8), of: message, at: time, allowedSigners: trust)
      #expect(!verdict.isGood, "bit \(bit)")
    }
  }

  /// What a KRL is made of, and whether the bare key, and the certificate, are then revoked.
  static let revocations: [(spec: String, bare: Bool, certified: Bool)] = [
    ("serial: 7\n", false, true), ("serial: 8\n", false, false), ("serial: 3-9\n", false, true),
    ("serial: 8-900\n", false, false),
    ("serial: 7\nserial: 9\nserial: 11\nserial: 14\n", false, true),
    ("serial: 6\nserial: 9\nserial: 11\nserial: 14\n", false, false),
    ("serial: 1-2\nserial: 5\nserial: 7\nserial: 100-90000\n", false, true),
    ("id: badge 7\n", false, true), ("id: badge 8\n", false, false),
    ("key: OURS\n", true, true), ("sha1: OURS\n", true, true), ("sha256: OURS\n", true, true),
    ("key: CA\n", false, true), ("sha256: CA\n", false, true), ("sha1: CA\n", false, true),
    ("key: OTHER\n", false, false), ("sha256: OTHER\nsha1: OTHER\n", false, false),
    ("", false, false),
  ]

  @Test(arguments: revocations)
  func `a list that ssh-keygen made revokes what it says`(
    spec: String, bare: Bool, certified: Bool
  ) throws {
    let certificate = try certificate()
    let signer = try Samples.signer(9)
    var text = spec
    for (word, number) in [("OURS", 9), ("CA", 5), ("OTHER", 2)] as [(String, UInt8)] {
      text = text.split(separator: word, omittingEmptySubsequences: false)
        .joined(separator: try Samples.signer(number).publicKey.line())
    }
    _ = try file("spec", Array(text.utf8))
    let made = try keygen(["-q", "-k", "-f", "list", "-s", "ca.pub", "spec"])
    if made.status != 0 {
      // the authority's public half, beside the private one
      _ = try file("ca.pub", Array((try Samples.signer(5).publicKey.line() + "\n").utf8))
      let again = try keygen(["-q", "-k", "-f", "list", "-s", "ca.pub", "spec"])
      try #require(again.status == 0, "\(again.err)")
    }
    let list = RevocationList(parsing: try bytes("list"))
    #expect(list.fault == nil && list.made != nil)
    let bareArmour = Array(try signArmoured(message: message, key: signer).utf8)
    let bareLine = "a@b \(signer.publicKey.line())\n"
    for (armour, line, isRevoked) in [
      (bareArmour, bareLine, bare), (certificate, try authorityLine(), certified),
    ] {
      let verdict = verify(
        armour, of: message, at: time, allowedSigners: try trusted(line), revocation: list)
      #expect(verdict.reason == (isRevoked ? .keyRevoked : nil))
      #expect(try theirVerdict(armour, line, revoked: folder.path + "/list") == !isRevoked)
    }
    try damage(try bytes("list"), bareArmour, bareLine)
  }

  /// A list that is cut, or has bytes behind it, is never taken for one that revokes less.
  private func damage(_ list: [UInt8], _ armour: [UInt8], _ line: String) throws {
    for count in 1..<list.count {
      let cut = RevocationList(parsing: Array(list.prefix(count)))
      // a cut between two sections leaves a whole list
      if cut.fault == nil { #expect(count >= 44) }
    }
    #expect(RevocationList(parsing: list + [0]).fault?.code == .revocationListMalformed)
    for index in list.indices {
      var changed = list
      changed[index] ^= 0x55
      _ = RevocationList(parsing: changed)
    }
  }

  @Test func `a plain list revokes keys, certificates over them and authorities`() throws {
    let certified = try SSHSignature(armoured: try certificate()).publicKey
    let bare = try Samples.signer(9).publicKey
    func list(_ text: String) -> RevocationList { RevocationList(parsing: Array(text.utf8)) }
    let ours = list("# gone\n\n  \(bare.line())\r\n")
    #expect(ours.fault == nil && ours.revokes(bare) && ours.revokes(certified))
    let authority = list(try Samples.signer(5).publicKey.line())
    #expect(!authority.revokes(bare) && authority.revokes(certified))
    let exact = list(certified.line() + "\n")
    #expect(!exact.revokes(bare) && exact.revokes(certified))
    for bad in ["x", "\(bare.line()) comment", "no-pty \(bare.line())", "\(bare.line())=", "\0"] {
      #expect(list(bad).fault?.code == .revocationListMalformed, "\(bad)")
    }
  }

  @Test(arguments: [
    ("04", "00000000"), ("ff", "0000000a00000001780100000000"), ("06", "00000000"),
    ("01", "0000001900000000000000002000000008" + "0000000000000000" + "00"),
  ])
  func `a section that must be understood and is not spoils the list`(
    type: String, data: String
  ) throws {
    // an empty list: version 1, numbers 0, empty reserved and comment
    let head =
      "5353484b524c0a00" + "00000001" + String(repeating: "00", count: 24) + "0000000000000000"
    let good = try #require(Hex.decode(head))
    #expect(RevocationList(parsing: good).fault == nil)
    let bad = try #require(Hex.decode(head + type + data))
    #expect(RevocationList(parsing: bad).fault?.code == .revocationListMalformed)
    let harmless = try #require(Hex.decode(head + "ff" + "0000000a00000001780000000000"))
    #expect(RevocationList(parsing: harmless).fault == nil)
  }
}
