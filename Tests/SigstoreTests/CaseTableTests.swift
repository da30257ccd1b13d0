import Conformance
import TestSupport
import Testing

/// A row of a table, so that a failure is named.
struct Row: Sendable, CustomTestStringConvertible {
  let result: CaseResult
  var testDescription: String { result.name }

  static let made = rows(Fixtures.path("signing/sigstore-made"))
  /// The public suite's cases, which stay where they are; empty where they are not.
  static let conformance = Fixtures.shared("signing/sigstore-conformance").map(rows) ?? []

  private static func rows(_ folder: String) -> [Row] {
    ((try? sigstoreCases(folder: folder)) ?? []).map(Row.init)
  }
}

struct CaseTableTests {
  @Test(arguments: Row.made)
  func `a made row gets its word`(row: Row) {
    #expect(row.result.passed, "expected \(row.result.expected), got \(row.result.got)")
  }

  @Test(.enabled(if: !Row.conformance.isEmpty, "the public suite's cases are not here"))
  func `every case of the public suite gets its word`() {
    for row in Row.conformance {
      #expect(
        row.result.passed,
        "\(row.result.name): expected \(row.result.expected), got \(row.result.got)")
    }
    #expect(Row.conformance.count >= 55)
  }

  @Test func `no row is left out`() {
    #expect(Row.made.count == 52)
  }
}
