internal import Crypto
internal import JSON
internal import Platform
internal import TransparencyLog

/// Runs `cases.json` of a folder of rows about logs (`wf.tlog-cases/1`), each by its own kind.
///
/// `wf_expect` and `wf_reason` win over `expect` and `reason`. Rows of kind `inclusion` and
/// `consistency` are tables in files of their own; each of their rows is a result. Throws when the
/// table or a file of it cannot be read.
public func tlogCases(folder: String) throws -> [CaseResult] {
  return try caseRows(folder).flatMap { value in
    let row = TlogRow(value, folder: folder)
    return switch row.kind {
    case "roots": [try row.roots()]
    case "inclusion": try row.inclusions()
    case "consistency": try row.consistencies()
    case "tiles": [try row.tiles()]
    default: [try row.judged()]
    }
  }
}

/// One row, whatever its kind.
struct TlogRow {
  let row: JSONValue
  let folder: String
  let kind: String

  init(_ row: JSONValue, folder: String) {
    self.row = row
    self.folder = folder
    kind = row["kind"]?.string ?? ""
  }

  var name: String { row["name"]?.string ?? "?" }

  /// Kinds whose rows are accepted or refused with a word.
  fileprivate func judged() throws -> CaseResult {
    let wanted = Expectation(row)
    do throws(LogError) {
      if kind != "tips" { return wanted.judge(nil, also: try fault()) }
      let states = try tips()
      let isWarned = states.contains(.notLogged)
      let fault = states.first { $0 != .notLogged }
      let isSaid = isWarned == (row["reason"]?.string == LoggedTips.State.notLogged.rawValue)
      return wanted.judge(fault?.rawValue, also: isSaid ? nil : "another warning")
    } catch {
      return wanted.judge(error.reason)
    }
  }

  /// What is wrong with something that was accepted; throws the word of a refusal.
  private func fault() throws(LogError) -> String? {
    switch kind {
    case "tile-path": try tilePath()
    case "vkey":
      try VerifierKey(parsing: try text("vkey")).description == text("vkey")
        ? nil : "it is printed otherwise"
    case "note": try note()
    case "checkpoint": try checkpoint()
    case "cosigned": try cosigned()
    case "tlog-proof": try proof()
    case "memory": try memory()
    default: "this kind is unknown"
    }
  }

  private func tilePath() throws(LogError) -> String? {
    let path = try text("path")
    let tile = try Tile(path: path)
    let level = Int(try number("level"))
    let wanted = Tile(
      .hashes(level: level), index: try number("index"), width: Int(try number("width")))
    return tile == wanted && tile.path == path ? nil : "it is read as \(tile)"
  }

  private func note() throws(LogError) -> String? {
    let note = try SignedNote(parsing: try bytes("file"))
    let signers = try note.verified(by: try keys("verifiers"))
    let names = (row["verified"]?.array ?? []).compactMap(\.string)
    let unknown = note.signatures.filter { line in
      !signers.contains { $0.name == line.name && $0.id == line.keyID }
    }
    if signers.map(\.name) != names { return "verified are \(signers.map(\.name))" }
    if Int64(unknown.count) != row["unverified"]?.int { return "unverified are \(unknown.count)" }
    if Hex.encode(SHA256.hash(data: Array(note.text.utf8))) != row["text_sha256"]?.string {
      return "another text"
    }
    return note.bytes == (try bytes("file")) ? nil : "it is printed otherwise"
  }

  private func checkpoint() throws(LogError) -> String? {
    let signed = try signedCheckpoint("file")
    let found = signed.checkpoint
    let isSame =
      String(found.size) == row["size"]?.string && found.root.base64 == row["root_base64"]?.string
      && found.text == signed.note.text
    return isSame ? nil : "size \(found.size), root \(found.root.base64)"
  }

  private func cosigned() throws(LogError) -> String? {
    let signed = try signedCheckpoint("file")
    let found = try policy().cosigners(of: signed.note, now: try number("now"))
    let names = (row["cosigned_by"]?.array ?? []).compactMap(\.string)
    if found.map(\.witness.name) != names { return "cosigners are \(found.map(\.witness.name))" }
    let times = row["times"]?.object?.members.map { ($0.key, $0.value.int) } ?? []
    let isSame = times.allSatisfy { name, time in
      found.contains { $0.witness.name == name && $0.time == time }
    }
    return isSame ? nil : "other times"
  }

  private func proof() throws(LogError) -> String? {
    let bytes = try bytes("file")
    let file = try InclusionFile(parsing: bytes)
    guard let leaf = Base64.decode(try text("leaf_base64")) else { throw lacks("leaf_base64") }
    _ = try file.verify(
      entry: leaf, keys: [try VerifierKey(parsing: try text("log"))], origin: try text("origin"),
      policy: try policy(), now: try number("now"))
    return file.bytes == bytes ? nil : "it is printed otherwise"
  }

  private func memory() throws(LogError) -> String? {
    let remembered = try signedCheckpoint("remembered").checkpoint
    let shown = try signedCheckpoint("shown").checkpoint
    try CheckpointComparison.check(
      remembered: remembered, shown: shown, path: try Self.hashes(row["proof"]))
    return nil
  }

  /// The states of all refs that are not as the log has them.
  private func tips() throws(LogError) -> [LoggedTips.State] {
    let parents = row["parents"]
    func descends(_ old: String, _ new: String) throws(LogError) -> Bool {
      var next = [new]
      while let id = next.popLast() {
        if id == old { return true }
        next += (parents?[id]?.array ?? []).compactMap(\.string)
      }
      return false
    }
    var log = LoggedTips()
    for value in row["entries"]?.array ?? [] {
      guard let bytes = try? CanonicalJSON.bytes(value) else { throw lacks("entries") }
      try log.append(try TipEntry(parsing: bytes), descends: descends)
    }
    let refs = row["refs"]
    var states: [LoggedTips.State] = []
    for ref in Set(log.tips.keys).union(refs?.object?.keys ?? []).sorted() {
      let state = try log.state(of: ref, tip: refs?[ref]?.string, descends: descends)
      if let state, state != .logged { states.append(state) }
    }
    return states
  }

  private func signedCheckpoint(_ member: String) throws(LogError) -> SignedCheckpoint {
    let keys = row["log"] == nil ? try keys("verifiers") : [try VerifierKey(parsing: text("log"))]
    return try SignedCheckpoint(
      parsing: try bytes(member), keys: keys, origin: try text("origin"))
  }

  private func policy() throws(LogError) -> WitnessPolicy {
    WitnessPolicy(witnesses: try keys("witnesses"), quorum: Int(try number("quorum")))
  }

  private func keys(_ member: String) throws(LogError) -> [VerifierKey] {
    var keys: [VerifierKey] = []
    for text in row[member]?.array ?? [] {
      keys.append(try VerifierKey(parsing: text.string ?? ""))
    }
    return keys
  }

  private func text(_ member: String) throws(LogError) -> String {
    guard let text = row[member]?.string else { throw lacks(member) }
    return text
  }

  private func number(_ member: String) throws(LogError) -> Int64 {
    guard let number = row[member]?.int else { throw lacks(member) }
    return number
  }

  private func bytes(_ member: String) throws(LogError) -> [UInt8] {
    guard let bytes = try? mappedBytes(Path.join(folder, try text(member))) else {
      throw lacks(member)
    }
    return bytes
  }

  /// A row that cannot be run: no row asks for this word.
  private func lacks(_ member: String) -> LogError {
    LogError(.logSourceFailed, "the row \(name) has no usable \(member)")
  }

  static func hashes(_ value: JSONValue?) throws(LogError) -> [TreeHash] {
    var hashes: [TreeHash] = []
    for text in value?.array ?? [] {
      guard let hash = Hex.decode(text.string ?? "").flatMap({ TreeHash($0) }) else {
        throw LogError(.logSourceFailed, "a hash of the row is none")
      }
      hashes.append(hash)
    }
    return hashes
  }
}
