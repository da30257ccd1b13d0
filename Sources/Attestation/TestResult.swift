internal import JSON

/// in-toto's predicate *test-result*: the claim's test and the integrity checks, by how they ended.
///
/// in-toto attestation framework, "Predicate type: Test Result", v0.1. It knows three results, so a
/// package whose claim was not tested has none.
public struct TestResult: Sendable, Equatable {
  /// How the claim's test ended.
  public enum Result: String, Sendable {
    case passed = "PASSED"
    case warned = "WARNED"
    case failed = "FAILED"

    /// Nil for a verdict that no test gave.
    init?(verdict: String) {
      switch verdict {
      case "supported": self = .passed
      case "inconclusive": self = .warned
      case "refuted": self = .failed
      default: return nil
      }
    }
  }

  /// An integrity check of evidence.json, or the test of the claim.
  struct Check: Sendable, Equatable {
    let name: String
    /// nil: the check says nothing about this package.
    let result: Result?
  }

  static let predicateType = "https://in-toto.io/attestation/test-result/v0.1"
  /// The name of the claim's own test among those of the checks.
  static let claimTest = "claim"
  /// The members that say what was tested, and how.
  private static let configured = ["claim.json", "protocol.json"]
  /// Why a verdict comes from no test: nothing says what is averaged, or nothing may be.
  static let untested: Set = ["aggregate_unstated", "dimensions_not_pooled"]

  public let result: Result
  /// Names of tests, the claim's first: `claim`, `I01`, ….
  public let passed: [String]
  public let warned: [String]
  public let failed: [String]
  /// Name and SHA-256 of claim.json and protocol.json.
  private let configuration: [Statement.Subject]

  /// Throws `subject_missing` where claim.json, protocol.json or evidence.json is not here, and
  /// `verdict_without_test`.
  public init(of package: AttestedPackage) throws(AttestationError) {
    guard let verdict = package.verdict else {
      throw AttestationError(
        .subjectMissing, "a test result needs evidence.json with a verdict", place: "evidence.json")
    }
    guard let result = package.isTested ? Result(verdict: verdict) : nil else {
      throw AttestationError(
        .verdictWithoutTest,
        "the verdict is \(verdict) and no test of the claim gave it, so there is no result to state",
        place: "evidence.json",
        hint: "wf inspect says what is missing; the predicate evidence-package states any verdict")
    }
    var configuration: [Statement.Subject] = []
    for name in Self.configured {
      guard let digest = package.present[name] else {
        throw AttestationError(.subjectMissing, "a test result names \(name)", place: name)
      }
      configuration.append(Statement.Subject(name: name, digests: ["sha256": digest]))
    }
    let tests = [Check(name: Self.claimTest, result: result)] + package.checks
    func names(_ result: Result) -> [String] {
      tests.filter { $0.result == result }.map(\.name)
    }
    self.result = result
    self.configuration = configuration
    passed = names(.passed)
    warned = names(.warned)
    failed = names(.failed)
  }

  /// The statement, with the subjects of our own one.
  ///
  /// Throws `subject_mismatch`, `bytes_changed`.
  public func statement(about package: AttestedPackage) throws(AttestationError) -> Statement {
    func texts(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
    return Statement(
      subjects: try package.subjects(), predicateType: Self.predicateType,
      predicate: [
        "configuration": .array(configuration.map(\.json)), "failedTests": texts(failed),
        "passedTests": texts(passed), "result": .string(result.rawValue),
        "warnedTests": texts(warned),
      ])
  }
}

extension TestResult.Check {
  /// A row of `integrity` in evidence.json; a failed check that does not touch the verdict is a warning.
  init?(_ row: JSONValue) {
    guard let id = row["id"]?.string, let state = row["state"]?.string else { return nil }
    name = id
    switch (state, row["severity"]?.string) {
    case ("pass", _): result = .passed
    case ("fail", "warn"), ("fail", "note"): result = .warned
    case ("fail", _): result = .failed
    default: result = nil
    }
  }
}
