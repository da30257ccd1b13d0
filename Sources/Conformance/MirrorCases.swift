internal import Archives
internal import Evidence
internal import GitRemotes
internal import Glibc
internal import History
internal import JSON
internal import Mirror
internal import ObjectStore
internal import Platform
internal import Signing
internal import Synchronization

/// Runs `cases.json` of a folder of SHA-1 repositories through `wf fetch`, whole but for the checks of
/// packages, which they do not hold.
///
/// A good row brings the stated tip and the stated name of every object. A bad row is refused for the
/// stated reason or one of `also`, and leaves refs and objects of the receiver as they were.
public func mirrorCases(folder: String) throws -> [CaseResult] {
  // Programs that talk to others through pipes do so; the other side may end first.
  signal(SIGPIPE, SIG_IGN)
  let files = FileSystem()
  let table = try JSONValue.parse(try files.read(Path.join(folder, "cases.json")))
  guard let store = table["store"]?.string, let trust = table["allowed_signers"]?.string else {
    throw ConformanceError("\(folder): cases.json names no store and no allowed_signers")
  }
  return try (table["cases"]?.array ?? []).map { row in
    try MirrorRow(
      row: row, folder: folder, store: Path.join(folder, store), trust: Path.join(folder, trust),
      files: files
    ).run()
  }
}

private struct MirrorRow {
  let row: JSONValue
  let folder: String
  let store: String
  let trust: String
  let files: FileSystem

  private func field(_ name: String) throws -> String {
    guard let value = row[name]?.string else {
      throw MalformedRow(name: row["name"]?.string ?? "?", member: name)
    }
    return value
  }

  func run() throws -> CaseResult {
    let place = files.temporaryName(beside: "/tmp/wf-case")
    defer { try? files.removeTree(place) }
    let isGood = try field("expect") == "good"
    let accepted = [try field("reason")] + (row["also"]?.array ?? []).compactMap(\.string)
    try unpack(Path.join(folder, try field("remote")), to: place + "/remote.git")
    let receiver = try receiver(place)
    let before = try state(receiver)
    let event = fetch(receiver, place)
    var faults: [String] = []
    let got: String
    switch event {
    case .result(let rows, _)?:
      let refusal = rows.lazy.compactMap(\.refusal).first
      got = refusal?.reason ?? "ok"
      if isGood, refusal == nil { faults += try checkGood(receiver, rows) }
    case .failure(let failure)?: got = failure.reason
    default: got = "no answer"
    }
    if !accepted.contains(got) { faults.append(got) }
    if !isGood, try state(receiver) != before { faults.append("the receiver was changed") }
    return CaseResult(
      name: try field("name"), passed: faults.isEmpty,
      expected: accepted.joined(separator: " or "),
      got: faults.isEmpty ? got : faults.joined(separator: "; "))
  }

  private func unpack(_ archive: String, to place: String) throws {
    for folder in ["objects/pack", "refs/heads"] {
      _ = try files.makeDirectories(Path.join(place, folder))
    }
    for entry in try Tar.read(try files.read(archive)) {
      let path = Path.join(place, entry.name)
      _ = try files.makeDirectories(Path.parent(path))
      try files.write(entry.bytes, to: path)
    }
  }

  /// A store that has seen the remembered tip, or nothing.
  private func receiver(_ place: String) throws -> EvidenceStore {
    let surroundings = Surroundings(
      now: { 1_780_000_000 }, randomBytes: { [UInt8](repeating: 7, count: $0) },
      environment: ["WF_CONFIG_DIR": place + "/config", "PATH": "/usr/bin:/bin"])
    _ = try files.makeDirectories(place + "/config")
    let store = EvidenceStore(
      objects: try .create(at: place + "/.wf", system: files, surroundings: surroundings),
      user: try .init(environment: surroundings.environment, files: files),
      surroundings: surroundings)
    var list = try RemoteList(store.objects)
    try list.add(
      Remote(name: "origin", address: try RemoteAddress(place + "/remote.git", from: "/")))
    guard let text = row["remembered"]?.string else { return store }
    try unpack(self.store, to: place + "/store.git")
    let source = try ObjectStore.open(at: place + "/store.git", system: files)
    guard let tip = ObjectID(hex: text), let ref = RefName(try field("ref")) else {
      throw MalformedRow(name: try field("name"), member: "remembered")
    }
    let batch = try store.objects.beginBatch()
    _ = try batch.add(try source.objects(try source.reachable(from: [tip])))
    _ = try batch.finish(durably: false)
    try store.rememberPushed([ref: tip], to: "origin")
    return store
  }

  /// Refs, remembered tips, and how many objects there are.
  private func state(_ store: EvidenceStore) throws -> String {
    let refs = try store.objects.refs().map { "\($0.name) \($0.target)" }
    let tips = try store.rememberedTips(of: "origin").map { "\($0.key) \($0.value)" }.sorted()
    let report = ObjectStore.fsck(at: store.objects.path, system: files)
    return (refs + tips).joined(separator: "\n") + "\n\(report.objects) \(report.isSound)"
  }

  private func fetch(_ store: EvidenceStore, _ place: String) -> RemoteEvent? {
    let last = Mutex<RemoteEvent?>(nil)
    var service = MirrorService(
      surroundings: store.surroundings, files: files, context: TransferContext(clock: { 0 })
    ) { event in last.withLock { $0 = event } }
    service.scope = .objectsAndSignatures
    var request = RemoteRequest(.fetch, store: store.objects.path, remote: "origin")
    request.trust = trust
    service.run((try? CanonicalJSON.bytes(request.json)) ?? [])
    return last.withLock { $0 }
  }

  private func checkGood(_ store: EvidenceStore, _ rows: [RemoteRow]) throws -> [String] {
    var faults: [String] = []
    let tip = try field("store_tip")
    let slug = try field("ref").split(separator: "/").last.map(String.init) ?? ""
    let kept = try Reception.trackingRef("origin", slug).flatMap { try store.objects.ref($0) }
    if kept?.hex != tip || rows.first?.new?.hex != tip {
      faults.append("tip \(kept?.hex ?? "none")")
    }
    let map = try ObjectMap(store.objects.path + "/wf/mirror/wf-map", files: files)
    for (own, other) in row["ids"]?.object?.members ?? [] {
      guard let id = ObjectID(hex: own), let name = SHA1ID(hex: other.string ?? "") else {
        throw MalformedRow(name: try field("name"), member: "ids")
      }
      // What was remembered came another way, so the table need not have it.
      if map.own(of: name) != id { faults.append("\(other.string ?? "?") is not \(own)") }
      if !store.objects.contains(id) { faults.append("\(own) did not come") }
    }
    if !ObjectStore.fsck(at: store.objects.path, system: files).isSound {
      faults.append("the store is not sound")
    }
    return faults
  }
}
