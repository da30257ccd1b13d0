import Platform
import Signing
import TestSupport
import Testing

struct KeyFolderTests {
  private let temporary = TemporaryFolder()
  private var folder: KeyFolder { KeyFolder(path: temporary.path + "/a/wf") }

  private func fixed(_ byte: UInt8) -> (Int) -> [UInt8] {
    { [UInt8](repeating: byte, count: $0) }
  }

  private func mode(_ path: String) throws -> UInt32 { try FileSystem().status(path).mode }

  @Test(arguments: [
    (["WF_CONFIG_DIR": "/c", "XDG_CONFIG_HOME": "/x", "HOME": "/h"], "/c"),
    (["WF_CONFIG_DIR": "", "XDG_CONFIG_HOME": "/x", "HOME": "/h"], "/x/wf"),
    (["XDG_CONFIG_HOME": "relative", "HOME": "/h"], "/h/.config/wf"),
    (["HOME": "/h"], "/h/.config/wf"),
  ])
  func `the folder is the first that the environment names`(
    environment: [String: String], path: String
  ) throws {
    #expect(try KeyFolder(environment: environment).path == path)
  }

  @Test func `without any of them there is no folder`() {
    #expect(code { _ = try KeyFolder(environment: [:]) } == .configFolderUnknown)
  }

  @Test func `a key that is made is private, trusted and used`() throws {
    let folder = folder
    #expect(!folder.hasKey && code { _ = try folder.publicKey() } == .keyNotFound)
    let made = try folder.generateKey(randomBytes: fixed(9), now: 1_750_000_000)
    #expect(made.key == (try Samples.signer(9)).publicKey)
    #expect(made.principal == made.key.hex16 + "@keys.invalid")
    #expect(try mode(folder.path) == 0o700 && mode(folder.keyPath) == 0o600)
    #expect(try mode(folder.trust.path) == 0o600)
    #expect(try folder.publicKey() == (made.key, made.principal))
    let line =
      "\(made.principal) namespaces=\"git\",valid-after=\"20250615150640Z\" \(made.key.line())\n"
    #expect(try Samples.text(folder.trust.export()) == line)
    let signer = try folder.signer(agent: nil)
    #expect(signer.comment == made.principal)
    let armour = try signArmoured(message: [1], key: signer)
    let verdict = verify(
      Array(armour.utf8), of: [1], at: 1_750_000_000, allowedSigners: try folder.trust.read(),
      revocation: folder.revocation())
    #expect(verdict.isGood && verdict.principal == made.principal)
    #expect(
      try FileSystem().list(folder.path).compactMap(\.name) == [
        "allowed_signers", "key", "key.pub", "log_key",
      ])
  }

  @Test func `a key is never put over another unless asked`() throws {
    let first = try folder.generateKey(principal: "a@b", randomBytes: fixed(1), now: nil)
    #expect(
      code { _ = try folder.generateKey(randomBytes: fixed(2), now: nil) } == .keyExists)
    #expect(try folder.signer(agent: nil).publicKey == first.key)
    let second = try folder.generateKey(
      principal: "a@b", randomBytes: fixed(2), now: nil, replacing: true)
    #expect(try folder.signer(agent: nil).publicKey == second.key)
    #expect(try folder.trust.read().lines.map(\.key) == [first.key, second.key])
  }

  @Test(arguments: ["", "a b", "a\"b", "#a", "a\nb", "a\tb", "a\u{7F}", "a\u{A0}b", "\u{0}"])
  func `a principal that would break a line is refused before anything is written`(name: String) {
    let result = code {
      _ = try folder.generateKey(principal: name, randomBytes: fixed(1), now: nil)
    }
    #expect(result == .principalInvalid && !folder.hasKey)
  }

  @Test func `trust lines come, are not doubled, and go by name or fingerprint`() throws {
    let trust = folder.trust
    #expect(try trust.read() == .empty)
    let one = try Samples.signer(1).publicKey
    let two = try Samples.signer(2).publicKey
    #expect(try trust.add(.init(principal: "a@b", key: one)) == .added)
    #expect(try trust.add(.init(principal: "a@b", key: one, validAfter: 5)) == .alreadyThere)
    #expect(try trust.add(.init(principal: "c@d", key: one)) == .added)
    #expect(
      try trust.add(
        .init(principal: "c@d", key: two, namespaces: [], validAfter: 0, validBefore: 86_400))
        == .added)
    #expect(try trust.read().lines.map(\.principals.text) == ["a@b", "c@d", "c@d"])
    #expect(try trust.read().lines[2].validBefore == 86_400)
    #expect(try trust.remove(two.fingerprint).map(\.number) == [3])
    #expect(try trust.remove("a@b").count == 1)
    #expect(code { try trust.remove("a@b") } == .trustEntryNotFound)
    let backwards = TrustFile.Entry(principal: "x", key: one, validAfter: 9, validBefore: 9)
    #expect(code { try trust.add(backwards) } == .trustEntryInvalid)
    let quoted = TrustFile.Entry(principal: "x", key: one, namespaces: ["a\"b"])
    #expect(code { try trust.add(quoted) } == .trustEntryInvalid)
    #expect(try trust.read().lines.map(\.principals.text) == ["c@d"])
  }

  @Test func `lines that are not ours stay byte for byte`() throws {
    let one = try Samples.signer(1).publicKey
    let two = try Samples.signer(2).publicKey
    let text = "# mine\n\n  x@y \(two.line())\tnote \nbroken\na@b \(one.line())"
    let path = temporary.path + "/allowed_signers"
    try FileSystem().write(Array(text.utf8), to: path)
    let trust = TrustFile(path: path)
    try trust.add(.init(principal: "c@d", key: one, namespaces: []))
    #expect(try Samples.text(trust.export()) == text + "\nc@d \(one.line())\n")
    try trust.remove("a@b")
    try trust.remove("c@d")
    #expect(
      try Samples.text(trust.export()) == "# mine\n\n  x@y \(two.line())\tnote \nbroken\n")
  }

  @Test func `two who add at once lose nothing`() async throws {
    let trust = folder.trust
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...4 {
        group.addTask {
          try trust.add(
            .init(principal: "p\(number)", key: Samples.signer(UInt8(number)).publicKey))
        }
      }
      try await group.waitForAll()
    }
    #expect(try trust.read().lines.count == 4)
  }

  @Test func `the secret is made once and kept`() throws {
    let first = try folder.secret(randomBytes: fixed(7))
    #expect(first == [UInt8](repeating: 7, count: 32))
    #expect(try folder.secret(randomBytes: fixed(8)) == first)
    #expect(try mode(folder.secretPath) == 0o600)
    try FileSystem().changeMode(folder.secretPath, to: 0o644)
    #expect(code { _ = try folder.secret(randomBytes: fixed(8)) } == .keyPermissions)
    try FileSystem().write([1], to: folder.secretPath, mode: 0o600)
    #expect(code { _ = try folder.secret(randomBytes: fixed(8)) } == .secretMalformed)
  }

  @Test func `a full disk leaves no half-made key`() throws {
    let system = FileSystem { operation, _, _ in operation == .link ? .fail(28) : nil }
    let broken = KeyFolder(path: folder.path, files: system)
    let error = #expect(throws: SigningError.self) {
      try broken.generateKey(randomBytes: fixed(1), now: nil)
    }
    #expect(error?.reason == "disk_full" && error?.kind == .inputOutput)
    #expect(try FileSystem().list(folder.path).isEmpty)
  }

  @Test func `a revocation list that cannot be read revokes everything`() throws {
    #expect(folder.revocation().fault == nil)
    try folder.make()
    #expect(folder.revocation().fault == nil)
    let named = KeyFolder.revocationList(at: folder.revokedPath)
    #expect(named.fault?.code == .revocationListMalformed)
    try FileSystem().makeDirectory(folder.revokedPath)
    #expect(folder.revocation().fault?.code == .revocationListMalformed)
  }
}
