internal import Evidence
internal import JSON

/// The raw digests of a few episodes out of episode_results.jsonl.
struct EpisodeRaw {
  private(set) var digests: [String: [String]] = [:]
  private static let marker = Array("\"episode_key\":\"".utf8)

  /// Only lines whose key is wanted are read as JSON; the others are passed by.
  ///
  /// - Parameter keys: without attempt; all attempts of an episode are taken.
  init(_ side: DiffSide, keys: Set<String>) throws {
    guard !keys.isEmpty else { return }
    try side.readParts(MemberName.episodeResults.rawValue) { try add($0, keys) }
  }

  /// From the member's parts.
  init(parts: [[UInt8]], keys: Set<String>) throws {
    for part in parts { try add(part, keys) }
  }

  private mutating func add(_ part: [UInt8], _ keys: Set<String>) throws {
    var start = 0
    while start < part.count {
      let end = part[start...].firstIndex(of: 0x0A) ?? part.count
      let line = part[start..<end]
      start = end + 1
      guard let key = Self.key(of: line) else { continue }
      let plain = key.prefix { $0 != "#" }
      guard keys.contains(String(plain)) else { continue }
      let row = try JSONValue.parse(Array(line))
      digests[String(plain), default: []] += (row["raw"]?.array ?? []).compactMap(\.string)
    }
  }

  /// The key of a row; nil for the header.
  ///
  /// `"` in a key is escaped, and such a row is parsed.
  private static func key(of line: ArraySlice<UInt8>) -> String? {
    guard let start = firstRange(of: marker, in: line),
      let end = line[start...].firstIndex(of: 0x22)
    else { return nil }
    guard line[start..<end].contains(0x5C) else {
      return String(decoding: line[start..<end], as: UTF8.self)
    }
    return (try? JSONValue.parse(Array(line)))?["episode_key"]?.string
  }
}

/// How many references a raw_evidence_manifest.json has, two of equal content being one.
struct RawReferenceCount {
  private(set) var count = 0
  // Unescaped quotes tell it from text, the quote before the comma from the digest of an export.
  private static let marker = Array("\",\"sha256\":".utf8)

  /// Rows come by digest (SCHEMAS §9), so equal ones stand together.
  init(manifest: [UInt8]) {
    var rest = manifest[...]
    var last: ArraySlice<UInt8> = []
    while let start = firstRange(of: Self.marker, in: rest) {
      let value = rest[start...].prefix(73)
      if value.first != 0x22 || value != last { count += 1 }
      last = value
      rest = rest[start...]
    }
  }
}

/// Where a pattern ends for the first time.
private func firstRange(of pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
  var place = bytes.startIndex
  while place + pattern.count <= bytes.endIndex {
    guard let found = bytes[place...].firstIndex(of: pattern[0]),
      found + pattern.count <= bytes.endIndex
    else { return nil }
    var offset = 1
    while offset < pattern.count, bytes[found + offset] == pattern[offset] { offset += 1 }
    if offset == pattern.count { return found + offset }
    place = found + 1
  }
  return nil
}
