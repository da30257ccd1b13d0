import Evidence
import History
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing

struct BundleTests {
  /// A store with two versions, a label on the first, and its bundle.
  private func exported(
    version: String? = nil, unsigned: Bool = false
  ) throws -> (test: TestStore, bundle: String) {
    let test = try TestStore()
    try test.commitExample(label: "first", unsigned: unsigned)
    _ = try test.store.commit(
      CommitRequest(
        members: TestStore.example(), subject: "again", label: nil, unsigned: unsigned))
    return (test, try bundle(test, version))
  }

  private func bundle(_ test: TestStore, _ version: String? = nil) throws -> String {
    let path = test.folder.path + "/claim\(version ?? "").bundle"
    let name = try VersionName(
      exampleSlug + (version ?? ""), slugExists: { _ in true }, pathExists: { _ in false })
    _ = try test.store.export(
      try test.store.resolve(name).commit, as: .bundle, to: path, isPublic: false, replacing: true)
    return path
  }

  /// An empty store of the same user.
  private func empty(_ test: TestStore, _ name: String = "other") throws -> EvidenceStore {
    EvidenceStore(
      objects: try .create(
        at: test.folder.path + "/\(name).wf", system: FileSystem(),
        surroundings: Surroundings(
          now: { 0 }, randomBytes: { [UInt8](repeating: UInt8(name.utf8.count), count: $0) },
          environment: [:])), user: test.store.user, surroundings: test.store.surroundings)
  }

  private func reason(_ body: () throws -> some Any) -> String {
    do {
      _ = try body()
      return "none"
    } catch let failure as any Failure {
      return failure.reason
    } catch {
      return "\(error)"
    }
  }

  /// All files of a folder with their bytes' digests.
  ///
  /// Everything but the empty files by which writers and gc see each other.

  @Test func `stock git verifies, clones and checks a bundle`() throws {
    let (test, path) = try exported()
    let tip = try test.store.tip(of: exampleSlug).hex
    let verified = try git(["--git-dir", test.gitDir, "bundle", "verify", path])
    #expect(verified.status == 0, "\(verified.err)")
    #expect(verified.out.contains("complete history"))
    let clone = test.folder.path + "/clone"
    let cloned = try git(["clone", "-q", path, clone])
    #expect(cloned.status == 0, "\(cloned.err)")
    #expect(try git(["-C", clone, "fsck", "--strict", "--full"]).status == 0)
    #expect(try git(["-C", clone, "rev-parse", "HEAD"]).out == tip + "\n")
    #expect(try git(["-C", clone, "tag"]).out == "\(exampleSlug)/first\n")
    #expect(try git(["-C", clone, "rev-parse", "--show-object-format"]).out == "sha256\n")
    #expect(FileSystem().exists(clone + "/claim.json"))
  }

  @Test func `a bundle is the same bytes twice, and however the store keeps its objects`() throws {
    let (test, path) = try exported()
    let first = try Fixtures.read(path)
    #expect(try Fixtures.read(try bundle(test)) == first)
    #expect(try test.git("repack", "-adfq").status == 0)
    let again = try test.reopened()
    let other = test.folder.path + "/repacked.bundle"
    _ = try again.export(
      try again.tip(of: exampleSlug), as: .bundle, to: other, isPublic: false, replacing: true)
    #expect(try Fixtures.read(other) == first)
  }

  @Test func `a bundle verifies without a store, and nothing is left behind`() throws {
    let (test, path) = try exported()
    let before = try state(test.folder.path)
    let reports = try FileVerification(
      options: try test.options(), files: FileSystem(), temporaryFolder: test.folder.path
    ).reports(path: path)
    #expect(reports.count == 2 && reports.allSatisfy(\.ok))
    #expect(reports[0].commit == (try test.store.tip(of: exampleSlug).hex))
    #expect(reports[0].checks.map(\.check) == VerifyCheck.allCases)
    #expect(reports[0].signer != nil)
    #expect(try state(test.folder.path) == before)
  }

  @Test func `git's own bundles are read, with deltas too`() throws {
    let (test, _) = try exported()
    let path = test.folder.path + "/git.bundle"
    #expect(try test.git("repack", "-adfq", "--depth=50", "--window=50").status == 0)
    #expect(try test.git("bundle", "create", "-q", path, "--branches", "--tags").status == 0)
    let other = try empty(test)
    let result = try other.importBundle(path, options: try test.options())
    #expect(result.rows.allSatisfy { $0.state == .new } && result.rows.count == 2)
    #expect(try other.tip(of: exampleSlug) == test.store.tip(of: exampleSlug))
    #expect(other.objects.fsck().isSound)
  }

  @Test func `an import brings everything once, and moves forward only`() throws {
    let (test, second) = try exported()
    let first = try bundle(test, "@v1")
    let other = try empty(test)
    let options = try test.options()
    let dry = try other.importBundle(first, options: options, isDryRun: true)
    #expect(dry.rows.map(\.state) == [.new, .new])
    #expect(try other.slugs() == [])
    let one = try other.importBundle(first, options: options)
    #expect(one.rows == dry.rows && one.objects > 0)
    #expect(try other.resolve(.label(slug: exampleSlug, "first")).commit == one.rows[0].new)
    let two = try other.importBundle(second, options: options)
    #expect(two.rows.map(\.state) == [.fastForward, .upToDate])
    // One commit, the rest was there.
    #expect(two.objects == 1)
    let three = try other.importBundle(second, options: options)
    #expect(three.rows.map(\.state) == [.upToDate, .upToDate] && three.objects == 0)
    let before = try state(other.objects.path)
    #expect(reason { try other.importBundle(first, options: options) } == "tip_rolled_back")
    #expect(try state(other.objects.path) == before)
    #expect(other.objects.fsck().isSound)
    let git = try git(["--git-dir", other.objects.path, "fsck", "--strict", "--full"])
    #expect(git.status == 0 && !git.err.contains("dangling"), "\(git.err)")
    #expect(try other.objects.head()?.text == "refs/heads/claims/\(exampleSlug)")
  }

  @Test func `a forked, moved, unsigned or distrusted history changes nothing`() throws {
    let (test, path) = try exported()
    let forked = try TestStore(seconds: 1_780_000_001)
    try forked.commitExample(label: "first")
    let options = try test.options()
    let before = try state(test.gitDir)
    // The other store has a key of the same bytes, so its signature is good.
    #expect(
      reason { try test.store.importBundle(try bundle(forked), options: options) } == "tip_forked")
    let nobody = VerifyOptions(trust: .empty, revocation: .empty)
    #expect(
      reason { try test.store.importBundle(path, options: nobody) } == "signer_not_trusted")
    let (author, unsigned) = try exported(unsigned: true)
    #expect(
      reason { try empty(test).importBundle(unsigned, options: options) } == "unsigned")
    withExtendedLifetime(author) {}
    #expect(try state(test.gitDir) == before)
    let left = try FileSystem().list(test.gitDir + "/wf").compactMap(\.name)
    #expect(left.allSatisfy { !$0.contains("quarantine") }, "\(left)")
  }

  @Test func `a claim that was deleted here comes back only with its last tip`() throws {
    let (test, second) = try exported()
    let first = try bundle(test, "@v1")
    let options = try test.options()
    let ref = try #require(RefName.claim(exampleSlug))
    let tip = try test.store.tip(of: exampleSlug)
    try test.store.objects.update([RefUpdate(ref, from: tip, to: nil)])
    let store = try test.reopened()
    #expect(reason { try store.importBundle(first, options: options) } == "tip_rolled_back")
    #expect(try store.importBundle(second, options: options).rows[0].state == .new)
    #expect(try store.tip(of: exampleSlug) == tip)
  }

  @Test func `a bundle that goes on from another is taken where that one is`() throws {
    let (test, _) = try exported()
    let first = try bundle(test, "@v1")
    let thin = test.folder.path + "/thin.bundle"
    let ref = "refs/heads/claims/\(exampleSlug)"
    #expect(try test.git("bundle", "create", "-q", thin, "\(ref)~1..\(ref)").status == 0)
    let other = try empty(test)
    let options = try test.options()
    #expect(
      reason { try other.importBundle(thin, options: options) } == "bundle_prerequisite_missing")
    _ = try other.importBundle(first, options: options)
    #expect(try other.importBundle(thin, options: options).rows[0].state == .fastForward)
    #expect(other.objects.fsck().isSound)
    #expect(
      reason {
        try FileVerification(
          options: options, files: FileSystem(), temporaryFolder: test.folder.path
        ).reports(path: thin)
      } == "bundle_prerequisite_missing")
  }

  @Test func `a clone is a whole store, or nothing`() throws {
    let (test, path) = try exported()
    let folder = test.folder.path + "/clone"
    func clone(_ path: String, to folder: String) throws -> BundleImport {
      try cloneBundle(
        path, to: folder, options: try test.options(), user: test.store.user,
        surroundings: Surroundings(
          now: { 0 }, randomBytes: { [UInt8](repeating: 9, count: $0) }, environment: [:]),
        files: FileSystem())
    }
    #expect(try clone(path, to: folder).rows.map(\.state) == [.new, .new])
    let store = try ObjectStore.open(at: folder + "/.wf", system: FileSystem())
    #expect(store.fsck().isSound)
    #expect(reason { try clone(path, to: folder) } == "output_exists")
    var bytes = try Fixtures.read(path)
    bytes[bytes.count / 2] ^= 1
    try FileSystem().write(bytes, to: path)
    let other = test.folder.path + "/none"
    #expect(reason { try clone(path, to: other) } == "pack_checksum_mismatch")
    let left = try FileSystem().list(test.folder.path).compactMap(\.name)
    #expect(left.allSatisfy { !$0.contains("none") }, "\(left)")
  }
}
