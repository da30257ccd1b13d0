import Glibc
import Platform
import TestSupport
import Testing

struct ThreatTableTests {
  /// Rows of the table under "Threats" in Docs/Security.md: their cells.
  private func rows() throws -> [[String]] {
    let text = String(
      decoding: try FileSystem().read(Fixtures.path("../Docs/Security.md")), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix("| somebody who |") })
    return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|").map { cell in
        String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
    }
  }

  /// The names of all tests of the project, as their sources spell them.
  private func tests() throws -> Set<String> {
    let found = try run([
      "grep", "-rhoE", "--include=*.swift", "func `[^`]+`", Fixtures.path("../Tests"),
    ])
    return Set(found.out.split(separator: "\n").map { String($0.dropFirst(6).dropLast()) })
  }

  @Test func `each detected threat names tests that there are`() throws {
    let rows = try rows()
    let tests = try tests()
    #expect(rows.count >= 20)
    #expect(tests.count > 1000)
    for row in rows {
      #expect(row.count == 5, "\(row)")
      guard row.count == 5, row[2] != "–" else { continue }
      let named = row[3].split(separator: "`").enumerated().filter { $0.offset % 2 == 0 }
        .map { String($0.element) }
      #expect(!named.isEmpty, "\(row[0]) \(row[1])")
      for name in named { #expect(tests.contains(name), "there is no test \(name)") }
    }
  }
}
