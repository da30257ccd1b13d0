import Archives
import Glibc
import Platform
import TestSupport
import Testing

struct ZipWriterTests {
  private let files = [
    ArchiveFile(name: "a.json", bytes: Array(String(repeating: "{}\n", count: 500).utf8)),
    ArchiveFile(name: "raw/é", bytes: []),
    ArchiveFile(name: "random", bytes: (0..<999).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }),
  ]

  private func zip(forcesZip64: Bool = false, modified: Int64 = 1_767_323_046) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var writer = ZipWriter(modified: modified, forcesZip64: forcesZip64) { bytes += $0 }
    for file in files { try writer.add(file.name, file.bytes) }
    try writer.finish()
    return bytes
  }

  private func python(_ script: String, _ path: String) throws -> String {
    let done = try run(["python3", "-c", script, path])
    #expect(done.status == 0, "\(done.err)")
    return done.out
  }

  @Test(arguments: [false, true])
  func `python and we read what was written, the same each time`(forcesZip64: Bool) throws {
    let bytes = try zip(forcesZip64: forcesZip64)
    #expect(try zip(forcesZip64: forcesZip64) == bytes)
    #expect(try readArchive(ArchiveData(bytes)) == files)
    let folder = TemporaryFolder()
    try FileSystem().write(bytes, to: folder.path + "/a.zip")
    let script = """
      import sys, zipfile
      z = zipfile.ZipFile(sys.argv[1])
      print(z.testzip())
      for i in z.infolist():
          print(i.filename, i.file_size, i.date_time, oct(i.external_attr >> 16), i.compress_type, len(i.extra))
      """
    let extra = forcesZip64 ? 28 : 0
    #expect(
      try python(script, folder.path + "/a.zip") == """
        None
        a.json 1500 (2026, 1, 2, 3, 4, 6) 0o100644 8 \(extra)
        raw/é 0 (2026, 1, 2, 3, 4, 6) 0o100644 0 \(extra)
        random 999 (2026, 1, 2, 3, 4, 6) 0o100644 \(try method(of: "random", bytes)) \(extra)

        """)
  }

  /// 0 or 8, from the local header.
  private func method(of name: String, _ bytes: [UInt8]) throws -> UInt8 {
    let pattern = Array(name.utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: pattern) })
    // A forced zip64 header has the same 30 bytes before the name.
    return bytes[place - 30 + 8]
  }

  @Test func `a member over 4 GiB goes through in constant memory and python finds it`() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/big.zip"
    let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
    defer { close(descriptor) }
    let piece = [UInt8](repeating: 0, count: 1 << 24)
    let pieces = 257
    var written = 0
    // A sparse file: what is a whole piece of zeros is a hole in it.
    var writer = ZipWriter(modified: 0) { bytes in
      if bytes.count < piece.count {
        pwrite(descriptor, bytes, bytes.count, off_t(written))
      }
      written += bytes.count
    }
    try writer.add("first", [1, 2, 3])
    try writer.add("big", method: .stored) { sink in
      for _ in 0..<pieces { try sink(piece) }
      try sink([1, 2, 3])
    }
    try writer.add("behind", Array("hello".utf8))
    try writer.finish()
    ftruncate(descriptor, off_t(written))
    let size = pieces << 24 + 3
    #expect(size > 4 << 30 && written > size)
    let script = """
      import sys, zipfile
      z = zipfile.ZipFile(sys.argv[1])
      print([(i.filename, i.file_size, i.compress_size) for i in z.infolist()])
      print(z.read("first"), z.read("behind"), z.getinfo("behind").header_offset > 1 << 32)
      """
    #expect(
      try python(script, path) == """
        [('first', 3, 3), ('big', \(size), \(size)), ('behind', 5, 5)]
        b'\\x01\\x02\\x03' b'hello' True

        """)
    let limits = ArchiveLimits(bytes: 1 << 30)
    let error = #expect(throws: ArchiveError.self) {
      try readArchive(ArchiveData(try FileSystem().map(path)), limits: limits)
    }
    #expect(error?.code == .tooLarge)
  }

  @Test(arguments: [ZipWriter.Method.stored, .deflated])
  func `a member given in pieces is the same as one given whole`(method: ZipWriter.Method) throws {
    let content = Array(String(repeating: "line of evidence\n", count: 9000).utf8)
    var bytes: [UInt8] = []
    var writer = ZipWriter(modified: 0) { bytes += $0 }
    try writer.add("m", method: method) { sink in
      for start in stride(from: 0, to: content.count, by: 1000) {
        try sink(Array(content[start..<min(start + 1000, content.count)]))
      }
    }
    try writer.finish()
    #expect(try readArchive(ArchiveData(bytes)) == [ArchiveFile(name: "m", bytes: content)])
    #expect((bytes.count < content.count / 4) == (method == .deflated))
  }

  @Test func `a member that changes while it is packed is noticed`() {
    var round = 0
    var writer = ZipWriter(modified: 0) { _ in }
    #expect(throws: ArchiveError.self) {
      try writer.add("m", method: .stored) { sink in
        round += 1
        try sink([UInt8](repeating: 1, count: round))
      }
    }
  }

  @Test(arguments: [Int64(0), -5, 4_400_000_000])
  func `times that zip cannot hold are the nearest it can`(_ seconds: Int64) throws {
    #expect(try readArchive(ArchiveData(try zip(modified: seconds))) == files)
  }

  @Test func `gzip is deterministic, without name and time, and gzip reads it`() throws {
    let content = Array(String(repeating: "evidence ", count: 4000).utf8)
    func packed() throws -> [UInt8] {
      var bytes: [UInt8] = []
      let writer = GzipWriter { bytes += $0 }
      for start in stride(from: 0, to: content.count, by: 777) {
        try writer.append(Array(content[start..<min(start + 777, content.count)]))
      }
      try writer.finish()
      return bytes
    }
    let bytes = try packed()
    #expect(try packed() == bytes)
    #expect(Array(bytes[..<10]) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF])
    #expect(try run(["gzip", "-dc"], input: bytes).outBytes == content)
  }
}
