import Audit
import Evidence
import JSON

/// The digests of the raw evidence that both sides name for each flip, in the order of the flips.
///
/// They are taken from the raw manifests, whose length follows the references: a million episodes
/// without recordings cost nothing here.
func flipReferences(of flips: [Flip], _ a: DiffSide, _ b: DiffSide) throws -> [[String]] {
  guard !flips.isEmpty else { return [] }
  let name = MemberName.rawEvidenceManifest.rawValue
  var found = [[String]](repeating: [], count: flips.count)
  for (side, index) in [(a, \Flip.episode), (b, \Flip.episodeB)] {
    var wanted: [String: Int]?
    try forEachReference(in: try side.readMember(name)) { key, digest in
      // The table is made for the first key only: most runs of a million have none.
      let places =
        wanted
        ?? Dictionary(
          flips.indices.map { ("\(flips[$0].task)/\(flips[$0][keyPath: index])", $0) },
          uniquingKeysWith: { first, _ in first })
      wanted = places
      if let place = places[plainKey(key)], !found[place].contains(digest) {
        found[place].append(digest)
      }
    }
  }
  for place in found.indices where found[place].count > 1 { found[place].sort() }
  return found
}

/// `suite/task_id/index` as people write it: without the attempt, percent signs decoded.
private func plainKey(_ key: String) -> String {
  var plain: [UInt8] = []
  var rest = key.utf8[...]
  while let byte = rest.popFirst(), byte != UInt8(ascii: "#") {
    guard byte == UInt8(ascii: "%"), let decoded = UInt8(String(rest.prefix(2)) ?? "", radix: 16)
    else {
      plain.append(byte)
      continue
    }
    plain.append(decoded)
    rest = rest.dropFirst(2)
  }
  return String(decoding: plain, as: UTF8.self)
}

/// Calls with each episode key and digest of raw_evidence_manifest.json, building no tree of it.
private func forEachReference(
  in bytes: [UInt8], _ body: (_ key: String, _ digest: String) -> Void
) throws(JSONError) {
  try JSONReader.reading(bytes) { reader throws(JSONError) in
    guard try reader.next().kind == .beginObject else { return try reader.finish() }
    while true {
      let key = try reader.next()
      guard key.kind == .key else { break }
      if reader.matches(key, "references") {
        try readReferences(&reader, body)
      } else {
        try reader.skipValue()
      }
    }
    try reader.finish()
  }
}

private func readReferences(
  _ reader: inout JSONReader, _ body: (_ key: String, _ digest: String) -> Void
) throws(JSONError) {
  guard try reader.next().kind == .beginArray else { return }
  while try reader.next().kind == .beginObject {
    var keys: [String] = []
    var digest: String?
    while true {
      let field = try reader.next()
      guard field.kind == .key else { break }
      if reader.matches(field, "episode_keys") {
        keys = (try reader.readValue().array ?? []).compactMap(\.string)
      } else if reader.matches(field, "sha256") {
        digest = try reader.readValue().string
      } else {
        try reader.skipValue()
      }
    }
    guard let digest else { continue }
    for key in keys { body(key, digest) }
  }
}
