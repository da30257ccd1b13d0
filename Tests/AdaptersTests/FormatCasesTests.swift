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
    let folder = try #require(Fixtures.shared("formats/lerobot"))
    let results = try formatCases(folder: folder)
    for result in results {
      #expect(result.passed, "\(result.name): expected \(result.expected), got \(result.got)")
    }
    #expect(results.count == 48)
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
