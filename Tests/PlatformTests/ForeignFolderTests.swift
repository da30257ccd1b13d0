import Glibc
import TestSupport
import Testing

@testable import Platform

struct ForeignFolderTests {
  private let folder = TemporaryFolder()
  private let files = FileSystem()

  private func put(_ name: String, _ bytes: [UInt8]) throws {
    try files.makeDirectories(Path.parent(folder.path + "/" + name))
    try files.write(bytes, to: folder.path + "/" + name)
  }

  @Test(arguments: [
    ("36 35 98:0 /m /work/run/data rw,noatime - ext3 /dev/root rw\n", ["data"]),
    ("36 35 98:0 / /work/run rw - ext3 x rw\n36 35 98:0 / /work/runner/a rw - ext3 x rw\n", []),
    ("36 35 98:0 / /work/run/a\\040b/c\\134d rw - ext3 x rw\n", ["a b/c\\d"]),
    ("36 35 98:0 / /work/run/a\\0 rw - x\ngarbage\n\n", ["a\\0"]), ("", []),
  ])
  func `mount points are those that the kernel lists below a folder`(
    table: String, expected: [String]
  ) {
    let found = MountPoints.parse(Array(table.utf8), below: Array("/work/run".utf8))
    #expect(Set(found.map { String(decoding: $0, as: UTF8.self) }) == Set(expected))
  }

  @Test func `of the root folder every mount point is below`() {
    let table = Array("1 1 98:0 / / rw - x\n2 1 98:0 / /proc rw - x\n".utf8)
    #expect(MountPoints.parse(table, below: [0x2F]) == [Array("proc".utf8)])
    #expect(!MountPoints(below: "/", files: files).paths.isEmpty)
  }

  @Test func `a listing has regular files in byte order, and no links`() throws {
    try put("b/x", [1])
    try put("b.txt", [1, 2])
    try put("a", [])
    symlink("a", folder.path + "/link")
    symlink("b", folder.path + "/folder")
    mkfifo(folder.path + "/pipe", 0o600)
    let listing = try FolderListing(try ForeignFolder(folder.path, system: files))
    #expect(listing.files.map(\.path) == ["a", "b.txt", "b/x"])
    #expect(listing.files.map(\.size) == [0, 2, 1])
    #expect(!listing.isCut && listing.unreadable.isEmpty)
  }

  @Test func `a listing ends at its limits`() throws {
    for number in 0..<5 { try put("\(number)", []) }
    try put("a/b/c/d", [])
    let root = try ForeignFolder(folder.path, system: files)
    #expect(try FolderListing(root, entries: 9).files.count == 6)
    #expect(try FolderListing(root, entries: 5).isCut)
    #expect(try FolderListing(root, depth: 2).isCut)
    #expect(try !FolderListing(root, depth: 3).isCut)
  }

  @Test func `filling gives what the file had when it was opened`() throws {
    try put("x", Array(0..<100))
    let root = try ForeignFolder(folder.path, system: files)
    let file = try root.file(Array("x".utf8))
    var buffer = [UInt8](repeating: 0, count: 64)
    #expect(try file.fill(&buffer, from: 0) == 64)
    #expect(buffer == Array(0..<64))
    #expect(try file.fill(&buffer, from: 64) == 36)
    #expect(Array(buffer.prefix(36)) == Array(64..<100))
    #expect(try file.fill(&buffer, from: 100) == 0)
    truncate(folder.path + "/x", 10)
    #expect(try file.fill(&buffer, from: 0) == 10)
  }

  @Test func `a copy is not begun where there is no time for the rest`() throws {
    try put("x", [1])
    truncate(folder.path + "/x", 200 << 20)
    let root = try ForeignFolder(folder.path, system: files)
    let file = try root.file(Array("x".utf8))
    #expect(throws: PlatformError.self) { try file.copy { false } }
    #expect(try file.copy { true }.count == 200 << 20)
  }
}
