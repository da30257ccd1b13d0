import Archives
import Evidence
import History
import ObjectStore
import Platform
import TestSupport
import Testing

struct ExportFormatTests {
  static let packages: [ExportFormat] = [.dir, .tar, .tarGzip, .zip, .oci]

  private func export(
    _ test: TestStore, _ format: ExportFormat, public isPublic: Bool = false, to name: String
  ) throws -> String {
    let output = test.folder.path + "/" + name
    _ = try test.store.export(
      try test.store.tip(of: exampleSlug), as: format, to: output, isPublic: isPublic,
      replacing: true)
    if ![.html, .bundle, .intoto].contains(format) { try PackageCollection.take(output) }
    return output
  }

  private func reports(_ path: String, _ test: TestStore) throws -> [TargetReport] {
    try FileVerification(
      options: try test.options(), files: FileSystem(), temporaryFolder: test.folder.path
    ).reports(path: path)
  }

  @Test(arguments: packages, [true, false])
  func `each form verifies directly, whatever it is called`(
    format: ExportFormat, isPublic: Bool
  ) throws {
    let test = try TestStore()
    let done = try test.commitExample()
    // The name says nothing: `evidence` could be anything.
    for name in format == .oci ? ["evidence", "evidence.tar"] : ["evidence"] {
      let path = try export(test, format, public: isPublic, to: name)
      let report = try #require(try reports(path, test).first)
      #expect(report.ok, "\(report.checks.filter { $0.state == .fail })")
      #expect(report.commit == done.commit.hex)
      #expect(report.signer?.fingerprint == done.signedBy)
      #expect(report.checks.first { $0.check == .raw }?.state == (isPublic ? .skipped : .pass))
    }
  }

  @Test(arguments: packages)
  func `each form gives the same members, and the same bytes twice`(format: ExportFormat) throws {
    let test = try TestStore()
    try test.commitExample()
    let folder = try export(test, .dir, to: "folder")
    let expected = try FileVerification.read(folder, files: FileSystem()).members
    let one = try export(test, format, to: "one")
    let other = try export(test, format, to: "other")
    let found = try FileVerification.read(one, files: FileSystem()).members
    #expect(found.names == expected.names)
    for name in expected.names { #expect(try found.bytes(name) == expected.bytes(name)) }
    #expect(try run(["diff", "-r", one, other]).out == "")
  }

  @Test(arguments: [ExportFormat.tar, .tarGzip, .zip, .oci])
  func `a public form holds nothing private`(format: ExportFormat) throws {
    let test = try TestStore()
    try test.commitExample()
    let path = try export(test, format, public: true, to: "public")
    let names = try FileVerification.read(path, files: FileSystem()).members.names
    #expect(names == MemberName.allCases.filter(\.isPublic).map(\.rawValue).sorted())
  }

  @Test(arguments: [ExportFormat.tar, .tarGzip, .zip])
  func `stock tools read the archives`(format: ExportFormat) throws {
    let test = try TestStore()
    try test.commitExample()
    let path = try export(test, format, public: true, to: "evidence")
    let command =
      format == .zip
      ? ["python3", "-m", "zipfile", "-t", path]
      : ["tar", format == .tar ? "-tf" : "-tzf", path]
    let done = try run(command)
    #expect(done.status == 0, "\(done.err)")
    #expect(format == .zip || done.out.contains("claim.json\n"))
  }

  @Test(arguments: [true, false])
  func `an OCI layout passes a checker of its own`(isPublic: Bool) throws {
    let test = try TestStore()
    try test.commitExample()
    var outputs: [String] = []
    for name in ["layout", "layout.tar"] {
      let path = try export(test, .oci, public: isPublic, to: name)
      let done = try run(["python3", Fixtures.path("archives/check_oci_layout.py"), path])
      #expect(done.status == 0, "\(done.err)\(done.out)")
      #expect(done.out.contains("claim.json application/json "))
      #expect(done.out.contains("proof/commit application/vnd.worldflux.proof.v1 "))
      #expect(done.out.contains("raw.tar ") != isPublic)
      outputs.append(done.out)
    }
    #expect(outputs[0] == outputs[1])
  }

  @Test func `a changed, missing or added blob of a layout is named`() throws {
    let test = try TestStore()
    try test.commitExample()
    let path = try export(test, .oci, public: true, to: "layout")
    let files = FileSystem()
    func reason() throws -> String? {
      do {
        return try reports(path, test).first?.firstFailure?.reason ?? "none"
      } catch let failure as any Failure {
        return failure.reason
      }
    }
    #expect(try reason() == "none")
    let blobs = path + "/blobs/sha256"
    for name in try files.list(blobs).compactMap(\.name) {
      let good = try files.read(blobs + "/" + name)
      var bad = good
      bad[bad.count / 2] ^= 1
      try files.write(bad, to: blobs + "/" + name)
      #expect(try reason() == "digest_mismatch")
      try files.write(good + [10], to: blobs + "/" + name)
      #expect(try reason() == "digest_mismatch")
      try files.remove(blobs + "/" + name)
      #expect(try reason() == "member_missing")
      try files.write(good, to: blobs + "/" + name)
    }
    try files.write([1], to: blobs + "/extra")
    #expect(try reason() == "oci_malformed")
  }

  @Test(arguments: [ExportFormat.tar, .tarGzip, .zip])
  func `a changed byte anywhere is found`(format: ExportFormat) throws {
    let test = try TestStore()
    try test.commitExample()
    let path = try export(test, format, public: true, to: "evidence")
    let good = try Fixtures.read(path)
    for position in stride(from: 3, to: good.count, by: good.count / 60) {
      var bad = good
      bad[position] ^= 0x04
      try FileSystem().write(bad, to: path)
      guard let found = try? reports(path, test) else { continue }  // refused: found
      // Times of a tar's or zip's headers mean nothing; a tar's have a checksum all the same.
      let isSame = format == .zip && found.allSatisfy(\.ok)
      #expect(isSame || found.contains { !$0.ok }, "byte \(position)")
      if isSame {
        let members = try FileVerification.read(path, files: FileSystem()).members
        #expect(members.names.count == 7)
      }
    }
  }

  @Test func `a bundle is never public, and no output of a refused export is left`() throws {
    let test = try TestStore()
    try test.commitExample()
    let error = #expect(throws: HistoryError.self) {
      try export(test, .bundle, public: true, to: "b")
    }
    #expect(error?.code == .exportNotPublic)
    #expect(!FileSystem().exists(test.folder.path + "/b"))
  }

  @Test(arguments: ExportFormat.allCases)
  func `an export that fails in the middle leaves nothing`(format: ExportFormat) throws {
    let quiet = try TestStore()
    try quiet.commitExample()
    let failing = FileSystem { operation, path, _ in
      operation == .write && path.contains("out.tmp") ? .fail(28) : nil
    }
    let store = EvidenceStore(
      objects: try .open(at: quiet.gitDir, system: failing), user: quiet.store.user,
      surroundings: quiet.store.surroundings)
    #expect(throws: (any Error).self) {
      try store.export(
        try store.tip(of: exampleSlug), as: format, to: quiet.folder.path + "/out",
        isPublic: false, replacing: false)
    }
    let left = try FileSystem().list(quiet.folder.path).compactMap(\.name)
    #expect(left.allSatisfy { !$0.contains("out") }, "\(left)")
  }
}
