import Audit
import Evidence
import History
import JSON
import ObjectStore
import Platform
import TestSupport
import Testing

/// What shows that a registration came before the run, through a real store (SCHEMAS §5.1).
struct ChallengeTests {
  /// A registration, a run of 2 tasks × 3 episodes, and what `verify` makes of them.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    /// frozen.seeds; nil = a challenge of step 1 and 3 seeds, the same for every task.
    var plan: JSONValue?
    var policy = "errors_as_failures"
    var freezesEpisodes = true
    var isRegistered = true
    /// Added to the start seed for each episode, task by task; nil = not recorded.
    var offsets: [Int64?] = [0, 1, 2, 0, 1, 2]
    var label = SeedLabel.recorded
    /// Seconds from the registration to the run's recorded start, and to its report.
    var start: Int64?
    var reported: Int64?
    var word: String
    var isProven: Bool { word == "challenge_seeds" || word == "recorded_start" }
    var testDescription: String { name }
  }

  static func challenge(_ step: Int64 = 1, _ count: Int64 = 3, same: Bool = true) -> JSONValue {
    [
      "kind": "challenge", "first": nil, "step": .number(JSONNumber(step)),
      "count": .number(JSONNumber(count)), "same_for_every_task": .bool(same),
    ]
  }

  private static let ordinary: JSONValue = [
    "kind": "range", "first": 1000, "step": 1, "count": 3, "same_for_every_task": true,
  ]

  static let cases: [Case] = [
    Case(name: "every seed is the one that follows", word: "challenge_seeds"),
    Case(
      name: "steps of seven", plan: challenge(7), offsets: [0, 7, 14, 0, 7, 14],
      word: "challenge_seeds"),
    Case(
      name: "steps backwards", plan: challenge(-2), offsets: [0, -2, -4, 0, -2, -4],
      word: "challenge_seeds"),
    Case(
      name: "steps of one where seven are planned", plan: challenge(7), word: "seeds_differ"),
    Case(
      name: "seeds of its own for each task", plan: challenge(1, 6, same: false),
      offsets: [0, 1, 2, 3, 4, 5], word: "challenge_seeds"),
    Case(
      name: "the same seeds where each task has its own", plan: challenge(1, 6, same: false),
      word: "seeds_differ"),
    Case(
      name: "seeds of its own where all tasks share", offsets: [0, 1, 2, 3, 4, 5],
      word: "seeds_differ"),
    Case(name: "one wrong seed", offsets: [0, 1, 2, 0, 1, 3], word: "seeds_differ"),
    Case(name: "all one too high", offsets: [1, 2, 3, 1, 2, 3], word: "seeds_differ"),
    Case(name: "two seeds swapped", offsets: [1, 0, 2, 0, 1, 2], word: "seeds_differ"),
    Case(
      name: "a wrong seed at an episode that counts as a failure", offsets: [0, 1, 2, 0, 9, 2],
      word: "seeds_differ"),
    Case(
      name: "a wrong seed at an error that does not count", policy: "errors_excluded",
      offsets: [0, 1, 2, 0, 9, 2], word: "challenge_seeds"),
    Case(
      name: "no seed at an error that does not count", policy: "errors_excluded",
      offsets: [0, 1, 2, 0, nil, 2], word: "challenge_seeds"),
    Case(name: "one seed missing", offsets: [0, 1, 2, 0, 1, nil], word: "seeds_partly_recorded"),
    Case(name: "derived seeds", label: .derived, word: "seeds_derived"),
    Case(
      name: "no seeds", offsets: [nil, nil, nil, nil, nil, nil], label: .missing,
      word: "seeds_not_recorded"),
    Case(name: "one seed for the run", label: .recordedRunSeed, word: "run_seed_only"),
    Case(
      name: "fewer seeds planned than episodes", plan: challenge(1, 2), word: "seeds_beyond_plan"),
    Case(
      name: "fewer seeds planned than episodes of all tasks", plan: challenge(1, 5, same: false),
      offsets: [0, 1, 2, 3, 4, 5], word: "seeds_beyond_plan"),
    Case(name: "no episodes frozen", freezesEpisodes: false, word: "episodes_not_frozen"),
    Case(name: "ordinary seeds and no start", plan: ordinary, word: "start_not_recorded"),
    Case(
      name: "ordinary seeds, reported later", plan: ordinary, reported: 60, word: "recorded_start"),
    Case(name: "ordinary seeds, started later", plan: ordinary, start: 1, word: "recorded_start"),
    Case(name: "started in the same second", plan: ordinary, start: 0, word: "start_not_later"),
    Case(name: "started before", plan: ordinary, start: -60, word: "start_not_later"),
    Case(
      name: "started before and reported later", plan: ordinary, start: -60, reported: 60,
      word: "start_not_later"),
    Case(
      name: "right seeds although the clock says before", start: -60, word: "challenge_seeds"),
    Case(
      name: "wrong seeds but started later", offsets: [0, 1, 2, 0, 1, 3], start: 60,
      word: "recorded_start"),
    Case(
      name: "wrong seeds and started before", offsets: [0, 1, 2, 0, 1, 3], start: -60,
      word: "seeds_differ"),
    Case(name: "never registered", isRegistered: false, word: "not_registered"),
  ]

  @Test(arguments: cases)
  func `the cap falls exactly where the order is proven`(row: Case) throws {
    let test = try TestStore()
    let members = try Self.members(of: row, in: test)
    _ = try test.store.commit(
      CommitRequest(members: members, subject: nil, label: nil, unsigned: false))
    let report = try #require(
      try StoreVerification(store: test.store, options: try test.options()).everyClaim().first)
    #expect(report.ok, "\(report.checks.filter { $0.state == .fail })")
    let order = try #require(report.registrationOrder)
    #expect(order.reason == row.word)
    #expect(order.isProven == row.isProven)
    #expect(order.registration != nil || !row.isRegistered)
    let caps = try #require(report.grade).caps.map(\.word)
    #expect(caps.contains("registration") != row.isProven)
    #expect(caps.contains("independent_signer"), "a co-signature is not checked yet")
    let history = try #require(report.checks.first { $0.check == .history })
    #expect(history.detail.contains("[\(row.word)]") == row.isRegistered)
    let json = report.json["registration"]
    #expect(json?["proven"]?.bool == row.isProven)
    #expect(json?["reason"]?.string == row.word)
    #expect(json?["detail"]?.string == Wording.order(row.word))

    // The public part says the same, but for a start that only a private member knows.
    guard row.start == nil else { return }
    let folder = TemporaryFolder()
    _ = try test.store.export(
      test.store.tip(of: exampleSlug), as: .dir, to: folder.path + "/public", isPublic: true,
      replacing: false)
    try PackageCollection.take(folder.path + "/public")
    let shared = try FileVerification(options: try test.options(), files: FileSystem())
      .report(path: folder.path + "/public")
    #expect(shared.registrationOrder?.reason == row.word)
    #expect(shared.displayedGrade == report.displayedGrade)
  }

  @Test func `the seeds of another registration prove nothing`() throws {
    let (first, second) = (try TestStore(), try TestStore(seconds: 1_780_000_001))
    let row = Case(name: "moved", word: "challenge_seeds")
    let members = try Self.members(of: row, in: first)
    _ = try second.store.register(Self.request(members))
    _ = try second.store.commit(
      CommitRequest(members: members, subject: nil, label: nil, unsigned: false))
    let report = try #require(
      try StoreVerification(store: second.store, options: try second.options()).everyClaim().first)
    #expect(report.registrationOrder?.reason == "seeds_differ")
    #expect(report.grade?.caps.contains { $0.word == "registration" } == true)
  }

  @Test func `a registration of another protocol fails the history, and proves nothing`() throws {
    let test = try TestStore()
    let row = Case(name: "grafted", word: "challenge_seeds")
    _ = try Self.members(of: row, in: test)
    let registration = try test.store.tip(of: exampleSlug)
    // A history by hand, since wf refuses to make it: another protocol on top of the registration.
    let package = try TestStore.example()
    let apart = try TestStore()
    _ = try apart.store.commit(
      CommitRequest(members: package, subject: nil, label: nil, unsigned: false))
    let tip = try apart.store.tip(of: exampleSlug)
    let grafted = try run(
      [
        "bash", "-c",
        """
        set -e
        cp -rn \(apart.gitDir)/objects/. \(test.gitDir)/objects/
        g="git --git-dir \(test.gitDir) -c user.name=x -c user.email=x@y"
        $g log -1 --format=%B \(tip.hex) > message
        id=$($g commit-tree -p \(registration.hex) \(tip.hex)^{tree} < message)
        $g update-ref refs/heads/claims/\(exampleSlug) $id
        """,
      ], in: test.folder.path)
    try #require(grafted.status == 0, "\(grafted.err)")
    let report = try #require(
      try StoreVerification(store: try test.reopened(), options: try test.options()).everyClaim()
        .first)
    let history = try #require(report.checks.first { $0.check == .history })
    #expect(history.state == .fail)
    #expect(history.reason == "registration_differs")
    #expect(report.registrationOrder?.reason == "history_failed")
    #expect(report.grade?.caps.contains { $0.word == "registration" } == true)
  }

  // MARK: - Making

  /// Registers where the case says so, and makes the package of a run whose seeds follow from that.
  private static func members(of row: Case, in test: TestStore) throws -> PackageMembers {
    let plan = try protocolBytes(row)
    let claim = try TestStore.example().bytes(.claim)
    var first: Int64 = 4711
    if row.isRegistered {
      let done = try test.store.register(
        RegistrationRequest(claim: claim, evaluationProtocol: plan, unsigned: false))
      first = challengeSeed(registrationCommit: done.commit.bytes)
    }
    var options = AuditOptions()
    options.startedAt = time(row.start)
    let output = test.folder.path + "/package"
    let run = savedRun(row, first: first)
    _ = try writeCollectedPackage(
      PackageRequest(
        run: run, raw: RawEvidence(media: run.tasks.map { _ in [] }), claim: claim,
        evaluationProtocol: plan, options: options, secret: [UInt8](repeating: 7, count: 32),
        toolVersion: "0", output: output), files: FileSystem())
    return try readPackageFolder(output, files: FileSystem())
  }

  private static func request(_ members: PackageMembers) throws -> RegistrationRequest {
    RegistrationRequest(
      claim: try members.bytes(.claim), evaluationProtocol: try members.bytes(.evaluationProtocol),
      unsigned: false)
  }

  private static func time(_ seconds: Int64?) -> String? {
    seconds.map { UTCTime(seconds: 1_780_000_000 + $0).rfc3339 }
  }

  private static func protocolBytes(_ row: Case) throws -> [UInt8] {
    let value = try JSONValue.parse(try TestStore.example().bytes(.evaluationProtocol))
    var object = try #require(value.object)
    var frozen = try #require(object["frozen"]?.object)
    frozen["seeds"] = row.plan ?? challenge()
    if !row.freezesEpisodes { frozen["episode_indexes"] = .null }
    var policy = try #require(frozen["denominator_policy"]?.object)
    policy["policy"] = .string(row.policy)
    frozen["denominator_policy"] = .object(policy)
    object["frozen"] = .object(frozen)
    object["freeze_digest"] = .string(Digest.text(of: try CanonicalJSON.bytes(.object(frozen))))
    return try CanonicalJSON.bytes(.object(object)) + [0x0A]
  }

  private static func savedRun(_ row: Case, first: Int64) -> SavedRun {
    let tasks = ["SSF", "SES"].enumerated().map { place, letters in
      var task = SavedTask(
        suite: "libero_spatial", taskID: String(place), name: nil, outcomes: Array(letters.utf8))
      if row.label != .missing {
        task.seeds = row.offsets[(3 * place)..<(3 * place + 3)].map { offset in
          offset.map { .integer(first + $0) }
        }
      }
      if place == 1 { task.failures[1] = "unstable state" }
      return task
    }
    return SavedRun(
      format: SourceFormat(name: "worldflux", generation: nil, detectedBy: []), adapterVersion: "1",
      tasks: tasks, seedLabel: row.label, initialStateLabel: .missing, denominatorRule: nil,
      model: ModelIdentity(
        id: "example-org/example-vla", checkpointDigest: nil, identity: .declared),
      metricName: "success_rate", successRule: nil, createdAt: time(row.reported),
      harnessVersion: nil, sourceAggregates: nil,
      notes: SourceNotes(partial: nil, warnings: [], generated: nil),
      inputs: [
        InputFile(
          role: "source_results", mediaType: "application/json", size: 2,
          digest: Digest.text(of: Array("{}".utf8)), relativePath: "episodes.jsonl")
      ], observations: [], lexemes: nil)
  }
}
