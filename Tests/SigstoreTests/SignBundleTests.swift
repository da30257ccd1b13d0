import Attestation
import JSON
import Platform
import TestSupport
import Testing

@testable import Sigstore

/// Bundles made with services of our own, and judged as anybody's bundle is.
struct SignBundleTests {
  private let services: MadeServices

  init() throws { services = MadeServices(sigstore: try MadeSigstore()) }

  private func addresses(
    _ generation: SigningServices.LogGeneration, stamped: Bool
  ) throws -> SigningServices {
    try SigningServices(
      certificates: "https://ca.example/", log: "https://log.example", generation: generation,
      timestamps: stamped ? "https://time.example/stamp" : nil)
  }

  private func signed(
    _ statement: [UInt8], _ addresses: SigningServices, _ services: MadeServices? = nil
  ) throws -> [UInt8] {
    let services = services ?? self.services
    return try signBundle(
      statement, as: IdentityToken(Array(MadeServices.token().utf8)), services: addresses
    ) { call in
      let path = call.url.split(separator: "/", maxSplits: 2).last ?? ""
      return try services.answer("/" + path, call.body)
    }
  }

  private func statement(about file: [UInt8]) throws -> [UInt8] {
    try CanonicalJSON.bytes([
      "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://made.example/p",
      "predicate": [:],
      "subject": [["name": "f", "digest": ["sha256": .string(Hex.encode(sha256(file)))]]],
    ])
  }

  private func verified(_ bundle: [UInt8], _ more: String = "") throws -> VerifiedBundle {
    let policy =
      "{\"schema\":\"wf.sigstore_policy/1\",\"trusted_root\":\"r\",\"identities\":"
      + "[{\"issuer\":\"https://login.example\",\"subject\":\"\(MadeServices.name)\"}]\(more)}"
    return try BundleVerifier(
      trustedRoot: CanonicalJSON.bytes(services.sigstore.trustedRoot),
      policy: SigstorePolicy(parsing: Array(policy.utf8)), now: MadeSigstore.now
    ).verify(bundle: bundle, of: .file(MadeSigstore.file))
  }

  @Test(arguments: [
    (SigningServices.LogGeneration.first, false, TimeSource.log), (.first, true, .timestamp),
    (.second, true, .timestamp),
  ])
  func `what is made holds`(
    generation: SigningServices.LogGeneration, stamped: Bool, source: TimeSource
  ) throws {
    let bundle = try signed(
      try statement(about: MadeSigstore.file), try addresses(generation, stamped: stamped))
    #expect(try verified(bundle).timeSource == source)
    let needsStamp = ",\"require_timestamp\":true"
    if stamped {
      #expect(try verified(bundle, needsStamp).timeSource == .timestamp)
    } else {
      #expect(throws: SigstoreError.self) { try verified(bundle, needsStamp) }
    }
  }

  @Test func `a log without times needs an authority for them`() throws {
    #expect(throws: SigstoreError(.timestampMissing, "", place: "https://log.example")) {
      try addresses(.second, stamped: false)
    }
  }

  /// Each answer replaced by what is well-formed JSON and no answer, and by one of another key.
  @Test(arguments: [
    ("/api/v2/signingCert", SigningServices.LogGeneration.first), ("/api/v1/log/entries", .first),
    ("/stamp", .first), ("/api/v2/log/entries", .second),
  ])
  func `an answer that is none is refused`(
    path: String, generation: SigningServices.LogGeneration
  ) throws {
    for garbage in ["", "{}", "[]", "not json", "{\"x\":{\"body\":\"e30=\"}}"] {
      var services = services
      services.spoiled = { $0 == path ? Array(garbage.utf8) : $1 }
      let found = #expect(throws: SigstoreError.self) {
        try signed([1], try addresses(generation, stamped: true), services)
      }
      #expect(found?.code == .serviceAnswerMalformed, "\(garbage)")
    }
  }

  @Test func `a certificate for another key is refused`() throws {
    let other = try services.sigstore.leaf(MadeSigstore.identity().get())
    let answer = try CanonicalJSON.bytes([
      "signedCertificateEmbeddedSct": [
        "chain": ["certificates": [.string(PEMBlock.text("CERTIFICATE", other.parsed.der))]]
      ]
    ])
    var services = services
    services.spoiled = { $0 == "/api/v2/signingCert" ? answer : $1 }
    let found = #expect(throws: SigstoreError.self) {
      try signed([1], try addresses(.first, stamped: false), services)
    }
    #expect(found?.code == .serviceAnswerMalformed)
  }

  @Test func `a service that says no is quoted on one line`() throws {
    let found = #expect(throws: SigstoreError.self) {
      try signBundle(
        [1], as: IdentityToken(Array(MadeServices.token(["sub": "somebody"]).utf8)),
        services: try addresses(.first, stamped: false)
      ) { call in try services.answer("/api/v2/signingCert", call.body) }
    }
    #expect(found?.code == .serviceRefused)
    #expect(found?.message == "the service says no (400): this does not fit together")
  }

  @Test(
    arguments: [
      (#"{"email":"a@b.example","email_verified":true,"sub":"s"}"#, "a@b.example"),
      (#"{"sub":"repo:x"}"#, "repo:x"), (#"{"email":"a@b.example","sub":"s"}"#, nil),
      (#"{"email":"a@b.example","email_verified":"true","sub":"s"}"#, nil), ("{}", nil),
    ] as [(String, String?)])
  func `the name that is proved is the token's`(claims: String, name: String?) throws {
    let claims = try #require(try JSONValue.parse(Array(claims.utf8)).object)
    let token = try? IdentityToken(Array(MadeServices.token(claims).utf8))
    #expect(token?.name == name)
  }

  @Test(arguments: ["", "a.b", "a.b.c.d", "a.!!.c", "a.e30.c\u{e9}", "a b.e30.c"])
  func `what is no token is refused, and not shown`(text: String) throws {
    let found = #expect(throws: SigstoreError.self) { try IdentityToken(Array(text.utf8)) }
    #expect(found?.code == .identityTokenMalformed)
  }
}
