import Conformance
import TestSupport
import Testing

/// A row of the table, so that a failure is named.
struct Row: Sendable, CustomTestStringConvertible {
  let result: CaseResult
  var testDescription: String { result.name }

  static let all = ((try? dsseCases(folder: Fixtures.path("signing/dsse"))) ?? []).map(Row.init)
}

struct CaseTableTests {
  @Test(arguments: Row.all)
  func `a DSSE row gets its word`(row: Row) {
    #expect(row.result.passed, "expected \(row.result.expected), got \(row.result.got)")
  }

  @Test func `no row is left out`() { #expect(Row.all.count == 84) }
}
