import Evidence
import History
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing

struct ExportTests {
  private func exported(
    _ test: TestStore, public isPublic: Bool, as format: ExportFormat = .dir
  ) throws -> String {
    let tip = try test.store.tip(of: exampleSlug)
    let output = test.folder.path + "/out-\(isPublic)-\(format.rawValue)"
    _ = try test.store.export(tip, as: format, to: output, isPublic: isPublic, replacing: true)
    if ![.html, .bundle, .intoto].contains(format) { try PackageCollection.take(output) }
    return output
  }

  private func report(_ path: String, _ test: TestStore) throws -> TargetReport {
    try FileVerification(options: try test.options(), files: FileSystem()).report(path: path)
  }

  @Test(arguments: [true, false], [ExportFormat.dir, .tar])
  func `an export verifies without the store`(isPublic: Bool, format: ExportFormat) throws {
    let test = try TestStore()
    let done = try test.commitExample()
    let report = try report(try exported(test, public: isPublic, as: format), test)
    #expect(report.ok, "\(report.checks.filter { $0.state == .fail })")
    #expect(report.commit == done.commit.hex)
    #expect(report.signer?.fingerprint == done.signedBy)
    #expect(report.checks.first { $0.check == .raw }?.state == (isPublic ? .skipped : .pass))
  }

  @Test func `a public export holds the seven members and the proof, and nothing private`() throws {
    let test = try TestStore()
    _ = try test.store.register(
      RegistrationRequest(
        claim: TestStore.example().bytes(.claim),
        evaluationProtocol: TestStore.example().bytes(.evaluationProtocol), unsigned: false))
    try test.commitExample()
    let members = try readPackageFolder(try exported(test, public: true), files: FileSystem())
    let seven = MemberName.allCases.filter(\.isPublic).map(\.rawValue)
    #expect(members.names == (seven + ["proof/commit", "proof/history", "proof/tree"]).sorted())
    let salt = "988abca3769153a533a8e3e68185ef4e"
    for name in members.names {
      let text = String(decoding: try members.bytes(name), as: UTF8.self)
      #expect(!text.contains(salt), "\(name)")
      #expect(!text.contains("run-2026-11-21-a"), "\(name)")
    }
  }

  @Test func `any changed byte of a public export is found and the file is named`() throws {
    let test = try TestStore()
    try test.commitExample()
    let folder = try exported(test, public: true)
    let members = try readPackageFolder(folder, files: FileSystem())
    for name in members.names {
      let good = try members.bytes(name)
      for position in stride(from: 0, to: good.count, by: 61) {
        var bytes = good
        bytes[position] ^= 0x01
        try FileSystem().write(bytes, to: folder + "/" + name)
        let found: TargetReport
        do {
          found = try report(folder, test)
        } catch {
          continue  // a proof that cannot be read is an error of its own
        }
        #expect(!found.ok, "\(name) byte \(position)")
        let failures = found.checks.filter { $0.state == .fail }
        let named = failures.contains {
          $0.path?.contains(name) == true || $0.check == .signature
            || name.hasPrefix("proof/") && $0.check == .graph
        }
        #expect(named, "\(name) byte \(position): \(failures)")
      }
      try FileSystem().write(good, to: folder + "/" + name)
    }
  }

  @Test func `a missing public member is named`() throws {
    let test = try TestStore()
    try test.commitExample()
    let folder = try exported(test, public: true)
    try FileSystem().remove(folder + "/evidence.md")
    let report = try report(folder, test)
    #expect(report.checks.contains { $0.state == .fail && $0.fault == .missing })
  }

  @Test func `two exports of a version are equal bytes`() throws {
    let test = try TestStore()
    try test.commitExample()
    let first = try Fixtures.read(try exported(test, public: true, as: .tar))
    let second = try Fixtures.read(try exported(test, public: true, as: .tar))
    #expect(first == second)
    #expect(try run(["tar", "-tf", test.folder.path + "/out-true-tar"]).status == 0)
  }

  @Test func `an output that is there is not overwritten`() throws {
    let test = try TestStore()
    try test.commitExample()
    let output = try exported(test, public: true)
    #expect(throws: PlatformError.self) {
      try test.store.export(
        try test.store.tip(of: exampleSlug), as: .dir, to: output, isPublic: true,
        replacing: false)
    }
  }

  @Test func `an exported package can be committed again`() throws {
    let test = try TestStore()
    let first = try test.commitExample()
    let (members, proof) = try FileVerification.read(
      try exported(test, public: false), files: FileSystem())
    #expect(proof != nil)
    let again = try test.store.commit(
      CommitRequest(members: members, subject: nil, label: nil, unsigned: false))
    #expect(again.tree == first.tree)
  }

  @Test func `a page is one file, the same each time, and says what was verified`() throws {
    let test = try TestStore()
    let commit = try test.commitExample().commit
    var pages: [[UInt8]] = []
    for options in [try test.options(), try test.options(), nil] {
      let path = test.folder.path + "/page\(pages.count).html"
      let written = try test.store.export(
        commit, as: .html, to: path, isPublic: true, replacing: false, options: options)
      pages.append(try Fixtures.read(path))
      #expect(written.map(\.size) == [pages[pages.count - 1].count])
      #expect(throws: (any Error).self) {
        try test.store.export(commit, as: .html, to: path, isPublic: true, replacing: false)
      }
    }
    #expect(pages[0] == pages[1])
    let (verified, bare) = (
      String(decoding: pages[0], as: UTF8.self), String(decoding: pages[2], as: UTF8.self)
    )
    #expect(verified.contains("Signed by ") && verified.contains(commit.hex))
    #expect(bare.contains("Nothing was verified for this page."))
  }
}
