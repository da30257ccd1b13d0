import Audit
import Evidence
import JSON
import Testing

struct ComparisonPairingTests {
  private func version(
    _ tasks: [String], states: Bool = false, _ change: (inout JudgingExample) -> Void = { _ in }
  ) throws -> AuditedVersion {
    try ComparisonTests.version(tasks, states: states, change)
  }

  @Test func `equal seeds under one environment digest prove pairing`() throws {
    let comparison = compare(try version(["SSSFF"]), try version(["SSFSF"]))
    let row = try #require(comparison.tasks.first)
    #expect(row.test == "mcnemar")
    #expect(row.pairs?.both == 2 && row.pairs?.onlyA == 1)
    #expect(row.pairs?.onlyB == 1 && row.pairs?.neither == 1)
    #expect(comparison.overall?.isPaired == true)
    #expect(!comparison.notes.contains("flips_by_index"))
  }

  @Test func `pairing follows the seeds and not the order`() throws {
    let a = try version(["SSSFF"])
    let b = try version(["FSSSF"]) { example in
      example.input.tasks[0].episodes.seeds = (0..<5).map { .integer(1004 - $0) }
    }
    let comparison = compare(a, b)
    #expect(comparison.tasks.first?.pairs?.onlyA == 1)
    #expect(comparison.tasks.first?.pairs?.onlyB == 1)
    #expect(comparison.flips.map(\.episode) == [0, 3])
    #expect(comparison.flips.map(\.episodeB) == [4, 1])
    #expect(comparison.flips.map(\.seed) == [.integer(1000), .integer(1003)])
  }

  @Test func `initial states prove pairing without an environment digest`() throws {
    let strip: (inout JudgingExample) -> Void = { example in
      example.plan.environmentDigest = nil
      ComparisonTests.reseeded(&example)
    }
    let comparison = compare(
      try version(["SSSFF"], states: true), try version(["SSFSF"], states: true, strip))
    #expect(comparison.tasks.first?.test == "mcnemar")
    #expect(comparison.comparability.reasons == ["environment_digest_unknown"])
    #expect(comparison.flips.map(\.seed) == [nil, nil])
  }

  static let unproven: [@Sendable (inout JudgingExample) -> Void] = [
    { $0.plan.environmentDigest = nil },
    { $0.plan.environmentDigest = "sha256:" + String(repeating: "0", count: 64) },
    { $0.input.seedLabel = .derived },
    { $0.input.seedLabel = .recordedRunSeed },
    { $0.input.seedLabel = .missing },
    { $0.input.tasks[0].episodes.seeds = nil },
    { $0.input.tasks[0].episodes.seeds?[2] = nil },
    { $0.input.tasks[0].episodes.seeds?[2] = .integer(1001) },
  ]

  @Test(arguments: unproven.indices)
  func `anything less than recorded, unique and equal keys proves nothing`(place: Int) throws {
    let comparison = compare(
      try version(["SSSFF"]), try version(["SSFSF"], Self.unproven[place]))
    #expect(comparison.tasks.first?.test == "boschloo")
    #expect(comparison.tasks.first?.pairs == nil)
    #expect(comparison.notes.contains("flips_by_index"))
    #expect(!comparison.comparability.reasons.contains("pairing_partial"))
  }

  @Test func `a partial overlap is unpaired and said with its sizes`() throws {
    let a = try version(["SSSFF"])
    let b = try version(["SSFSF"]) { $0.input.tasks[0].episodes.seeds?[4] = .integer(5000) }
    let comparison = compare(a, b)
    #expect(comparison.comparability.state == .degraded)
    #expect(comparison.comparability.reasons == ["pairing_partial"])
    #expect(comparison.notes.first == "pairing_partial: 4 of 5 and 5")
    #expect(comparison.tasks.first?.test == "boschloo")
  }

  @Test func `one unproven task makes the whole test unpaired`() throws {
    let a = try version(["SSSFF", "SSSSF"])
    let b = try version(["SSFSF", "SSSSF"]) { $0.input.tasks[1].episodes.seeds?[0] = nil }
    let comparison = compare(a, b)
    #expect(comparison.tasks.map(\.test) == ["mcnemar", "boschloo"])
    #expect(comparison.overall?.isPaired == false)
    #expect(comparison.overall?.test == "boschloo")
  }

  @Test func `pairs with an uncounted outcome leave both sides and are numbered`() throws {
    let excluded: (inout JudgingExample) -> Void = {
      $0.plan.frozen.denominators.policy = "errors_excluded"
    }
    let comparison = compare(
      try version(["SSSFE"], excluded), try version(["SXFSF"], excluded))
    let row = try #require(comparison.tasks.first)
    #expect(row.pairs?.dropped == 2)
    #expect(row.a.n == 3 && row.b.n == 3)
    #expect(row.a.k == 2 && row.b.k == 2)
  }

  @Test func `without keys flips go by index, but never across two seeds`() throws {
    let a = try version(["SSSFF"]) { $0.plan.environmentDigest = nil }
    let b = try version(["FSSSF"]) { example in
      example.plan.environmentDigest = nil
      example.input.tasks[0].episodes.seeds?[0] = .integer(77)
    }
    let comparison = compare(a, b)
    #expect(comparison.flips.map(\.episode) == [3])
    #expect(comparison.flips.map(\.from) == [false])
  }
}
