internal import JSON

extension AuditInput {
  /// Reads audit_input.json (SCHEMAS §6).
  ///
  /// Besides the fields: tasks are unique, ranges maximal, and all columns of a task are as long as
  /// its ranges say. Whether `counts` follow from the letters is `checkCounts`.
  ///
  /// - Parameter spelling: `.canonical` for the member of a package.
  public static func decode(
    _ bytes: [UInt8], spelling: MemberSpelling = .canonical
  ) throws(EvidenceError) -> AuditInput {
    try checkMember(bytes, .auditInput, spelling: spelling)
    let (value, rows) = try CheckedTasks.read(bytes)
    let input = AuditInput(
      claimID: value["claim_id"]?.string ?? "", protocolID: value["protocol_id"]?.string ?? "",
      format: SourceFormat(
        name: value["format"]?["name"]?.string ?? "",
        generation: value["format"]?["generation"]?.string,
        detectedBy: (value["format"]?["detected_by"]?.array ?? []).compactMap(\.string)),
      model: ModelIdentity(
        id: value["model"]?["id"]?.string,
        checkpointDigest: value["model"]?["checkpoint_digest"]?.string,
        identity: (value["model"]?["identity"]?.string).flatMap(ModelIdentity.Identity.init)
          ?? .unknown),
      metricName: value["metric"]?["name"]?.string ?? "",
      successRule: value["metric"]?["success_rule"]?.string,
      reportedAt: value["run"]?["reported_at"]?.string,
      attempts: value["run"]?.count("attempts") ?? 1,
      seedLabel: (value["labels"]?["seed"]?.string).flatMap(SeedLabel.init) ?? .missing,
      initialStateLabel: (value["labels"]?["initial_state"]?.string).flatMap(SeedLabel.init)
        ?? .missing,
      sourceDenominatorRule: value["source_denominator_rule"]?.string,
      counts: EpisodeCounts(value["counts"] ?? nil),
      observations: try observations(value["observations"]?.array ?? []),
      rawCoverage: RawCoverage(value["raw_coverage"] ?? nil),
      tasks: try rows.get(),
      outOfProtocolTasks: value["out_of_protocol"]?.count("tasks") ?? 0,
      outOfProtocolEpisodes: value["out_of_protocol"]?.count("episodes") ?? 0,
      duplicates: value.count("duplicates"),
      sourceNotes: value["source_notes"].flatMap { SourceNotes($0) },
      sourceAggregates: value["source_aggregates"]?.object)
    return input
  }

  /// Compares `counts` with the letters of the tasks in the protocol.
  ///
  /// - Throws: `count_mismatch` with the first count that differs.
  public func checkCounts() throws(EvidenceError) {
    let tally = EpisodeCounts(tallying: tasks)
    for ((name, stated), (_, counted)) in zip(counts.named, tally.named)
    where stated != counted {
      throw EvidenceError(
        .countMismatch, EvidencePlace(.auditInput, pointer: "/counts/\(name)"),
        "expected \(counted), as the outcome letters say")
    }
    if let planned = counts.planned, planned != tally.attempted + tally.missing {
      throw EvidenceError(
        .countMismatch, EvidencePlace(.auditInput, pointer: "/counts/planned"),
        "expected \(tally.attempted + tally.missing), attempted and missing together")
    }
  }

  private static func observations(
    _ rows: [JSONValue]
  ) throws(EvidenceError) -> [Observation] {
    var seen: Set<String> = []
    var observations: [Observation] = []
    for (index, row) in rows.enumerated() {
      let id = row["id"]?.string ?? ""
      guard seen.insert(id).inserted else {
        throw EvidenceError(
          .duplicateKey, EvidencePlace(.auditInput, pointer: "/observations/\(index)/id"),
          "expected every check once")
      }
      observations.append(
        Observation(
          id: id, state: (row["state"]?.string).flatMap(Observation.State.init) ?? .notApplicable,
          observed: row["observed"]?.string, expected: row["expected"]?.string,
          at: row["where"]?.string))
    }
    return observations
  }
}

extension EpisodeColumns {
  /// The row of an episode index in all columns; nil when there is none.
  public func row(ofIndex index: Int) -> Int? {
    var before = 0
    for range in indexes {
      if range.contains(index) { return before + index - range.lowerBound }
      before += range.count
    }
    return nil
  }
}

extension EpisodeCounts {
  /// From a checked object.
  init(_ value: JSONValue) {
    self.init()
    planned = value["planned"]?.int.map { Int($0) }
    attempted = value.count("attempted")
    succeeded = value.count("succeeded")
    failed = value.count("failed")
    errored = value.count("errored")
    excluded = value.count("excluded")
    missing = value.count("missing")
  }

  /// All but `planned`, under their names in members.
  var named: [(name: String, value: Int)] {
    [
      ("attempted", attempted), ("succeeded", succeeded), ("failed", failed),
      ("errored", errored), ("excluded", excluded), ("missing", missing),
    ]
  }

  /// The tallies of the letters of the tasks in the protocol; `planned` stays nil.
  public init(tallying tasks: [AuditedTask]) {
    self.init()
    for task in tasks where task.inProtocol {
      for letter in task.episodes.outcomes {
        switch Outcome(letter: letter) {
        case .succeeded: succeeded += 1
        case .failed: failed += 1
        case .errored: errored += 1
        case .excluded: excluded += 1
        case .missing: missing += 1
        case nil: break
        }
      }
    }
    attempted = succeeded + failed + errored + excluded
  }
}

extension RawCoverage {
  init(_ value: JSONValue) {
    self.init()
    countedEpisodes = value.count("counted_episodes")
    withRaw = value.count("with_raw")
    failedEpisodes = value.count("failed_episodes")
    failedWithRaw = value.count("failed_with_raw")
  }
}

extension SourceNotes {
  /// From a checked object; nil for null.
  init?(_ value: JSONValue) {
    guard case .object = value else { return nil }
    let partial = value["partial"].flatMap { part in
      part["reason"]?.string.map { Partial(reason: $0, missing: part.count("missing")) }
    }
    var generated: Generated?
    if let made = value["generated"], case .object = made {
      generated = Generated(
        model: made["model"]?.string, judgeKind: made["judge_kind"]?.string,
        judgeID: made["judge_id"]?.string, judgeVersion: made["judge_version"]?.string)
    }
    self.init(
      partial: partial, warnings: (value["warnings"]?.array ?? []).compactMap(\.string),
      generated: generated)
  }
}

extension JSONValue {
  /// A checked count; 0 where there is none.
  func count(_ key: String) -> Int { self[key]?.int.map { Int($0) } ?? 0 }
}
