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
    #expect(row.pairedBy == "seed_and_environment")
    #expect(
      comparison.json().at("pairing") == [
        "state": "proven", "by": "seed_and_environment", "pairs": 5, "dropped": 0,
        "reason": .null,
      ])
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
    #expect(comparison.pairing.by == "initial_state")
    #expect(comparison.comparability.reasons == ["environment_digest_unknown"])
    #expect(comparison.flips.map(\.seed) == [nil, nil])
  }

  /// A change of B, and the word for why nothing is paired then.
  static let unproven: [(String, @Sendable (inout JudgingExample) -> Void)] = [
    ("environment_digest_unknown", { $0.plan.environmentDigest = nil }),
    (
      "environment_digests_differ",
      { $0.plan.environmentDigest = "sha256:" + String(repeating: "0", count: 64) }
    ),
    ("keys_not_recorded", { $0.input.seedLabel = .derived }),
    ("keys_not_recorded", { $0.input.seedLabel = .recordedRunSeed }),
    ("keys_not_recorded", { $0.input.seedLabel = .missing }),
    ("keys_not_recorded", { $0.input.tasks[0].episodes.seeds = nil }),
    ("keys_incomplete", { $0.input.tasks[0].episodes.seeds?[2] = nil }),
    ("keys_not_unique", { $0.input.tasks[0].episodes.seeds?[2] = .integer(1001) }),
    ("keys_differ", { ComparisonTests.reseeded(&$0) }),
  ]

  @Test(arguments: unproven.indices)
  func `anything less than recorded, unique and equal keys proves nothing`(place: Int) throws {
    let (reason, change) = Self.unproven[place]
    let comparison = compare(try version(["SSSFF"]), try version(["SSFSF"], change))
    #expect(comparison.tasks.first?.test == "boschloo")
    #expect(comparison.tasks.first?.pairs == nil)
    #expect(comparison.tasks.first?.unpairedWhy == reason)
    #expect(comparison.pairing.state == .none && comparison.pairing.reason == reason)
    #expect(comparison.pairing.pairs == 0 && comparison.pairing.by == nil)
    // Never across two seeds: with others, no flip is known.
    #expect(comparison.flips.isEmpty == (reason == "keys_differ"))
    #expect(comparison.notes.contains("flips_by_index") == !comparison.flips.isEmpty)
    #expect(!comparison.comparability.reasons.contains("pairing_partial"))
  }

  @Test func `where a counted episode lacks its state, seeds prove the pairing`() throws {
    let a = try version(["SSSFF"], states: true)
    let b = try version(["SSFSF"], states: true) {
      $0.input.tasks[0].episodes.initialStates?[1] = nil
    }
    #expect(compare(a, b).pairing.by == "seed_and_environment")
    // What says that the episodes are others is never overruled by equal seeds.
    let other = try version(["SSFSF"], states: true) {
      $0.input.tasks[0].episodes.initialStates = (0..<5).map { "elsewhere-\($0)" }
    }
    #expect(compare(a, other).pairing.reason == "keys_differ")
  }

  @Test func `tasks may be paired by different keys`() throws {
    let a = try version(["SSSFF", "SSSFF"], states: true)
    let b = try version(["SSFSF", "SSSFF"], states: true) {
      $0.input.tasks[1].episodes.initialStates = nil
    }
    let comparison = compare(a, b)
    #expect(comparison.pairing.by == "initial_state_or_seed")
    #expect(comparison.tasks.map(\.pairedBy) == ["initial_state", "seed_and_environment"])
    #expect(comparison.overall?.test == "mcnemar")
  }

  @Test func `a partial overlap is unpaired and said with its sizes`() throws {
    let a = try version(["SSSFF"])
    let b = try version(["SSFSF"]) { $0.input.tasks[0].episodes.seeds?[4] = .integer(5000) }
    let comparison = compare(a, b)
    #expect(comparison.comparability.state == .degraded)
    #expect(comparison.comparability.reasons == ["pairing_partial"])
    #expect(comparison.notes.first == "pairing_partial: 4 of 5 and 5")
    #expect(comparison.pairing.state == .partial)
    #expect(comparison.pairing.reason == "pairing_partial")
    #expect(comparison.tasks.first?.test == "boschloo")
  }

  @Test func `one unproven task makes the whole test unpaired`() throws {
    let a = try version(["SSSFF", "SSSSF"])
    let b = try version(["SSFSF", "SSSSF"]) { $0.input.tasks[1].episodes.seeds?[0] = nil }
    let comparison = compare(a, b)
    #expect(comparison.tasks.map(\.test) == ["mcnemar", "boschloo"])
    #expect(comparison.overall?.isPaired == false)
    #expect(comparison.overall?.test == "boschloo")
    #expect(comparison.overall?.a.n == 10 && comparison.overall?.b.n == 10)
    #expect(comparison.pairing.state == .partial)
    #expect(comparison.pairing.reason == "pairing_not_every_task")
    #expect(comparison.comparability.reasons == ["pairing_partial"])
    #expect(comparison.notes.first == "pairing_partial: 5 of 10 and 10")
  }

  @Test func `pairs with an uncounted outcome leave both sides and are numbered`() throws {
    let excluded: (inout JudgingExample) -> Void = {
      $0.plan.frozen.denominators.policy = "errors_excluded"
    }
    let comparison = compare(
      try version(["SSSFE"], excluded), try version(["SXFSF"], excluded))
    let row = try #require(comparison.tasks.first)
    #expect(row.pairs?.dropped == 2)
    #expect(comparison.pairing.dropped == 2 && comparison.pairing.pairs == 3)
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
