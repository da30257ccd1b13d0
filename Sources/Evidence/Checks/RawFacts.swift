internal import JSON
internal import Platform

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
  /// Number of references.
  let count: Int
  private let bytes: [UInt8]
  private let captured: [ShapeReader.Value?]
  private(set) var contents: [DigestKey: Content] = [:]

  typealias Field = Shape.ReferenceField
  private static let width = Field.uri.rawValue + 1

  /// From bytes that were checked, and the places of the fields of the references.
  ///
  /// - Throws: `field_range` for a state that does not fit a digest, `not_canonical` for references
  ///   out of order, `count_mismatch` for totals that are not those of the references.
  init(_ bytes: [UInt8], captured: [ShapeReader.Value?]) throws(EvidenceError) {
    self.bytes = bytes
    self.captured = captured
    count = captured.count / (Self.width + 1)
    value = try Self.head(bytes, captured)
    salt = value["salt"]?.string ?? ""
    packageID = value["package_id"]?.string ?? ""
    clientRunID = value["source_run"]?["client_run_id"]?.string
    try readRows()
  }

  private func row(_ number: Int) -> RowView {
    RowView(
      bytes, captured, base: number * (Self.width + 1), width: Self.width, line: 0)
  }

  /// The member without its references, which would be the bulk of it.
  private static func head(
    _ bytes: [UInt8], _ captured: [ShapeReader.Value?]
  ) throws(EvidenceError) -> JSONValue {
    var head = bytes
    if captured.count > width, let first = captured[width]?.range,
      let last = captured[captured.count - 1]?.range
    {
      head = Array(bytes[..<first.lowerBound]) + bytes[last.upperBound...]
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
    contents.reserveCapacity(count)
    for place in 0..<count {
      let row = row(place)
      let state = row.text(Field.state.rawValue) ?? ""
      states[state, default: 0] += 1
      total += row.integer(Field.size.rawValue) ?? 0
      if place > 0, precedes(row, self.row(place - 1)) {
        throw Self.fail(.notCanonical, "/references/\(place)", "references by digest, role and uri")
      }
      guard let digest = row.digest(Field.sha256.rawValue) else { continue }
      guard state == "present" || state == "changed" else {
        throw Self.fail(
          .fieldRange, "/references/\(place)/state", "present or changed where there is a digest")
      }
      var content = contents[digest] ?? Content(firstRow: place)
      if row.isWritten(Field.role.rawValue, "\"rollout_video\"")
        || row.isWritten(Field.role.rawValue, "\"rollout_data\"")
      {
        content.isRecording = true
      }
      if state == "present" { content.isPresent = true }
      if content.firstRow != place,
        order(row, self.row(content.firstRow), .uri) < 0
      {
        content.firstRow = place
      }
      contents[digest] = content
    }
    try checkTotals(states, total)
  }

  private func checkTotals(_ states: [String: Int], _ bytes: Int) throws(EvidenceError) {
    let totals = value["totals"]
    guard totals?.count("references") == count else {
      throw Self.fail(.countMismatch, "/totals/references", "\(count)")
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

  /// Whether a reference belongs before another: digest (null first), role, uri.
  private func precedes(_ one: RowView, _ other: RowView) -> Bool {
    if one.isNull(Field.sha256.rawValue) != other.isNull(Field.sha256.rawValue) {
      return one.isNull(Field.sha256.rawValue)
    }
    for field in [Field.sha256, .role, .uri] {
      let order = order(one, other, field)
      if order != 0 { return order < 0 }
    }
    return false
  }

  /// How two rows are ordered by the bytes of a field as they stand.
  private func order(_ one: RowView, _ other: RowView, _ field: Field) -> Int {
    bytes.order(
      of: one.place(field.rawValue)?.range ?? 0..<0, bytes,
      other.place(field.rawValue)?.range ?? 0..<0)
  }

  // MARK: - Inputs and blobs

  /// Digest, role, media type and size of every hashed reference of a role.
  func hashed(role: String) -> [(digest: String, mediaType: String, size: Int?)] {
    (0..<count).compactMap { number in
      let row = row(number)
      guard row.text(Field.role.rawValue) == role, let digest = row.text(Field.sha256.rawValue)
      else { return nil }
      return (
        digest, row.text(Field.mediaType.rawValue) ?? "", row.integer(Field.size.rawValue)
      )
    }
  }

  /// An object that the `raw/` tree must have: its row without `state`, cut out of the manifest,
  /// whose rows are canonical.
  struct Blob {
    let path: String
    fileprivate let head: Range<Int>
    fileprivate let rest: Range<Int>
  }

  /// The objects besides `raw/salt`, those with a digest in path order, then the others in the order
  /// of the rows.
  var blobs: [Blob] {
    var hashed: [Blob] = []
    var others: [Blob] = []
    hashed.reserveCapacity(count)
    for number in 0..<count {
      let row = row(number)
      let digest = row.digest(Field.sha256.rawValue)
      if let digest, contents[digest]?.firstRow != number { continue }
      guard let object = row.object, let state = row.place(Field.state.rawValue)?.range else {
        continue
      }
      // `"state":` is eight bytes, and a comma follows the value, because `uri` comes later.
      let head = object.lowerBound..<state.lowerBound - 8
      let rest = state.upperBound + 1..<object.upperBound
      if digest != nil, let text = row.place(Field.sha256.rawValue)?.range {
        let hex = text.lowerBound + 8..<text.upperBound - 1
        hashed.append(Blob(path: path("raw/", bytes, hex), head: head, rest: rest))
      } else {
        let name = Array(Hex.encode(Digest.raw(of: content(head, rest))).utf8)
        let path = path("raw/unhashed/", name, 0..<name.count)
        others.append(Blob(path: path, head: head, rest: rest))
      }
    }
    return hashed + others
  }

  /// `ab/cdef…` of 64 hex digits, below a folder.
  private func path(_ folder: String, _ bytes: [UInt8], _ hex: Range<Int>) -> String {
    var path: [UInt8] = []
    path.reserveCapacity(folder.utf8.count + hex.count + 1)
    path.append(text: folder)
    path += bytes[hex.prefix(2)]
    path.append(0x2F)
    path += bytes[hex.dropFirst(2)]
    return String(decoding: path, as: UTF8.self)
  }

  func content(_ blob: Blob) -> [UInt8] { content(blob.head, blob.rest) }

  private func content(_ head: Range<Int>, _ rest: Range<Int>) -> [UInt8] {
    var content: [UInt8] = []
    content.reserveCapacity(head.count + rest.count + 1)
    content += bytes[head]
    content += bytes[rest]
    content.append(0x0A)
    return content
  }

  /// Whether stored bytes are those of a blob.
  func isContent(_ stored: [UInt8], of blob: Blob) -> Bool {
    let cut = blob.head.count
    guard stored.count == cut + blob.rest.count + 1, stored.last == 0x0A else { return false }
    return stored.order(of: 0..<cut, bytes, blob.head) == 0
      && stored.order(of: cut..<stored.count - 1, bytes, blob.rest) == 0
  }

  private static func fail(
    _ code: EvidenceError.Code, _ pointer: String, _ expected: String
  ) -> EvidenceError {
    EvidenceError(
      code, EvidencePlace(.rawEvidenceManifest, pointer: pointer), "expected \(expected)")
  }
}
