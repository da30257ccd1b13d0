import JSON
import ObjectStore
import Platform
import TestSupport
import Testing

/// One repository of `Fixtures/git` and what a strict store must say of it.
struct GitCase: Sendable, CustomTestStringConvertible {
  let name: String
  let archive: String
  let reasons: [String]
  let object: String?
  let commit: String
  let testDescription: String

  /// What only the check of the signature can find: the objects themselves are right.
  private static let ofSignature: Set<String> = [
    "bytes_changed", "unsigned", "signer_not_trusted", "namespace_mismatch",
  ]
  var isSoundForFsck: Bool { reasons == ["ok"] || Self.ofSignature.contains(reasons[0]) }

  static let all: [GitCase] = {
    guard let text = try? JSONValue.parse(Fixtures.bytes("git/cases.json")) else { return [] }
    return (text["cases"]?.array ?? []).map { row in
      let name = row["name"]?.string ?? ""
      let also = (row["also"]?.array ?? []).compactMap(\.string)
      return GitCase(
        name: name, archive: row["archive"]?.string ?? "",
        reasons: [row["reason"]?.string ?? ""] + also, object: row["object"]?.string,
        commit: row["commit"]?.string ?? "", testDescription: name)
    }
  }()
}

struct GitCasesTests {
  @Test func `every archive has a row and every row an archive`() throws {
    let files = try FileSystem().list(Fixtures.path("git")).compactMap(\.name)
      .filter { $0.hasSuffix(".tar") }
    #expect(!files.isEmpty)
    #expect(Set(files) == Set(GitCase.all.map(\.archive)))
    #expect(GitCase.all.count == files.count)
  }

  @Test(arguments: GitCase.all)
  func `fsck names the cause first`(_ row: GitCase) throws {
    let folder = TemporaryFolder()
    try Tar.unpack(Fixtures.bytes("git/" + row.archive), to: folder.path)
    let report = ObjectStore.fsck(at: folder.path, system: FileSystem())
    if row.isSoundForFsck {
      #expect(report.findings == [])
      #expect(report.objects > 0)
      return
    }
    let first = try #require(report.findings.first)
    #expect(row.reasons.contains(first.reason), "\(report.findings)")
    if let object = row.object, let found = first.object {
      #expect(found.hex == object, "\(report.findings)")
    }
  }

  /// What `verify` runs before it looks at a signature.
  @Test(arguments: GitCase.all)
  func `the checks of one version find what is wrong with it`(_ row: GitCase) throws {
    let folder = TemporaryFolder()
    try Tar.unpack(Fixtures.bytes("git/" + row.archive), to: folder.path)
    let system = FileSystem()
    let store: ObjectStore
    do {
      store = try ObjectStore.open(at: folder.path, system: system)
    } catch {
      #expect(row.reasons.contains(error.reason))
      return
    }
    if let finding = store.checkRepository().first {
      #expect(row.reasons.contains(finding.reason))
      return
    }
    guard let id = ObjectID(hex: row.commit) else { return }
    let report = store.checkGraph(of: id, includingHistory: true, memo: VerifiedObjects())
    if row.isSoundForFsck {
      #expect(report.failure == nil)
    } else if let failure = report.failure {
      // One version is read without its pack's checksum: the flipped byte shows itself first.
      let others = row.name == "pack-byte-flipped" ? ["zlib_invalid"] : []
      #expect((row.reasons + others).contains(failure.reason), "\(failure)")
    }
  }
}
