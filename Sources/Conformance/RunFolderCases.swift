internal import Adapters
internal import Audit
internal import Evidence
internal import Glibc
internal import JSON
internal import Platform

/// Runs `cases.json` of a folder of run folders: decision, exit, reasons, selection, candidates,
/// signals, secrets per kind and notes, that no canary stands in anything written, and that an input
/// for the audit comes out exactly where a folder was accepted.
///
/// Where the folder holds a recipe (`folders.json`), the run folders are made in a temporary place.
/// A note about permissions is not asked for where nothing is forbidden to this user. Throws when the
/// table cannot be read.
public func runFolderCases(folder: String) throws -> [CaseResult] {
  guard RunFolderRecipe.isThere(folder) else { return try RunFolderTable(folder: folder).results() }
  var template = Array("/tmp/wf-run-folders-XXXXXX".utf8CString)
  guard unsafe mkdtemp(&template) != nil else {
    throw ConformanceError("no temporary folder can be made")
  }
  let place = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { try? FileSystem().removeTree(place) }
  try RunFolderRecipe(folder).make(in: place)
  return try RunFolderTable(folder: place).results()
}

struct RunFolderTable {
  let folder: String
  let files = FileSystem()

  init(folder: String) { self.folder = folder }

  func results() throws -> [CaseResult] {
    let table = try JSONValue.parse(try files.read(Path.join(folder, "cases.json")))
    guard let rows = table["cases"]?.array else {
      throw ConformanceError("\(folder)/cases.json has no list `cases`")
    }
    return try rows.map(result)
  }

  private func result(_ row: JSONValue) throws -> CaseResult {
    guard let name = row["case"]?.string else {
      throw ConformanceError("a row of \(folder)/cases.json has no `case`")
    }
    let before = try listing(Path.join(folder, name))
    let outcome = try outcome(row, name)
    var fields = compared(row, outcome)
    let after = try listing(Path.join(folder, name))
    fields.append(("unchanged", true, .bool(before == after)))
    let differing = fields.filter { $0.wanted != $0.got }
    return CaseResult(
      name: name, passed: differing.isEmpty, expected: text(differing.map { ($0.0, $0.1) }),
      got: text(differing.map { ($0.0, $0.2) }))
  }

  private struct Outcome {
    let report: JSONValue
    /// Everything that would be written or shown.
    let written: [UInt8]
    let hasInput: Bool
  }

  private func outcome(_ row: JSONValue, _ name: String) throws -> Outcome {
    var claim: Claim?
    var plan: EvaluationProtocol?
    if let package = row["claim_package"]?.string {
      let path = Path.join(folder, package)
      claim = try Claim.decode(try files.read(Path.join(path, "claim.json")))
      plan = try EvaluationProtocol.decode(try files.read(Path.join(path, "protocol.json")))
    }
    let key = [UInt8](repeating: 7, count: 32)
    var result = try importRunFolder(
      Path.join(folder, name), claim: claim, plan: plan, options: try options(row),
      surroundings: ImportSurroundings(
        now: Int64(time(nil)), elapsed: { .zero }, reportKey: key,
        reportID: ULID.text(prefix: "imp", milliseconds: 0, random: key),
        toolVersion: "conformance"),
      files: files)
    var input: ImportedInput?
    if let run = result.run, let claim, let plan {
      let raw = try locateRaw(run: run, inputs: [], rawFolder: nil, files: files)
      let made = try ImportedInput(run: run, raw: raw, claim: claim, protocol: plan)
      result.report.gradeHint = (made.grade, made.missing)
      input = made
    }
    let report = result.report.json
    var written = try CanonicalJSON.bytes(report)
    written += Array(result.report.lines.joined(separator: "\n").utf8)
    written += input?.bytes ?? []
    return Outcome(report: report, written: written, hasInput: input != nil)
  }

  private func options(_ row: JSONValue) throws -> RunFolderOptions {
    var options = RunFolderOptions()
    var rest = (row["args"]?.array ?? []).compactMap(\.string)[...]
    while let option = rest.popFirst() {
      guard let value = rest.popFirst() else { throw ConformanceError("\(option) has no value") }
      switch option {
      case "--max-entries": options.limits.entries = Int(value) ?? 0
      case "--max-depth": options.limits.depth = Int(value) ?? 0
      case "--max-bytes": options.limits.bytes = Int(value) ?? 0
      case "--candidate": options.candidate = value
      case "--exclude": options.exclude.append(value)
      default: throw ConformanceError("\(option) is not known here")
      }
    }
    return options
  }

  private func compared(
    _ row: JSONValue, _ outcome: Outcome
  ) -> [(field: String, wanted: JSONValue, got: JSONValue)] {
    let report = outcome.report
    func sorted(_ value: JSONValue?) -> JSONValue {
      .array((value?.array ?? []).compactMap(\.string).sorted().map { .string($0) })
    }
    let paths = JSONValue.array((report["candidates"]?.array ?? []).compactMap { $0["path"] })
    let notes = Set((report["notes"]?.array ?? []).compactMap { $0["note"]?.string })
    let isPermitted = getuid() == 0 ? Set(["unreadable_file"]) : []
    let missing = (row["notes_include"]?.array ?? []).compactMap(\.string).filter {
      !notes.contains($0) && !isPermitted.contains($0)
    }
    let canaries = (row["canaries"]?.array ?? []).compactMap(\.string).filter {
      contains(outcome.written, Array($0.utf8))
    }
    return [
      ("decision", row["decision"] ?? nil, report["decision"] ?? nil),
      ("exit", row["exit"] ?? nil, report["exit"] ?? nil),
      ("reasons", row["reasons"] ?? nil, report["reasons"] ?? nil),
      ("selected", row["selected"] ?? nil, report["selected"]?["path"] ?? nil),
      ("row_candidates", sorted(row["row_candidates"]), sorted(paths)),
      ("signals", sorted(row["signals"]), sorted(report["signals"])),
      ("secrets", byKey(row["secrets"]), byKey(report["secrets"]?["by_kind"])),
      ("notes_missing", [], .array(missing.map { .string($0) })),
      // Not the canary itself: what is printed here is written, too.
      ("canaries_found", 0, .number(JSONNumber(Int64(canaries.count)))),
      (
        "audit_input", .bool(row["decision"]?.string == "accept"), .bool(outcome.hasInput)
      ),
    ]
  }

  private func byKey(_ value: JSONValue?) -> JSONValue {
    .object(JSONObject((value?.object?.members ?? []).sorted { $0.key < $1.key }))
  }

  private func contains(_ bytes: [UInt8], _ text: [UInt8]) -> Bool {
    guard let first = text.first, bytes.count >= text.count else { return false }
    return (0...(bytes.count - text.count)).contains { place in
      bytes[place] == first && bytes[place...].starts(with: text)
    }
  }

  private func text(_ members: [(String, JSONValue)]) -> String {
    guard let bytes = try? CanonicalJSON.bytes(.object(JSONObject(members.map { ($0.0, $0.1) })))
    else { return "?" }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Names, kinds, sizes, modes and times of change, to be compared before and after.
  private func listing(_ path: String) throws -> [String] {
    var lines: [String] = []
    for entry in try files.list(path) {
      let inner = Path.join(path, String(decoding: entry.rawName, as: UTF8.self))
      guard let status = try files.statusIfPresent(inner, followingLinks: false) else { continue }
      lines.append(
        "\(inner) \(status.kind) \(status.size) \(status.mode) \(status.modified).\(status.modifiedNanoseconds)"
      )
      if status.kind == .directory { lines += try listing(inner) }
    }
    return lines
  }
}
