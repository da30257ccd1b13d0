internal import JSON

// Cross checks 1, 6, 7 and 9, which need public members only.
extension PackageCheck {
  mutating func crossCheckInputs() {
    crossCheckCounts()
    crossCheckIDs()
    crossCheckFreeze()
    crossCheckDigests()
  }

  mutating func cross(
    _ number: Int, _ code: EvidenceError.Code, _ place: EvidencePlace,
    _ otherPlace: EvidencePlace, _ detail: String
  ) {
    add(CheckFinding(.cross, number: number, code, at: place, against: otherPlace, detail))
  }

  /// 1: counts in audit_input = evidence.counts = tallies of the outcome strings.
  private mutating func crossCheckCounts() {
    guard let input else { return }
    do throws(EvidenceError) {
      try input.checkCounts()
    } catch {
      cross(
        1, error.code, error.location, EvidencePlace(.auditInput, pointer: "/tasks"), error.message)
    }
    guard let evidence else { return }
    let other = EpisodeCounts(evidence["counts"] ?? nil)
    for ((name, stated), (_, copied)) in zip(input.counts.named, other.named)
    where stated != copied {
      cross(
        1, .countMismatch, EvidencePlace(.evidence, pointer: "/counts/\(name)"),
        EvidencePlace(.auditInput, pointer: "/counts/\(name)"), "the two counts differ")
    }
    if other.planned != input.counts.planned {
      cross(
        1, .countMismatch, EvidencePlace(.evidence, pointer: "/counts/planned"),
        EvidencePlace(.auditInput, pointer: "/counts/planned"), "the two counts differ")
    }
  }

  /// 6: protocol.claim_id, audit_input ids and package_id agree.
  private mutating func crossCheckIDs() {
    let claimPlace = EvidencePlace(.claim, pointer: "/id")
    let protocolPlace = EvidencePlace(.evaluationProtocol, pointer: "/id")
    same(claim?.id, claimPlace, evaluationProtocol?.claimID, .evaluationProtocol, "/claim_id")
    same(claim?.id, claimPlace, input?.claimID, .auditInput, "/claim_id")
    same(evaluationProtocol?.id, protocolPlace, input?.protocolID, .auditInput, "/protocol_id")
    same(claim?.id, claimPlace, evidence?["claim"]?["id"]?.string, .evidence, "/claim/id")
    same(
      evaluationProtocol?.id, protocolPlace, evidence?["protocol"]?["id"]?.string, .evidence,
      "/protocol/id")
    crossCheckPackageID()
    crossCheckVersions()
    crossCheckCopies()
  }

  private mutating func same(
    _ one: String?, _ place: EvidencePlace, _ other: String?, _ member: MemberName,
    _ pointer: String
  ) {
    guard let one, let other, one != other else { return }
    cross(
      6, .idInvalid, EvidencePlace(member, pointer: pointer), place,
      "expected \(one), found \(other)")
  }

  private mutating func crossCheckPackageID() {
    guard let claimDigest = digests[MemberName.claim.rawValue],
      let protocolDigest = digests[MemberName.evaluationProtocol.rawValue],
      let inputDigest = digests[MemberName.auditInput.rawValue]
    else { return }
    let id = DerivedID.package(
      claim: claimDigest, protocolDigest: protocolDigest, auditInput: inputDigest)
    let source = EvidencePlace(.auditInput)
    same(id, source, evidence?["package_id"]?.string, .evidence, "/package_id")
    same(
      evidence == nil ? nil : "WF-" + id.suffix(8), source, evidence?["display_id"]?.string,
      .evidence, "/display_id")
    same(id, source, provenance?["package_id"]?.string, .auditProvenance, "/package_id")
    same(id, source, manifest?["package_id"]?.string, .artifactManifest, "/package_id")
    same(id, source, raw?.packageID, .rawEvidenceManifest, "/package_id")
    for (member, header) in headers.sorted(by: { precedes($0.key.rawValue, $1.key.rawValue) }) {
      if header.packageID != id {
        cross(
          6, .idInvalid, EvidencePlace(member, line: 1, pointer: "/package_id"), source,
          "expected \(id), found \(header.packageID)")
      }
      if header.auditInput != inputDigest {
        cross(
          6, .digestMismatch, EvidencePlace(member, line: 1, pointer: "/audit_input"), source,
          "expected \(inputDigest)")
      }
    }
  }

  /// The manifest is written together with the other derived members, so that its version is also
  /// theirs: nothing else of the package would notice a change of those bytes.
  private mutating func crossCheckVersions() {
    func version(_ value: JSONValue?) -> String? {
      value?["schema_version"]?.string.flatMap { text in
        text.split(separator: ".").last.map { String($0) }
      }
    }
    guard let own = version(manifest) else { return }
    let others = [evidence, provenance, raw?.value].compactMap { version($0) }
    guard !others.isEmpty, !others.contains(own) else { return }
    cross(
      6, .schemaUnknown, EvidencePlace(.artifactManifest, pointer: "/schema_version"),
      EvidencePlace(.auditProvenance, pointer: "/schema_version"),
      "expected the version of the other derived members, found \(own)")
  }

  /// What evidence.json copies from claim and protocol.
  private mutating func crossCheckCopies() {
    guard let evidence, let claim else { return }
    let copies: [(String, String)] = [
      ("slug", claim.slug), ("text", claim.text), ("subject_id", claim.subject.id),
      ("capability", claim.capability),
    ]
    for (field, text) in copies where evidence["claim"]?[field]?.string != text {
      let source = field == "text" ? "claim_text" : field == "subject_id" ? "subject/id" : field
      cross(
        6, .fieldRange, EvidencePlace(.evidence, pointer: "/claim/\(field)"),
        EvidencePlace(.claim, pointer: "/\(source)"), "expected a copy of the claim")
    }
  }

  /// 7: freeze_digest recomputes, and is the same wherever it stands.
  private mutating func crossCheckFreeze() {
    let source = EvidencePlace(.evaluationProtocol, pointer: "/freeze_digest")
    guard let digest = evaluationProtocol?.freezeDigest else { return }
    if let freezeDigest, freezeDigest != digest {
      cross(
        7, .freezeMismatch, source, EvidencePlace(.evaluationProtocol, pointer: "/frozen"),
        "expected \(freezeDigest), the digest of frozen")
    }
    if let copy = evidence?["protocol"]?["freeze_digest"]?.string, copy != digest {
      cross(
        7, .freezeMismatch, EvidencePlace(.evidence, pointer: "/protocol/freeze_digest"), source,
        "expected \(digest)")
    }
    if let copy = provenance?["digests"]?["protocol_freeze"]?.string, copy != digest {
      cross(
        7, .freezeMismatch, EvidencePlace(.auditProvenance, pointer: "/digests/protocol_freeze"),
        source, "expected \(digest)")
    }
  }

  /// 9: digests of members where they stand outside of the manifest.
  private mutating func crossCheckDigests() {
    guard let stated = provenance?["digests"] else { return }
    let fields: [(String, MemberName)] = [
      ("claim", .claim), ("protocol", .evaluationProtocol), ("audit_input", .auditInput),
      ("evidence", .evidence), ("evidence_md", .evidenceText),
    ]
    for (field, member) in fields {
      guard let digest = digests[member.rawValue], stated[field]?.string != digest else { continue }
      cross(
        9, .digestMismatch, EvidencePlace(.auditProvenance, pointer: "/digests/\(field)"),
        EvidencePlace(member), "expected \(digest)")
    }
  }
}
