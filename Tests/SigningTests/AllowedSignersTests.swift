import Glibc
import Platform
import Signing
import TestSupport
import Testing

struct AllowedSignersTests {
  private let message = Array("m".utf8)

  private func verdict(
    _ lines: String, identities: Identities = .any, at time: Int64 = 1_750_000_000,
    zone: TimeZoneRule = .utc, signer number: UInt8 = 1
  ) throws -> Verdict {
    let signer = try Samples.signer(number)
    let armour = try signArmoured(message: message, key: signer)
    return verify(
      Array(armour.utf8), of: message, identities: identities, at: time,
      allowedSigners: try AllowedSigners(parsing: Array(lines.utf8), zone: zone))
  }

  private func key(_ number: UInt8 = 1) throws -> String {
    try Samples.signer(number).publicKey.line()
  }

  @Test(arguments: [
    ("a@b", true), ("A@b", false), ("*", true), ("a@?", true), ("a@b?", false), ("*@*", true),
    ("x,a@b", true), ("!a@b,*", false), ("*,!a@b", false), ("!x", false), ("!x,*", true),
    ("\"a@b\"", true), ("*b*", true), ("a*b*c", false), ("a@b,", true), ("a***b", true),
  ])
  func `a line's patterns decide whom it is for`(patterns: String, isFor: Bool) throws {
    let verdict = try verdict("\(patterns) \(key())\n", identities: .one("a@b"))
    #expect(verdict.isGood == isFor)
    if !isFor { #expect(verdict.reason == .principalMismatch) }
  }

  @Test func `a long pattern of stars takes no time`() throws {
    let stars = String(repeating: "*a", count: 2000)
    let text = String(repeating: "a", count: 1999)
    #expect(try verdict("\(stars)b \(key())", identities: .one(text)).reason == .principalMismatch)
  }

  @Test(arguments: [
    "namespaces=\"git\"", "NameSpaces=\"x,git\"", "namespaces=\"g*\"",
    "valid-after=\"20250615\",namespaces=\"git\"", "valid-after=\"20250615150640Z\"",
    "valid-before=\"20250615150640Z\"", "valid-before=\"202506151507\"",
  ])
  func `options that hold let the line through`(options: String) throws {
    // 1_750_000_000 is 2025-06-15T15:06:40Z
    #expect(try verdict("a@b \(options) \(key())\n").isGood)
    #expect(try verdict("  a@b\t\(options) \t\(key())\tcomment here \r\n").isGood)
  }

  @Test(arguments: [
    ("namespaces=\"file\"", SigningError.Code.namespaceNotAllowed),
    ("namespaces=\"!git,*\"", .namespaceNotAllowed), ("namespaces=\"\"", .namespaceNotAllowed),
    ("valid-after=\"20250615150641Z\"", .keyNotYetValid),
    ("valid-before=\"20250615150639Z\"", .keyExpired),
    ("valid-before=\"20250615\"", .keyExpired),
    ("namespaces=git", .signerNotTrusted), ("valid-after=20250615", .signerNotTrusted),
    ("valid-after=\"20250230Z\"", .signerNotTrusted),
    ("valid-after=\"2025061Z\"", .signerNotTrusted),
    ("valid-after=\"20250615z\"", .signerNotTrusted),
    ("valid-after=\"2025061525Z\"", .signerNotTrusted),
    ("namespaces=\"git\",namespaces=\"git\"", .signerNotTrusted),
    ("namespaces=\"git\",", .signerNotTrusted), ("namespaces=\"git\"x", .signerNotTrusted),
    ("namespaces=\"git", .signerNotTrusted), ("unknown", .signerNotTrusted),
    ("valid-after=\"20250102Z\",valid-before=\"20250101Z\"", .signerNotTrusted),
    ("cert-authority", .signerNotTrusted),
    ("no-touch-required,namespaces=\"git\"", .signerNotTrusted),
  ])
  func `options that do not hold, or are none, give their word`(
    options: String, reason: SigningError.Code
  ) throws {
    #expect(try verdict("a@b \(options) \(key())\n").reason == reason)
  }

  @Test func `a line with a fault is skipped with its number, others count`() throws {
    let lines = """
      # comment
      \t # another

      a@b unknown-option \(try key())
      a@b valid-after="nonsense" \(try key())
      a@b ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAILyP7V/OayuDL4OJbomj9x42hDvAxWolrZWRC/dlTgrP
      a@b ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILyP7V/OayuDL4OJbomj9x42hDvAxWolrZWRC/dlTgr
      a@b
      "a@b \(try key())
      "a@b",x \(try key())
      a@b \(try key())
      """
    let verdict = try verdict(lines)
    #expect(verdict.isGood && verdict.line == 11)
    #expect(verdict.warnings.count == 7)
    #expect(verdict.warnings.first?.hasPrefix("line 4: ") == true)
  }

  @Test func `bytes that are not UTF-8 spoil their line alone`() throws {
    let bytes = Array("a@b \(try key()) ".utf8) + [0xFF, 0x0A] + Array("c@d \(try key())\n".utf8)
    let file = try AllowedSigners(parsing: bytes)
    #expect(file.lines.map(\.number) == [2] && file.warnings.map(\.line) == [1])
  }

  @Test func `a file over 1 MiB is refused`() {
    let bytes = [UInt8](repeating: 0x0A, count: (1 << 20) + 1)
    #expect(code { _ = try AllowedSigners(parsing: bytes) } == .allowedSignersMalformed)
  }

  @Test func `the line that got furthest says why`() throws {
    let other = try key(2)
    let mine = try key()
    #expect(try verdict("a@b \(other)\n").reason == .signerNotTrusted)
    #expect(
      try verdict("x@y \(mine)\na@b \(other)\n", identities: .one("a@b")).reason
        == .principalMismatch)
    let lines = """
      x@y \(mine)
      a@b valid-before="20200101Z" \(mine)
      a@b namespaces="file" \(mine)
      """
    let verdict = try verdict(lines, identities: .one("a@b"))
    #expect(verdict.reason == .keyExpired && verdict.line == 2 && verdict.principal == "a@b")
  }

  @Test func `asked for anyone, each listed principal is tried, as git does`() throws {
    let verdict = try verdict("!x@y,x@y,z@* \(try key())\n")
    #expect(verdict.isGood && verdict.principal == "z@*")
    #expect(try self.verdict("!x@y \(try key())\n").reason == .principalMismatch)
    #expect(try self.verdict("* \(try key())\n", identities: .one("")).reason == .principalMismatch)
  }

  @Test func `a date without Z is in the machine's zone`() throws {
    let old = getenv("TZ").map { String(cString: $0) }
    defer {
      if let old { setenv("TZ", old, 1) } else { unsetenv("TZ") }
      tzset()
    }
    // midnight of 15 January 2025 in UTC+5: 2025-01-14T19:00:00Z; POSIX writes the sign reversed
    setenv("TZ", "XXX-5", 1)
    tzset()
    let lines = "a@b valid-after=\"20250115\" \(try key())\n"
    let moment = try #require(UTCTime(rfc3339: "2025-01-14T19:00:00Z")).seconds
    #expect(try verdict(lines, at: moment, zone: .local).isGood)
    #expect(try verdict(lines, at: moment - 1, zone: .local).reason == .keyNotYetValid)
    #expect(try verdict(lines, at: moment, zone: .utc).reason == .keyNotYetValid)
    let withZ = "a@b valid-after=\"20250115Z\" \(try key())\n"
    #expect(try verdict(withZ, at: moment, zone: .local).reason == .keyNotYetValid)
  }

  @Test func `no mutation of a trust file crashes the reader`() throws {
    var generator = SeededGenerator(seed: 5)
    let line = Array(
      "\"a@b\",c cert-authority,namespaces=\"git\",valid-after=\"20250101Z\" \(try key()) c\n".utf8)
    for _ in 0..<4000 {
      var bytes = line + line
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: index)
        default: bytes.insert(UInt8(ascii: "\""), at: index)
        }
      }
      let file = try AllowedSigners(parsing: bytes, zone: .utc)
      #expect(file.lines.count + file.warnings.count <= 8)
    }
  }
}
