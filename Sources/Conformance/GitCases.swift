internal import Archives
internal import Evidence
internal import History
internal import JSON
internal import ObjectStore
internal import Platform
internal import Signing

/// Runs `cases.json` of a folder of repositories (each a tar of a bare repository) through `wf fsck`
/// and the checks *graph* and *signature* of `wf verify`.
///
/// A good row passes both. A bad row's first reason, of fsck or else of verify, is the stated one or
/// one of `also`; where an object is found at fault and the row states one, they are the same.
public func gitCases(folder: String) throws -> [CaseResult] {
  let files = FileSystem()
  let table = try JSONValue.parse(try files.read(Path.join(folder, "cases.json")))
  let name = table["allowed_signers"]?.string ?? "allowed_signers"
  let trust = try AllowedSigners(
    parsing: try files.readIfPresent(Path.join(folder, name)) ?? Array((name + "\n").utf8),
    zone: .utc)
  return try (table["cases"]?.array ?? []).map { row in
    try GitRow(row: row, folder: folder, trust: trust, files: files).run()
  }
}

private struct GitRow {
  let row: JSONValue
  let folder: String
  let trust: AllowedSigners
  let files: FileSystem

  private struct Outcome {
    var reason: String?
    var object: String?
    var path: String?
  }

  func run() throws -> CaseResult {
    let name = row["name"]?.string ?? "?"
    let isGood = row["expect"]?.string == "good"
    let stated = row["reason"]?.string ?? "?"
    let accepted = [stated] + (row["also"]?.array ?? []).compactMap(\.string)
    let place = files.temporaryName(beside: "/tmp/wf-case")
    defer { try? files.removeTree(place) }
    try unpack(to: place)
    let fsck = ObjectStore.fsck(at: place, system: files).findings.first.map {
      Outcome(reason: $0.reason, object: $0.object?.hex, path: $0.place)
    }
    let graph = graphOutcome(place)
    let signature = graph == nil ? signatureOutcome(place) : nil
    let first = fsck ?? graph ?? signature
    var faults: [String] = []
    if isGood {
      if let first { faults.append("\(first.reason ?? "?") at \(first.path ?? "?")") }
    } else {
      if !accepted.contains(first?.reason ?? "ok") { faults.append(first?.reason ?? "ok") }
      if let object = row["object"]?.string, let found = first?.object, found != object,
        first?.reason == stated
      {
        faults.append("object \(found)")
      }
    }
    return CaseResult(
      name: name, passed: faults.isEmpty,
      expected: (isGood ? "good" : accepted.joined(separator: " or "))
        + (row["object"]?.string.map { ", object \($0)" } ?? ""),
      got: faults.isEmpty ? first?.reason ?? "good" : faults.joined(separator: "; "))
  }

  private func unpack(to place: String) throws {
    guard let archive = row["archive"]?.string else {
      throw MalformedRow(name: row["name"]?.string ?? "?", member: "archive")
    }
    for folder in ["objects/pack", "refs/heads"] {
      _ = try files.makeDirectories(Path.join(place, folder))
    }
    for entry in try Tar.read(try files.read(Path.join(folder, archive))) {
      let path = Path.join(place, entry.name)
      _ = try files.makeDirectories(Path.parent(path))
      try files.write(entry.bytes, to: path)
    }
  }

  private func verification(_ place: String) throws -> StoreVerification {
    let store = EvidenceStore(
      objects: try ObjectStore.open(at: place, system: files),
      user: KeyFolder(path: Path.join(place, "no-user"), files: files),
      surroundings: Surroundings(
        now: { 0 }, randomBytes: { [UInt8](repeating: 0, count: $0) }, environment: [:]))
    return StoreVerification(
      store: store, options: VerifyOptions(trust: trust, revocation: .empty))
  }

  private func graphOutcome(_ place: String) -> Outcome? {
    do {
      let verification = try verification(place)
      guard let id = try target(place)?.commit else { return nil }
      let result = verification.graphCheck(of: id)
      guard result.state == .fail else { return nil }
      return Outcome(reason: result.reason, object: result.object, path: result.path)
    } catch let failure as any Failure {
      return Outcome(reason: failure.reason, object: nil, path: failure.place)
    } catch {
      return Outcome(reason: "\(error)")
    }
  }

  private func signatureOutcome(_ place: String) -> Outcome? {
    do {
      guard let target = try target(place) else { return Outcome(reason: "no_commit") }
      let result = try verification(place).signatureCheck(of: target)
      guard result.state == .fail else { return nil }
      return Outcome(reason: result.reason, object: result.object, path: result.path)
    } catch let failure as any Failure {
      return Outcome(reason: failure.reason, object: nil, path: failure.place)
    } catch {
      return Outcome(reason: "\(error)")
    }
  }

  /// The commit of the row, or the one that its tag leads to.
  private func target(_ place: String) throws -> ResolvedVersion? {
    guard let text = row["commit"]?.string else { return nil }
    if let id = ObjectID(hex: text) { return ResolvedVersion(commit: id, slug: nil) }
    let store = try ObjectStore.open(at: place, system: files)
    guard let name = RefName("refs/tags/" + text), let id = try store.ref(name) else { return nil }
    return ResolvedVersion(commit: try store.peel(id), slug: nil, tag: id)
  }
}
