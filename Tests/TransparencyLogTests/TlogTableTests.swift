import Conformance
import TestSupport
import Testing

/// A row of the tables, so that a failure is named.
struct Row: Sendable, CustomTestStringConvertible {
  let result: CaseResult
  var testDescription: String { result.name }

  static let all = ((try? tlogCases(folder: Fixtures.path("signing/tlog"))) ?? []).map(Row.init)
  /// The proofs are thousands and are told in one go.
  static let single = all.filter { !isOfTable($0) }
  static let proofs = all.filter(isOfTable)

  private static func isOfTable(_ row: Row) -> Bool {
    row.result.name.hasPrefix("inclusion ") || row.result.name.hasPrefix("consistency ")
  }
}

struct TlogTableTests {
  @Test(arguments: Row.single)
  func `a row about logs gets its word`(row: Row) {
    #expect(row.result.passed, "expected \(row.result.expected), got \(row.result.got)")
  }

  @Test func `every proof of the tables is judged as stated`() {
    for row in Row.proofs where !row.result.passed {
      Issue.record("\(row.result.name): expected \(row.result.expected), got \(row.result.got)")
    }
  }

  @Test func `no row is left out`() {
    // 143 rows, of which two name tables; each table has a digest of all proofs besides
    #expect(Row.single.count == 143)
    #expect(Row.proofs.count == 1438 + 1659)
  }
}
