import Archives
import Evidence
import Glibc
import Platform
import TestSupport
import Testing

@Suite struct TarTests {
  @Test func `an archive holds the members in byte order and is read again`() throws {
    let members = ExamplePackage.members
    let archive = try members.tar(modified: 1_700_000_000)
    #expect(archive.count % 512 == 0)
    #expect(try members.tar(modified: 1_700_000_000) == archive)
    let entries = try Tar.read(archive)
    #expect(entries.map(\.name) == MemberName.allCases.map(\.rawValue).sorted())
    let again = try PackageMembers(tar: archive)
    for name in MemberName.allCases { #expect(try again.bytes(name) == members.bytes(name)) }
    #expect(checkPackage(again, scope: .full) == [])
  }

  @Test func `tar lists and extracts what was written`() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/p.tar"
    let long = "raw/" + String(repeating: "d", count: 90) + "/" + String(repeating: "f", count: 90)
    let entries = [
      Tar.Entry(name: "b.json", bytes: Array("{}\n".utf8)), Tar.Entry(name: "a", bytes: []),
      Tar.Entry(name: long, bytes: [UInt8](repeating: 7, count: 1025)),
    ]
    let archive = try Tar.write(entries, modified: 1_700_000_000)
    try FileSystem().write(archive, to: path)
    let listing = try run("tar tvf '\(path)' --utc")
    #expect(listing.contains("-rw-r--r-- 0/0"))
    #expect(listing.contains("2023-11-14 22:13"))
    #expect(try run("tar tf '\(path)'") == "a\nb.json\n\(long)\n")
    #expect(try run("tar xOf '\(path)' b.json") == "{}\n")
    #expect(try Tar.read(archive) == entries.sorted { $0.name < $1.name })
  }

  @Test func `an archive that tar made of a folder is read, the folder left out`() throws {
    let folder = TemporaryFolder()
    let package = Fixtures.path("package-example/package")
    _ = try run("tar cf '\(folder.path)/p.tar' --format=ustar -C '\(package)/..' package")
    let members = try PackageMembers(tar: try Fixtures.read(folder.path + "/p.tar"))
    #expect(members.names == MemberName.allCases.map(\.rawValue).sorted())
    #expect(checkPackage(members, scope: .full) == [])
  }

  @Test func `cut, changed and hostile archives are refused`() throws {
    let archive = try Tar.write([.init(name: "a.json", bytes: [1, 2, 3])], modified: 0)
    for length in [0, 1, 511, 512, 514, 1023] {
      #expect(throws: ArchiveError.self) { try Tar.read(Array(archive.prefix(length))) }
    }
    for place in [0, 100, 124, 136, 148, 156, 257, 345] {
      var changed = archive
      changed[place] ^= 1
      #expect(throws: ArchiveError.self, "byte \(place)") { try Tar.read(changed) }
    }
    for name in ["../a", "/etc/passwd", "a/../b", "a//b", "./a", "a\nb"] {
      let hostile = try Tar.write([.init(name: name, bytes: [])], modified: 0)
      #expect(throws: ArchiveError.self, "\(name)") { try Tar.read(hostile) }
    }
    let twice = try Tar.write(
      [.init(name: "a", bytes: []), .init(name: "a", bytes: [])], modified: 0)
    #expect(throws: ArchiveError.self) { try Tar.read(twice) }
    #expect(throws: ArchiveError.self) {
      try Tar.write([.init(name: String(repeating: "x", count: 101), bytes: [])], modified: 0)
    }
  }

  @Test func `an archive with a link in it is refused`() throws {
    let folder = TemporaryFolder()
    _ = try run(
      "cd '\(folder.path)' && ln -s /etc/passwd claim.json && tar cf p.tar --format=ustar claim.json"
    )
    let error = #expect(throws: ArchiveError.self) {
      try Tar.read(try Fixtures.read(folder.path + "/p.tar"))
    }
    #expect(error?.code == .entryType)
  }

  private func run(_ command: String) throws -> String {
    guard let pipe = unsafe popen(command, "r") else { throw CommandFailed(command: command) }
    defer { unsafe pclose(pipe) }
    var output: [UInt8] = []
    while true {
      let byte = unsafe fgetc(pipe)
      if byte < 0 { break }
      output.append(UInt8(truncatingIfNeeded: byte))
    }
    return String(decoding: output, as: UTF8.self)
  }
}

private struct CommandFailed: Error {
  let command: String
}

@Suite struct PackageFolderTests {
  private func copy() throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    for name in MemberName.allCases {
      try FileSystem().write(ExamplePackage.bytes(name), to: folder.path + "/" + name.rawValue)
    }
    return folder
  }

  @Test func `a package folder is read and passes`() throws {
    let members = try readPackageFolder(
      Fixtures.path("package-example/package"), files: FileSystem())
    #expect(checkPackage(members, scope: .full) == [])
  }

  @Test func `a folder with its raw tree is checked against the manifest`() throws {
    let folder = try copy()
    for (path, bytes) in try ExamplePackage.rawBlobs() {
      try FileSystem().makeDirectories(Path.parent(folder.path + "/" + path))
      try FileSystem().write(bytes, to: folder.path + "/" + path)
    }
    func findings() throws -> [CheckFinding] {
      checkPackage(try readPackageFolder(folder.path, files: FileSystem()), scope: .full)
    }
    #expect(try findings() == [])
    let blob =
      folder.path + "/raw/05/afb9012cf78bac6bcf2d2dfc5ff6eb59fd36886b9478c7624bc52542d05860"
    var bytes = try Fixtures.read(blob)
    bytes[20] ^= 1
    try FileSystem().write(bytes, to: blob)
    #expect(try findings().map { [$0.check.rawValue, $0.reason] } == [["raw", "digest_mismatch"]])
    unlink(blob)
    #expect(try findings().map { [$0.check.rawValue, $0.reason] } == [["raw", "member_missing"]])
    try FileSystem().write([1], to: folder.path + "/raw/05/00")
    #expect(try findings().map(\.reason).sorted() == ["member_extra", "member_missing"])
    unlink(folder.path + "/raw/05/00")
    try FileSystem().write(
      try ExamplePackage.rawBlobs()["raw/05/" + blob.suffix(62)] ?? [], to: blob)
    try FileSystem().write(Array("0".utf8), to: folder.path + "/raw/salt")
    #expect(try findings().map { [$0.check.rawValue, $0.reason] } == [["cross", "salt_mismatch"]])
  }

  @Test func `what is no folder is no package`() throws {
    let folder = try copy()
    for path in [folder.path + "/claim.json", folder.path + "/nothing", ""] {
      let error = #expect(throws: EvidenceError.self) {
        try readPackageFolder(path, files: FileSystem())
      }
      #expect(error?.code == .notAPackage)
    }
  }

  @Test(arguments: ["fifo", "link", "name"])
  func `a pipe, a link or a name that is not UTF-8 is refused, not waited for`(
    _ kind: String
  ) throws {
    let folder = try copy()
    switch kind {
    case "fifo": unsafe mkfifo(folder.path + "/extra", 0o644)
    case "link": unsafe symlink("/etc/passwd", folder.path + "/extra")
    default:
      var name = Array((folder.path + "/").utf8CString.dropLast()) + [CChar(bitPattern: 0xFF), 0]
      let descriptor = unsafe open(&name, O_CREAT | O_WRONLY, 0o644)
      close(descriptor)
    }
    let error = #expect(throws: EvidenceError.self) {
      try readPackageFolder(folder.path, files: FileSystem())
    }
    #expect(error?.code == .notAPackage)
  }

  @Test func `an empty member is found, not trusted`() throws {
    let folder = try copy()
    try FileSystem().write([], to: folder.path + "/evidence.json")
    let findings = checkPackage(
      try readPackageFolder(folder.path, files: FileSystem()), scope: .full)
    #expect(findings.contains { $0.check == .schema && $0.code == .emptyInput })
    #expect(findings.contains { $0.check == .manifest && $0.member == "evidence.json" })
  }

  @Test func `a member that cannot be read any more is named`() throws {
    let folder = try copy()
    let members = try readPackageFolder(folder.path, files: FileSystem())
    unlink(folder.path + "/claim.json")
    let findings = checkPackage(members, scope: .full)
    #expect(findings.first?.code == .memberUnreadable)
    #expect(findings.first?.member == "claim.json")
  }
}
