import Adapters
import Conformance
import Evidence
import Glibc
import JSON
import Platform
import TestSupport

/// A run folder in a temporary place, and the claims of the fixtures beside it.
struct MadeRunFolder {
  let folder = TemporaryFolder()
  var path: String { folder.path + "/run" }

  init(_ texts: [String: String] = [:]) throws {
    try FileSystem().makeDirectories(folder.path + "/run")
    for (name, text) in texts { try put(name, text) }
  }

  func put(_ name: String, _ text: String) throws { try put(name, Array(text.utf8)) }

  func put(_ name: String, _ bytes: [UInt8]) throws {
    try FileSystem().makeDirectories(Path.parent(path + "/" + name))
    try write(bytes, to: path + "/" + name)
  }

  func link(_ name: String, to target: String) throws {
    try FileSystem().makeDirectories(Path.parent(path + "/" + name))
    guard symlink(target, path + "/" + name) == 0 else { throw WriteFailed(path: name) }
  }

  /// Imports with a claim of the fixtures: two tasks of libero_spatial, episodes 0 to 2.
  func look(
    claim: FixtureClaim? = .frozen, now: Int64 = .max / 2,
    _ change: (inout RunFolderOptions) -> Void = { _ in }
  ) throws -> RunFolderImport {
    var options = RunFolderOptions()
    change(&options)
    return try importRunFolder(
      path, claim: claim.map { try $0.claim() }, plan: claim.map { try $0.plan() },
      options: options, surroundings: Self.surroundings(now: now), files: FileSystem())
  }

  func reasons(
    claim: FixtureClaim? = .frozen, _ change: (inout RunFolderOptions) -> Void = { _ in }
  ) throws -> [String] {
    try look(claim: claim, change).decision.reasons.map(\.rawValue)
  }

  static func surroundings(now: Int64 = .max / 2) -> ImportSurroundings {
    ImportSurroundings(
      now: now, elapsed: { .zero }, reportKey: [UInt8](repeating: 1, count: 32),
      reportID: "imp_00000000000000000000000000", toolVersion: "test")
  }
}

/// Claim and protocol of the fixtures' recipe, changed where a test says so.
struct FixtureClaim {
  var name: String
  /// A policy for repeats that is put into the protocol.
  var retries: String?
  /// Whether only the first task stays.
  var hasOneTask = false
  var metricName: String?

  static let frozen = FixtureClaim(name: "claim-frozen")
  static let open = FixtureClaim(name: "claim-open")

  func claim() throws -> Claim {
    var claim = try Claim.decode(try bytes("claim.json"))
    if let metricName { claim.metric?.name = metricName }
    return claim
  }

  func plan() throws -> EvaluationProtocol {
    var plan = try EvaluationProtocol.decode(try bytes("protocol.json"))
    if let retries { plan.frozen.denominators.retries = retries }
    if hasOneTask { plan.frozen.tasks.removeLast() }
    if let metricName { plan.metricContract.name = metricName }
    return plan
  }

  private func bytes(_ member: String) throws -> [UInt8] {
    let recipe = try JSONValue.parse(Fixtures.bytes("run-folders/folders.json"))
    let entries = recipe["folders"]?[name]?.array ?? []
    guard let text = entries.first(where: { $0["path"]?.string == member })?["text"]?.string else {
      throw WriteFailed(path: name + "/" + member)
    }
    return Array(text.utf8)
  }
}

/// Words of the notes in a report.
func notes(_ result: RunFolderImport) -> Set<String> {
  Set((result.report.json["notes"]?.array ?? []).compactMap { $0["note"]?.string })
}

/// Everything that an import would write or show.
func written(_ result: RunFolderImport) throws -> String {
  let report = String(decoding: try CanonicalJSON.bytes(result.report.json), as: UTF8.self)
  return report + result.report.lines.joined(separator: "\n")
}

/// The six rows that the fixtures' claims plan, as lines; `change` may edit each.
func sixRows(_ change: (Int, inout [(String, String)]) -> Void = { _, _ in }) -> [String] {
  (0..<6).map { number in
    var members = [
      ("suite", "\"libero_spatial\""), ("task_id", "\"\(number / 3)\""),
      ("episode_index", "\(number % 3)"), ("success", number % 2 == 0 ? "true" : "false"),
    ]
    change(number, &members)
    return "{" + members.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
  }
}

let statedContract = #"{"name": "success_rate", "kind": "binary_success", "success_rule": "r1"}"#

/// Lines with a header that states contract and attempts.
func episodeLines(_ rows: [String], attempted: Int = 6) -> String {
  let header =
    #"{"record": "header", "metric_contract": \#(statedContract), "attempted": \#(attempted)}"#
  return ([header] + rows).joined(separator: "\n") + "\n"
}
