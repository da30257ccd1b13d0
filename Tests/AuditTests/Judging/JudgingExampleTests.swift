import Audit
import Evidence
import JSON
import TestSupport
import Testing

struct JudgingExampleTests {
  @Test func `the worked example comes out byte for byte`() throws {
    let example = try JudgingExample()
    let evidence = try example.evidence(rules: .v1)
    let bytes = try CanonicalJSON.bytes(evidence) + [0x0A]
    let expected = Fixtures.bytes("package-example/evidence.json")
    #expect(!expected.isEmpty)
    let difference = differences(evidence, try JSONValue.parse(expected))
    #expect(difference == [])
    #expect(bytes == expected)
  }

  @Test func `the text of the worked example comes out byte for byte`() throws {
    let example = try JudgingExample()
    let expected = Fixtures.bytes("package-example/evidence.md")
    #expect(try example.text(rules: .v1) == String(decoding: expected, as: UTF8.self))
  }

  @Test func `the packaged evidence gives the same text as the computed one`() throws {
    let example = try JudgingExample()
    let packaged = try JSONValue.parse(Fixtures.bytes("package-example/evidence.json"))
    let (claim, input) = (example.digests.claim, example.digests.auditInput)
    let text = try evidenceText(
      evidence: packaged, claimDigest: claim, auditInputDigest: input)
    #expect(String(decoding: text, as: UTF8.self) == (try example.text(rules: .v1)))
  }

  @Test func `equal inputs give equal bytes`() throws {
    let example = try JudgingExample(tasks: [mixed(40, 50), mixed(30, 40)])
    let once = try CanonicalJSON.bytes(try example.evidence())
    #expect(try CanonicalJSON.bytes(try example.evidence()) == once)
  }
}

/// The paths at which two values differ, for a readable failure.
func differences(_ one: JSONValue, _ other: JSONValue, at path: String = "") -> [String] {
  switch (one, other) {
  case (.object(let a), .object(let b)):
    return Set(a.keys + b.keys).sorted().flatMap { key -> [String] in
      guard let left = a[key], let right = b[key] else {
        return ["\(path)/\(key): only \(a[key] == nil ? "expected" : "computed")"]
      }
      return differences(left, right, at: "\(path)/\(key)")
    }
  case (.array(let a), .array(let b)) where a.count == b.count:
    return zip(a, b).enumerated().flatMap { place, pair in
      differences(pair.0, pair.1, at: "\(path)/\(place)")
    }
  default: return one == other ? [] : ["\(path): \(one) ≠ \(other)"]
  }
}
