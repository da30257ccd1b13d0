import Platform
import TestSupport
import Testing

struct Base64Tests {
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func `the vectors of RFC 4648 hold`(_ plain: String, _ text: String) {
    #expect(Base64.encode(Array(plain.utf8)) == text)
    #expect(Base64.decode(text) == Array(plain.utf8))
    #expect(Base64.encodeUnpadded(Array(plain.utf8)) == text.filter { $0 != "=" })
  }

  @Test(arguments: [
    "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==\n", " Zg==", "Zm9v=", "Z-_v", "Zg==Zg==",
  ])
  func `a second spelling is refused`(_ text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test func `the URL-safe alphabet goes with and without padding`() {
    let bytes: [UInt8] = [0xFB, 0xEF, 0xFF, 0x01]
    #expect(Base64.encodeURL(bytes) == "--__AQ")
    #expect(Base64.decodeURL("--__AQ") == bytes)
    #expect(Base64.decodeURL("--__AQ==") == bytes)
    #expect(Base64.decodeURL("++//AQ") == nil)
    #expect(Base64.decodeURL("--__A") == nil)
  }

  @Test func `random bytes survive`() {
    var generator = SeededGenerator(seed: 3)
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
      #expect(Base64.decodeURL(Base64.encodeURL(bytes)) == bytes)
    }
  }
}

struct UTCTimeTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (1_795_165_200, "2026-11-20T09:00:00Z"),
    (951_782_400, "2000-02-29T00:00:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
    (-1, "1969-12-31T23:59:59Z"), (-62_167_219_200, "0000-01-01T00:00:00Z"),
    (253_402_300_799, "9999-12-31T23:59:59Z"), (-11_644_473_600, "1601-01-01T00:00:00Z"),
  ])
  func `known moments are written and read`(_ seconds: Int64, _ text: String) {
    #expect(UTCTime(seconds: seconds).rfc3339 == text)
    #expect(UTCTime(rfc3339: text)?.seconds == seconds)
    #expect(UTCTime(compact: UTCTime(seconds: seconds).compact)?.seconds == seconds)
  }

  @Test func `days of 800 years follow one another`() throws {
    var seconds = try #require(UTCTime(year: 1600, month: 1, day: 1)).seconds
    var last = ""
    while seconds < 13_569_465_600 {  // 2400-01-01
      let time = UTCTime(seconds: seconds)
      #expect(time.rfc3339 > last)
      #expect(UTCTime(rfc3339: time.rfc3339) == time)
      last = time.rfc3339
      seconds += 19 * 86_400
    }
    #expect(last.hasPrefix("2399-12-"))
  }

  @Test(arguments: [
    "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
    "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-1-01T00:00:00Z",
    "2026-01-01 00:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00z", "2026-01-01T00:00:00.Z",
    "2100-02-29T00:00:00Z", "", "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+1:00",
  ])
  func `an impossible time is refused`(_ text: String) {
    #expect(UTCTime(rfc3339: text) == nil)
    #expect(UTCTime(anyRFC3339: text) == nil)
  }

  @Test func `offsets and fractions are understood where they are allowed`() {
    let time = UTCTime(rfc3339: "2026-11-20T09:00:00Z")
    #expect(UTCTime(anyRFC3339: "2026-11-20T11:30:00.999+02:30") == time)
    #expect(UTCTime(anyRFC3339: "2026-11-20T01:00:00-08:00") == time)
    #expect(UTCTime(rfc3339: "2026-11-20T01:00:00-08:00") == nil)
  }
}

struct PathTests {
  @Test(arguments: [
    ("a", "b", "a/b"), ("a/", "b", "a/b"), ("", "b", "b"), ("a", "", "a"), ("a", "/b", "/b"),
    ("/", "b", "/b"),
  ])
  func `parts are joined by one slash`(_ a: String, _ b: String, _ joined: String) {
    #expect(Path.join(a, b) == joined)
  }

  @Test(arguments: [
    ("/a/b", "/a", "b"), ("a", ".", "a"), ("/a", "/", "a"), ("/", "/", "/"), ("a/b/", "a", "b"),
    ("a//b", "a", "b"),
  ])
  func `a path falls into parent and last part`(_ path: String, _ parent: String, _ last: String) {
    #expect(Path.parent(path) == parent)
    #expect(Path.lastComponent(path) == last)
  }

  @Test(arguments: [
    ("a/./b/../c", "a/c"), ("/../a", "/a"), ("../a", "../a"), ("a/..", "."), ("a//b/", "a/b"),
    ("/", "/"), ("../../x", "../../x"),
  ])
  func `a path is normalised as text`(_ path: String, _ normal: String) {
    #expect(Path.normalise(path) == normal)
  }

  @Test func `a path below another is told from one that only begins alike`() {
    #expect(Path.relative("/a/b/c", to: "/a/b") == "c")
    #expect(Path.relative("/a/bc", to: "/a/b") == nil)
    #expect(Path.relative("/a/b", to: "/a/b/") == ".")
    #expect(Path.relative("/a", to: "/") == "a")
  }
}

struct SurroundingsTests {
  @Test func `the process has an environment and random bytes that differ`() {
    let world = Surroundings.process()
    #expect(world.environment["PATH"]?.isEmpty == false)
    #expect(world.randomBytes(33).count == 33)
    #expect(world.randomBytes(32) != world.randomBytes(32))
    #expect(world.now() > 1_700_000_000 || world.environment["SOURCE_DATE_EPOCH"] != nil)
  }
}

struct ConcurrentMapTests {
  private struct Odd: Error, Equatable { let value: Int }

  @Test func `results come in the order of the items`() {
    let items = Array(0..<10_000)
    #expect(concurrentMap(items, threads: 4) { $0 * 2 } == items.map { $0 * 2 })
    #expect(concurrentMap([Int](), threads: 4) { $0 } == [])
    #expect(concurrentMap([7], threads: 0) { $0 } == [7])
  }

  @Test func `the first failure in input order is thrown`() {
    for _ in 0..<20 {
      #expect(throws: Odd(value: 101)) {
        try concurrentMap(Array(0..<500), threads: 4) { (item) throws(Odd) -> Int in
          if item > 100 && item % 2 == 1 { throw Odd(value: item) }
          return item
        }
      }
    }
  }
}

struct PlatformErrorTests {
  @Test func `every reason word is snake case and stands once`() {
    let words = PlatformError.Code.allCases.map(\.rawValue)
    #expect(Set(words).count == words.count)
    #expect(words.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" } })
  }
}
