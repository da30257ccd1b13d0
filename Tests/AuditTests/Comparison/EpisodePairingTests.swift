import Audit
import Evidence
import Testing

/// Pairing by sorted keys against a table of keys, on shuffled columns of both kinds of seeds.
struct EpisodePairingTests {
  @Test(arguments: 0..<60) func `sorted keys pair what a table pairs`(seed: Int) throws {
    var random = Mixer(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    func shuffled<T>(_ values: [T]) -> [T] {
      var values = values
      for place in values.indices.dropFirst() { values.swapAt(place, below(place + 1)) }
      return values
    }
    let count = 2 + below(40)
    let letters = seed.isMultiple(of: 3) ? ["S", "F", "E", "X", "M"] : ["S", "F"]
    func outcomes() -> String {
      "SF" + (2..<count).map { _ in letters[below(letters.count)] }.joined()
    }
    let keys = (0..<count).map { number -> Seed in
      seed.isMultiple(of: 2) && number.isMultiple(of: 5)
        ? .text("9007199254740\(993 + number)") : .integer(Int64(7 * number - 30))
    }
    let (left, right) = (outcomes(), outcomes())
    let (seedsA, seedsB) = (shuffled(keys), shuffled(keys))
    func version(_ outcomes: String, _ seeds: [Seed]) throws -> AuditedVersion {
      try ComparisonTests.version([outcomes]) { example in
        example.input.tasks[0].episodes.seeds = seeds
        example.plan.frozen.denominators.policy = "errors_as_failures"
      }
    }
    let comparison = compare(try version(left, seedsA), try version(right, seedsB))

    func counts(_ letter: Character) -> Bool { "SFE".contains(letter) }
    let (a, b) = (Array(left), Array(right))
    let rowOfB = Dictionary(uniqueKeysWithValues: zip(seedsB, b.indices))
    var table = [0, 0, 0, 0]
    var flips: [[Int]] = []
    for (row, key) in seedsA.enumerated() {
      let other = try #require(rowOfB[key])
      guard counts(a[row]), counts(b[other]) else { continue }
      table[(a[row] == "S" ? 2 : 0) + (b[other] == "S" ? 1 : 0)] += 1
      if (a[row] == "S") != (b[other] == "S") { flips.append([row, other]) }
    }
    let pairs = try #require(comparison.tasks.first?.pairs)
    #expect([pairs.neither, pairs.onlyB, pairs.onlyA, pairs.both] == table)
    let counted = a.count { counts($0) } + b.count { counts($0) }
    #expect(pairs.dropped == counted - 2 * table.reduce(0, +))
    #expect(comparison.flips.map { [$0.episode, $0.episodeB] } == flips)
  }

  @Test func `flips without keys are found where the indexes of both sides overlap`() throws {
    func version(_ outcomes: String, _ indexes: [ClosedRange<Int>]) throws -> AuditedVersion {
      try ComparisonTests.version([outcomes]) { example in
        example.input.seedLabel = .missing
        example.input.tasks[0].episodes.seeds = nil
        example.input.tasks[0].episodes.indexes = indexes
      }
    }
    let a = try version("SSSSSF", [0...2, 5...6, 9...9])
    let b = try version("FFFFFS", [1...1, 3...6, 9...9])
    #expect(compare(a, b).flips.map(\.episode) == [1, 5, 6, 9])
    #expect(compare(b, a).flips.map(\.episode) == [1, 5, 6, 9])
  }
}
