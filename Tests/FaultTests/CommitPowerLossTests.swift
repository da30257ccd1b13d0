import Evidence
import History
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing
import TransparencyLog

/// Power lost at every instant of a registration and of commits of packages, with the memory of tips
/// and the user's own folder on the same disk.
struct CommitPowerLossTests {
  private let claim = RefName.claim(exampleSlug) ?? .head

  /// A store with a key in `folder`, its files seen through `system`.
  private func store(_ folder: String, _ system: FileSystem) throws -> EvidenceStore {
    EvidenceStore(
      objects: try ObjectStore.open(at: folder + "/.wf", system: system),
      user: KeyFolder(path: folder + "/config", files: system), surroundings: surroundings)
  }

  private let surroundings = Surroundings(
    now: { 1_780_000_000 }, randomBytes: { (0..<$0).map { UInt8(truncatingIfNeeded: $0) } },
    environment: [:])

  private func prepared() throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    let user = KeyFolder(path: folder.path + "/config", files: FileSystem())
    _ = try user.generateKey(randomBytes: surroundings.randomBytes, now: nil)
    _ = try ObjectStore.create(
      at: folder.path + "/.wf", system: FileSystem(), surroundings: surroundings)
    return folder
  }

  private func package() throws -> PackageMembers {
    try readPackageFolder(Fixtures.path("package-example/package"), files: FileSystem())
  }

  private func commit(_ store: EvidenceStore, label: String? = nil) throws -> ObjectID {
    try store.commit(
      CommitRequest(members: package(), subject: nil, label: label, unsigned: false)
    ).commit
  }

  private func register(_ store: EvidenceStore) throws -> ObjectID {
    let members = try package()
    return try store.register(
      RegistrationRequest(
        claim: members.bytes(.claim), evaluationProtocol: members.bytes(.evaluationProtocol),
        unsigned: false)
    ).commit
  }

  /// Checks every state: whole, old or new tip.
  ///
  /// Of `sample`: git's own check, verify, and a commit on top.
  private func check(
    _ run: RecordedRun, tips: [ObjectID?], sample: Int,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let all = run.remains()
    #expect(run.faults == [], sourceLocation: sourceLocation)
    let stride = max(1, all.count / sample)
    var seen: Set<ObjectID?> = []
    for (index, remains) in all.enumerated() {
      let folder = TemporaryFolder()
      try remains.state.write(to: folder.path)
      let what: Comment = "after \(remains.after) of \(run.changes.count), state \(index)"
      let store = try store(folder.path, FileSystem(holder: Machine.after))
      let tip = try store.objects.ref(claim)
      seen.insert(tip)
      #expect(tips.contains(tip), what, sourceLocation: sourceLocation)
      if remains.isLast { #expect(tip == tips.last, what, sourceLocation: sourceLocation) }
      // The log is never ahead of the ref that it tells of.
      let logged = try store.checkedLogs(keys: []).first?.entries.last { $0.ref == claim.text }
      #expect(
        logged == nil || logged?.new == tip?.hex || logged?.new == tips.first??.hex, what,
        sourceLocation: sourceLocation)
      #expect(store.objects.fsck().findings == [], what, sourceLocation: sourceLocation)
      #expect(throws: Never.self, what, sourceLocation: sourceLocation) {
        _ = try store.objects.tips()
      }
      if index % stride != 0, index != all.count - 1 { continue }
      let path = folder.path + "/.wf"
      let stock = try git(["--git-dir", path, "fsck", "--strict", "--full", "--no-dangling"])
      #expect(
        stock.status == 0 && !stock.err.contains("error"), "\(what): \(stock.out)\(stock.err)",
        sourceLocation: sourceLocation)
      let options = VerifyOptions(
        trust: try store.user.trust.read(), revocation: store.user.revocation())
      let reports = try StoreVerification(store: store, options: options).everyClaim()
      #expect(reports.allSatisfy { $0.ok }, what, sourceLocation: sourceLocation)
      let next = try commit(store)
      #expect(
        try store.objects.commit(next).parents == tip.map { [$0] } ?? [], what,
        sourceLocation: sourceLocation)
    }
    #expect(seen == Set(tips), sourceLocation: sourceLocation)
  }

  @Test func `a registration`() throws {
    let folder = try prepared()
    var new: ObjectID?
    let run = try RecordedRun(root: folder.path) { observer in
      new = try register(
        store(folder.path, FileSystem(observer: observer, holder: Machine.before)))
    }
    try check(run, tips: [nil, new], sample: 12)
  }

  @Test func `the first commit of a claim`() throws {
    let folder = try prepared()
    var new: ObjectID?
    let run = try RecordedRun(root: folder.path) { observer in
      new = try commit(store(folder.path, FileSystem(observer: observer, holder: Machine.before)))
    }
    try check(run, tips: [nil, new], sample: 12)
  }

  /// What a fetch leaves: the claim in a file of its own, the log among the packed refs.
  @Test func `a commit with a label where the log is packed and the claim is not`() throws {
    let folder = try prepared()
    let earlier = try store(folder.path, FileSystem())
    _ = try register(earlier)
    let old = try commit(earlier, label: "ckpt-1")
    let path = folder.path + "/.wf"
    try #require(
      try run([
        "bash", "-ec",
        "cd \(path); git --git-dir . pack-refs --all; mkdir -p $(dirname \(claim.text)); echo \(old.hex) > \(claim.text)",
      ]).status == 0)
    var new: ObjectID?
    let run = try RecordedRun(root: folder.path) { observer in
      let store = try store(folder.path, FileSystem(observer: observer, holder: Machine.before))
      new = try commit(store, label: "ckpt-2")
    }
    try check(run, tips: [old, new], sample: 12)
  }

  @Test func `a later commit with a label`() throws {
    let folder = try prepared()
    let earlier = try store(folder.path, FileSystem())
    _ = try register(earlier)
    let old = try commit(earlier)
    var new: ObjectID?
    let run = try RecordedRun(root: folder.path) { observer in
      let store = try store(folder.path, FileSystem(observer: observer, holder: Machine.before))
      new = try commit(store, label: "ckpt-2")
    }
    try check(run, tips: [old, new], sample: 12)
  }

  /// Of a claim with many commits, each kind of them, also the one that writes the memory anew.
  ///
  /// A label is a ref more, with a sync for its value, its folder, and once that folder's name.
  @Test func `no commit of any size needs more than eight syncs, with a label or without`() throws {
    let folder = try prepared()
    let system = FileSystem()
    let store = try store(folder.path, system)
    for number in 0..<4 {
      let before = system.ledger.syncs
      let hasLabel = number % 2 == 1
      _ = try commit(store, label: hasLabel ? "label-\(number)" : nil)
      #expect(system.ledger.syncs - before <= 8, "commit \(number)")
    }
    for file in [
      store.objects.tipsFile,
      TipsFile(
        path: folder.path + "/config/tips/" + (try store.objects.storeID() ?? ""), system: system,
        isPrivate: true),
    ] {
      for number in 0..<600 {
        try file.update(syncing: false) { tips in
          guard let (key, tip) = tips.tips.first else { return }
          tips.tips[key] = Tips.Tip(
            commit: tip.commit, count: tip.count, seconds: Int64(number))
        }
      }
      #expect(try system.read(file.path).count > 50_000)
    }
    for label in ["with-a-label", nil] {
      let before = system.ledger.syncs
      _ = try commit(store, label: label)
      #expect(system.ledger.syncs - before <= 8)
      #expect((try system.read(store.objects.tipsFile.path).count < 50_000) == (label == nil))
    }
  }
}

/// The slug of the example package's claim.
private let exampleSlug = "examplevla-libero-spatial-two-tasks"
