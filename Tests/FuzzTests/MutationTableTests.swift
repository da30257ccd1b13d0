import ParserChecks
import TestSupport
import Testing

/// The short, repeatable run of what `make fuzz` does for long: a fixed seed, so that a finding here
/// is found by everybody.
struct MutationTableTests {
  @Test func `there is a target for each parser of foreign bytes`() {
    let names = ParserTarget.all.map(\.name)
    let expected = [
      "json", "formats", "tree", "commit", "pack", "idx", "delta", "refs", "sshsig", "archive",
      "bundle", "log", "dsse", "sigstore", "der", "checkpoint", "talk",
      "upload", "request", "form", "body",
    ]
    #expect(names == expected)
  }

  @Test(arguments: ParserTarget.all.map(\.name))
  func `seeds and mutated seeds are read soundly`(_ name: String) throws {
    let target = try #require(ParserTarget.all.first { $0.name == name })
    let seeds = target.seeds(Fixtures.path(""))
    #expect(seeds.count >= 3)
    let check = try #require(target.check())
    for (number, bytes) in seeds.enumerated() {
      #expect(check(bytes), "\(target.name), seed \(number)")
    }
    var mutator = Mutator(seed: 1, words: target.words)
    // Reading as every format is slow in a debug build.
    for number in 0..<(target.name == "formats" ? 60 : 400) {
      let bytes = mutator.mutated(seeds)
      #expect(check(bytes), "\(target.name), mutation \(number)")
    }
  }
}
