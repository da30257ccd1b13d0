import JSON
import Platform
import TestSupport
import Testing

@testable import Sigstore

struct TimestampTests {
  private static func bundle(_ name: String) throws -> Bundle {
    try Bundle(parsing: Samples.bundle(name))
  }

  @Test func `every token of a good bundle counts`() throws {
    let root = try TrustedRoot(parsing: Samples.root)
    let bundle = try Self.bundle("dsse-log1-and-timestamp")
    let times = try ProvenTimes(of: bundle, root: root, needs: TimeNeeds(), now: Samples.now)
    #expect(times.times.map(\.source) == [.timestamp, .log])
    #expect(times.promiseHolds)
    let two = TimeNeeds(onlyTimestamps: false, threshold: 2)
    #expect(try ProvenTimes(of: bundle, root: root, needs: two, now: Samples.now).times.count == 2)
    let onlyTokens = TimeNeeds(onlyTimestamps: true, threshold: 2)
    #expect(throws: SigstoreError(.timestampMissing, "")) {
      _ = try ProvenTimes(of: bundle, root: root, needs: onlyTokens, now: Samples.now)
    }
  }

  @Test(.enabled(if: Fixtures.shared("signing/sigstore-conformance") != nil))
  func `every token of the public suite's good bundles counts`() throws {
    let folder = try #require(Fixtures.shared("signing/sigstore-conformance"))
    let table = try JSONValue.parse(try Fixtures.read(folder + "/cases.json"))
    var tokens = 0
    for row in table["cases"]?.array ?? [] where row["expect"]?.string == "good" {
      let bundle = try Bundle(
        parsing: try Fixtures.read(folder + "/" + (row["bundle"]?.string ?? "")))
      let root = try TrustedRoot(
        parsing: try Fixtures.read(folder + "/" + (row["trusted_root"]?.string ?? "")))
      for der in bundle.timestamps {
        let token = try #require(TimestampToken(der: der), "\(row["name"]?.string ?? "")")
        _ = try token.verify(
          over: bundle.content.signature, authorities: root.timestampAuthorities)
        tokens += 1
      }
    }
    #expect(tokens >= 12)
  }

  @Test func `a proven time more than ten minutes ahead is refused`() throws {
    let file = Samples.bytes("made/artifact.bin")
    let bundle = Samples.bundle("file-log2")
    let time = try Samples.verifier().verify(bundle: bundle, of: .file(file)).time
    #expect(Samples.reason(bundle, of: file, now: time - 600) == nil)
    #expect(Samples.reason(bundle, of: file, now: time - 601) == .timestampInFuture)
  }

  @Test func `a changed token is refused or proves the same`() throws {
    let root = try TrustedRoot(parsing: Samples.root)
    let bundle = try Self.bundle("file-log2")
    let der = try #require(bundle.timestamps.first)
    let original = try #require(TimestampToken(der: der))
    func proves(_ bytes: [UInt8]) -> TimestampToken? {
      guard let token = TimestampToken(der: bytes),
        (try? token.verify(
          over: bundle.content.signature, authorities: root.timestampAuthorities)) != nil
      else { return nil }
      return token
    }
    #expect(proves(der) != nil)
    var accepted = 0
    for place in stride(from: 0, to: der.count, by: 3) {
      var changed = der
      changed[place] ^= 1 << UInt8(place % 8)
      guard let token = proves(changed) else { continue }
      accepted += 1
      #expect(token.content == original.content && token.info.time == original.info.time)
    }
    // Certificates that come along are not signed; everything else is, or has one form.
    #expect(accepted < der.count / 4)
    for length in stride(from: 0, to: der.count, by: 7) {
      #expect(proves(Array(der.prefix(length))) == nil)
    }
    #expect(proves(der + [0]) == nil)
  }

  @Test func `fractions of a second count at the ends of a range`() throws {
    let start = try #require(Moment(rfc3339: "2026-01-01T00:00:00Z"))
    let end = try #require(Moment(rfc3339: "2026-01-02T00:00:00.5Z"))
    let range = ValidityRange(start: start, end: end)
    #expect(range.contains(start) && range.contains(end))
    #expect(!range.contains(try #require(Moment(rfc3339: "2026-01-02T00:00:00.500000001Z"))))
    #expect(!range.contains(try #require(Moment(rfc3339: "2025-12-31T23:59:59.999999999Z"))))
    #expect(Moment(rfc3339: "2026-01-02T00:00:00.0000000001Z") == nil)
    #expect(Moment(milliseconds: 1_500)?.nanoseconds == 500_000_000)
  }
}
