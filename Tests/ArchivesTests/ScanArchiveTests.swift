import Archives
import TestSupport
import Testing

/// Files of an archive that are not held: they are checked as the others, and read again piece by piece.
struct ScanArchiveTests {
  private func whole(_ file: FoundFile) throws -> [UInt8] {
    switch file.content {
    case .bytes(let bytes): return bytes
    case .pieces(let open):
      let next = open()
      var bytes: [UInt8] = []
      while let piece = try next() {
        #expect(piece.count <= 1 << 18)
        bytes += piece
      }
      return bytes
    }
  }

  @Test(arguments: ArchiveCase.all)
  func `an archive none of whose files is held is read or refused as one that is`(
    _ row: ArchiveCase
  ) throws {
    let data = ArchiveData(row.bytes)
    let held = Result { () throws(ArchiveError) in try readArchive(data) }
    let found = Result { () throws(ArchiveError) in try scanArchive(data, mostHeld: 0) }
    switch (held, found) {
    case (.success(let held), .success(let found)):
      #expect(found.map(\.name) == held.map(\.name))
      #expect(try found.map(whole) == held.map(\.bytes))
      #expect(found.map(\.size) == held.map(\.bytes.count))
    case (.failure(let one), .failure(let other)): #expect(one == other)
    default: Issue.record("\(held) and \(found)")
    }
  }

  @Test(arguments: ["tar", "tar.gz", "zip"])
  func `large files come again in pieces, as often as asked`(
    _ kind: String
  ) throws {
    var random = SeededGenerator(seed: 3)
    let noise = (0..<700_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let lines = Array(String(repeating: "{\"row\":1}\n", count: 90_000).utf8)
    let files = [
      ArchiveFile(name: "a.jsonl", bytes: lines), ArchiveFile(name: "b", bytes: [1, 2, 3]),
      ArchiveFile(name: "c.bin", bytes: noise),
    ]
    var archive: [UInt8] = []
    switch kind {
    case "zip":
      var writer = ZipWriter(modified: 1_767_323_046) { archive += $0 }
      for file in files { try writer.add(file.name, file.bytes) }
      try writer.finish()
    case "tar.gz":
      let gzip = GzipWriter { archive += $0 }
      try Tar.write(files, modified: 0) { try gzip.append($0) }
      try gzip.finish()
    default: archive = try Tar.write(files, modified: 0)
    }
    let found = try scanArchive(ArchiveData(archive), mostHeld: 1000)
    #expect(found.map(\.name) == ["a.jsonl", "b", "c.bin"])
    for (file, expected) in zip(found, files) {
      if case .bytes = file.content { #expect(file.name == "b") }
      #expect(try whole(file) == expected.bytes)
      #expect(try whole(file) == expected.bytes, "a second time")
    }
  }
}
