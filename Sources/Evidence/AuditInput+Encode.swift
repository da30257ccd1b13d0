public import JSON

extension AuditInput {
  /// The member as a JSON value.
  ///
  /// For its bytes use `memberBytes()`, which builds no columns.
  public func encoded() -> JSONValue {
    var members = head
    members["tasks"] = .array(
      tasks.map { task in
        [
          "suite": .string(task.suite), "task_id": .string(task.taskID),
          "name": JSONValue(task.name), "in_protocol": .bool(task.inProtocol),
          "episodes": task.episodes.encoded(),
        ]
      })
    return .object(members)
  }

  /// The bytes of audit_input.json: RFC 8785 and one `\n`.
  public func memberBytes() throws(EvidenceError) -> [UInt8] {
    var members = head
    members["tasks"] = .array([])
    var bytes: [UInt8] = [0x7B]
    do throws(JSONError) {
      for (place, key) in members.keys.sorted(by: precedes).enumerated() {
        if place > 0 { bytes.append(0x2C) }
        CanonicalJSON.appendString(key, to: &bytes)
        bytes.append(0x3A)
        if key == "tasks" {
          appendTasks(to: &bytes)
        } else {
          try CanonicalJSON.append(members[key] ?? nil, to: &bytes)
        }
      }
    } catch {
      throw EvidenceError(error, member: MemberName.auditInput.rawValue)
    }
    bytes.append(text: "}\n")
    return bytes
  }

  private func appendTasks(to bytes: inout [UInt8]) {
    bytes.append(0x5B)
    for (place, task) in tasks.enumerated() {
      if place > 0 { bytes.append(0x2C) }
      bytes.append(text: "{\"episodes\":")
      task.episodes.append(to: &bytes)
      bytes.append(text: ",\"in_protocol\":\(task.inProtocol),\"name\":")
      bytes.append(stringOrNull: task.name)
      bytes.append(text: ",\"suite\":")
      CanonicalJSON.appendString(task.suite, to: &bytes)
      bytes.append(text: ",\"task_id\":")
      CanonicalJSON.appendString(task.taskID, to: &bytes)
      bytes.append(0x7D)
    }
    bytes.append(0x5D)
  }

  /// Everything but the tasks.
  private var head: JSONObject {
    var members: JSONObject = [
      "schema_version": .string(MemberName.auditInput.schemaVersion ?? ""),
      "claim_id": .string(claimID), "protocol_id": .string(protocolID),
      "format": [
        "name": .string(format.name), "generation": JSONValue(format.generation),
        "detected_by": .array(format.detectedBy.map { .string($0) }),
      ],
      "model": [
        "id": JSONValue(model.id), "checkpoint_digest": JSONValue(model.checkpointDigest),
        "identity": .string(model.identity.rawValue),
      ],
      "metric": ["name": .string(metricName), "success_rule": JSONValue(successRule)],
      "run": ["reported_at": JSONValue(reportedAt), "attempts": JSONValue(attempts)],
      "labels": [
        "seed": .string(seedLabel.rawValue), "initial_state": .string(initialStateLabel.rawValue),
      ],
      "source_denominator_rule": JSONValue(sourceDenominatorRule), "counts": counts.encoded(),
      "observations": .array(observations.map { $0.encoded() }),
      "raw_coverage": [
        "counted_episodes": JSONValue(rawCoverage.countedEpisodes),
        "with_raw": JSONValue(rawCoverage.withRaw),
        "failed_episodes": JSONValue(rawCoverage.failedEpisodes),
        "failed_with_raw": JSONValue(rawCoverage.failedWithRaw),
      ],
      "out_of_protocol": [
        "tasks": JSONValue(outOfProtocolTasks), "episodes": JSONValue(outOfProtocolEpisodes),
      ],
      "duplicates": JSONValue(duplicates),
      "source_aggregates": sourceAggregates.map { .object($0) } ?? nil,
    ]
    if let sourceNotes { members["source_notes"] = sourceNotes.encoded() }
    return members
  }
}

extension EpisodeCounts {
  /// As in audit_input.counts and evidence.counts.
  public func encoded() -> JSONValue {
    [
      "planned": JSONValue(planned), "attempted": JSONValue(attempted),
      "succeeded": JSONValue(succeeded), "failed": JSONValue(failed),
      "errored": JSONValue(errored), "excluded": JSONValue(excluded),
      "missing": JSONValue(missing),
    ]
  }
}

extension Observation {
  func encoded() -> JSONValue {
    [
      "id": .string(id), "state": .string(state.rawValue), "observed": JSONValue(observed),
      "expected": JSONValue(expected), "where": JSONValue(at),
    ]
  }
}

extension SourceNotes {
  func encoded() -> JSONValue {
    [
      "partial": partial.map {
        ["reason": .string($0.reason), "missing": JSONValue($0.missing)]
      } ?? nil,
      "warnings": .array(warnings.map { .string($0) }),
      "generated": generated.map {
        [
          "model": JSONValue($0.model), "judge_kind": JSONValue($0.judgeKind),
          "judge_id": JSONValue($0.judgeID), "judge_version": JSONValue($0.judgeVersion),
        ]
      } ?? nil,
    ]
  }
}

extension EpisodeColumns {
  func encoded() -> JSONValue {
    var members: JSONObject = [
      "count": JSONValue(count), "indexes": IndexRanges.json(indexes),
      "seeds": seeds.map { .array($0.map(Self.json)) } ?? nil,
      "initial_states": initialStates.map { .array($0.map { JSONValue($0) }) } ?? nil,
      "outcomes": .string(String(decoding: outcomes, as: UTF8.self)),
      "reasons": .object(
        JSONObject(reasons.sorted { $0.key < $1.key }.map { (String($0.key), .string($0.value)) })),
    ]
    if let scores { members["scores"] = .array(scores.map { JSONValue($0) }) }
    return .object(members)
  }

  /// Appends the canonical object.
  func append(to bytes: inout [UInt8]) {
    bytes.append(text: "{\"count\":\(count),\"indexes\":[")
    for (place, range) in indexes.enumerated() {
      if place > 0 { bytes.append(0x2C) }
      bytes.append(text: "[\(range.lowerBound),\(range.upperBound)]")
    }
    bytes.append(text: "],\"initial_states\":")
    Self.append(initialStates, to: &bytes) { $1.append(stringOrNull: $0) }
    bytes.append(text: ",\"outcomes\":\"")
    bytes.append(contentsOf: outcomes)
    bytes.append(text: "\",\"reasons\":{")
    // Keys of digits: byte order is the canonical one, and not that of the numbers.
    let keys = reasons.map { (String($0.key), $0.value) }.sorted { precedes($0.0, $1.0) }
    for (place, (key, label)) in keys.enumerated() {
      bytes.append(text: "\(place > 0 ? "," : "")\"\(key)\":")
      CanonicalJSON.appendString(label, to: &bytes)
    }
    bytes.append(0x7D)
    if let scores {
      bytes.append(text: ",\"scores\":")
      Self.append(scores, to: &bytes) { $1.append(stringOrNull: $0) }
    }
    bytes.append(text: ",\"seeds\":")
    Self.append(seeds, to: &bytes) { $1.append(seed: $0) }
    bytes.append(0x7D)
  }

  private static func append<T>(
    _ column: [T]?, to bytes: inout [UInt8], _ one: (T, inout [UInt8]) -> Void
  ) {
    guard let column else { return bytes.append(text: "null") }
    bytes.append(0x5B)
    for (place, value) in column.enumerated() {
      if place > 0 { bytes.append(0x2C) }
      one(value, &bytes)
    }
    bytes.append(0x5D)
  }

  private static func json(_ seed: Seed?) -> JSONValue {
    switch seed {
    case .integer(let value): .number(JSONNumber(value))
    case .text(let value): .string(value)
    case nil: .null
    }
  }
}
