import Glibc
import Platform
import TestSupport
import Testing

struct FileSystemTests {
  private let system = FileSystem()

  @Test func `what is written is read, streamed and mapped`() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/file"
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let writer = try system.create(path)
    try writer.append(bytes[0..<10])
    try writer.append(bytes[10..<2_500_000])
    try writer.append(Array(bytes[2_500_000...]))
    #expect(writer.byteCount == bytes.count)
    try writer.finish(durably: true)
    #expect(try system.read(path) == bytes)
    #expect(try system.map(path).withBytes { Array($0) } == bytes)
    let reader = try system.openForReading(path)
    var streamed: [UInt8] = []
    while try reader.read(into: &streamed, upTo: 70_001) > 0 {}
    #expect(streamed == bytes)
    let mapped = try system.map(path)
    mapped.release(upTo: 1_000_000)
    #expect(mapped.withBytes { $0[5] } == bytes[5])
    #expect(system.ledger.syncs == 1)
  }

  @Test func `an empty file is mapped as no bytes`() throws {
    let folder = TemporaryFolder()
    try system.write([], to: folder.path + "/empty")
    #expect(try system.map(folder.path + "/empty").withBytes { $0.count } == 0)
    #expect(try system.read(folder.path + "/empty") == [])
  }

  @Test func `a pipe is refused and never waited for`() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    let expected = PlatformError(.notRegularFile, place: path, message: "")
    #expect(throws: expected) { try system.read(path) }
    #expect(throws: expected) { try system.map(path) }
    #expect(try system.status(path).kind == .fifo)
  }

  @Test func `what cannot be read says why`() throws {
    let folder = TemporaryFolder()
    let path = folder.path
    func code(_ body: () throws(PlatformError) -> Void) -> PlatformError.Code? {
      do throws(PlatformError) {
        try body()
        return nil
      } catch {
        return error.code
      }
    }
    #expect(code { () throws(PlatformError) in _ = try system.read(path) } == .isDirectory)
    #expect(code { () throws(PlatformError) in _ = try system.read(path + "/no") } == .fileNotFound)
    #expect(code { () throws(PlatformError) in _ = try system.read("a\0b") } == .pathInvalid)
    #expect(code { () throws(PlatformError) in _ = try system.read("") } == .pathInvalid)
    try system.write([1, 2, 3], to: path + "/f")
    #expect(
      code { () throws(PlatformError) in _ = try system.read(path + "/f", limit: 2) }
        == .fileTooLarge)
    #expect(
      code { () throws(PlatformError) in _ = try system.read(path + "/f/g") } == .notDirectory)
    #expect(code { () throws(PlatformError) in _ = try system.create(path + "/f") } == .fileExists)
    #expect(try system.readIfPresent(path + "/no") == nil)
    #expect(try system.readIfPresent(path + "/f/g") == nil)
  }

  @Test func `a failed write leaves the old content and nothing beside it`() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/file"
    try system.write([1], to: path)
    for operation in [FileSystem.Operation.create, .write, .syncFile, .rename] {
      let faulty = FileSystem { what, _, _ in what == operation ? .cut(bytes: 1, ENOSPC) : nil }
      #expect(throws: PlatformError.self) { try faulty.write([2, 3], to: path, .durable) }
      #expect(try system.read(path) == [1], "\(operation)")
      #expect(try system.list(folder.path).compactMap(\.name) == ["file"], "\(operation)")
    }
  }

  @Test func `a full disk is told by its own word`() throws {
    let folder = TemporaryFolder()
    let faulty = FileSystem { what, _, _ in what == .write ? .fail(ENOSPC) : nil }
    let error = try #require(throws: PlatformError.self) {
      try faulty.write([1], to: folder.path + "/x")
    }
    #expect(error.code == .diskFull)
    #expect(error.kind == .inputOutput)
  }

  @Test func `removing a tree does not follow links`() throws {
    let folder = TemporaryFolder()
    try system.makeDirectories(folder.path + "/keep")
    try system.write([1], to: folder.path + "/keep/file")
    try system.makeDirectories(folder.path + "/gone/deep")
    #expect(symlink(folder.path + "/keep", folder.path + "/gone/deep/link") == 0)
    try system.removeTree(folder.path + "/gone")
    #expect(try system.list(folder.path).compactMap(\.name) == ["keep"])
    #expect(try system.read(folder.path + "/keep/file") == [1])
    try system.removeTree(folder.path + "/gone")
  }

  @Test func `folders are made once, and their names listed in order`() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/a/b/c"
    #expect(try system.makeDirectories(path).count == 3)
    #expect(try system.makeDirectories(path) == [])
    for name in ["z", "é", "A", "a"] { try system.write([], to: path + "/" + name) }
    #expect(try system.list(path).compactMap(\.name) == ["A", "a", "z", "é"])
    #expect(try system.listIfPresent(path + "/none") == [])
  }
}

struct OutputPublicationTests {
  private let system = FileSystem()

  @Test func `an output that exists is refused, and replaced when asked`() throws {
    let folder = TemporaryFolder()
    let target = folder.path + "/out"
    let first = try system.beginFolder(at: target, replacing: false)
    try system.write([1], to: first.path + "/a")
    #expect(!system.exists(target))
    try first.publish()
    #expect(try system.read(target + "/a") == [1])
    let refused = PlatformError(.outputExists, place: target, message: "")
    #expect(throws: refused) { try system.beginFolder(at: target, replacing: false) }
    let second = try system.beginFolder(at: target, replacing: true)
    try system.write([2], to: second.path + "/b")
    try second.publish()
    #expect(try system.list(target).compactMap(\.name) == ["b"])
    #expect(try system.list(folder.path).compactMap(\.name) == ["out"])
  }

  @Test func `an output that is given up leaves nothing`() throws {
    let folder = TemporaryFolder()
    do {
      let output = try system.beginFolder(at: folder.path + "/out/", replacing: false)
      try system.write([1], to: output.path + "/a")
    }
    #expect(try system.list(folder.path) == [])
  }

  @Test func `an output that came meanwhile is not replaced`() throws {
    let folder = TemporaryFolder()
    let target = folder.path + "/out"
    let output = try system.beginFolder(at: target, replacing: false)
    try system.makeDirectory(target)
    #expect(throws: PlatformError(.outputExists, place: target, message: "")) {
      try output.publish()
    }
    output.abandon()
    #expect(try system.list(folder.path).compactMap(\.name) == ["out"])
  }

  @Test func `a file replaces a file`() throws {
    let folder = TemporaryFolder()
    let target = folder.path + "/f"
    try system.write([1], to: target)
    let output = try system.beginFile(at: target, replacing: true)
    try system.write([2], to: output.path)
    try output.publish()
    #expect(try system.read(target) == [2])
    #expect(try system.list(folder.path).count == 1)
  }
}
