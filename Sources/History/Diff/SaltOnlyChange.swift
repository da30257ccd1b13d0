internal import Evidence
internal import JSON

extension PackageDiff {
  /// Whether anything but salts, and what is keyed by them, differs.
  ///
  /// Two users who audit the same run get other salts in the private members, other keyed digests
  /// in audit_provenance.json, and so other digests in artifact_manifest.json (SCHEMAS §1.1).
  public func differsBeyondSalt() throws -> Bool {
    if raw.added + raw.removed + raw.changed > 0 { return true }
    var salted: Set<String> = []
    for row in members where row.name != MemberName.artifactManifest.rawValue {
      guard row.state == .changed, let member = MemberName(rawValue: row.name) else { return true }
      let isSame =
        switch member {
        case .auditProvenance: try isSame(row.name, Self.withoutKeyedDigests)
        case _ where member.isSalted: try isSameButForSalt(row.name)
        default: false
        }
      guard isSame else { return true }
      salted.insert(row.name)
    }
    guard let manifest = members.first(where: { $0.name == MemberName.artifactManifest.rawValue })
    else { return false }
    guard manifest.state == .changed else { return true }
    return try !isSame(manifest.name) { Self.withoutDigests($0, of: salted) }
  }

  private func isSame(_ name: String, _ stripped: (JSONValue) -> JSONValue) throws -> Bool {
    stripped(try JSONValue.parse(try a.readMember(name)))
      == stripped(try JSONValue.parse(try b.readMember(name)))
  }

  private func isSameButForSalt(_ name: String) throws -> Bool {
    let (old, new) = (try a.readMember(name), try b.readMember(name))
    guard let one = Self.saltPlace(old), let other = Self.saltPlace(new) else { return false }
    return old[..<one.lowerBound] == new[..<other.lowerBound]
      && old[one.upperBound...] == new[other.upperBound...]
  }

  /// Where the 32 digits of the salt stand.
  private static func saltPlace(_ bytes: [UInt8]) -> Range<Int>? {
    guard let start = bytes.firstRange(of: Array("\"salt\":\"".utf8))?.upperBound,
      start + 32 <= bytes.count
    else { return nil }
    return start..<(start + 32)
  }

  private static func withoutKeyedDigests(_ value: JSONValue) -> JSONValue {
    guard var object = value.object else { return value }
    object["run_ref"] = object["run_ref"]?.isNull == false ? "" : .null
    object["inputs"] = .array(
      (object["inputs"]?.array ?? []).map { row in
        guard var row = row.object else { return row }
        row["keyed_digest"] = nil
        return .object(row)
      })
    return .object(object)
  }

  private static func withoutDigests(_ value: JSONValue, of names: Set<String>) -> JSONValue {
    guard var object = value.object else { return value }
    object["members"] = .array(
      (object["members"]?.array ?? []).map { row in
        guard names.contains(row["name"]?.string ?? ""), var row = row.object else { return row }
        row["digest"] = nil
        return .object(row)
      })
    return .object(object)
  }
}
