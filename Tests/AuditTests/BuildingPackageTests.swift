import Audit
import Evidence
import Glibc
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

struct BuildingPackageTests {
  let folder = TemporaryFolder()

  @Test(arguments: MemberName.allCases)
  func `the worked example comes out byte for byte`(_ member: MemberName) throws {
    let output = folder.path + "/package"
    let written = try writeCollectedPackage(
      BuildingExample.request(output: output, rules: .v1), files: FileSystem())
    let bytes = try Fixtures.read(output + "/" + member.rawValue)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == String(decoding: BuildingExample.member(member), as: UTF8.self))
    #expect(written.members.count == 11)
  }

  @Test func `the report says what the package holds`() throws {
    let written = try writeCollectedPackage(
      BuildingExample.request(output: folder.path + "/package", rules: .v1), files: FileSystem())
    #expect(written.verdict == "inconclusive")
    #expect(written.grade == "C")
    #expect(written.counts.attempted == 6)
    #expect(written.missing.contains("checkpoint_digest_missing"))
    #expect(written.packageID == "pkg_26CK8653DPXCVNBV3Y6ZQBYP9S")
    let manifest = BuildingExample.member(.artifactManifest)
    #expect(written.manifestDigest == Digest.text(of: manifest))
    let sizes = MemberName.allCases.map { BuildingExample.member($0).count }
    #expect(written.size == sizes.reduce(0, +))
  }

  @Test func `time zone, language and folder leave no trace`() throws {
    var packages: [[[UInt8]]] = []
    for (zone, language) in [("UTC", "C"), ("Pacific/Chatham", "tr_TR.UTF-8")] {
      unsafe setenv("TZ", zone, 1)
      unsafe setenv("LC_ALL", language, 1)
      unsafe setlocale(LC_ALL, "")
      tzset()
      let output = folder.path + "/made in \(language)"
      _ = try writeCollectedPackage(BuildingExample.request(output: output), files: FileSystem())
      packages.append(
        try MemberName.allCases.map { try Fixtures.read(output + "/" + $0.rawValue) })
    }
    #expect(packages[0] == packages[1])
  }

  @Test func `another secret changes members 6 to 11 only`() throws {
    var request = BuildingExample.request(output: folder.path + "/other", rules: .v1)
    request.secret[0] ^= 1
    _ = try writeCollectedPackage(request, files: FileSystem())
    let changed = try MemberName.allCases.filter { member in
      try Fixtures.read(folder.path + "/other/" + member.rawValue) != BuildingExample.member(member)
    }
    #expect(
      changed == [
        .auditProvenance, .episodeResults, .rawEvidenceManifest, .failureEvidenceIndex,
        .failureReplayManifest, .artifactManifest,
      ])
  }

  @Test func `an output that is there is refused and then replaced on request`() throws {
    let files = FileSystem()
    var request = BuildingExample.request(output: folder.path + "/package")
    _ = try writeCollectedPackage(request, files: files)
    let refusal = #expect(throws: AuditError.self) {
      try writeCollectedPackage(request, files: files)
    }
    #expect(refusal?.reason == "output_exists")
    #expect(refusal?.kind == .refused)
    request.replacesOutput = true
    request.secret[0] ^= 1
    let again = try writeCollectedPackage(request, files: files)
    let manifest = try Fixtures.read(folder.path + "/package/artifact_manifest.json")
    #expect(again.manifestDigest == Digest.text(of: manifest))
    #expect(try entries() == ["package"])
  }

  @Test func `strictness refuses before anything is written and names the labels`() throws {
    var request = BuildingExample.request(output: folder.path + "/package")
    request.options.strictMissingEvidence = true
    let refusal = #expect(throws: AuditError.self) {
      try writeCollectedPackage(request, files: FileSystem())
    }
    #expect(refusal?.code == .missingEvidence)
    #expect(refusal?.place?.contains("checkpoint_digest_missing") == true)
    #expect(refusal?.place?.contains("sim_only") == false)
    #expect(try entries() == [])
  }

  @Test func `a secret of another length is refused`() {
    var request = BuildingExample.request(output: folder.path + "/package")
    request.secret.removeLast()
    let refusal = #expect(throws: AuditError.self) {
      try writeCollectedPackage(request, files: FileSystem())
    }
    #expect(refusal?.code == .secretInvalid)
  }

  @Test func `a fault at any operation leaves nothing behind`() throws {
    let counter = FileSystem()
    _ = try writeCollectedPackage(
      BuildingExample.request(output: folder.path + "/dry"), files: counter)
    try counter.removeTree(folder.path + "/dry")
    let total = counter.ledger.total
    #expect(total > 30)
    for number in 1...total {
      let output = folder.path + "/package"
      let failed = Mutex(false)
      let files = FileSystem { operation, _, count in
        // Cleaning up has to work, or no writer could keep the promise.
        guard count == number, operation != .unlink, operation != .removeDirectory,
          operation != .list
        else { return nil }
        failed.withLock { $0 = true }
        return .fail(EIO)
      }
      let written = try? writeCollectedPackage(
        BuildingExample.request(output: output), files: files)
      let hasFailed = failed.withLock { $0 }
      #expect((written == nil) == hasFailed || written != nil, "operation \(number)")
      if written == nil {
        #expect(try entries() == [], "operation \(number)")
      } else {
        #expect(try entries() == ["package"], "operation \(number)")
        try FileSystem().removeTree(output)
      }
    }
  }

  @Test func `a full disk in the middle of a row leaves nothing behind`() throws {
    for number in 1...12 {
      let writes = Mutex(0)
      let files = FileSystem { operation, _, _ in
        guard operation == .write else { return nil }
        let count = writes.withLock {
          $0 += 1
          return $0
        }
        return count == number ? .cut(bytes: 7, ENOSPC) : nil
      }
      let request = BuildingExample.request(output: folder.path + "/package")
      let written = try? writeCollectedPackage(request, files: files)
      if let written {
        #expect(number > 11)
        #expect(written.members.count == 11)
      } else {
        #expect(try entries() == [], "write \(number)")
      }
    }
  }

  @Test func `progress reaches its total`() throws {
    let last = Mutex((done: 0, total: -1))
    var request = BuildingExample.request(output: folder.path + "/package")
    request.progress = { done, total in
      last.withLock { if done > $0.done { $0 = (done, total) } }
    }
    _ = try writeCollectedPackage(request, files: FileSystem())
    #expect(last.withLock { $0.done } == 14)
    #expect(last.withLock { $0.total } == 14)
  }

  private func entries() throws -> [String] {
    try FileSystem().list(folder.path).compactMap(\.name).sorted()
  }
}
