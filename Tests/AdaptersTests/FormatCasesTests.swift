import Adapters
import Conformance
import JSON
import TestSupport
import Testing

struct FormatCasesTests {
  @Test func `every row of the lerobot table reads as stated`() throws {
    let results = try formatCases(folder: Fixtures.path("formats/lerobot"))
    for result in results {
      #expect(result.passed, "\(result.name): expected \(result.expected), got \(result.got)")
    }
    // All rows but the three whose files are not copied here.
    #expect(results.count == 45)
  }

  @Test(.enabled(if: Fixtures.shared("formats/lerobot/real") != nil))
  func `rows about real files read as stated`() throws {
    let results = try formatCases(folder: try #require(Fixtures.shared("formats")))
    for result in results {
      #expect(result.passed, "\(result.name): expected \(result.expected), got \(result.got)")
    }
    #expect(results.count == 261)
  }

  /// The number of rows whose files are here; real files of others are not copied.
  @Test(arguments: [
    ("openpi", 28), ("lbm_eval", 22), ("vla-eval", 27), ("gr00t-n1.7", 18), ("worldflux", 26),
    ("embodied-gov-bench", 30), ("cosmos-predict", 30), ("pi-0.7", 26),
  ])
  func `every row of a table reads as stated`(format: String, rows: Int) throws {
    let results = try formatCases(folder: Fixtures.path("formats/" + format))
    for result in results {
      #expect(result.passed, "\(result.name): expected \(result.expected), got \(result.got)")
    }
    #expect(results.count == rows)
  }

  @Test func `a row that states something else fails`() throws {
    let folder = TemporaryFolder()
    try write(
      Fixtures.bytes("formats/lerobot/good/pusht-10-v0.4.json"), to: folder.path + "/a.json")
    let table = """
      {"cases": [
        {"files": ["a.json"], "format": "lerobot", "outcome": "accept", "reason": null},
        {"files": ["a.json"], "format": "lerobot", "outcome": "reject", "reason": "truncated"},
        {"files": ["a.json"], "format": "lerobot", "outcome": "accept", "seed_label": "recorded"},
        {"files": ["a.json"], "format": "lerobot", "outcome": "accept", "warnings": ["no_episodes"]},
        {"files": ["a.json"], "format": "lerobot", "outcome": "accept",
         "tasks": [{"suite": "pusht", "task_id": "0", "attempted": 10, "succeeded": 4, "failed": 6,
                    "errored": 0, "excluded": 0, "outcomes": "FSSFFFFFFS"}]},
        {"files": ["a.json"], "format": "openpi", "outcome": "accept"}
      ]}
      """
    try write(Array(table.utf8), to: folder.path + "/cases.json")
    let results = try formatCases(folder: folder.path)
    #expect(results.map(\.passed) == [true, false, false, false, false, false])
  }
}
