import Conformance
import Glibc
import JSON
import Platform
import TestSupport
import Testing

struct RunFolderCasesTests {
  @Test func `every row of the table of run folders comes out as stated`() throws {
    let results = try runFolderCases(folder: Fixtures.path("run-folders"))
    for result in results {
      #expect(result.passed, "\(result.name): expected \(result.expected), got \(result.got)")
    }
    #expect(results.count == 26)
  }

  @Test(.enabled(if: Fixtures.shared("run-folders/cases.json") != nil))
  func `the table has every row of the specification's`() throws {
    let path = try #require(Fixtures.shared("run-folders/cases.json"))
    func rows(_ bytes: [UInt8]) throws -> [JSONValue] {
      try (JSONValue.parse(bytes)["cases"]?.array ?? []).map { row in
        // The canaries stand here by the names of their tokens.
        .object(JSONObject((row.object?.members ?? []).filter { $0.key != "canaries" }))
      }
    }
    #expect(
      try rows(Fixtures.read(path)) == rows(Fixtures.bytes("run-folders/cases.json")))
  }

  @Test(arguments: [
    ("decision", #""reject""#), ("exit", "4"), ("reasons", #"["csv_only"]"#),
    ("selected", #""b.json""#), ("row_candidates", "[]"), ("signals", #"["dataset_signal"]"#),
    ("secrets", #"{"hf_token": 1}"#), ("notes_include", #"["vanished"]"#),
    ("canaries", #"["eval_info"]"#),
  ])
  func `a row that states something else fails`(field: String, value: String) throws {
    let folder = TemporaryFolder()
    try RunFolderRecipe(Fixtures.path("run-folders")).make(in: folder.path)
    let table = try JSONValue.parse(try Fixtures.read(folder.path + "/cases.json"))
    var row = try #require(table["cases"]?.array?.first?.object)
    row[field] = try JSONValue.parse(Array(value.utf8))
    let changed: JSONValue = ["cases": [.object(row)]]
    try write(try CanonicalJSON.bytes(changed), to: folder.path + "/cases.json")
    #expect(try runFolderCases(folder: folder.path).map(\.passed) == [false])
  }
}
