import Evidence
import History
import JSON
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing
import TransparencyLog

/// `wf verify --signed-before-revocation`: what proves that a commit is older than the loss of its key.
struct SignedBeforeRevocationTests {
  /// When the store of a test is written and remembered.
  private static let made: Int64 = 1_780_000_000

  private let test: TestStore

  init() throws { test = try TestStore(seconds: Self.made) }

  private var config: String { test.folder.path + "/config" }

  /// The store at another time, as another process sees it.
  private func store(at seconds: Int64) throws -> EvidenceStore {
    EvidenceStore(
      objects: try ObjectStore.open(at: test.gitDir, system: FileSystem()), user: test.store.user,
      surroundings: Surroundings(
        now: { seconds }, randomBytes: { [UInt8](repeating: 4, count: $0) }, environment: [:]))
  }

  private func revoked() throws -> RevocationList {
    let (key, _) = try test.store.user.publicKey()
    return RevocationList(parsing: Array((key.line() + "\n").utf8))
  }

  private func options(
    before moment: Int64, checkpoints: [SignedNote] = [], witnesses: WitnessPolicy = .none,
    now: Int64 = made + 1000
  ) throws -> VerifyOptions {
    var options = VerifyOptions(
      trust: try test.store.user.trust.read(), revocation: try revoked())
    options.signedBefore = try SignedBeforeRevocation(
      moment: moment, user: test.store.user, files: FileSystem(), checkpoints: checkpoints,
      witnesses: witnesses, now: now)
    return options
  }

  private func report(
    _ options: VerifyOptions, of version: ObjectID? = nil, at now: Int64 = made + 1000
  ) throws -> TargetReport {
    let verification = StoreVerification(store: try store(at: now), options: options)
    if let version {
      return try verification.report(
        target: "v", version: ResolvedVersion(commit: version, slug: exampleSlug))
    }
    return try #require(try verification.everyClaim().first)
  }

  private func signature(_ report: TargetReport) throws -> CheckResult {
    try #require(report.checks.first { $0.check == .signature })
  }

  private func forget(_ what: String = "tips checkpoints") throws {
    _ = try run(["bash", "-c", "cd '\(config)' && rm -rf \(what)"])
  }

  private var memory: String {
    get throws {
      let id = try #require(try test.store.objects.storeID())
      return "\(config)/tips/\(id)"
    }
  }

  /// A memory written anew, each line with the check that belongs to it.
  private func write(_ lines: [String], to path: String) throws {
    let checked = lines.map { line in
      line + " " + Digest.text(of: Array(line.utf8)).dropFirst(7).prefix(8)
    }
    try FileSystem().write(
      Array((["wf-tips 2"] + checked).joined(separator: "\n").utf8) + [10], to: path)
  }

  private func lines(_ path: String) throws -> [String] {
    String(decoding: try Fixtures.read(path), as: UTF8.self).split(separator: "\n").dropFirst()
      .map { $0.split(separator: " ").dropLast().joined(separator: " ") }
  }

  @Test func `a commit that was here before is good, and never plainly so`() throws {
    try test.commitExample()
    let report = try report(try options(before: Self.made + 1))
    #expect(report.ok, "\(report.firstFailure.map { "\($0)" } ?? "")")
    let row = try signature(report)
    #expect(row.state == .pass && row.reason == "revoked_later")
    #expect(row.detail.hasPrefix("good (revoked later): signed by "), "\(row.detail)")
    #expect(row.detail.contains("before 2026-05-28T20:26:41Z"), "\(row.detail)")
    #expect(report.signer?.timeSource == .firstSeen && report.signer?.time == Self.made)
    #expect(report.json["time_source"]?.string == "first_seen")
    #expect(report.json["time"]?.string == "2026-05-28T20:26:40Z")
  }

  @Test func `off by default, and not for what was first seen at that moment or later`() throws {
    try test.commitExample()
    var plain = try options(before: Self.made + 1)
    plain.signedBefore = nil
    #expect(try report(plain).firstFailure?.reason == "key_revoked")
    for moment in [Self.made, Self.made - 1, 0] {
      let failure = try #require(try report(try options(before: moment)).firstFailure)
      #expect(failure.reason == "revoked_before_proof" && failure.fault == .expired)
      #expect(failure.detail.contains("2026-05-28T20:26:40Z"), "\(failure.detail)")
    }
  }

  @Test func `without any proof the revocation stands, and looking makes none`() throws {
    try test.commitExample()
    try forget()
    for _ in 0..<2 {
      let failure = try #require(try report(try options(before: Self.made + 1)).firstFailure)
      #expect(failure.check == .signature && failure.fault == .expired)
      #expect(["revoked_age_unproven", "revoked_before_proof"].contains(failure.reason ?? ""))
    }
    // what the log's check remembered meanwhile is of the time of looking
    let later = try report(try options(before: Self.made + 1001))
    #expect(later.ok && later.signer?.time == Self.made + 1000 && later.signer?.timeSource == .log)
  }

  @Test func `a key that was never revoked is judged as without it`() throws {
    try test.commitExample()
    var asked = try options(before: 0)
    asked.revocation = .empty
    let plain = VerifyOptions(trust: asked.trust, revocation: .empty)
    let (with, without) = (try report(asked), try report(plain))
    #expect(with == without && with.ok)
    #expect(try signature(with).reason == nil && with.signer?.timeSource == .claimed)
  }

  @Test func `a memory in the store itself proves nothing, since others can write there`() throws {
    let commit = try test.commitExample().commit
    try write(
      ["tip . refs/heads/claims/\(exampleSlug) \(commit.hex) 1 \(Self.made - 5000)"],
      to: test.gitDir + "/wf/tips")
    let failure = try report(try options(before: Self.made)).firstFailure
    #expect(failure?.reason == "revoked_before_proof")
  }

  @Test func `a memory that was edited is refused`() throws {
    try test.commitExample()
    let text = String(decoding: try Fixtures.read(memory), as: UTF8.self)
    // not the last line, of which power loss may have left a part
    let edited = text.replacing("1 \(Self.made) ", with: "1 \(Self.made - 5000) ") + "\0\n"
    #expect(edited != text + "\0\n")
    try FileSystem().write(Array(edited.utf8), to: memory)
    let error = #expect(throws: ObjectError.self) {
      try report(try options(before: Self.made))
    }
    #expect(error?.code == .tipsMalformed)
  }

  @Test func `what comes before a commit that was here was here too`() throws {
    let first = try test.commitExample().commit
    try test.commitExample()
    let kept = try lines(memory).filter { $0.hasPrefix("tip ") && !$0.contains(first.hex) }
    #expect(kept.count == 1)
    try write(kept, to: memory)
    #expect(try report(try options(before: Self.made + 1), of: first).ok)
    // and not what comes after
    try write(
      ["tip . refs/heads/claims/\(exampleSlug) \(first.hex) 1 \(Self.made)"], to: memory)
    let later = try report(try options(before: Self.made + 1))
    #expect(try signature(later).reason == "revoked_age_unproven")
  }

  @Test func `a later tip does not make an earlier one young`() throws {
    let first = try test.commitExample().commit
    _ = try store(at: Self.made + 500).commit(
      CommitRequest(members: TestStore.example(), subject: nil, label: nil, unsigned: false))
    let asked = try options(before: Self.made + 1)
    #expect(try report(asked, of: first).signer?.time == Self.made)
    #expect(try report(asked).firstFailure?.reason == "revoked_before_proof")
  }

  @Test func `a log that this machine saw dates what is in it`() throws {
    let first = try test.commitExample().commit
    try test.commitExample()
    let points = try lines(memory).filter { $0.hasPrefix("checkpoint ") }
    #expect(points.count == 2)
    try write(points, to: memory)
    let seen = try report(try options(before: Self.made + 1), of: first)
    #expect(seen.ok && seen.signer?.timeSource == .log, "\(seen.checks)")
    #expect(try signature(seen).detail.contains("this machine saw a log of tips"))
    // The log as it was then did not have the second commit yet.
    try write([points[0]], to: memory)
    let tip = try report(try options(before: Self.made + 1))
    #expect(try signature(tip).reason == "revoked_age_unproven")
    // An older line with a root that this log never had proves nothing beside a right one.
    var older = points[1].split(separator: " ").map(String.init)
    older[3] = String(repeating: "ab", count: 32)
    older[4] = String(Self.made - 100)
    try write([older.joined(separator: " "), points[1]], to: memory)
    let mixed = try report(try options(before: Self.made - 50), of: first)
    #expect(try signature(mixed).reason == "revoked_before_proof")
    // Alone it is a fork besides.
    var words = points[1].split(separator: " ").map(String.init)
    words[3] = String(repeating: "ab", count: 32)
    try write([words.joined(separator: " ")], to: memory)
    let forked = try report(try options(before: Self.made + 1), of: first)
    #expect(try signature(forked).reason == "revoked_age_unproven")
    #expect(forked.checks.first { $0.check == .log }?.reason == "log_fork")
  }

  /// A checkpoint of the store's log, cosigned at a time.
  private func cosigned(
    by name: String, at seconds: Int64
  ) throws -> (key: VerifierKey, note: SignedNote) {
    let seed = UInt8(truncatingIfNeeded: name.utf8.reduce(0) { $0 + Int($1) })
    let witness = try Witness(
      user: KeyFolder(path: test.folder.path + "/" + name), files: FileSystem(),
      surroundings: Surroundings(
        now: { seconds }, randomBytes: { [UInt8](repeating: seed, count: $0) }, environment: [:]))
    let log = try #require(try test.reopened().checkedLogs(keys: []).first)
    let done = try #require(try witness.cosign(test.reopened(), keys: [log.key]).first)
    return (witness.key, done.note)
  }

  @Test func `a checkpoint that a trusted witness cosigned before is a proof`() throws {
    try test.commitExample()
    let (key, note) = try cosigned(by: "one", at: Self.made + 50)
    let (other, _) = try cosigned(by: "two", at: Self.made + 60)
    func result(
      before moment: Int64, _ keys: [VerifierKey], quorum: Int = 1, note: SignedNote = note
    ) throws -> TargetReport {
      // What only this machine remembers is taken away, also what looking made.
      try forget()
      return try report(
        try options(
          before: moment, checkpoints: [note],
          witnesses: WitnessPolicy(witnesses: keys, quorum: quorum)))
    }
    let good = try result(before: Self.made + 51, [key])
    #expect(good.ok && good.signer?.timeSource == .log && good.signer?.time == Self.made + 50)
    #expect(try signature(result(before: Self.made + 50, [key])).reason == "revoked_before_proof")
    for (keys, quorum, words) in [
      ([other], 1, "0 of the 1 witnesses asked for"), ([key, other], 2, "1 of the 2 witnesses"),
      ([], 0, "a checkpoint without witnesses has no time"),
    ] {
      let row = try signature(try result(before: Self.made + 51, keys, quorum: quorum))
      #expect(row.reason == "revoked_age_unproven")
      #expect(row.detail.contains(words), "\(row.detail)")
    }
    // Of two, the later one decides.
    var both = note
    try both.copyLines(of: other, from: try cosigned(by: "two", at: Self.made + 60).note)
    #expect(
      try signature(result(before: Self.made + 55, [key, other], quorum: 2, note: both)).reason
        == "revoked_before_proof")
    #expect(try result(before: Self.made + 55, [key, other], quorum: 1, note: both).ok)
    #expect(try result(before: Self.made + 61, [key, other], quorum: 2, note: both).ok)
    // What came after the checkpoint is not proven by it.
    try test.commitExample()
    let later = try signature(result(before: Self.made + 51, [key]))
    #expect(later.reason == "revoked_age_unproven")
  }

  @Test func `a checkpoint of a fork is no proof but a fork, and both sides are kept`() throws {
    try test.commitExample()
    _ = try run(["bash", "-c", "cd \(test.folder.path); mkdir other; cp -R .wf config other"])
    let there = EvidenceStore(
      objects: try ObjectStore.open(at: test.folder.path + "/other/.wf", system: FileSystem()),
      user: KeyFolder(path: test.folder.path + "/other/config"),
      surroundings: test.store.surroundings)
    _ = try there.commit(
      CommitRequest(members: TestStore.example(), subject: "Another", label: nil, unsigned: false))
    try test.commitExample()
    let witness = try Witness(
      user: KeyFolder(path: test.folder.path + "/one"), files: FileSystem(),
      surroundings: test.store.surroundings)
    let log = try #require(try there.checkedLogs(keys: []).first)
    let note = try #require(try witness.cosign(there, keys: [log.key]).first).note
    let asked = try options(
      before: Self.made + 1, checkpoints: [note],
      witnesses: WitnessPolicy(witnesses: [witness.key], quorum: 1))
    #expect(throws: LogError(.logFork, "", place: log.key.name)) { try report(asked) }
    #expect(try FileSystem().list(config + "/forks").count == 1)
  }

  @Test func `an unreadable list, a stranger and a label's tag stay what they are`() throws {
    try test.commitExample(label: "first")
    var asked = try options(before: Self.made + 1)
    asked.revocation = RevocationList(parsing: Array("no key\n".utf8))
    #expect(try report(asked).firstFailure?.reason == "revocation_list_malformed")
    asked = try options(before: Self.made + 1)
    asked.trust = .empty
    #expect(try report(asked).firstFailure?.reason == "signer_not_trusted")
    // Nothing shows since when a label is there.
    asked = try options(before: Self.made + 1)
    let store = try store(at: Self.made)
    let labelled = try store.resolve(
      VersionName(
        exampleSlug + "@first", slugExists: { _ in true }, pathExists: { _ in false }))
    #expect(labelled.tag != nil)
    let tagged = try StoreVerification(store: store, options: asked).report(
      target: "first", version: labelled)
    #expect(tagged.firstFailure?.reason == "key_revoked")
  }

  @Test func `a KRL counts as a plain list does`() throws {
    try test.commitExample()
    let made = try run(
      ["ssh-keygen", "-q", "-k", "-f", test.folder.path + "/krl", config + "/key.pub"])
    #expect(made.status == 0, "\(made.err)")
    var asked = try options(before: Self.made + 1)
    asked.revocation = RevocationList(parsing: try Fixtures.read(test.folder.path + "/krl"))
    #expect(try signature(report(asked)).reason == "revoked_later")
    asked.signedBefore = nil
    #expect(try signature(report(asked)).reason == "key_revoked")
  }

  @Test func `a policy is held all the same`() throws {
    try test.commitExample()
    let author = try #require(try test.store.user.trust.read().lines.first).principals.text
    func policy(_ names: String, _ threshold: Int) throws -> SigningPolicy {
      try SigningPolicy(
        parsing: Array(
          (#"{"schema":"wf.signing_policy/1","clock":"claimed","rules":[{"claims":["*"],"#
            + #""principals":[\#(names)],"threshold":\#(threshold)}]}"#).utf8))
    }
    for (names, threshold, reason) in [
      ("\"\(author)\"", 1, "revoked_later"), ("\"bob@lab.example\"", 1, "signer_not_allowed"),
      ("\"\(author)\",\"bob@lab.example\"", 2, "threshold_not_reached"),
    ] {
      var asked = try options(before: Self.made + 1)
      asked.policy = try policy(names, threshold)
      #expect(try signature(report(asked)).reason == reason)
    }
  }

  @Test func `an exported package is believed by whoever saw its commit in time`() throws {
    let commit = try test.commitExample().commit
    let folder = test.folder.path + "/out"
    _ = try test.store.export(
      commit, as: .dir, to: folder, isPublic: true, replacing: false)
    func row(_ moment: Int64) throws -> CheckResult {
      try signature(
        try FileVerification(options: try options(before: moment), files: FileSystem())
          .report(path: folder))
    }
    #expect(try row(Self.made + 1).reason == "revoked_later")
    #expect(try row(Self.made).reason == "revoked_before_proof")
    try forget()
    #expect(try row(Self.made + 1).reason == "revoked_age_unproven")
  }
}
