internal import JSON

// The checks `shape` and `manifest`.
extension PackageCheck {
  /// Exactly the eleven members, or the public seven; others only when the manifest lists them.
  mutating func checkShape() {
    for name in MemberName.all(in: scope) where !members.contains(name) {
      add(
        CheckFinding(
          .shape, .memberMissing, at: EvidencePlace(name), "expected this member in the package"))
    }
    if scope == .publicSubset {
      for name in MemberName.allCases where !name.isPublic && members.contains(name) {
        add(
          CheckFinding(
            .shape, .memberExtra, at: EvidencePlace(name),
            "expected the seven public members only"))
      }
      for name in members.rawPaths {
        add(
          CheckFinding(
            .shape, .memberExtra, at: EvidencePlace(member: name),
            "expected the seven public members only"))
      }
    }
    let listed = Set(manifestRows.compactMap { $0["name"]?.string })
    // The proof of a public export is checked by whoever checks history.
    for name in members.extraNames where !(scope == .publicSubset && name.hasPrefix("proof/")) {
      guard manifest != nil, !listed.contains(name) else { continue }
      add(
        CheckFinding(
          .shape, .memberExtra, at: EvidencePlace(member: name),
          against: EvidencePlace(.artifactManifest, pointer: "/members"),
          "expected every further member in the manifest, as private"))
    }
  }

  var manifestRows: [JSONValue] { manifest?["members"]?.array ?? [] }

  /// What the field table cannot say of the rows of artifact_manifest.json.
  func checkManifestRows() throws(EvidenceError) {
    var previous: String?
    for (place, row) in manifestRows.enumerated() {
      let name = row["name"]?.string ?? ""
      func fail(_ code: EvidenceError.Code, _ field: String, _ expected: String) -> EvidenceError {
        EvidenceError(
          code, EvidencePlace(.artifactManifest, pointer: "/members/\(place)\(field)"),
          "expected \(expected)")
      }
      if let previous {
        if previous == name { throw fail(.duplicateKey, "/name", "every member once") }
        guard precedes(previous, name) else {
          throw fail(.notCanonical, "/name", "members in the order of their names")
        }
      }
      previous = name
      let isPublic = row["privacy"]?.string == "public"
      guard let known = MemberName(rawValue: name) else {
        if isPublic { throw fail(.fieldRange, "/privacy", "private for an unknown member") }
        continue
      }
      if known == .artifactManifest {
        throw fail(.memberExtra, "/name", "the other members only")
      }
      guard row["media_type"]?.string == known.mediaType else {
        throw fail(.fieldRange, "/media_type", known.mediaType)
      }
      guard isPublic == known.isPublic else {
        throw fail(.fieldRange, "/privacy", known.isPublic ? "public" : "private")
      }
      guard row["salted"]?.bool == known.isSalted else {
        throw fail(.fieldRange, "/salted", known.isSalted ? "true" : "false")
      }
    }
    try checkArtifactRows()
  }

  private func checkArtifactRows() throws(EvidenceError) {
    for (place, row) in (manifest?["artifacts"]?.array ?? []).enumerated() {
      let isPair = RawReference.roles.contains {
        guard let naming = ArtifactGroup.naming($0) else { return false }
        return naming.displayName == row["display_name"]?.string
          && naming.type == row["type"]?.string
      }
      guard isPair else {
        throw EvidenceError(
          .fieldRange, EvidencePlace(.artifactManifest, pointer: "/artifacts/\(place)/type"),
          "expected the type that belongs to the display name")
      }
    }
  }

  /// Sizes and digests of all members as the manifest has them.
  mutating func checkManifest() {
    guard manifest != nil else { return }
    let rows = manifestRows
    let listed = Set(rows.compactMap { $0["name"]?.string })
    for name in MemberName.allCases where name != .artifactManifest {
      guard !listed.contains(name.rawValue) else { continue }
      add(
        CheckFinding(
          .manifest, .memberMissing, at: EvidencePlace(.artifactManifest, pointer: "/members"),
          against: EvidencePlace(name), "expected a row for \(name.rawValue)"))
    }
    for (place, row) in rows.enumerated() {
      let name = row["name"]?.string ?? ""
      if let known = MemberName(rawValue: name) {
        // A missing member is a matter of the shape.
        guard MemberName.all(in: scope).contains(known), members.contains(known) else { continue }
      } else if !members.contains(name) {
        guard scope == .full else { continue }
        add(
          CheckFinding(
            .manifest, .memberMissing, at: EvidencePlace(member: name),
            against: EvidencePlace(.artifactManifest, pointer: "/members/\(place)"),
            "expected this member in the package"))
        continue
      }
      compare(name, row, at: place)
    }
  }

  mutating func compare(_ name: String, _ row: JSONValue, at place: Int) {
    if digests[name] == nil {
      guard let read = try? Digest.measure(name, of: members) else { return }
      (digests[name], sizes[name]) = read
    }
    func finding(_ field: String, _ detail: String) -> CheckFinding {
      CheckFinding(
        .manifest, .digestMismatch, at: EvidencePlace(member: name),
        against: EvidencePlace(.artifactManifest, pointer: "/members/\(place)/\(field)"), detail)
    }
    if let digest = digests[name], digest != row["digest"]?.string {
      add(finding("digest", "the manifest states another digest than \(digest)"))
    }
    if let size = sizes[name], size != row["size"]?.int.map({ Int($0) }) {
      add(finding("size", "the manifest states another size than \(size)"))
    }
  }
}
