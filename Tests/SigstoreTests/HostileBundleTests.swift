import JSON
import Platform
import TestSupport
import Testing

@testable import Sigstore

/// Bytes that somebody changed: never a crash, and never accepted where what counts is another.
struct HostileBundleTests {
  @Test(arguments: GoodBundle.all.map(\.name))
  func `a bundle with a bit flipped is refused or is about the same`(name: String) throws {
    let good = try #require(GoodBundle.all.first { $0.name == name })
    let bytes = good.bytes
    let original = Covered(try Bundle(parsing: bytes))
    #expect(Samples.reason(bytes, of: good.content) == nil)
    var refused = 0
    for (number, place) in stride(from: 0, to: bytes.count, by: 61).enumerated() {
      var changed = bytes
      changed[place] ^= 1 << UInt8(number % 8)
      if Samples.reason(changed, of: good.content) != nil {
        refused += 1
      } else {
        #expect(Covered(try Bundle(parsing: changed)) == original, "byte \(place)")
      }
    }
    #expect(refused > bytes.count / 61 / 2)
  }

  @Test(arguments: GoodBundle.all.map(\.name))
  func `a bundle that is cut off is malformed`(name: String) throws {
    let good = try #require(GoodBundle.all.first { $0.name == name })
    for length in stride(from: 0, to: good.bytes.count - 2, by: 211) {
      #expect(
        Samples.reason(Array(good.bytes.prefix(length)), of: good.content) == .bundleMalformed)
    }
  }

  @Test(arguments: GoodBundle.all.map(\.name))
  func `a field that is taken out or exchanged is refused or does not count`(name: String) throws {
    let good = try #require(GoodBundle.all.first { $0.name == name })
    let value = try JSONValue.parse(good.bytes)
    let original = Covered(try Bundle(parsing: good.bytes))
    let others: [JSONValue?] = [
      nil, -1, "AAAA", "9223372036854775808", [], [:],
    ]
    var refused: Set<SigstoreError.Code> = []
    var count = 0
    for path in value.paths {
      for other in others {
        let changed = try CanonicalJSON.bytes(value.setting(path, to: other))
        count += 1
        if let code = Samples.reason(changed, of: good.content) {
          refused.insert(code)
        } else {
          #expect(Covered(try Bundle(parsing: changed)) == original, "\(path)")
        }
      }
    }
    #expect(count > 150 && refused.isSuperset(of: [.bundleMalformed, .bundleUnsupported]))
  }

  @Test func `what is too large, too deep or too many is malformed`() throws {
    let file = Samples.bytes("made/artifact.bin")
    let good = try JSONValue.parse(Samples.bundle("file-log2"))
    func reason(_ value: JSONValue) throws -> SigstoreError.Code? {
      Samples.reason(try CanonicalJSON.bytes(value), of: file)
    }
    let large = Samples.bundle("file-log2") + [UInt8](repeating: 32, count: Bundle.sizeLimit)
    #expect(Samples.reason(large, of: file) == .bundleMalformed)
    let deep = "{\"mediaType\":" + String(repeating: "[", count: 100_000)
    #expect(Samples.reason(Array(deep.utf8), of: file) == .bundleMalformed)
    let tokens = ["verificationMaterial", "timestampVerificationData", "rfc3161Timestamps"]
    let token = try #require(tokens.reduce(good) { $0?[$1] }?.array?.first)
    let two = good.setting(tokens.map(PathStep.key), to: [token, token])
    #expect(try reason(two) == .bundleMalformed)
    let many = (0..<33).map { JSONValue.object(["signedTimestamp": .string("MA\($0 % 10)A")]) }
    #expect(
      try reason(good.setting(tokens.map(PathStep.key), to: .array(many))) == .bundleMalformed)
    let entries: [PathStep] = [.key("verificationMaterial"), .key("tlogEntries")]
    let entry = try #require(good["verificationMaterial"]?["tlogEntries"]?.array?.first)
    #expect(try reason(good.setting(entries, to: [entry, entry])) == .bundleMalformed)
    let hashes = JSONValue.array(Array(repeating: .string(Base64.encode([7])), count: 65))
    let path = entries + [.index(0), .key("inclusionProof"), .key("hashes")]
    #expect(try reason(good.setting(path, to: hashes)) == .bundleMalformed)
    let duplicate = "{\"mediaType\":\"a\",\"mediaType\":\"b\"}"
    #expect(Samples.reason(Array(duplicate.utf8), of: file) == .bundleMalformed)
  }

  @Test func `a trusted root with a field taken out is malformed or trusts less`() throws {
    let file = Samples.bytes("made/artifact.bin")
    let bundle = Samples.bundle("file-log2")
    let root = try JSONValue.parse(Samples.root)
    var count = 0
    for path in root.paths {
      for other in [nil, "AAAA", []] as [JSONValue?] {
        let changed = try CanonicalJSON.bytes(root.setting(path, to: other))
        count += 1
        // Whatever is left of it, the bundle is judged by keys that were there before.
        _ = Samples.reason(bundle, of: file, root: changed)
        if case .key("start")? = path.last {
          #expect(Samples.reason(bundle, of: file, root: changed) == .trustedRootMalformed)
        }
      }
    }
    #expect(count > 150)
  }
}

/// One step from a JSON value into it.
enum PathStep: Sendable {
  case key(String)
  case index(Int)
}

extension JSONValue {
  /// The way to each value inside, depth first.
  var paths: [[PathStep]] {
    switch self {
    case .object(let object):
      object.members.flatMap { member in
        [[PathStep.key(member.key)]] + member.value.paths.map { [.key(member.key)] + $0 }
      }
    case .array(let values):
      values.enumerated().flatMap { index, value in
        [[PathStep.index(index)]] + value.paths.map { [.index(index)] + $0 }
      }
    default: []
    }
  }

  /// The same value with another one at that place; nil takes it out.
  func setting(_ path: [PathStep], to other: JSONValue?) -> JSONValue {
    guard let first = path.first else { return other ?? .null }
    let rest = Array(path.dropFirst())
    switch (self, first) {
    case (.object(var object), .key(let key)):
      object[key] = rest.isEmpty ? other : object[key]?.setting(rest, to: other)
      return .object(object)
    case (.array(var values), .index(let index)):
      if rest.isEmpty {
        values.replaceSubrange(index...index, with: other.map { [$0] } ?? [])
      } else {
        values[index] = values[index].setting(rest, to: other)
      }
      return .array(values)
    default: return self
    }
  }
}
