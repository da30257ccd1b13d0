import Evidence
import JSON
import TestSupport

/// The worked example, taken apart so that single fields can be changed and the rest made to fit.
struct ExamplePackage {
  var values: [MemberName: JSONValue] = [:]
  var text: [UInt8] = []

  static let secret = Array("example-user-secret-not-for-use!".utf8)

  static func bytes(_ name: MemberName) -> [UInt8] {
    Fixtures.bytes("package-example/package/" + name.rawValue)
  }

  static var members: PackageMembers {
    PackageMembers(
      Dictionary(uniqueKeysWithValues: MemberName.allCases.map { ($0.rawValue, bytes($0)) }))
  }

  /// The blobs of the references as they lie in the fixture, and the salt.
  static func rawBlobs() throws -> [String: [UInt8]] {
    var blobs: [String: [UInt8]] = [:]
    let manifest = try JSONValue.parse(bytes(.rawEvidenceManifest))
    for reference in manifest["references"]?.array ?? [] {
      let hex = String((reference["sha256"]?.string ?? "").dropFirst(7))
      let path = "\(hex.prefix(2))/\(hex.dropFirst(2))"
      blobs["raw/" + path] = Fixtures.bytes("package-example/raw-objects/" + path)
    }
    blobs["raw/salt"] = Array((manifest["salt"]?.string ?? "").utf8) + [0x0A]
    return blobs
  }

  init() throws {
    for name in MemberName.allCases {
      let bytes = Self.bytes(name)
      if name == .evidenceText {
        text = bytes
      } else if name.isLines {
        let lines = bytes.split(separator: 0x0A)
        values[name] = .array(try lines.map { try JSONValue.parse(Array($0)) })
      } else {
        values[name] = try JSONValue.parse(bytes)
      }
    }
  }

  subscript(name: MemberName, pointer: String) -> JSONValue? {
    get { values[name]?.at(Self.tokens(pointer)) }
    set { values[name] = values[name]?.setting(Self.tokens(pointer), newValue) }
  }

  private static func tokens(_ pointer: String) -> [String] {
    pointer.split(separator: "/").map {
      $0.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
    }
  }

  func encoded(_ name: MemberName) throws -> [UInt8] {
    if name == .evidenceText { return text }
    let value = values[name] ?? nil
    guard name.isLines else { return try CanonicalJSON.bytes(value) + [0x0A] }
    return try (value.array ?? []).reduce(into: []) { $0 += try CanonicalJSON.bytes($1) + [0x0A] }
  }

  /// Makes freeze digest, package id, keys, and digests in other members follow from the inputs.
  mutating func refit() throws {
    self[.evaluationProtocol, "/freeze_digest"] = .string(
      try FreezeDigest.text(ofFrozen: self[.evaluationProtocol, "/frozen"] ?? nil))
    let freeze = self[.evaluationProtocol, "/freeze_digest"]
    self[.evidence, "/protocol/freeze_digest"] = freeze
    self[.auditProvenance, "/digests/protocol_freeze"] = freeze
    try refitPackageID()
  }

  /// Everything that follows from the bytes of the three inputs.
  mutating func refitPackageID() throws {
    let input = Digest.text(of: try encoded(.auditInput))
    let id = DerivedID.package(
      claim: Digest.text(of: try encoded(.claim)),
      protocolDigest: Digest.text(of: try encoded(.evaluationProtocol)), auditInput: input)
    self[.evidence, "/package_id"] = .string(id)
    self[.evidence, "/display_id"] = .string("WF-" + id.suffix(8))
    for name in [MemberName.auditProvenance, .rawEvidenceManifest, .artifactManifest] {
      self[name, "/package_id"] = .string(id)
    }
    for name in MemberName.allCases where name.isLines {
      self[name, "/0/package_id"] = .string(id)
      self[name, "/0/audit_input"] = .string(input)
    }
    for (line, row) in (values[.failureEvidenceIndex]?.array ?? []).enumerated().dropFirst() {
      let key = row["episode_key"]?.string ?? ""
      self[.failureEvidenceIndex, "/\(line)/failure_key"] = .string(
        DerivedID.text(prefix: "flr", parts: [id, key]))
    }
    try refitDigests()
  }

  /// The digests in audit_provenance.json.
  mutating func refitDigests() throws {
    let names: [(String, MemberName)] = [
      ("claim", .claim), ("protocol", .evaluationProtocol), ("audit_input", .auditInput),
      ("evidence", .evidence), ("evidence_md", .evidenceText),
    ]
    for (field, name) in names {
      self[.auditProvenance, "/digests/\(field)"] = .string(Digest.text(of: try encoded(name)))
    }
  }

  /// The rows of the manifest that state size and digest.
  mutating func refitManifest() throws {
    for (place, row) in (self[.artifactManifest, "/members"]?.array ?? []).enumerated() {
      guard let name = (row["name"]?.string).flatMap(MemberName.init), name != .artifactManifest
      else { continue }
      let bytes = try encoded(name)
      self[.artifactManifest, "/members/\(place)/size"] = .number(JSONNumber(Int64(bytes.count)))
      self[.artifactManifest, "/members/\(place)/digest"] = .string(Digest.text(of: bytes))
    }
  }

  func members() throws -> PackageMembers {
    var members = PackageMembers()
    for name in MemberName.allCases { members.set(name.rawValue, to: try encoded(name)) }
    return members
  }
}

extension JSONValue {
  func at(_ path: [String]) -> JSONValue? {
    guard let first = path.first else { return self }
    let rest = Array(path.dropFirst())
    if let elements = array {
      guard let index = Int(first), elements.indices.contains(index) else { return nil }
      return elements[index].at(rest)
    }
    return self[first]?.at(rest)
  }

  /// A copy with one value changed, added (also with `-` at an array's end) or, for nil, removed.
  func setting(_ path: [String], _ new: JSONValue?) -> JSONValue? {
    guard let first = path.first else { return new }
    let rest = Array(path.dropFirst())
    if var elements = array {
      if first == "-" {
        if let new { elements.append(new) }
        return .array(elements)
      }
      guard let index = Int(first), elements.indices.contains(index) else { return self }
      if let value = elements[index].setting(rest, new) {
        elements[index] = value
      } else {
        elements.remove(at: index)
      }
      return .array(elements)
    }
    guard var members = object else { return self }
    members[first] = rest.isEmpty ? new : (members[first] ?? [:]).setting(rest, new)
    return .object(members)
  }
}
