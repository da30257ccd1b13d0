internal import JSON

/// The raw run id, recipe, runtime and times, which stand in raw_evidence_manifest.json alone.
public struct SourceRun: Sendable, Equatable {
  public var clientRunID: String?
  public var recipe: String?
  public var runtime: String?
  /// RFC 3339, UTC, whole seconds.
  public var startedAt: String?
  public var finishedAt: String?
  public init(
    clientRunID: String? = nil, recipe: String? = nil, runtime: String? = nil,
    startedAt: String? = nil, finishedAt: String? = nil
  ) {
    self.clientRunID = clientRunID
    self.recipe = recipe
    self.runtime = runtime
    self.startedAt = startedAt
    self.finishedAt = finishedAt
  }
}

/// Member 8, raw_evidence_manifest.json (SCHEMAS §9).
public struct RawManifest: Sendable, Equatable {
  public var salt: Salt
  public var packageID: String
  public var sourceRun: SourceRun
  /// In the order of rows: digest, role, uri.
  public private(set) var references: [LocatedReference]

  /// A manifest of these references, which are put in order here.
  public init(
    salt: Salt, packageID: String, sourceRun: SourceRun, references: [LocatedReference]
  ) {
    self.salt = salt
    self.packageID = packageID
    self.sourceRun = sourceRun
    self.references = references.sorted(by: LocatedReference.isOrdered)
  }

  /// The member's bytes.
  public func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(references.count * 360 + 512)
    bytes.append(text: "{\"package_id\":\"\(packageID)\",\"references\":[")
    var states: [RawState: Int] = [:]
    var total = 0
    for (place, row) in references.enumerated() {
      if place > 0 { bytes.append(0x2C) }
      row.reference.append(to: &bytes, state: row.state)
      states[row.state, default: 0] += 1
      total = total.addingReportingOverflow(row.reference.size ?? 0).partialValue
    }
    bytes.append(text: "],\"salt\":\"\(salt.hex)\",\"schema_version\":\"")
    bytes.append(text: MemberName.rawEvidenceManifest.schemaVersion ?? "")
    bytes.append(text: "\",\"source_run\":{\"client_run_id\":")
    bytes.append(stringOrNull: sourceRun.clientRunID)
    bytes.append(text: ",\"finished_at\":")
    bytes.append(stringOrNull: sourceRun.finishedAt)
    bytes.append(text: ",\"recipe\":")
    bytes.append(stringOrNull: sourceRun.recipe)
    bytes.append(text: ",\"runtime\":")
    bytes.append(stringOrNull: sourceRun.runtime)
    bytes.append(text: ",\"started_at\":")
    bytes.append(stringOrNull: sourceRun.startedAt)
    bytes.append(text: "},\"totals\":{\"by_state\":{")
    let counted = RawState.allCases.filter { states[$0] != nil }
    for (place, state) in counted.sorted(by: { precedes($0.rawValue, $1.rawValue) }).enumerated() {
      bytes.append(text: "\(place > 0 ? "," : "")\"\(state.rawValue)\":\(states[state] ?? 0)")
    }
    bytes.append(text: "},\"bytes\":\(total),\"references\":\(references.count)}}\n")
    return bytes
  }

  /// The objects of the `raw/` tree: path and bytes, in path order, `raw/salt` among them.
  ///
  /// Files with equal content are one blob, with the first uri in byte order.
  public func blobs() -> [(path: String, bytes: [UInt8])] {
    var first: [String: RawReference] = [:]
    for row in references {
      let reference = row.reference
      let name = reference.sha256 ?? "unhashed " + reference.role + " " + reference.uri
      if let other = first[name], !precedes(reference.uri, other.uri) { continue }
      first[name] = reference
    }
    var blobs = [(path: "raw/salt", bytes: salt.blob)]
    for reference in first.values {
      let bytes = reference.blob()
      blobs.append((reference.path(blob: bytes), bytes))
    }
    return blobs.sorted { precedes($0.path, $1.path) }
  }
}
