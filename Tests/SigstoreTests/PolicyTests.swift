import TestSupport
import Testing

@testable import Sigstore

struct PolicyTests {
  private static func reason(_ text: String) -> SigstoreError.Code? {
    do throws(SigstoreError) {
      _ = try SigstorePolicy(parsing: Array(text.utf8))
      return nil
    } catch {
      return error.code
    }
  }

  private static func policy(_ identity: String, _ more: String = "") -> String {
    "{\"schema\":\"wf.sigstore_policy/1\",\"trusted_root\":\"r.json\",\"identities\":[\(identity)]\(more)}"
  }

  private static let good = "{\"issuer\":\"i\",\"subject\":\"s\"}"

  @Test func `a policy says what it demands`() throws {
    let policy = try SigstorePolicy(
      parsing: Array(
        Self.policy(
          Self.good,
          ",\"require_log\":true,\"require_timestamp\":true,\"timestamp_threshold\":2,\"witnesses\":[],\"witness_quorum\":0"
        ).utf8))
    #expect(policy.times.onlyTimestamps && policy.times.threshold == 2)
    #expect(policy.trustedRoot == "r.json")
  }

  @Test(arguments: [
    policy(""), policy("{\"issuer\":\"\",\"subject\":\"s\"}"),
    policy("{\"issuer\":\"i\",\"subject\":\"\"}"), policy("{\"issuer\":\"i\"}"),
    policy("{\"subject\":\"s\"}"),
    policy("{\"issuer\":\"i\",\"subject\":\"s\",\"subject_pattern\":\"s\"}"),
    policy("{\"issuer\":\"i\",\"subject_pattern\":\"(\"}"),
    policy("{\"issuer\":\"i\",\"subject\":\"s\",\"group\":\"g\"}"),
    policy(good, ",\"require_log\":false"), policy(good, ",\"require_timestamps\":true"),
    policy(good, ",\"require_timestamp\":null"), policy(good, ",\"require_timestamp\":\"true\""),
    policy(good, ",\"timestamp_threshold\":0"), policy(good, ",\"timestamp_threshold\":33"),
    policy(good, ",\"timestamp_threshold\":\"1\""), policy(good, ",\"witness_quorum\":1"),
    policy(good, ",\"witnesses\":[\"w+00000000+BAAA\"]"), policy(good, ",\"schema\":\"x\""),
    "{\"schema\":\"wf.sigstore_policy/2\",\"trusted_root\":\"r\",\"identities\":[\(good)]}",
    "{\"schema\":\"wf.sigstore_policy/1\",\"identities\":[\(good)]}", "[]", "", "{",
  ])
  func `a policy that is not exactly of the form is refused`(_ text: String) {
    #expect(Self.reason(text) == .policyMalformed)
  }

  @Test func `issuer and subject must be of one row`() throws {
    let rows =
      "{\"issuer\":\"i\",\"subject\":\"s\"},{\"issuer\":\"j\",\"subject_pattern\":\"t+\"}"
    let policy = try SigstorePolicy(parsing: Array(Self.policy(rows).utf8))
    func reason(_ issuer: String, _ subject: String) -> SigstoreError.Code? {
      do throws(SigstoreError) {
        try policy.accept(issuer: issuer, subject: subject)
        return nil
      } catch {
        return error.code
      }
    }
    #expect(reason("i", "s") == nil && reason("j", "ttt") == nil)
    #expect(reason("i", "t") == .identityMismatch && reason("j", "s") == .identityMismatch)
    #expect(reason("k", "s") == .issuerMismatch && reason("k", "x") == .identityMismatch)
    // one letter in two spellings is two subjects
    let composed = try SigstorePolicy(issuer: "i", subject: "caf\u{E9}")
    #expect(throws: SigstoreError(.identityMismatch, "")) {
      try composed.accept(issuer: "i", subject: "cafe\u{301}")
    }
  }
}

struct SubjectPatternTests {
  @Test(arguments: [
    ("abc", ["abc"], ["ab", "abcd", "xabc", "ABC", ""]),
    ("a.c", ["abc", "a/c", "a\u{1F600}c"], ["ac", "a\nc"]),
    ("a*b", ["b", "ab", "aaab"], ["a", "aba"]),
    ("a+b?", ["a", "aab"], ["b", "abb"]),
    ("(ab|cd)+x", ["abx", "cdabx"], ["x", "abcx"]),
    ("ab|cd|", ["ab", "cd", ""], ["abcd"]),
    ("[a-c0-9_-]+", ["a_9-"], ["d", ""]),
    ("[^/]+/x", ["ab/x"], ["a/b/x", "/x"]),
    ("[\\]a]+", ["]a"], ["b"]),
    ("https://h\\.example/a\\+b", ["https://h.example/a+b"], ["https://hxexample/a+b"]),
    ("^a|b$", ["a", "b"], ["ab"]),
    ("(a|(b(c|d)*)?)e", ["ae", "e", "bcde"], ["bce2"]),
  ])
  func `a pattern matches the whole text`(_ pattern: String, good: [String], bad: [String]) throws {
    let compiled = try #require(SubjectPattern(pattern))
    for text in good { #expect(compiled.matches(text), "\(pattern) on \(text)") }
    for text in bad { #expect(!compiled.matches(text), "\(pattern) on \(text)") }
  }

  @Test(arguments: [
    "(", ")", "a)", "[", "[a", "[]", "[b-a]", "*", "+a", "a**", "a{2}", "(?:a)", "\\d", "\\1",
    "a\\",
    "a^b", "a$b", "", "^$",
  ])
  func `another kind of pattern is refused`(_ pattern: String) {
    #expect(SubjectPattern(pattern) == nil)
  }

  @Test func `patterns that explode elsewhere end here`() throws {
    let text = String(repeating: "a", count: 3_000)
    for pattern in ["(a*)*b", "(a|a)*b", "(a|aa)+b", "((a+)+)+b", "(.*.*.*.*)b"] {
      #expect(try #require(SubjectPattern(pattern)).matches(text) == false)
      #expect(try #require(SubjectPattern(pattern)).matches(text + "b"))
    }
    #expect(
      SubjectPattern(String(repeating: "(", count: 40) + String(repeating: ")", count: 40)) == nil)
    #expect(SubjectPattern(String(repeating: "a", count: 1025)) == nil)
  }
}
