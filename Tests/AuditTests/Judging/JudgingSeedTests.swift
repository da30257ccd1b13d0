import Evidence
import Statistics
import Testing

@testable import Audit

struct JudgingSeedTests {
  private func fisher(_ first: Int, _ second: Int, _ half: Int) throws -> Fisher {
    let a = try #require(Proportion(k: first, n: half))
    let b = try #require(Proportion(k: second, n: half))
    return try #require(Fisher(a: a, b: b))
  }

  @Test(arguments: 1...12)
  func `halves are tested as Fisher tests two equal sides`(half: Int) throws {
    for first in 0...half {
      for second in 0...half {
        let fisher = try fisher(first, second, half)
        let own = try #require(HalvesTest(first: first, second: second, half: half))
        #expect(
          abs(own.pValue - fisher.twoSided) <= 1e-11 * fisher.twoSided, "\(first), \(second)")
      }
    }
  }

  @Test func `large halves agree with Fisher to ten digits`() throws {
    for (first, second) in [(900, 950), (10, 400), (0, 30), (1000, 990)] {
      let fisher = try fisher(first, second, 1000)
      let own = try #require(HalvesTest(first: first, second: second, half: 1000))
      #expect(abs(own.pValue - fisher.twoSided) <= 1e-10 * fisher.twoSided)
    }
  }

  @Test func `counts that contradict each other have no test`() {
    #expect(HalvesTest(first: 3, second: 1, half: 2) == nil)
    #expect(HalvesTest(first: 0, second: 0, half: 0) == nil)
  }

  @Test func `sorting groups seeds as a table would`() throws {
    var example = try JudgingExample(tasks: ["SSFFS", "FSFSF"])
    let columns: [[Seed?]] = [
      [.integer(5), .integer(-2), .integer(5), nil, .integer(0)],
      [.integer(-2), .integer(5), .integer(7), .integer(0), .integer(-2)],
    ]
    for place in 0..<2 { example.input.tasks[place].episodes.seeds = columns[place] }
    let facts = try AuditFacts(claim: example.claim, plan: example.plan, input: example.input)
    let sorted = try #require(SortedSeeds(facts)).levels
    let table = try #require(AxisLevels.grouping(facts) { $0.seeds }.levels)
    #expect(Set(sorted) == Set(table))
    #expect(sorted.count == 4 && table.count == 4)
    example.input.tasks[0].episodes.seeds?[0] = .text("9223372036854775808")
    let texts = try AuditFacts(claim: example.claim, plan: example.plan, input: example.input)
    #expect(SortedSeeds(texts) == nil)
    #expect(facts.levels(.seed).levels?.count == 4)
    #expect(texts.levels(.seed).levels?.count == 5)
  }

  @Test func `distinct seeds are counted in any order and of any kind`() {
    #expect(SeedColumn.distinct([]) == 0)
    #expect(SeedColumn.distinct([.integer(1), .integer(2)]) == 2)
    #expect(SeedColumn.distinct([.integer(2), .integer(1), .integer(2)]) == 2)
    #expect(SeedColumn.distinct([.text("a"), .integer(1), .text("a")]) == 2)
  }
}
