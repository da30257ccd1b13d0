import Audit
import Evidence
import History
import JSON
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing

/// The letter that verify, the log and the list of claims show (SCHEMAS §5.1).
struct ShownGradeTests {
  private static let proven = HistoryFacts(
    isRegisteredBeforeRun: true, isSigned: true, hasIndependentSigner: true)

  /// A stated letter, packaged caps, history, and the letter to show.
  struct Case: Sendable {
    let letter: String?
    let caps: [(String, String)]
    let facts: HistoryFacts
    let shown: Grade
  }

  static let cases: [Case] = [
    Case(letter: "A", caps: [], facts: proven, shown: .a),
    Case(letter: "B", caps: [("planned_grade", "B")], facts: proven, shown: .b),
    Case(letter: "D", caps: [], facts: proven, shown: .d),
    // History lowers and never raises.
    Case(letter: "A", caps: [], facts: facts(registered: false), shown: .b),
    Case(letter: "A", caps: [], facts: facts(signed: false), shown: .c),
    Case(letter: "A", caps: [], facts: facts(independent: false), shown: .b),
    Case(letter: "D", caps: [], facts: facts(signed: false), shown: .d),
    // A letter above its own caps, or one that cannot be read, is not believed.
    Case(letter: "A", caps: [("seeds_and_states_missing", "C")], facts: proven, shown: .c),
    Case(letter: "A", caps: [("a_cap_of_tomorrow", "Z")], facts: proven, shown: .d),
    Case(letter: "A+", caps: [], facts: proven, shown: .d),
    Case(letter: nil, caps: [], facts: proven, shown: .d),
  ]

  private static func facts(
    registered: Bool = true, signed: Bool = true, independent: Bool = true
  ) -> HistoryFacts {
    HistoryFacts(
      isRegisteredBeforeRun: registered, isSigned: signed, hasIndependentSigner: independent)
  }

  @Test(arguments: cases.indices)
  func `a letter is lowered and never raised`(row: Int) {
    let row = Self.cases[row]
    let evidence: JSONValue = [
      "grade": [
        "letter": row.letter.map { .string($0) } ?? .null,
        "caps": .array(row.caps.map { ["word": .string($0.0), "cap": .string($0.1)] }),
      ]
    ]
    let grade = displayedGrade(evidence: evidence, history: row.facts)
    #expect(grade.letter == row.shown)
    #expect(grade.caps.prefix(row.caps.count).map(\.word) == row.caps.map(\.0))
  }

  @Test func `a package whose bytes are not sound gets no letter`() throws {
    var members = try TestStore.example()
    let text = String(decoding: try members.bytes(.evidence), as: UTF8.self)
    members.set(
      MemberName.evidence.rawValue,
      to: Array(text.replacing("\"letter\":\"C\"", with: "\"letter\":\"A\"").utf8))
    let folder = TemporaryFolder()
    for name in members.names {
      try FileSystem().write(try members.bytes(name), to: folder.path + "/" + name)
    }
    let report = try FileVerification(
      options: VerifyOptions(trust: .empty, revocation: .empty), files: FileSystem()
    ).report(path: folder.path)
    #expect(report.firstFailure?.check == .manifest)
    #expect(report.grade == nil)
    #expect(report.json["grade"]?.isNull == true)
  }

  @Test func `an untrusted signature lowers the letter and keeps it`() throws {
    let test = try TestStore()
    try test.commitExample()
    let report = try #require(
      try StoreVerification(
        store: test.store, options: VerifyOptions(trust: .empty, revocation: .empty)
      ).everyClaim().first)
    #expect(report.firstFailure?.check == .signature)
    #expect(report.displayedGrade == "C")
    #expect(report.gradeCaps.contains(GradeCap(word: "signature", cap: .c)))
    #expect(report.gradeCaps.contains(GradeCap(word: "independent_signer", cap: .b)))
  }

  /// The trailers of a commit on the example's tree, made by stock git.
  private func commitByHand(
    _ test: TestStore, trailers: [(String, String)], isSigned: Bool
  ) throws -> TargetReport {
    try test.commitExample()
    var script = """
      set -e
      g="git --git-dir \(test.gitDir) -c gpg.format=ssh -c user.name=x -c user.email=x@y"
      g="$g -c user.signingkey=\(test.folder.path)/config/key"
      tip=refs/heads/claims/\(exampleSlug)
      $g log -1 --format=%B $tip > message

      """
    for (name, value) in trailers {
      script += "sed -i 's/^WF-\(name): .*/WF-\(name): \(value)/' message\n"
    }
    script += """
      id=$($g commit-tree \(isSigned ? "-S" : "") -p $tip $tip^{tree} < message)
      $g update-ref $tip $id
      """
    let made = try run(["bash", "-c", script], in: test.folder.path)
    try #require(made.status == 0, "\(made.err)")
    return try #require(
      try StoreVerification(store: try test.reopened(), options: try test.options()).everyClaim()
        .first)
  }

  @Test(arguments: [("Grade", "A"), ("Grade", "B"), ("Verdict", "supported")])
  func `a message that praises its package fails`(name: String, value: String) throws {
    let test = try TestStore()
    let report = try commitByHand(test, trailers: [(name, value)], isSigned: true)
    #expect(report.checks.first { $0.check == .signature }?.state == .pass)
    #expect(report.firstFailure?.check == .manifest)
    #expect(report.firstFailure?.reason == "trailer_mismatch")
    #expect(report.grade == nil)
  }

  @Test func `the log shows no letter that verify would not show`() throws {
    let test = try TestStore()
    _ = try commitByHand(test, trailers: [("Grade", "A")], isSigned: false)
    let unsigned = try test.reopened().log(of: exampleSlug, options: try test.options())
    #expect(unsigned.map(\.grade) == ["C", "C"])
    #expect(unsigned.map(\.signature) == [.none, .good])
    let other = try TestStore()
    _ = try commitByHand(other, trailers: [("Grade", "A")], isSigned: true)
    let signed = try other.reopened().log(of: exampleSlug, options: try other.options())
    #expect(signed.first?.signature == .good)
    #expect(signed.first?.grade == "B", "nobody but the signer has confirmed it")
  }
}
