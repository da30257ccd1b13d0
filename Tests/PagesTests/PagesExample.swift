import Audit
import Evidence
import JSON
import Pages
import TestSupport

/// The example package's evidence with changes, and the page of it.
struct PagesExample {
  var evidence: JSONValue
  var digests = ReportDigests(
    claim: digest("1"), auditInput: digest("2"), evidence: digest("3"), manifest: digest("4"))
  var findings: VerifyFindings?

  init() throws {
    evidence = try JSONValue.parse(Fixtures.bytes("package-example/evidence.json"))
  }

  static func digest(_ digit: String) -> String {
    "sha256:" + String(repeating: digit, count: 64)
  }

  /// Sets the value at a path of keys, making objects on the way.
  mutating func set(_ path: String..., to value: JSONValue) {
    evidence = Self.setting(evidence, path[...], value)
  }

  private static func setting(
    _ object: JSONValue, _ path: ArraySlice<String>, _ value: JSONValue
  ) -> JSONValue {
    guard let key = path.first else { return value }
    var members = object.object ?? [:]
    members[key] = setting(object[key] ?? nil, path.dropFirst(), value)
    return .object(members)
  }

  /// Tasks `suite/0`, `suite/1`, … with k of 50, all with a Wilson interval of their own.
  mutating func setTasks(_ successes: [Int], verdict: String = "inconclusive") {
    set("tasks", to: .array(successes.enumerated().map { Self.task($0, $1, verdict) }))
  }

  static func task(_ place: Int, _ k: Int, _ verdict: String) -> JSONValue {
    let rate = sixDigits(k * 20_000)
    return [
      "task": .string("suite/\(place)"), "name": .string("task number \(place)"),
      "k": .number(JSONNumber(Int64(k))), "n": 50, "rate": .string(rate),
      "wilson": [
        "lower": .string(sixDigits(max(0, k * 20_000 - 100_000))),
        "upper": .string(sixDigits(min(1_000_000, k * 20_000 + 50_000))),
      ],
      "p_support": "0.500000", "p_refute": "0.500000", "adjusted_support": "1.000000",
      "adjusted_refute": "1.000000", "verdict": .string(verdict),
    ]
  }

  static func sixDigits(_ millionths: Int) -> String {
    let digits = String(millionths % 1_000_000)
    return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - digits.utf8.count)
      + digits
  }

  static func verified(signer: VerifyFindings.Signer? = nil, failed: Bool = false) -> VerifyFindings
  {
    VerifyFindings(
      commit: String(repeating: "ab", count: 32), grade: "C",
      caps: [
        VerifyFindings.Cap(word: "planned_grade", cap: "B"),
        VerifyFindings.Cap(word: "checkpoint_digest_missing", cap: "C"),
        VerifyFindings.Cap(word: "independent_signer", cap: "B"),
      ], signer: signer,
      checks: [
        VerifyFindings.Check(check: "graph", state: "pass", reason: nil, detail: "all there"),
        VerifyFindings.Check(
          check: "signature", state: failed ? "fail" : "pass",
          reason: failed ? "signature_invalid" : nil, detail: "the signature does not match"),
        VerifyFindings.Check(check: "log", state: "skipped", reason: "no_log", detail: "none"),
      ])
  }

  var bytes: [UInt8] {
    reportPage(ReportPageContents(evidence: evidence, digests: digests, findings: findings))
  }

  var page: Page { Page(bytes) }
}
