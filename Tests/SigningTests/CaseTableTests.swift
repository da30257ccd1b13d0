import Conformance
import JSON
import TestSupport
import Testing

/// A row of a table, so that a failure is named.
struct Row: Sendable, CustomTestStringConvertible {
  let result: CaseResult
  var testDescription: String { result.name }

  static let sshsig = ((try? sshsigCases(folder: Fixtures.path("signing/sshsig"))) ?? [])
    .map(Row.init)
  static let keys = ((try? keyCases(folder: Fixtures.path("signing/keys"))) ?? []).map(Row.init)

  /// Rows that ask for two different words for one and the same input: no program can give both.
  static func contradictions(_ table: String) -> Set<String> {
    guard let json = try? JSONValue.parse(Fixtures.bytes("signing/\(table)/cases.json")),
      let rows = json["cases"]?.array
    else { return [] }
    var words: [String: [(name: String, reason: String)]] = [:]
    for row in rows {
      guard let request = row["request_hex"]?.string, let answer = row["response_hex"]?.string
      else { continue }
      words[request + " " + answer, default: []]
        .append((row["name"]?.string ?? "", row["reason"]?.string ?? ""))
    }
    return Set(
      words.values.filter { Set($0.map(\.reason)).count > 1 }.flatMap { $0.map(\.name) })
  }
}

struct CaseTableTests {
  @Test(arguments: Row.sshsig)
  func `an SSHSIG row gets its word`(row: Row) {
    #expect(row.result.passed, "expected \(row.result.expected), got \(row.result.got)")
  }

  @Test(arguments: Row.keys)
  func `a key row gets its word`(row: Row) {
    // Of two rows with the same request and the same answer, but other words, one must fail.
    if Row.contradictions("keys").contains(row.result.name), !row.result.passed {
      withKnownIssue("the table asks for two words for the same bytes") {
        Issue.record("expected \(row.result.expected), got \(row.result.got)")
      }
      return
    }
    #expect(row.result.passed, "expected \(row.result.expected), got \(row.result.got)")
  }

  @Test func `no row is left out`() throws {
    #expect(Row.sshsig.count == 73)
    #expect(Row.keys.count == 34)
    #expect(Row.keys.filter { !$0.result.passed }.map(\.result.name) == ["sign-by-other-key"])
  }
}
