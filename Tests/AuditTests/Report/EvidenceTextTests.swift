import Audit
import Evidence
import JSON
import Testing

/// evidence.md under rules 1, which packages of the first versions keep.
struct EvidenceTextTests {
  private func text(_ example: JudgingExample) throws -> String { try example.text(rules: .v1) }

  @Test func `no claim can forge a heading, a link, a cell or a tag`() throws {
    var example = try JudgingExample(tasks: [mixed(50, 50)])
    let hostile = "# Supported <b>A</b> [x](http://e) | `c` *d* !_e_ {f} \\"
    example.claim.text = hostile
    example.plan.frozen.tasks[0].name = hostile
    example.input.tasks[0].name = hostile
    let lines = try text(example).split(separator: "\n")
    let claim = try #require(lines.first { $0.hasPrefix("**Claim.**") })
    #expect(
      claim
        == "**Claim.** \\# Supported \\<b\\>A\\</b\\> \\[x\\](http://e) \\| \\`c\\` \\*d\\* \\!\\_e\\_ \\{f\\} \\\\"
    )
    let row = try #require(lines.first { $0.hasPrefix("| libero_spatial/0") })
    #expect(row.contains("\\<b\\>A\\</b\\> \\[x\\](http://e) \\|"))
    #expect(lines.filter { $0.hasPrefix("#") }.count == 9)
  }

  @Test(arguments: [
    ("- a", "\\- a"), ("+ a", "\\+ a"), ("12. a", "12\\. a"), ("3) a", "3\\) a"), ("12a", "12a"),
    ("a - b", "a - b"), ("80 % of 1.5", "80 % of 1.5"),
  ])
  func `a leading list mark is escaped`(claim: String, expected: String) throws {
    var example = try JudgingExample(tasks: [mixed(50, 50)])
    example.claim.text = claim
    #expect(try text(example).contains("**Claim.** \(expected)\n"))
  }

  @Test(arguments: [
    (1, 2000, "0.1 %"), (1, 2001, "0.1 %"), (1, 2100, "0.0 %"), (333, 1000, "33.3 %"),
    (1, 16, "6.3 %"),
    (50, 50, "100.0 %"), (9995, 10_000, "100.0 %"), (0, 3, "0.0 %"),
  ])
  func `percentages have one digit, half up`(k: Int, n: Int, expected: String) throws {
    let example = try JudgingExample(tasks: [mixed(k, n)])
    #expect(
      try text(example).contains("\(k) of \(n) counted attempts succeeded: \(expected),"))
  }

  @Test func `the sentence says what would have decided`() throws {
    #expect(
      try text(try JudgingExample(tasks: [mixed(43, 50)])).contains(
        "at least 80.0 %; of 50 attempts 45 or more successes support it and 34 or fewer refute it."
      ))
    #expect(
      try text(try JudgingExample(tasks: [mixed(7, 50)], kind: .atMost, threshold: "0.2")).contains(
        "at most 20.0 %; of 50 attempts 5 or fewer successes support it and 16 or more refute it."))
    #expect(
      try text(try JudgingExample(tasks: [mixed(5, 5)])).contains(
        "with 5 attempts no number of successes supports it."))
  }

  @Test func `nothing counted is said, not printed as zero`() throws {
    let text = try text(try JudgingExample(tasks: ["MMM"]))
    #expect(text.contains("No attempt was counted."))
    #expect(text.contains("| libero_spatial/0: task 0 | 0 / 0 | – | – |"))
    #expect(text.contains("**Verdict:** not_auditable (no_episodes, task_scope) · **Grade:** D"))
  }

  @Test func `a clean run lists no failed check and an unplanned one no plan`() throws {
    var example = try JudgingExample(tasks: [mixed(50, 50)])
    #expect(try text(example).contains("\n## Integrity\n\nNo check failed.\n"))
    example.plan.frozen.episodeIndexes = nil
    example.recount()
    #expect(try text(example).contains("| unknown | 50 | 50 | 0 | 0 | 0 | 0 |"))
  }

  @Test(arguments: [
    ("errors_excluded", "Errored attempts are left out (frozen policy errors_excluded)."),
    (
      "as_planned",
      "Every planned attempt without a success counts as a failure (frozen policy as_planned)."
    ),
  ])
  func `the text says how errors count`(policy: String, sentence: String) throws {
    var example = try JudgingExample(tasks: [mixed(50, 50)])
    example.plan.frozen.denominators.policy = policy
    #expect(try text(example).contains(sentence))
  }

  @Test func `an assumed and a draft policy are called so`() throws {
    var example = try JudgingExample(tasks: [mixed(50, 50)])
    example.plan.frozenAt = nil
    #expect(try text(example).contains("(draft policy errors_as_failures)"))
    example.plan.frozen.denominators.policy = nil
    #expect(try text(example).contains("(assumed policy errors_as_failures)"))
  }

  @Test func `other confidences keep their digits`() throws {
    let example = try JudgingExample(tasks: [mixed(50, 50)], confidence: "0.999")
    #expect(try text(example).contains("| rate | 99.9 % interval (Wilson) |"))
  }
}

struct DisplayedGradeTests {
  @Test(arguments: [
    (true, true, true, "A", [String]()), (false, true, true, "B", ["registration"]),
    (true, false, true, "C", ["signature"]), (true, true, false, "B", ["independent_signer"]),
    (false, false, false, "C", ["registration", "signature", "independent_signer"]),
  ])
  func `history lowers an A`(
    registered: Bool, signed: Bool, independent: Bool, letter: String, caps: [String]
  ) throws {
    let evidence = try JudgingGradeTests.clean().evidence()
    let shown = displayedGrade(
      evidence: evidence,
      history: HistoryFacts(
        isRegisteredBeforeRun: registered, isSigned: signed, hasIndependentSigner: independent))
    #expect(shown.letter.rawValue == letter)
    #expect(shown.caps.map(\.word) == caps)
  }

  @Test func `history never raises a letter`() {
    let all = HistoryFacts(
      isRegisteredBeforeRun: true, isSigned: true, hasIndependentSigner: true)
    for letter in Grade.allCases {
      let evidence: JSONValue = ["grade": ["letter": .string(letter.rawValue), "caps": []]]
      #expect(displayedGrade(evidence: evidence, history: all).letter == letter)
    }
    #expect(displayedGrade(evidence: [:], history: all).letter == .d)
  }
}

struct ChallengeSeedTests {
  // SHA-256 of the tag, a zero byte and the id, by Python's hashlib.
  @Test(arguments: [
    ([UInt8](repeating: 0, count: 32), Int64(893354867)),
    ((0..<32).map { UInt8($0) }, Int64(2071012285)),
  ])
  func `the first seed follows from the registration commit`(commit: [UInt8], seed: Int64) {
    #expect(challengeSeed(registrationCommit: commit) == seed)
  }

  @Test func `only recorded seeds that follow from the commit prove the order`() throws {
    var example = try JudgingExample(tasks: ["SSF", "SFS"])
    example.plan.frozen.seeds = .challenge(step: 1, count: 3, sameForEveryTask: true)
    func proves(_ first: Int64, _ example: JudgingExample) -> Bool {
      seedOrder(input: example.input, protocol: example.plan, firstSeed: first) == .proven
    }
    #expect(proves(1000, example))
    #expect(!proves(1001, example))
    var derived = example
    derived.input.seedLabel = .derived
    #expect(!proves(1000, derived))
    var missingOne = example
    missingOne.input.tasks[1].episodes.seeds?[2] = nil
    #expect(!proves(1000, missingOne))
    var planned = example
    planned.plan.frozen.seeds = .range(first: 1000, step: 1, count: 3, sameForEveryTask: true)
    #expect(!proves(1000, planned))
    var empty = example
    empty.setTasks(["MM"])
    empty.plan.frozen.seeds = .challenge(step: 1, count: 3, sameForEveryTask: true)
    #expect(!proves(1000, empty))
  }
}
