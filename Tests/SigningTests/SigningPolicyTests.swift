import Signing
import Testing

struct SigningPolicyTests {
  private func policy(_ rules: String, clock: String = "claimed") throws -> SigningPolicy {
    let text = #"{"schema":"wf.signing_policy/1","clock":"\#(clock)","rules":[\#(rules)]}"#
    return try SigningPolicy(parsing: Array(text.utf8))
  }

  @Test(arguments: [
    ("release-a", "alice"), ("release-", "alice"), ("pick", "bob"), ("a-release-a", "bob"),
  ])
  func `the first rule that covers a claim decides`(_ row: (slug: String, who: String)) throws {
    let policy = try policy(
      #"{"claims":["release-*"],"principals":["alice"]},{"claims":["*"],"principals":["bob"]}"#)
    #expect(policy.rule(for: row.slug)?.principals == [row.who])
  }

  @Test func `a claim that no rule covers has no rule`() throws {
    #expect(try policy(#"{"claims":["a"],"principals":["alice"]}"#).rule(for: "b") == nil)
  }

  static let malformed = [
    "", "{", "[]", "null", #"{"schema":"wf.signing_policy/1"}"#,
    #"{"schema":"wf.signing_policy/2","clock":"claimed","rules":[{"claims":["*"],"principals":["a"]}]}"#,
    #"{"schema":"wf.signing_policy/1","clock":"wall","rules":[{"claims":["*"],"principals":["a"]}]}"#,
    #"{"schema":"wf.signing_policy/1","clock":"claimed","rules":[]}"#,
    #"{"schema":"wf.signing_policy/1","clock":"claimed","rules":[{"claims":[],"principals":["a"]}]}"#,
    #"{"schema":"wf.signing_policy/1","clock":"claimed","rules":[{"claims":["*"],"principals":[]}]}"#,
    #"{"schema":"wf.signing_policy/1","clock":"claimed","rules":[{"claims":["*"],"principals":["a","a"]}]}"#,
    #"{"schema":"wf.signing_policy/1","clock":"claimed","rules":[{"claims":["*"],"principals":["a b"]}]}"#,
    #"{"schema":"wf.signing_policy/1","clock":"claimed","rules":[{"claims":["a,b"],"principals":["a"]}]}"#,
    #"{"schema":"wf.signing_policy/1","clock":"claimed","rules":[{"claims":["!a"],"principals":["a"]}]}"#,
    #"{"schema":"wf.signing_policy/1","clock":"claimed","rules":[{"claims":["*"],"principals":["a"],"threshold":0}]}"#,
    #"{"schema":"wf.signing_policy/1","clock":"claimed","rules":[{"claims":["*"],"principals":["a"],"threshold":2}]}"#,
    #"{"schema":"wf.signing_policy/1","clock":"claimed","rules":[{"claims":["*"],"principals":["a"],"threshold":1.0}]}"#,
    #"{"schema":"wf.signing_policy/1","clock":"claimed","rules":[{"claims":["*"],"principals":["a"],"treshold":1}]}"#,
    #"{"schema":"wf.signing_policy/1","clock":"claimed","rules":[{"claims":["*"],"principals":["a"]}],"more":1}"#,
    #"{"schema":"wf.signing_policy/1","schema":"wf.signing_policy/1","clock":"claimed","rules":[{"claims":["*"],"principals":["a"]}]}"#,
  ]

  @Test(arguments: malformed)
  func `what is no policy lets nobody through`(_ text: String) {
    let error = #expect(throws: SigningError.self) {
      try SigningPolicy(parsing: Array(text.utf8), place: "policy.json")
    }
    #expect(error?.code == .signingPolicyMalformed)
    #expect(error?.place == "policy.json")
  }

  private static let payload = Array("tree 0\n\nmessage\n".utf8)

  private func signer(_ number: UInt8) throws -> Signer {
    var seed = [UInt8](repeating: number, count: 32)
    return Signer(try SecretKey(wiping: &seed))
  }

  private func signature(_ number: UInt8, _ payload: [UInt8] = payload) throws -> TimedSignature {
    let armour = try signArmoured(message: payload, namespace: "git", key: signer(number))
    return TimedSignature(Array(armour.utf8), time: 1_780_000_000)
  }

  /// Lines of an allowed-signers file: principals of keys by number.
  private func trust(_ lines: [(String, UInt8)]) throws -> AllowedSigners {
    let text = try lines.map { "\($0.0) \(try signer($0.1).publicKey.line())\n" }.joined()
    return try AllowedSigners(parsing: Array(text.utf8), place: nil)
  }

  /// name, trust lines, keys that signed (the first is the author's), threshold, reason.
  static let rows: [(String, [(String, UInt8)], [UInt8], Int, SigningError.Code?)] = [
    ("the author alone", [("a", 1), ("b", 2)], [1], 1, nil),
    ("two of two", [("a", 1), ("b", 2)], [1, 2], 2, nil),
    ("one of two", [("a", 1), ("b", 2)], [1], 2, .thresholdNotReached),
    ("the same key twice", [("a", 1), ("b", 2)], [1, 1], 2, .thresholdNotReached),
    ("two keys of one person", [("a", 1), ("a", 3), ("b", 2)], [1, 3], 2, .thresholdNotReached),
    ("one key of two people", [("a", 1), ("b", 1)], [1], 2, .thresholdNotReached),
    ("a stranger beside the author", [("a", 1), ("b", 2)], [1, 9], 2, .thresholdNotReached),
    ("a trusted one who is not named", [("a", 1), ("c", 3)], [1, 3], 2, .thresholdNotReached),
    (
      "an author who is not named", [("c", 3), ("a", 1), ("b", 2)], [3, 1, 2], 2, .signerNotAllowed
    ),
    ("a key that may be either, and one of them", [("a", 1), ("b", 1), ("a", 2)], [1, 2], 2, nil),
  ]

  @Test(arguments: rows)
  func `everybody counts once, with a key of his own`(
    _ row: (
      name: String, trust: [(String, UInt8)], keys: [UInt8], threshold: Int, SigningError.Code?
    )
  ) throws {
    let policy = try policy(
      #"{"claims":["*"],"principals":["a","b"],"threshold":\#(row.threshold)}"#)
    let rule = try #require(policy.rule(for: "x"))
    let signatures = try row.keys.map { try signature($0) }
    let outcome = rule.outcome(
      own: signatures[0], others: Array(signatures.dropFirst()), payload: Self.payload,
      trust: try trust(row.trust), revocation: .empty)
    #expect(outcome.reason == row.4, "\(row.name): \(outcome)")
  }

  @Test func `a co-signature over other bytes or by a revoked key counts for nothing`() throws {
    let rule = try #require(
      try policy(#"{"claims":["*"],"principals":["a","b"],"threshold":2}"#).rule(for: "x"))
    let trust = try trust([("a", 1), ("b", 2)])
    let other = rule.outcome(
      own: try signature(1), others: [try signature(2, [1, 2, 3])], payload: Self.payload,
      trust: trust, revocation: .empty)
    #expect(other.reason == .thresholdNotReached)
    let revoked = RevocationList(
      parsing: Array((try signer(2).publicKey.line() + "\n").utf8), place: nil)
    let gone = rule.outcome(
      own: try signature(1), others: [try signature(2)], payload: Self.payload, trust: trust,
      revocation: revoked)
    #expect(gone.reason == .thresholdNotReached)
    #expect(gone.signers == ["a"])
  }
}
