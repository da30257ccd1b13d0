import Audit
import Evidence
import History
import JSON
import Terminal
import TestSupport
import Testing

@testable import wf

/// The screen of `wf inspect`, line by line.
struct EvidenceScreenTests {
  @Test func `the worked example on 80 columns`() throws {
    let lines = Screen.lines(try Screen.example())
    #expect(lines == Golden.screen80)
  }

  @Test func `the worked example on 60 columns without Unicode`() throws {
    let lines = Screen.lines(try Screen.example(), style: Screen.style(60, unicode: false))
    #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } })
    #expect(Array(lines.drop { !$0.hasPrefix("Tasks") }.prefix(7)) == Golden.plot60)
  }

  @Test func `missing evidence stands right behind the result, with a heading like it`() throws {
    let titles = Screen.lines(try Screen.example()).filter { $0.first?.isLetter == true }
      .map { $0.split(separator: "  ")[0] }
    let result = try #require(titles.firstIndex(of: "Result"))
    #expect(titles[result + 1] == "Missing evidence")
    let painted = Screen.lines(
      try Screen.example(), style: Style(colour: true, unicode: true, width: 80))
    #expect(painted.contains { $0.hasPrefix("\u{1B}[1mResult\u{1B}[0m  ") })
    #expect(painted.contains { $0.hasPrefix("\u{1B}[1mMissing evidence\u{1B}[0m  ") })
  }

  /// The labels of SCHEMAS §5.3, and one that no version knows.
  static let labels =
    """
    model_identity_not_attested model_identity_not_recorded checkpoint_digest_missing
    protocol_not_frozen protocol_not_registered attempt_policy_missing denominator_policy_assumed
    stopping_unknown seeds_missing single_seed initial_states_not_hashed
    environment_version_missing success_rule_unversioned raw_evidence_partial raw_evidence_missing
    failure_evidence_missing underpowered_sample error_episodes_unexplained
    out_of_protocol_episodes baseline_missing baseline_not_rerun benchmark_version_missing
    camera_distribution_missing axis_not_covered custom_contract_unreviewed source_partial
    generated_rollouts sim_only a_label_of_tomorrow
    """.split { $0 == " " || $0 == "\n" }.map(String.init)

  @Test(arguments: [40, 60, 80, 120])
  func `every label is a sentence with its word`(width: Int) throws {
    let severities = ["info", "minor", "major"]
    let rows = Self.labels.enumerated().map { place, label -> JSONValue in
      ["label": .string(label), "severity": .string(severities[place % 3]), "question_id": nil]
    }
    let evidence = try Screen.example().setting(["missing_evidence"], to: .array(rows))
    let lines = Screen.lines(evidence, style: Screen.style(width))
    let text = Screen.words(lines)
    for label in Self.labels {
      #expect(text.contains(Wording.bracketed(Wording.label(label), label)), "\(label)")
    }
    let order = lines.compactMap { line in severities.first { line.hasPrefix("  \($0) ") } }
    #expect(order.count == Self.labels.count)
    let ranks = order.compactMap { severities.firstIndex(of: $0) }
    #expect(ranks == ranks.sorted(by: >))
  }

  @Test func `a severity that is not known comes first`() throws {
    let rows: JSONValue = [
      ["label": "seeds_missing", "severity": "major"], ["label": "sim_only", "severity": "dire"],
    ]
    let lines = Screen.lines(try Screen.example().setting(["missing_evidence"], to: rows))
    let list = lines.drop { !$0.hasPrefix("Missing evidence") }
    #expect(list.first == "Missing evidence  1 dire, 1 major")
    #expect(list.dropFirst().first?.hasPrefix("  dire   Everything") == true)
  }

  @Test(arguments: [40, 60, 80, 120])
  func `every failed check is a sentence with its word and what was observed`(width: Int) throws {
    let ids = (1...24).map { ($0 < 10 ? "I0" : "I") + String($0) } + ["I99"]
    let rows = ids.map { id -> JSONValue in
      [
        "id": .string(id), "state": "fail", "severity": "warn", "cap": "C",
        "observed": .string("seen \(id)"), "expected": .string("awaited \(id)"),
        "where": .string("suite/0/\(id)"),
      ]
    }
    let evidence = try Screen.example().setting(["integrity"], to: .array(rows))
    let text = Screen.words(Screen.lines(evidence, style: Screen.style(width)))
    #expect(text.contains("Integrity 25 failed, 0 passed, 0 did not apply"))
    for id in ids {
      let sentence = Wording.bracketed(Wording.check(id), Wording.checkWord(id) ?? id)
      #expect(
        text.contains(
          "\(id) \(sentence) Observed: seen \(id), expected awaited \(id). First at suite/0/\(id). "
            + "Severity: warn."), "\(id)")
    }
  }

  @Test func `every cap is a sentence with its word and letter, the hardest first`() throws {
    let words = [
      "planned_grade", "protocol_not_frozen", "policy_assumed", "stopping_unknown",
      "attempt_policy_missing", "episode_manifest_missing", "seeds_and_states_missing",
      "checkpoint_digest_missing", "checkpoint_self_declared", "success_rule_unversioned",
      "environment_version_missing", "per_task_counts_only", "total_count_only",
      "raw_evidence_partial", "raw_evidence_missing", "failure_evidence_missing", "not_auditable",
      "I10", "a_cap_of_tomorrow",
    ]
    let letters = ["B", "C", "D"]
    let rows = words.enumerated().map { place, word -> JSONValue in
      ["word": .string(word), "cap": .string(letters[place % 3])]
    }
    let evidence = try Screen.example().setting(["grade", "caps"], to: .array(rows))
    let lines = Screen.lines(evidence, Screen.report(evidence, isSigned: false))
    let text = Screen.words(lines)
    for (place, word) in words.enumerated() {
      #expect(
        text.contains(
          "at most \(letters[place % 3]) " + Wording.bracketed(Wording.cap(word), word)), "\(word)")
    }
    for (word, letter) in [("registration", "B"), ("signature", "C"), ("independent_signer", "B")] {
      #expect(text.contains("at most \(letter) " + Wording.bracketed(Wording.cap(word), word)))
    }
    let order = lines.filter { $0.hasPrefix("  at most ") }.compactMap { $0.dropFirst(10).first }
    #expect(order == order.sorted(by: >))
  }

  @Test func `the registration says what proves it, or why nothing does`() throws {
    let evidence = try Screen.example()
    let proven = Screen.words(
      Screen.lines(evidence, Screen.report(evidence, order: .seeds(.proven))))
    #expect(
      proven.contains(
        "proven The recorded seeds follow from the registration commit, so the run came after it. "
          + "[challenge_seeds]"))
    #expect(!proven.contains("[registration]"))
    let differing = Screen.words(
      Screen.lines(evidence, Screen.report(evidence, order: .seeds(.differ))))
    #expect(
      differing.contains(
        "[registration] A recorded seed is not the one that the registration commit gives. "
          + "[seeds_differ]"))
    #expect(!differing.contains("proven"))
  }

  @Test func `a package whose bytes changed gets no letter`() throws {
    let evidence = try Screen.example()
    let failing = CheckResult(
      .manifest, .fail, reason: "digest_mismatch", detail: "evidence.json is another one",
      fault: .bytesChanged)
    let lines = Screen.lines(evidence, Screen.report(evidence, failing: [failing]))
    #expect(lines.contains("Grade  not shown, since a check failed"))
    #expect(!lines.contains { $0.hasPrefix("Grade  C") })
    #expect(
      lines.prefix(2) == [
        "Checks  FAILED", "  manifest: evidence.json is another one [digest_mismatch]",
      ])
  }

  @Test func `advice for a better grade than the shown one says so`() throws {
    let evidence = try Screen.example().setting(["grade"], to: ["letter": "B", "caps": []])
    let text = Screen.words(Screen.lines(evidence, Screen.report(evidence, isSigned: false)))
    #expect(
      text.contains("This was written for grade B; what signature and history lack makes it C."))
    #expect(!Screen.words(Screen.lines(evidence)).contains("This was written"))
  }

  // MARK: - Words about numbers

  @Test func `open episodes are told with both ends and the tipping point`() throws {
    var evidence = try Screen.example().setting(
      ["band"],
      to: [
        "unresolved": 12, "n": 50, "worst": "0.700000", "best": "0.940000", "flips": true,
        "successes_needed": 10, "successes_still_refuted": 3,
      ])
    #expect(
      Screen.words(Screen.lines(evidence)).contains(
        "Open 12 episodes without a settled outcome If none of them had succeeded the rate would be "
          + "70.0 %, if all had, 94.0 %. The verdict is not the same at both ends. The claim would be "
          + "supported only if at least 10 of the 12 had succeeded. The claim would be refuted if at "
          + "most 3 of them had succeeded."))
    evidence = evidence.setting(
      ["band"],
      to: [
        "unresolved": 1, "n": 50, "worst": "0.700000", "best": "0.720000", "flips": false,
        "successes_needed": nil, "successes_needed_reason": "out_of_reach",
        "successes_still_refuted": 1,
      ])
    #expect(
      Screen.words(Screen.lines(evidence)).contains(
        "Open 1 episode without a settled outcome If none of them had succeeded the rate would be "
          + "70.0 %, if all had, 72.0 %. The verdict is the same at both ends. The claim would not be "
          + "supported even if all of them had succeeded. The claim would be refuted even if all of "
          + "them had succeeded."))
  }

  @Test func `the power hint speaks of a fresh run and of optional stopping`() throws {
    let power: JSONValue = [
      "assumed_rate": "0.865385", "episodes": 154, "successes": 132, "more": 104,
    ]
    let evidence = try Screen.example().setting(["power"], to: power)
    #expect(
      Screen.words(Screen.lines(evidence)).contains(
        "A fresh run of 154 episodes, fixed beforehand, would support the claim with 132 or more "
          + "successes, and four of five such runs would have them if the rate is 86.5 %. That is 104 "
          + "more than now. Adding to this run and testing again is optional stopping. [stopping_unknown]"
      ))
    let atMost = evidence.setting(["claim", "kind"], to: "at_most")
    #expect(Screen.words(Screen.lines(atMost)).contains("132 or fewer successes"))
    let hopeless = evidence.setting(
      ["power"], to: ["episodes": nil, "episodes_reason": "rate_not_above_threshold"])
    #expect(
      Screen.words(Screen.lines(hopeless)).contains(
        "At this rate more episodes would not support the claim."))
    let none = evidence.setting(["power"], to: nil)
    #expect(!Screen.words(Screen.lines(none)).contains("More episodes"))
  }

  @Test(arguments: [
    ("0.8", "80 %"), ("0.80", "80 %"), ("80%", "80 %"), ("80 %", "80 %"), ("0.999", "99.9 %"),
    ("0.055", "5.5 %"), ("1", "100 %"), ("0", "0 %"), ("12.5 %", "12.5 %"),
  ])
  func `a threshold is told as the percentage that it is`(text: String, percent: String) throws {
    #expect(exactPercent(text) == percent)
    let evidence = try Screen.example().setting(["claim", "threshold"], to: .string(text))
    #expect(Screen.words(Screen.lines(evidence)).contains("claim: at least \(percent)"))
  }
}
