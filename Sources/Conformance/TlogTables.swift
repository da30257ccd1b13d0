internal import Crypto
internal import JSON
internal import Platform
internal import TransparencyLog

/// Rows that name a whole table: all roots, all proofs, all tiles over the same made leaves.
extension TlogRow {
  /// Entry i of the tables.
  private static func entry(_ index: Int) -> [UInt8] { Array("entry \(index)\n".utf8) }

  /// A log over the made leaves, in memory, grown in steps of uneven length.
  private static func log(_ size: Int) throws -> MadeLog {
    var log = MadeLog()
    var step = 1
    while log.size < size {
      let count = min(step, size - log.size)
      try log.append((log.size..<log.size + count).map(entry))
      step = step % 7 + 1
    }
    return log
  }

  private func table() throws -> JSONValue {
    guard let file = row["file"]?.string else { throw MalformedRow(name: name, member: "file") }
    return try JSONValue.parse(try mappedBytes(Path.join(folder, file)))
  }

  func roots() throws -> CaseResult {
    let rows = try table()["roots"]?.array ?? []
    let log = try Self.log(rows.count - 1)
    var reader = log.reader()
    var wrong: [Int64] = []
    for row in rows {
      guard let size = row.array?.first?.int else {
        throw MalformedRow(name: name, member: "roots")
      }
      if try reader.root(size).hex != row.array?.last?.string { wrong.append(size) }
    }
    return Expectation(row).judge(
      nil, also: wrong.isEmpty && rows.count > 1 ? nil : "other roots for \(wrong)")
  }

  func tiles() throws -> CaseResult {
    guard let size = row["size"]?.int, let sums = row["sha256"]?.object else {
      throw MalformedRow(name: name, member: "size or sha256")
    }
    // the table has what the last tiles were on the way, a log keeps what they are
    var log = MadeLog()
    for index in 0..<Int(size) { try log.append([Self.entry(index)]) }
    var wrong = sums.members.filter { path, sum in
      log.everything[path].map { Hex.encode(SHA256.hash(data: $0)) } != sum.string
    }.map(\.key)
    for path in log.everything.keys where sums[path] == nil {
      let tile = try Tile(path: path)
      let isReplaced = log.files[Tile(tile.content, index: tile.index).path] != nil
      if tile.content != .entries, tile.width == Tile.fullWidth || !isReplaced {
        wrong.append(path)
      }
    }
    let present = Set(log.files.keys.filter { !$0.hasPrefix("tile/entries") })
    if present != Set(Tile.all(of: size).map(\.path)) { wrong.append("the tiles of this size") }
    var reader = log.reader()
    if try reader.root().hex != row["root"]?.string { wrong.append("the root") }
    return Expectation(row).judge(
      nil, also: wrong.isEmpty ? nil : wrong.sorted().joined(separator: ", "))
  }

  func inclusions() throws -> [CaseResult] {
    let table = try table()
    var results = try (table["rows"]?.array ?? []).enumerated().map { place, row in
      let hash = try Self.hashes([row["leaf_hash"] ?? .null, row["root"] ?? .null])
      let holds = MerkleProof.includes(
        hash[0], at: row["index"]?.int ?? -1, in: row["size"]?.int ?? -1, root: hash[1],
        path: try Self.hashes(row["proof"]))
      return Self.judge(row, place, "inclusion", holds, refusal: .inclusionProofInvalid)
    }
    let log = try Self.log(300)
    var reader = log.reader()
    var hasher = SHA256()
    for size in 1...Int64(300) {
      for index in 0..<size {
        for hash in try reader.inclusionPath(of: index, in: size) {
          hasher.update(data: hash.bytes)
        }
      }
    }
    results.append(digest(of: "inclusion", Hex.encode(hasher.finalize()), table))
    return results
  }

  func consistencies() throws -> [CaseResult] {
    let table = try table()
    var results = try (table["rows"]?.array ?? []).enumerated().map { place, row in
      let hash = try Self.hashes([row["old_root"] ?? .null, row["new_root"] ?? .null])
      let holds = MerkleProof.connects(
        row["old_size"]?.int ?? -1, root: hash[0], to: row["new_size"]?.int ?? -1, root: hash[1],
        path: try Self.hashes(row["proof"]))
      return Self.judge(row, place, "consistency", holds, refusal: .consistencyProofInvalid)
    }
    let log = try Self.log(300)
    var reader = log.reader()
    var hasher = SHA256()
    for size in 1...Int64(300) {
      for old in 1...size {
        for hash in try reader.consistencyPath(from: old, to: size) {
          hasher.update(data: hash.bytes)
        }
      }
    }
    results.append(digest(of: "consistency", Hex.encode(hasher.finalize()), table))
    return results
  }

  /// What one row of a table of proofs gave.
  private static func judge(
    _ row: JSONValue, _ place: Int, _ kind: String, _ holds: Bool, refusal: LogError.Code
  ) -> CaseResult {
    let isGood = (row["wf_expect"] ?? row["expect"])?.string == "good"
    let name = row["name"]?.string ?? ""
    return CaseResult(
      name: "\(kind) \(place) \(name)", passed: holds == isGood,
      expected: isGood ? "good" : refusal.rawValue, got: holds ? "good" : refusal.rawValue)
  }

  private func digest(of kind: String, _ found: String, _ table: JSONValue) -> CaseResult {
    let wanted = table["digest_of_all_proofs"]?.string ?? "?"
    return CaseResult(
      name: "all \(kind) proofs", passed: found == wanted, expected: wanted, got: found)
  }
}

/// A log whose files lie in memory.
private struct MadeLog {
  private(set) var size = 0
  private(set) var files: [String: [UInt8]] = [:]
  /// Also the partial tiles that fuller ones replaced.
  private(set) var everything: [String: [UInt8]] = [:]

  mutating func append(_ entries: [[UInt8]]) throws(LogError) {
    let now = files
    let growth = try LogGrowth(of: Int64(size), by: entries) { now[$0.path] }
    for tile in growth.dropped { files[tile.path] = nil }
    for file in growth.written {
      files[file.tile.path] = file.bytes
      everything[file.tile.path] = file.bytes
    }
    size = Int(growth.size)
  }

  func reader() -> TileReader {
    let files = files
    return TileReader(size: Int64(size)) { files[$0.path] }
  }
}
