import Archives
import Glibc
import TestSupport
import Testing

/// One archive of make_archives.py and what is to be said of it.
struct ArchiveCase: Sendable, CustomTestStringConvertible {
  let name: String
  let expected: String
  let bytes: [UInt8]
  var testDescription: String { name }

  /// All of them, made anew; empty where python is missing, which a test notices.
  static let all: [ArchiveCase] = {
    let folder = TemporaryFolder()
    guard
      let made = try? run(["python3", Fixtures.path("archives/make_archives.py"), folder.path]),
      made.status == 0, let table = try? Fixtures.read(folder.path + "/cases.tsv")
    else { return [] }
    return String(decoding: table, as: UTF8.self).split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "\t").map(String.init)
      guard parts.count == 2, let bytes = try? Fixtures.read(folder.path + "/" + parts[0]) else {
        return nil
      }
      return ArchiveCase(name: parts[0], expected: parts[1], bytes: bytes)
    }
  }()
}

struct HostileArchiveTests {
  @Test func `the table is there, with at least 40 hostile archives and every word`() {
    let words = Set(ArchiveCase.all.map(\.expected))
    #expect(ArchiveCase.all.count { $0.expected.hasPrefix("archive_") } >= 40)
    // Limits that only larger archives pass have tests of their own below.
    let elsewhere: Set<String> = ["archive_too_large", "archive_too_many_entries"]
    for code in ArchiveError.Code.allCases where !elsewhere.contains(code.rawValue) {
      #expect(words.contains(code.rawValue), "\(code)")
    }
  }

  @Test(arguments: ArchiveCase.all)
  func `each archive is read, or refused with its own word`(_ row: ArchiveCase) {
    let honest = [
      "good": ["a.txt": "hello", "d/b.txt": ""], "good-one": ["a.txt": "hello"],
      "good-two": ["a.txt": "hello", "b.txt": "world"],
    ]
    do throws(ArchiveError) {
      let files = try readArchive(ArchiveData(row.bytes))
      let found = Dictionary(
        uniqueKeysWithValues: files.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) })
      #expect(found == honest[row.expected], "\(row.name) is read, expected \(row.expected)")
    } catch {
      #expect(error.reason == row.expected, "\(error)")
      #expect(!error.message.isEmpty)
    }
  }

  @Test func `no cut of an honest archive is taken for the whole`() {
    for row in ArchiveCase.all where row.expected.hasPrefix("good") {
      for length in stride(from: 0, to: row.bytes.count, by: 37) {
        // The zeros at a tar's end are padding: without them it is still whole.
        if row.name.hasPrefix("tar"), row.bytes[length...].allSatisfy({ $0 == 0 }),
          row.bytes[..<length].suffix(512).allSatisfy({ $0 == 0 })
        {
          continue
        }
        #expect(throws: ArchiveError.self, "\(row.name) cut at \(length)") {
          try readArchive(ArchiveData(Array(row.bytes[..<length])))
        }
      }
    }
  }

  @Test func `what an archive unfolds to is bounded by size, number and expansion`() throws {
    let files = (0..<20).map {
      ArchiveFile(name: "f\($0)", bytes: [UInt8](repeating: 7, count: 10_000))
    }
    let tar = ArchiveData(try Tar.write(files, modified: 0))
    func reason(_ data: ArchiveData, _ limits: ArchiveLimits) -> String? {
      do throws(ArchiveError) {
        _ = try readArchive(data, limits: limits)
        return nil
      } catch {
        return error.reason
      }
    }
    #expect(reason(tar, ArchiveLimits(bytes: 200_000, entries: 20)) == nil)
    #expect(reason(tar, ArchiveLimits(bytes: 199_999)) == "archive_too_large")
    #expect(reason(tar, ArchiveLimits(entries: 19)) == "archive_too_many_entries")
    var zip: [UInt8] = []
    var writer = ZipWriter(modified: 0) { zip += $0 }
    for file in files { try writer.add(file.name, file.bytes) }
    try writer.finish()
    let packed = ArchiveData(zip)
    #expect(reason(packed, ArchiveLimits(freeBytes: 200_000)) == nil)
    #expect(reason(packed, ArchiveLimits(expansion: 10, freeBytes: 1000)) == "archive_expansion")
    #expect(reason(packed, ArchiveLimits(bytes: 199_999)) == "archive_too_large")
    #expect(reason(packed, ArchiveLimits(entries: 19)) == "archive_too_many_entries")
  }

  @Test func `bombs are refused in little memory`() throws {
    let bombs = ArchiveCase.all.filter { $0.name.contains("bomb") || $0.name.contains("lies") }
    #expect(bombs.count >= 5)
    let before = try residentPages()
    for row in bombs { _ = try? readArchive(ArchiveData(row.bytes)) }
    #expect(try residentPages() - before < 64 << 20)
  }

  /// Bytes of the largest resident set so far.
  private func residentPages() throws -> Int {
    let status = String(decoding: try Fixtures.read("/proc/self/status"), as: UTF8.self)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    return try #require(Int(line.filter(\.isNumber))) << 10
  }
}
