public import JSON
public import Platform

/// Whether this user gives reliability metadata to a server, and what was given: a file of the
/// user's own folder, apart from everything that publishing keeps.
public struct ReliabilityConsent: Sendable, Equatable {
  public static let schema = "wf.reliability_consent/1"
  public static let fileName = "reliability"

  public var server: String
  /// Unix seconds.
  public var at: Int64
  /// Give a record of each publish without asking.
  public var all: Bool
  /// Ids of what was given; known here alone.
  public var records: [String]

  public init(server: String, at: Int64, all: Bool, records: [String] = []) {
    self.server = server
    self.at = at
    self.all = all
    self.records = records
  }

  /// What is agreed to, as it is shown before.
  public static let text = """
    What is given for each package that you agree to: labels from closed lists
    (benchmark, suite, kind of robot, setting, capability, metric, verdict, missing
    evidence, next axes), the grade, how errors count, a range of episodes, a range of
    the rate, and the month.
    What is never given: names, texts, ids, digests, exact numbers, addresses, times
    finer than a month, weights, logs, videos, files of any kind.
    The records lie apart from shares, and no share refers to them. Totals are shown for
    groups of five workspaces or more. wf reliability withdraw --all deletes everything.
    """

  /// What the file and the server are told.
  public var json: JSONValue {
    [
      "schema": .string(Self.schema), "server": .string(server),
      "policy_version": .string(ReliabilityRecord.policyVersion),
      "at": .string(UTCTime(seconds: at).rfc3339), "all": .bool(all),
      "records": .array(records.map { .string($0) }),
    ]
  }

  /// nil where nothing was agreed to, or under another policy.
  public static func read(in folder: String, files: FileSystem) throws -> ReliabilityConsent? {
    let path = Path.join(folder, fileName)
    guard let bytes = try files.readIfPresent(path, limit: 4 << 20) else { return nil }
    guard let value = try? JSONValue.parse(bytes), value["schema"]?.string == schema,
      value["policy_version"]?.string == ReliabilityRecord.policyVersion,
      let server = value["server"]?.string,
      let at = value["at"]?.string.flatMap({ UTCTime(rfc3339: $0) }),
      let all = value["all"]?.bool, let records = value["records"]?.array
    else { return nil }
    return ReliabilityConsent(
      server: server, at: at.seconds, all: all, records: records.compactMap(\.string))
  }

  public func write(in folder: String, files: FileSystem) throws {
    let path = Path.join(folder, Self.fileName)
    _ = try files.makeDirectories(folder, mode: 0o700)
    let temporary = files.temporaryName(beside: path)
    let writer = try files.create(temporary, mode: 0o600)
    try writer.append(try CanonicalJSON.bytes(json) + [0x0A])
    try writer.finish(durably: true)
    try files.rename(temporary, to: path)
  }

  /// Collection ends with the file.
  public static func remove(in folder: String, files: FileSystem) throws {
    let path = Path.join(folder, fileName)
    if files.exists(path) { try files.remove(path) }
  }
}

extension ShareClient {
  /// Tells the server of the consent; without one it takes no records.
  public func enableReliability(_ consent: ReliabilityConsent) throws {
    _ = try call(
      "PUT", "/api/reliability",
      [
        "consent": [
          "policy_version": .string(ReliabilityRecord.policyVersion),
          "at": .string(UTCTime(seconds: consent.at).rfc3339),
        ]
      ])
  }

  public func give(_ record: ReliabilityRecord) throws {
    _ = try call("PUT", "/api/reliability", ["record": record.json])
  }

  /// What the server holds of this workspace.
  public func reliability() throws -> JSONValue { try call("GET", "/api/reliability") }

  /// - Parameter record: one, or nil for all of this workspace, and the consent with them.
  /// - Returns: the server's receipt.
  public func withdraw(record: String?) throws -> JSONValue {
    try call("DELETE", "/api/reliability?" + (record.map { "record=" + $0 } ?? "all=true"))
  }
}
