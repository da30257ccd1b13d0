import ShareRequests
import Testing

@testable import ShareServer

struct ClientAddressTests {
  @Test(
    arguments: [
      ("192.0.2.7", [192, 0, 2, 7]), ("::ffff:192.0.2.7", [192, 0, 2, 7]),
      ("::1", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
      ("2001:db8::5:6", [0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 6]),
    ] as [(String, [UInt8])])
  func `an address is read`(_ text: String, _ bytes: [UInt8]) {
    #expect(ClientAddress(text)?.bytes == bytes)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.-4", "x", ":", ":::", "1::2::3",
    "1:2:3:4:5:6:7:8:9", "12345::", "::1%eth0", "[::1]", " 1.2.3.4", "1:2:3:4:5:6:7",
  ])
  func `a text that is none is refused`(_ text: String) {
    #expect(ClientAddress(text) == nil)
  }

  @Test func `a client is what the last untrusted hop says, not what it writes itself`() throws {
    let proxies = TrustedProxies([
      try #require(AddressBlock("127.0.0.1")), try #require(AddressBlock("10.0.0.0/8")),
    ])
    func client(_ peer: String, _ hops: [String]) throws -> ClientAddress {
      proxies.client(of: try #require(ClientAddress(peer)), forwarded: hops)
    }
    #expect(try client("192.0.2.1", ["198.51.100.1"]) == ClientAddress("192.0.2.1"))
    #expect(try client("127.0.0.1", ["6.6.6.6, 198.51.100.1"]) == ClientAddress("198.51.100.1"))
    #expect(
      try client("127.0.0.1", ["6.6.6.6, 198.51.100.1", "10.1.2.3"])
        == ClientAddress("198.51.100.1"))
    #expect(try client("127.0.0.1", ["6.6.6.6, rubbish"]) == ClientAddress("127.0.0.1"))
    #expect(try client("127.0.0.1", []) == ClientAddress("127.0.0.1"))
  }

  @Test(arguments: ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "x/8", "::/129"])
  func `a block that is none is refused`(_ text: String) {
    #expect(AddressBlock(text) == nil)
  }

  @Test func `one client of IPv6 is its network of 64 bits`() throws {
    let one = try #require(ClientAddress("2001:db8:1:2:3::1"))
    let two = try #require(ClientAddress("2001:db8:1:2:ffff::1"))
    let other = try #require(ClientAddress("2001:db8:1:3::1"))
    #expect(one.client == two.client && one.client != other.client)
    #expect(one.neighbourhood == other.neighbourhood)
  }
}

struct RateLimitTests {
  @Test func `a bucket is used up, fills with time and holds no more than it may`() throws {
    let clocks = TestService.Clocks()
    let rates = RateLimits(RateSettings(), clock: { clocks.running / 1000 })
    for _ in 0..<60 { try rates.use(.shareAddress, "a") }
    #expect(throws: Refusal(429, .rateLimited, retryAfter: 1)) {
      try rates.use(.shareAddress, "a")
    }
    try rates.use(.shareAddress, "b")
    clocks.pass(2)
    for _ in 0..<2 { try rates.use(.shareAddress, "a") }
    #expect(throws: Refusal.self) { try rates.use(.shareAddress, "a") }
    clocks.pass(100_000)
    for _ in 0..<60 { try rates.use(.shareAddress, "a") }
    #expect(throws: Refusal.self) { try rates.use(.shareAddress, "a") }
  }

  @Test func `buckets without end are not kept`() throws {
    let clocks = TestService.Clocks()
    let rates = RateLimits(RateSettings(), most: 100, clock: { clocks.running / 1000 })
    for place in 0..<1000 {
      clocks.pass(1)
      try rates.use(.unknown, "\(place)")
    }
    #expect(rates.count <= 100)
  }

  @Test func `three rates are the operator's, the others are not`() throws {
    let rates = ServerLimits().setting([
      "requests_per_address": 9, "requests_per_share": 70, "requests_per_key": 5, "keep_alive": 3,
      "unlock_per_share": 1,
    ]).rates
    #expect(rates.sharePerAddress == Rate(9, per: 60) && rates.sharePerShare == Rate(70, per: 60))
    #expect(rates.apiPerKey == Rate(5, per: 60))
    #expect(rates.unlockPerShare == RateSettings().unlockPerShare)
    func configuration(_ name: String) throws -> ServerConfiguration {
      let text =
        "{\"schema\":\"wf.share_server/1\",\"workspaces\":[{\"name\":\"main\"}],"
        + "\"limits\":{\"\(name)\":5}}"
      return try ServerConfiguration(parsing: Array(text.utf8))
    }
    #expect(try configuration("requests_per_share").limits == ["requests_per_share": 5])
    #expect(throws: ServerError.self) { try configuration("unlock_per_share") }
  }

  @Test func `wrong passwords cost more time each, up to a quarter of an hour`() throws {
    let clocks = TestService.Clocks()
    var settings = RateSettings()
    settings.unlockPerShare = Rate(10_000, per: 1)
    settings.unlockPerAddress = Rate(5, per: 1)
    let rates = RateLimits(settings, clock: { clocks.running / 1000 })
    var delays: [Int64] = []
    for place in 0..<20 {
      rates.endUnlock("s", isRight: false)
      do throws(Refusal) {
        try rates.beginUnlock("s", client: "\(place)")
      } catch {
        delays.append(error.retryAfter ?? 0)
        clocks.pass(error.retryAfter ?? 0)
      }
    }
    #expect(delays.prefix(4) == [1, 2, 4, 8])
    #expect(delays.max() == 900)
    rates.endUnlock("s", isRight: true)
    try rates.beginUnlock("s", client: "z")
  }

  @Test func `a fifth upload of one workspace at once waits`() throws {
    let rates = RateLimits(RateSettings(), clock: { 0 })
    for _ in 0..<4 { try rates.beginUpload("w") }
    #expect(throws: Refusal.self) { try rates.beginUpload("w") }
    try rates.beginUpload("v")
    rates.endUpload("w")
    try rates.beginUpload("w")
  }
}

struct SecretsTests {
  private let secrets = Secrets(pepper: [1, 2, 3]) {
    (0..<$0).map { UInt8(truncatingIfNeeded: $0) }
  }

  @Test func `a token is 32 bytes in 43 characters, and hashed as SHA-256 says`() {
    let token = secrets.token("wfs_")
    #expect(token == "wfs_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
    #expect(
      Secrets.hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func `a sealed answer opens with its own text and the server's secret only`() throws {
    let sealed = try secrets.seal([1, 2, 3], with: "key")
    #expect(secrets.open(sealed, with: "key") == [1, 2, 3])
    #expect(secrets.open(sealed, with: "other") == nil)
    let stranger = Secrets(pepper: [9]) { [UInt8](repeating: 0, count: $0) }
    #expect(stranger.open(sealed, with: "key") == nil)
    #expect(secrets.open(String(sealed.dropLast(2)) + "00", with: "key") == nil)
  }

  @Test func `a password's hash is argon2id with a salt of its own`() throws {
    let cost = PasswordCost(passes: 3, bytes: 8 << 20)
    let one = try #require(Sodium.passwordHash(Array("secret".utf8), cost))
    let two = try #require(Sodium.passwordHash(Array("secret".utf8), cost))
    #expect(one.hasPrefix("$argon2id$v=19$m=8192,t=3,p=1$") && one != two)
    #expect(Sodium.verifies(Array("secret".utf8), one))
    #expect(!Sodium.verifies(Array("Secret".utf8), one))
    #expect(PasswordCost().bytes == 64 << 20 && PasswordCost().passes == 3)
  }
}

struct WorkQueueTests {
  @Test func `who waits too long is turned away, and the next one goes on`() async throws {
    let queue = WorkQueue(width: 1, patience: .milliseconds(50))
    let (release, open) = AsyncStream<Void>.makeStream()
    async let first = queue.run { for await _ in release { break } }
    while await queue.load == 0 { await Task.yield() }
    #expect(try await queue.run {} == nil)
    open.yield()
    #expect(try await first != nil)
    #expect(try await queue.run {} != nil)
  }
}

struct FormTests {
  @Test func `a mistake of a request has a word of the answers`() {
    for reason in RequestMistake.Reason.allCases {
      #expect(Refusal.Reason(rawValue: reason.rawValue) != nil, "\(reason)")
    }
  }

  @Test func `a form is decoded once, and a name that stands twice is refused`() throws {
    let fields = try FormFields.parse(Array("password=a+b%26c%2525&x=".utf8))
    #expect(fields == ["password": "a b&c%25", "x": ""])
    for text in ["a=1&a=2", "a=%", "a=%4", "a=%ff"] {
      #expect(throws: RequestMistake.self) { try FormFields.parse(Array(text.utf8)) }
    }
  }

  @Test func `a digest of content is read in one form`() {
    let digest = "sha256:" + String(repeating: "0", count: 64)
    let base64 = String(repeating: "A", count: 43) + "="
    #expect(ContentDigest.sha256("sha-256=:\(base64):") == digest)
    #expect(ContentDigest.sha256("sha-512=:AAAA:, sha-256=:\(base64):") == digest)
    for text in [nil, "", "sha-256=\(base64)", "sha-256=:AAAA:", "SHA-256=:\(base64):"] {
      #expect(ContentDigest.sha256(text) == nil)
    }
  }
}
