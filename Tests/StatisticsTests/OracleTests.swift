import Conformance
import JSON
import TestSupport
import Testing

/// Rows of `Fixtures/statistics/reference.json`, made by other programs (see SOURCE.txt there).
struct OracleTests {
  static let procedures = [
    "binomial_tail", "critical_value", "clopper_pearson", "wilson", "mcnemar", "newcombe_unpaired",
    "newcombe_paired", "miettinen_nurminen", "fisher", "boschloo", "homogeneity", "holm",
    "confidence_sequence", "splitmix64", "bootstrap", "grim", "macro", "power", "denominators",
    "runs", "rounding",
  ]

  @Test(arguments: procedures)
  func `every row of a procedure agrees within its tolerance`(_ procedure: String) throws {
    let results = try statisticsCases(
      Fixtures.bytes("statistics/reference.json"), only: procedure)
    #expect(results.count >= 260)
    for result in results where !result.passed {
      Issue.record("\(result.name): got \(result.got), expected \(result.expected)")
    }
  }

  /// Zero, one and a million episodes, thresholds at the ends, levels from 0.5 to 0.999999.
  @Test func `every edge row agrees within its tolerance`() throws {
    let results = try statisticsCases(Fixtures.bytes("statistics-edges/reference.json"))
    #expect(results.count == 286)
    for result in results where !result.passed {
      Issue.record("\(result.name): got \(result.got), expected \(result.expected)")
    }
  }

  @Test func `the file holds these procedures and no others`() throws {
    let oracle = try JSONValue.parse(Fixtures.bytes("statistics/reference.json"))
    #expect(oracle["statistics"]?.object?.keys == Self.procedures)
  }

  private static func oracle(_ name: String, tolerance: String, row: String) -> [UInt8] {
    Array(
      """
      {"schema":"wf.statistics.oracle/1","statistics":{"\(name)":{"tolerance":\(tolerance),\
      "cases":[{"id":"x",\(row)}]}}}
      """.utf8)
  }

  @Test(arguments: [
    (#""out":{"text":"0.333333"}"#, true),
    (#""out":{"text":"0.333334"}"#, false),
    (#""out":{"text":null}"#, false),
    (#""out":{"text":"0.333333","more":1}"#, false),
    (#""out":{}"#, false),
  ])
  func `a row passes only when every field is there and equal`(_ out: String, _ passes: Bool)
    throws
  {
    let row = #""in":{"k":1,"n":3},"# + out
    let results = try statisticsCases(
      Self.oracle("rounding", tolerance: #""exact""#, row: row))
    #expect(results.map(\.passed) == [passes])
  }

  @Test(arguments: [("0.5", true), ("0.50000000004", true), ("0.5000000001", false)])
  func `a real passes only within the tolerance`(_ lower: String, _ passes: Bool) throws {
    let row =
      #""in":{"k":0,"n":1,"p":"0.5"},"out":{"lower":"\#(lower)","upper":"1","pmf":"0.5"}"#
    let results = try statisticsCases(
      Self.oracle(
        "binomial_tail", tolerance: #"{"relative":"1e-10","absolute":"1e-290"}"#, row: row))
    #expect(results.map(\.passed) == [passes])
  }

  @Test(arguments: ["anova", "Rounding", ""])
  func `a procedure that is not known fails`(_ name: String) throws {
    let row = #""in":{"k":1,"n":3},"out":{"text":"0.333333"}"#
    let results = try statisticsCases(Self.oracle(name, tolerance: #""exact""#, row: row))
    #expect(results.map(\.passed) == [false])
  }

  @Test func `a tolerance that cannot be read fails the row`() throws {
    let row = #""in":{"k":1,"n":3},"out":{"text":"0.333333"}"#
    let results = try statisticsCases(Self.oracle("rounding", tolerance: "null", row: row))
    #expect(results.map(\.passed) == [false])
  }
}
