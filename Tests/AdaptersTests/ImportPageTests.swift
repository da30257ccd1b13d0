import Platform
import TestSupport
import Testing

@testable import Adapters

/// Docs/Import.md says what the code does: every word in its order, with its decision and sentence.
struct ImportPageTests {
  private func page() throws -> String {
    String(decoding: try Fixtures.read(Fixtures.path("../Docs/Import.md")), as: UTF8.self)
  }

  @Test func `the decision table of the page is that of the code`() throws {
    let rows = try page().split(separator: "\n").compactMap { line -> [String]? in
      let cells = line.split(separator: "|").map { $0.trimmed }
      return cells.count == 4 && cells[1].hasPrefix("`") ? cells : nil
    }
    #expect(rows.map { $0[1] } == ImportReason.allCases.map { "`\($0.rawValue)`" })
    for (row, reason) in zip(rows, ImportReason.allCases) {
      #expect(row[0] == reason.decision.rawValue.split(separator: "_").joined(separator: " "))
      #expect(row[3] == ImportWording.sentence(reason))
    }
  }

  @Test func `the limits of the page are those of the code`() throws {
    let page = try page()
    let limits = RunFolderLimits()
    #expect(limits.entries == 200_000 && page.contains("| 200,000 | `--max-entries`"))
    #expect(limits.depth == 64 && page.contains("| 64 | `--max-depth`"))
    #expect(limits.bytes == 1 << 40 && page.contains("| 1 TiB | `--max-bytes`"))
    #expect(limits.nameBytes == 255 && limits.pathBytes == 4096 && page.contains("| 255; 4,096 |"))
    #expect(limits.candidateBytes == 4 << 30 && page.contains("| 4 GiB |"))
    #expect(limits.candidates == 256 && limits.rows == 5_000_000)
    #expect(page.contains("| 256; 5,000,000 |"))
    #expect(limits.jsonDepth == 128 && page.contains("| 128 |"))
    #expect(limits.seconds == 600 && page.contains("| 10 minutes |"))
    #expect(limits.scannedBytes == 64 << 20 && limits.scannedBinaryBytes == 16 << 20)
    for hit in RunFolderLimits.Hit.allCases { #expect(page.contains("`\(hit.rawValue)`")) }
  }
}

extension Substring {
  fileprivate var trimmed: String {
    let start = drop { $0 == " " }
    return String(start.reversed().drop { $0 == " " }.reversed())
  }
}
