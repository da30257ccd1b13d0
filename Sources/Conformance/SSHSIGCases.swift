internal import JSON
internal import Platform
internal import Signing

/// Runs `cases.json` of a folder of SSHSIG rows (`wf.sshsig-cases/1`) through `verify`.
///
/// `wf_expect` and `wf_reason` win over `expect` and `reason`; `also` lists other right reasons;
/// `may_refuse` is a reason with which a tool may refuse a key type. A `verify_time` of null means
/// that any time will do. Throws when the table or a file of it cannot be read.
public func sshsigCases(folder: String) throws -> [CaseResult] {
  return try caseRows(folder).map { try SSHSIGRow($0, folder: folder).run() }
}

private struct SSHSIGRow {
  let row: JSONValue
  let folder: String

  init(_ row: JSONValue, folder: String) {
    self.row = row
    self.folder = folder
  }

  func run() throws -> CaseResult {
    let wanted = Expectation(row)
    let time = row["verify_time"]?.string.flatMap { UTCTime(rfc3339: $0)?.seconds }
    if row["verify_time"]?.string != nil, time == nil {
      throw MalformedRow(name: wanted.name, member: "verify_time")
    }
    // the tools that made the rows ran in UTC
    let trusted = try AllowedSigners(parsing: try bytes("allowed_signers"), zone: .utc)
    let revoked = row["revoked"]?.string.map {
      KeyFolder.revocationList(at: Path.join(folder, $0))
    }
    let verdict = verify(
      try bytes("signature"), of: try bytes("message"),
      namespace: row["namespace"]?.string ?? "git",
      identities: row["identity"]?.string.map(Identities.one) ?? .any, at: time ?? 1_748_736_000,
      allowedSigners: trusted,
      revocation: revoked ?? .empty)
    return wanted.judge(verdict.reason?.rawValue)
  }

  private func bytes(_ member: String) throws -> [UInt8] {
    guard let name = row[member]?.string else {
      throw MalformedRow(name: row["name"]?.string ?? "?", member: member)
    }
    return try mappedBytes(Path.join(folder, name))
  }
}

/// The rows of a folder's `cases.json`; none where it has no list of them, which fails the run.
func caseRows(_ folder: String) throws -> [JSONValue] {
  try JSONValue.parse(try mappedBytes(Path.join(folder, "cases.json")))["cases"]?.array ?? []
}

/// The bytes of a small file, mapped: a table names hundreds of them.
func mappedBytes(_ path: String) throws -> [UInt8] {
  // safe because the bytes are copied before the mapping goes
  unsafe try FileSystem().map(path).withBytes { unsafe [UInt8]($0) }
}

/// A row that lacks what it must have.
struct MalformedRow: Error, CustomStringConvertible {
  let name: String
  let member: String
  var description: String { "the row \(name) has no usable \(member)" }
}

/// What a row of the signing tables asks for.
struct Expectation {
  let name: String
  private let isGood: Bool
  private let reasons: [String]
  private let mayRefuse: String?

  init(_ row: JSONValue) {
    name = row["name"]?.string ?? "?"
    isGood = (row["wf_expect"] ?? row["expect"])?.string == "good"
    reasons =
      [row["wf_reason"]?.string ?? row["reason"]?.string ?? "?"]
      + (row["also"]?.array ?? []).compactMap(\.string)
    mayRefuse = row["may_refuse"]?.string
  }

  /// - Parameter reason: why the product refused; nil where it accepted.
  func judge(_ reason: String?, also fault: String? = nil) -> CaseResult {
    let passed =
      if let reason { reason == mayRefuse || !isGood && reasons.contains(reason) } else { isGood }
    return CaseResult(
      name: name, passed: passed && fault == nil,
      expected: isGood ? "good" : "bad " + reasons.joined(separator: " or "),
      got: (reason.map { "bad " + $0 } ?? "good") + (fault.map { ", but " + $0 } ?? ""))
  }
}
