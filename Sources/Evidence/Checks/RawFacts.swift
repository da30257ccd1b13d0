internal import JSON

/// What other members need to know of raw_evidence_manifest.json.
struct RawFacts {
  /// What rows say of one digest.
  struct Content {
    var isRecording = false
    var isPresent = false
    /// The row whose uri comes first, which is the one that has the blob.
    var firstRow: Int
  }

  let value: JSONValue
  let salt: String
  let packageID: String
  let clientRunID: String?
  private let rows: [RowView]
  private(set) var contents: [String: Content] = [:]

  typealias Field = Shape.ReferenceField

  /// From bytes that were checked, and the places of the fields of the references.
  ///
  /// - Throws: `field_range` for a state that does not fit a digest, `not_canonical` for references
  ///   out of order, `count_mismatch` for totals that are not those of the references.
  init(_ bytes: [UInt8], captured: [ShapeReader.Value?]) throws(EvidenceError) {
    let width = Field.uri.rawValue + 1
    var rows: [RowView] = []
    rows.reserveCapacity(captured.count / (width + 1))
    for base in stride(from: 0, to: captured.count, by: width + 1) {
      rows.append(RowView(bytes, captured, base: base, width: width, line: 0))
    }
    self.rows = rows
    value = try Self.head(bytes, rows)
    salt = value["salt"]?.string ?? ""
    packageID = value["package_id"]?.string ?? ""
    clientRunID = value["source_run"]?["client_run_id"]?.string
    try readRows()
  }

  var count: Int { rows.count }

  /// The member without its references, which would be the bulk of it.
  private static func head(_ bytes: [UInt8], _ rows: [RowView]) throws(EvidenceError) -> JSONValue {
    var head = bytes
    if let first = rows.first?.object, let last = rows.last?.object {
      head.replaceSubrange(first.lowerBound..<last.upperBound, with: [])
    }
    do throws(JSONError) {
      return try JSONValue.parse(head, options: JSONOptions(maximumDepth: 64))
    } catch {
      throw EvidenceError(error, member: MemberName.rawEvidenceManifest.rawValue)
    }
  }

  private mutating func readRows() throws(EvidenceError) {
    var states: [String: Int] = [:]
    var total = 0
    contents.reserveCapacity(rows.count)
    for (place, row) in rows.enumerated() {
      let state = row.text(Field.state.rawValue) ?? ""
      states[state, default: 0] += 1
      total += row.integer(Field.size.rawValue) ?? 0
      if place > 0, precedes(row, rows[place - 1]) {
        throw Self.fail(.notCanonical, "/references/\(place)", "references by digest, role and uri")
      }
      guard let digest = row.text(Field.sha256.rawValue) else { continue }
      guard state == "present" || state == "changed" else {
        throw Self.fail(
          .fieldRange, "/references/\(place)/state", "present or changed where there is a digest")
      }
      var content = contents[digest] ?? Content(firstRow: place)
      let role = row.text(Field.role.rawValue)
      if role == "rollout_video" || role == "rollout_data" { content.isRecording = true }
      if state == "present" { content.isPresent = true }
      if content.firstRow != place,
        uri(place).lexicographicallyPrecedes(uri(content.firstRow))
      {
        content.firstRow = place
      }
      contents[digest] = content
    }
    try checkTotals(states, total)
  }

  private func checkTotals(_ states: [String: Int], _ bytes: Int) throws(EvidenceError) {
    let totals = value["totals"]
    guard totals?.count("references") == rows.count else {
      throw Self.fail(.countMismatch, "/totals/references", "\(rows.count)")
    }
    guard totals?.count("bytes") == bytes else {
      throw Self.fail(.countMismatch, "/totals/bytes", "\(bytes), the sum of the sizes")
    }
    for state in RawState.allCases.map(\.rawValue) {
      guard totals?["by_state"]?.count(state) ?? 0 == states[state] ?? 0 else {
        throw Self.fail(.countMismatch, "/totals/by_state/\(state)", "\(states[state] ?? 0)")
      }
    }
  }

  private func uri(_ row: Int) -> ArraySlice<UInt8> { rows[row].lexeme(Field.uri.rawValue) }

  /// Whether a reference belongs before another: digest (null first), role, uri.
  private func precedes(_ one: RowView, _ other: RowView) -> Bool {
    if one.isNull(Field.sha256.rawValue) != other.isNull(Field.sha256.rawValue) {
      return one.isNull(Field.sha256.rawValue)
    }
    for field in [Field.sha256, .role, .uri] {
      let left = one.lexeme(field.rawValue)
      let right = other.lexeme(field.rawValue)
      if left != right { return left.lexicographicallyPrecedes(right) }
    }
    return false
  }

  // MARK: - Inputs and blobs

  /// Digest, role, media type and size of every hashed reference of a role.
  func hashed(role: String) -> [(digest: String, mediaType: String, size: Int?)] {
    rows.compactMap { row in
      guard row.text(Field.role.rawValue) == role, let digest = row.text(Field.sha256.rawValue)
      else { return nil }
      return (
        digest, row.text(Field.mediaType.rawValue) ?? "", row.integer(Field.size.rawValue)
      )
    }
  }

  /// The objects that the `raw/` tree must have besides `raw/salt`: path and bytes.
  ///
  /// A blob is its row without `state`: rows are canonical, so the bytes are cut out of the manifest.
  func blobs() -> [String: [UInt8]] {
    var blobs: [String: [UInt8]] = [:]
    blobs.reserveCapacity(rows.count)
    for (place, row) in rows.enumerated() {
      let digest = row.text(Field.sha256.rawValue)
      if let digest, contents[digest]?.firstRow != place { continue }
      let blob = blob(row)
      let hex = digest.flatMap { Digest.hex(of: $0) }
      let path =
        hex.map { "raw/" + RawReference.fanOut($0) }
        ?? "raw/unhashed/" + RawReference.fanOut(String(Digest.text(of: blob).dropFirst(7)))
      blobs[path] = blob
    }
    return blobs
  }

  private func blob(_ row: RowView) -> [UInt8] {
    guard let object = row.object, let state = row.place(Field.state.rawValue)?.range else {
      return []
    }
    // `"state":` is eight bytes, and a comma follows the value, because `uri` comes later.
    return Array(row.bytes[object.lowerBound..<state.lowerBound - 8])
      + row.bytes[(state.upperBound + 1)..<object.upperBound] + [0x0A]
  }

  private static func fail(
    _ code: EvidenceError.Code, _ pointer: String, _ expected: String
  ) -> EvidenceError {
    EvidenceError(
      code, EvidencePlace(.rawEvidenceManifest, pointer: pointer), "expected \(expected)")
  }
}
