internal import JSON
internal import Platform

// Cross checks 8 and 11, and the check `raw`.
extension PackageCheck {
  mutating func crossCheckPrivate() {
    crossCheckSalt()
    crossCheckInputFiles()
    crossCheckObservations()
  }

  /// 8: salts are equal in members 7–10 and raw/salt.
  private mutating func crossCheckSalt() {
    guard let raw else { return }
    let source = EvidencePlace(.rawEvidenceManifest, pointer: "/salt")
    for (member, header) in headers.sorted(by: { precedes($0.key.rawValue, $1.key.rawValue) })
    where header.salt != raw.salt {
      cross(
        8, .saltMismatch, EvidencePlace(member, line: 1, pointer: "/salt"), source,
        "expected the salt of the package")
    }
    if members.contains("raw/salt"), let bytes = try? members.bytes("raw/salt") {
      checkSaltBlob(bytes, raw.salt)
    }
  }

  private mutating func checkSaltBlob(_ bytes: [UInt8], _ salt: String) {
    guard bytes != Array(salt.utf8) + [0x0A] else { return }
    cross(
      8, .saltMismatch, EvidencePlace(member: "raw/salt"),
      EvidencePlace(.rawEvidenceManifest, pointer: "/salt"),
      "expected the salt of the package and a line feed")
  }

  /// 8: run_ref and inputs of audit_provenance recompute from the salt and the raw manifest.
  private mutating func crossCheckInputFiles() {
    guard let raw, let provenance, let salt = Salt(hex: raw.salt) else { return }
    let expected = salt.runReference(clientRunID: raw.clientRunID)
    if expected != provenance["run_ref"]?.string {
      cross(
        8, .digestMismatch, EvidencePlace(.auditProvenance, pointer: "/run_ref"),
        EvidencePlace(.rawEvidenceManifest, pointer: "/source_run/client_run_id"),
        "expected \(expected ?? "null")")
    }
    var known: [String: [(digest: String, mediaType: String, size: Int?)]] = [:]
    for (place, input) in (provenance["inputs"]?.array ?? []).enumerated() {
      let role = input["role"]?.string ?? ""
      let files = known[role] ?? raw.hashed(role: role)
      known[role] = files
      let match = files.first {
        salt.keyedDigest(role: role, digest: $0.digest) == input["keyed_digest"]?.string
      }
      let source = EvidencePlace(.rawEvidenceManifest, pointer: "/references")
      guard let match else {
        cross(
          8, .digestMismatch,
          EvidencePlace(.auditProvenance, pointer: "/inputs/\(place)/keyed_digest"), source,
          "expected the keyed digest of a reference with role \(role)")
        continue
      }
      if match.mediaType != input["media_type"]?.string
        || SizeBucket.word(match.size) != input["size_bucket"]?.string
      {
        cross(
          8, .fieldRange, EvidencePlace(.auditProvenance, pointer: "/inputs/\(place)"), source,
          "expected media type and size bucket of the reference")
      }
    }
  }

  /// 11: observations and raw_coverage follow from members 7 and 8.
  ///
  /// I19 is decided by the format's own rule on fields that no member keeps, and is taken as given.
  private mutating func crossCheckObservations() {
    // Facts are whole only when both members and the inputs were read without a fault.
    guard let input, raw != nil, headers[.episodeResults] != nil, evaluationProtocol != nil else {
      return
    }
    let facts = runFacts
    compare("I04", facts.duplicateRaw, input)
    compare("I17", facts.exclusionBias, input)
    compare("I18", facts.horizonCut, input)
    if let expected = facts.timeOrder { compare("I22", expected, input) }
    compareAttempts(facts, input)
    let pairs: [(String, Int, Int)] = [
      ("counted_episodes", input.rawCoverage.countedEpisodes, facts.coverage.countedEpisodes),
      ("with_raw", input.rawCoverage.withRaw, facts.coverage.withRaw),
      ("failed_episodes", input.rawCoverage.failedEpisodes, facts.coverage.failedEpisodes),
      ("failed_with_raw", input.rawCoverage.failedWithRaw, facts.coverage.failedWithRaw),
    ]
    for (field, stated, counted) in pairs where stated != counted {
      if isPassedThrough, field.hasSuffix("with_raw") { continue }
      cross(
        11, .countMismatch, EvidencePlace(.auditInput, pointer: "/raw_coverage/\(field)"),
        EvidencePlace(field.hasSuffix("raw") ? .rawEvidenceManifest : .episodeResults),
        "expected \(counted)")
    }
  }

  /// Whether audit_input.json was the source itself: what it says of steps, rewards and recordings
  /// was seen in rows that this package does not have.
  private var isPassedThrough: Bool {
    provenance?["parameters"]?["audit_input_passed_through"]?.bool == true
  }

  /// Compares state and the numbers in the text; the words around them belong to the rule table.
  private mutating func compare(_ id: String, _ expected: RunFacts.Expected, _ input: AuditInput) {
    if isPassedThrough, expected.state == .notApplicable { return }
    guard let place = input.observations.firstIndex(where: { $0.id == id }) else {
      guard expected.state != .notApplicable else { return }
      return cross(
        11, .countMismatch, EvidencePlace(.auditInput, pointer: "/observations"),
        EvidencePlace(.episodeResults), "expected \(id) with \(expected.state.rawValue)")
    }
    let stated = input.observations[place]
    let numbers = Self.numbers(stated.observed ?? "")
    guard stated.state != expected.state || numbers != expected.numbers else { return }
    let field = stated.state != expected.state ? "state" : "observed"
    cross(
      11, .countMismatch, EvidencePlace(.auditInput, pointer: "/observations/\(place)/\(field)"),
      EvidencePlace(.episodeResults),
      "expected \(id) with \(expected.state.rawValue) \(expected.numbers)")
  }

  /// I11 and run.attempts: no row may have a higher attempt than the audit saw.
  private mutating func compareAttempts(_ facts: RunFacts, _ input: AuditInput) {
    guard facts.mostAttempts > input.attempts else { return }
    cross(
      11, .countMismatch, EvidencePlace(.auditInput, pointer: "/run/attempts"),
      EvidencePlace(.episodeResults), "expected at least \(facts.mostAttempts)")
  }

  /// The unsigned integers in a text.
  private static func numbers(_ text: String) -> [Int] {
    text.utf8.split(whereSeparator: { !$0.isDigit }).compactMap {
      Int(String(decoding: Array($0), as: UTF8.self))
    }
  }

  // MARK: - raw

  /// Reference blobs and salt equal the raw manifest.
  mutating func checkRaw(_ tree: RawTree) {
    guard scope == .full, let raw else { return }
    let blobs: [String: [UInt8]]
    do throws(EvidenceError) {
      blobs = try self.blobs(of: tree)
    } catch {
      return add(.raw, error)
    }
    if case .amongMembers = tree, blobs.isEmpty { return }
    if let salt = blobs["raw/salt"] {
      // One among the members was compared with them.
      if !members.contains("raw/salt") { checkSaltBlob(salt, raw.salt) }
    } else {
      add(
        CheckFinding(
          .raw, .memberMissing, at: EvidencePlace(member: "raw/salt"),
          against: EvidencePlace(.rawEvidenceManifest, pointer: "/salt"), "expected the salt"))
    }
    let references = EvidencePlace(.rawEvidenceManifest, pointer: "/references")
    var found: [CheckFinding] = []
    let expected = raw.blobs
    var present = blobs["raw/salt"] == nil ? 0 : 1
    for blob in expected {
      guard let stored = blobs[blob.path] else {
        found.append(
          CheckFinding(
            .raw, .memberMissing, at: EvidencePlace(member: blob.path), against: references,
            "expected the blob of this reference"))
        continue
      }
      present += 1
      if !raw.isContent(stored, of: blob) {
        found.append(
          CheckFinding(
            .raw, .digestMismatch, at: EvidencePlace(member: blob.path), against: references,
            "expected the fields of the reference"))
      }
    }
    if present != blobs.count {
      let known = Set(expected.map(\.path))
      for path in blobs.keys where path != "raw/salt" && !known.contains(path) {
        found.append(
          CheckFinding(
            .raw, .memberExtra, at: EvidencePlace(member: path), against: references,
            "expected no blob without a reference"))
      }
    }
    findings += found.sorted { precedes($0.member, $1.member) }
  }

  private func blobs(of tree: RawTree) throws(EvidenceError) -> [String: [UInt8]] {
    switch tree {
    case .amongMembers: return members.readableRawBlobs()
    case .blobs(let blobs): return blobs
    case .deferred(let read):
      do {
        return try read()
      } catch {
        throw MemberReader.unreadable("raw/", error)
      }
    }
  }
}
