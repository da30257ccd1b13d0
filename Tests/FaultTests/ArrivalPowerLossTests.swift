import Evidence
import Glibc
import History
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing

/// Power lost, or the program killed, at every instant of a fetch, an import of a bundle and a clone: what
/// was there stays, each ref is old or new, and the same command run again brings everything.
///
/// The talk with the server is not part of it; what it brings is made ready here and taken in by the
/// code that takes in a remote's.
struct ArrivalPowerLossTests {
  private static let slug = "examplevla-libero-spatial-two-tasks"
  private let author = TemporaryFolder()
  private let source: EvidenceStore
  /// Objects of the first version, of both, and the two tips and the label.
  private let first: ObjectID
  private let second: ObjectID
  private let label: ObjectID

  private static let surroundings = Surroundings(
    now: { 1_780_000_000 }, randomBytes: { (0..<$0).map { UInt8(truncatingIfNeeded: $0) } },
    environment: [:])

  init() throws {
    try Self.makeUser(author.path)
    _ = try ObjectStore.create(
      at: author.path + "/.wf", system: FileSystem(), surroundings: Self.surroundings)
    source = try Self.store(author.path, FileSystem())
    let members = try readPackageFolder(
      Fixtures.path("package-example/package"), files: FileSystem())
    first = try source.commit(
      CommitRequest(members: members, subject: nil, label: "first", unsigned: false)
    ).commit
    second = try source.commit(
      CommitRequest(members: members, subject: "again", label: nil, unsigned: false)
    ).commit
    let name = try #require(RefName.tag(Self.slug, "first"))
    label = try #require(try source.objects.ref(name))
  }

  private static func makeUser(_ folder: String) throws {
    _ = try KeyFolder(path: folder + "/config", files: FileSystem())
      .generateKey(randomBytes: surroundings.randomBytes, now: nil)
  }

  private static func store(_ folder: String, _ system: FileSystem) throws -> EvidenceStore {
    EvidenceStore(
      objects: try ObjectStore.open(at: folder + "/.wf", system: system),
      user: KeyFolder(path: folder + "/config", files: system), surroundings: surroundings)
  }

  /// A user with the author's key and an empty store.
  private func receiver() throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    try Self.makeUser(folder.path)
    _ = try ObjectStore.create(
      at: folder.path + "/.wf", system: FileSystem(), surroundings: Self.surroundings)
    return folder
  }

  private func options(_ store: EvidenceStore) throws -> VerifyOptions {
    VerifyOptions(trust: try store.user.trust.read(), revocation: store.user.revocation())
  }

  /// All that an object leads to, and itself.
  private func give(
    _ id: ObjectID, _ given: inout Set<ObjectID>, _ add: Quarantine.Adding
  ) throws {
    guard given.insert(id).inserted else { return }
    let object = try source.objects.object(id)
    switch object.kind {
    case .blob: break
    case .tree:
      for entry in try source.objects.tree(id).entries { try give(entry.id, &given, add) }
    case .commit:
      let commit = try source.objects.commit(id)
      for next in [commit.tree] + commit.parents { try give(next, &given, add) }
    case .tag: try give(try source.objects.tag(id).target, &given, add)
    }
    _ = try add(object.kind, object.bytes)
  }

  private func fetch(
    _ refs: [(RefName, ObjectID)], into store: EvidenceStore, _ scope: Arrivals.Scope = .full
  ) throws {
    let arrivals = try store.quarantine(from: "origin") { add in
      var given: Set<ObjectID> = []
      for (_, target) in refs { try give(target, &given, add) }
      return (refs.compactMap { Arrivals.Row($0.0, $0.1) }, [])
    }
    let examined = try store.examine(
      arrivals, Reception(remote: "origin", movesClaims: true, scope: scope),
      options: try options(store))
    try store.accept(examined)
  }

  private func refs(_ tip: ObjectID) throws -> [(RefName, ObjectID)] {
    [
      (try #require(RefName.claim(Self.slug)), tip),
      (try #require(RefName.tag(Self.slug, "first")), label),
    ]
  }

  /// Checks every state: each ref old or new, the store whole; run again, `work` brings everything.
  ///
  /// - Parameters:
  ///   - ends: what the refs lead to before and afterwards.
  ///   - sample: states of which git looks at the store and in which the work is done again.
  private func check(
    _ run: RecordedRun, _ ends: [RefName: (old: ObjectID?, new: ObjectID)], sample: Int = 12,
    again work: (EvidenceStore) throws -> Void
  ) throws {
    #expect(run.faults == [])
    var all: [RecordedRun.Remains] = []
    var met: Set<DiskState> = []
    for remains in run.remains() {
      // What lies in the quarantine is nobody's: states that differ in it alone are looked at once.
      var state = remains.state
      state.entries = state.entries.filter { !$0.key.contains("/.wf-quarantine.tmp-") }
      if met.insert(state).inserted || remains.isLast { all.append(remains) }
    }
    let stride = max(1, all.count / sample)
    var seen: [RefName: Set<ObjectID?>] = [:]
    for (index, remains) in all.enumerated() {
      let folder = TemporaryFolder()
      try remains.state.write(to: folder.path)
      let what: Comment = "after \(remains.after) of \(run.changes.count), state \(index)"
      let store = try Self.store(folder.path, FileSystem(holder: Machine.after))
      for (name, end) in ends {
        let target = try store.objects.ref(name)
        seen[name, default: []].insert(target)
        #expect(target == end.old || target == end.new, "\(name) \(what)")
        if remains.isLast { #expect(target == end.new, "\(name) \(what)") }
      }
      #expect(store.objects.fsck().findings == [], what)
      #expect(throws: Never.self, what) { _ = try store.objects.tips() }
      if index % stride != 0, index != all.count - 1 { continue }
      let path = folder.path + "/.wf"
      let stock = try git(["--git-dir", path, "fsck", "--strict", "--full", "--no-dangling"])
      #expect(stock.status == 0 && !stock.err.contains("error"), "\(what): \(stock.err)")
      try work(store)
      for (name, end) in ends { #expect(try store.objects.ref(name) == end.new, what) }
      #expect(store.objects.fsck().findings == [], what)
    }
    for (name, end) in ends { #expect(seen[name] == [end.old, end.new], "\(name)") }
  }

  private func ends(
    from old: ObjectID?, tracking: Bool
  ) throws -> [RefName: (old: ObjectID?, new: ObjectID)] {
    var ends: [RefName: (old: ObjectID?, new: ObjectID)] = [:]
    ends[try #require(RefName.claim(Self.slug))] = (old, second)
    if tracking {
      ends[try #require(Reception.trackingRef("origin", Self.slug))] = (old, second)
    }
    if old == nil { ends[try #require(RefName.tag(Self.slug, "first"))] = (nil, label) }
    return ends
  }

  @Test(arguments: [false, true]) func `a fetch, the first one and a later one`(
    _ isLater: Bool
  ) throws {
    let folder = try receiver()
    if isLater { try fetch(refs(first), into: Self.store(folder.path, FileSystem())) }
    let run = try RecordedRun(root: folder.path) { observer in
      let system = FileSystem(observer: observer, holder: Machine.before)
      try fetch(refs(second), into: Self.store(folder.path, system))
    }
    try check(run, try ends(from: isLater ? first : nil, tracking: true)) { store in
      try fetch(refs(second), into: store)
    }
  }

  @Test func `a fetch of so many claims that their refs move together`() throws {
    let folder = try receiver()
    let claims = try (0..<20).map { (try #require(RefName.claim("c\($0)")), second) }
    let run = try RecordedRun(root: folder.path) { observer in
      let system = FileSystem(observer: observer, holder: Machine.before)
      try fetch(claims, into: Self.store(folder.path, system), .objectsAndSignatures)
    }
    var ends: [RefName: (old: ObjectID?, new: ObjectID)] = [:]
    for (name, target) in claims {
      let slug = try #require(name.dropping("refs/heads/claims/"))
      ends[name] = (nil, target)
      ends[try #require(Reception.trackingRef("origin", slug))] = (nil, target)
    }
    try check(run, ends) { try fetch(claims, into: $0, .objectsAndSignatures) }
  }

  @Test func `without a wait for the disk the model shows losses, so the tests above can fail`()
    throws
  {
    let folder = try receiver()
    let run = try RecordedRun(root: folder.path) { observer in
      var system = FileSystem(observer: observer, holder: Machine.before)
      system.syncsToDisk = false
      try fetch(refs(second), into: Self.store(folder.path, system))
    }
    let claim = try #require(RefName.claim(Self.slug))
    var lost = 0
    for remains in run.remains() where remains.isLast {
      let folder = TemporaryFolder()
      try remains.state.write(to: folder.path)
      let store = try Self.store(folder.path, FileSystem(holder: Machine.after))
      if ((try? store.objects.ref(claim)) ?? nil) != second { lost += 1 }
    }
    #expect(lost > 0)
  }

  private func bundle() throws -> String {
    let path = author.path + "/claim.bundle"
    _ = try source.export(second, as: .bundle, to: path, isPublic: false, replacing: true)
    return path
  }

  @Test(arguments: [false, true]) func `an import of a bundle`(_ isLater: Bool) throws {
    let (folder, path) = (try receiver(), try bundle())
    if isLater { try fetch(refs(first), into: Self.store(folder.path, FileSystem())) }
    let run = try RecordedRun(root: folder.path) { observer in
      let system = FileSystem(observer: observer, holder: Machine.before)
      let store = try Self.store(folder.path, system)
      _ = try store.importBundle(path, options: try options(store))
    }
    try check(run, try ends(from: isLater ? first : nil, tracking: false)) { store in
      _ = try store.importBundle(path, options: try options(store))
    }
  }

  @Test func `a clone: there is a whole store or none, and it is there once the clone is done`()
    throws
  {
    let path = try bundle()
    let folder = TemporaryFolder()
    try Self.makeUser(folder.path)
    func clone(_ folder: String, _ files: FileSystem) throws {
      let user = KeyFolder(path: folder + "/config", files: files)
      _ = try cloneBundle(
        path, to: folder + "/clone",
        options: VerifyOptions(trust: try user.trust.read(), revocation: user.revocation()),
        user: user, surroundings: Self.surroundings, files: files)
    }
    let run = try RecordedRun(root: folder.path) { observer in
      try clone(folder.path, FileSystem(observer: observer, holder: Machine.before))
    }
    #expect(run.faults == [])
    var states: [Bool: Int] = [:]
    var met: Set<DiskState> = []
    for remains in run.remains() {
      var state = remains.state
      state.entries = state.entries.filter { !$0.key.hasPrefix(".clone.tmp-") }
      if !met.insert(state).inserted, !remains.isLast { continue }
      let after = TemporaryFolder()
      try state.write(to: after.path)
      let what: Comment = "after \(remains.after) of \(run.changes.count)"
      let isThere = FileSystem().exists(after.path + "/clone")
      states[isThere, default: 0] += 1
      if remains.isLast { #expect(isThere, what) }
      if !isThere { try clone(after.path, FileSystem(holder: Machine.after)) }
      let objects = try ObjectStore.open(at: after.path + "/clone/.wf", system: FileSystem())
      #expect(try objects.ref(try #require(RefName.claim(Self.slug))) == second, what)
      #expect(objects.fsck().findings == [], what)
    }
    #expect(states[true] ?? 0 > 0 && states[false] ?? 0 > 0)
  }

  @Test(arguments: [EIO, ENOSPC]) func `a call that fails on the way in gives a typed error`(
    _ number: Int32
  ) throws {
    let probe = FileSystem()
    let model = try receiver()
    let copy = {
      let folder = TemporaryFolder()
      try #require(try run(["cp", "-r", model.path + "/.", folder.path]).status == 0)
      return folder
    }
    let whole = try copy()
    try fetch(refs(second), into: Self.store(whole.path, probe))
    let claim = try #require(RefName.claim(Self.slug))
    var failed = 0
    for at in Swift.stride(from: 1, through: probe.ledger.total, by: 7) {
      let folder = try copy()
      let system = FileSystem { _, _, running in running == at ? .fail(number) : nil }
      let what: Comment = "call \(at)"
      do {
        try fetch(refs(second), into: Self.store(folder.path, system))
      } catch {
        failed += 1
        #expect(error is any Failure, what)
        #expect((error as? any Failure)?.kind != .bug, what)
      }
      let store = try Self.store(folder.path, FileSystem())
      let tip = try store.objects.ref(claim)
      #expect(tip == nil || tip == second, what)
      #expect(store.objects.fsck().findings == [], what)
      try fetch(refs(second), into: store)
      #expect(try store.objects.ref(claim) == second, what)
    }
    #expect(failed > 20)
  }
}
