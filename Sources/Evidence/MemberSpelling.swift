internal import JSON
internal import Platform

/// How the bytes of a member may be written.
public enum MemberSpelling: Sendable {
  /// RFC 8785 and one `\n`, as in a package.
  case canonical
  /// Any JSON, as a person writes it.
  case any
}

/// Checks a JSON member against its field table and reads it.
func readMember(
  _ bytes: [UInt8], _ member: MemberName, spelling: MemberSpelling
) throws(EvidenceError) -> JSONValue {
  try checkMember(bytes, member, spelling: spelling)
  do throws(JSONError) {
    return try JSONValue.parse(bytes, options: JSONOptions(maximumDepth: 64))
  } catch {
    throw EvidenceError(error, member: member.rawValue)
  }
}

/// Checks a JSON member against its field table; gives the places of the fields of its rows.
@discardableResult
func checkMember(
  _ bytes: [UInt8], _ member: MemberName, spelling: MemberSpelling
) throws(EvidenceError) -> [ShapeReader.Value?] {
  let isCanonical = spelling == .canonical
  let rules = ShapeReader.Rules(
    member: member.rawValue, isCanonical: isCanonical, isPublic: member.isPublic)
  let values = try checkText(bytes, .shape(of: member), rules: rules)
  if isCanonical, bytes.last != 0x0A {
    throw EvidenceError(
      .notCanonical, EvidencePlace(member), "expected one line feed at the end")
  }
  return values
}

/// Checks one JSON text against a field table; gives the places of the fields of its rows.
///
/// A line feed may follow a canonical text.
@discardableResult
func checkText(
  _ bytes: [UInt8], _ shape: Shape, rules: ShapeReader.Rules
) throws(EvidenceError) -> [ShapeReader.Value?] {
  let end = rules.isCanonical && bytes.last == 0x0A ? bytes.count - 1 : bytes.count
  return try unsafe bytes.withRawBytes { buffer throws(EvidenceError) in
    // Safe because the reader ends with this closure, and reads the array it belongs to.
    var reader = unsafe ShapeReader(bytes, buffer, range: 0..<end, rules: rules, line: nil)
    try reader.read(shape, end: end)
    return reader.captured
  }
}

extension Shape {
  /// A schema_version of the right family; any `v0_*` is accepted (SCHEMAS §1, additive).
  static func version(of member: MemberName) -> Shape {
    let family = member.schemaFamily ?? ""
    return .checked(.version(of: family)) { text in
      let version = text.utf8.dropFirst(family.utf8.count)
      let isKnown =
        text.hasPrefix(family) && version.starts(with: "v0_".utf8) && version.count > 3
        && version.count <= 64
        && version.allSatisfy { $0.isDigit || $0 &- 0x61 < 26 || $0 == 0x5F }
      return isKnown
        ? nil : Objection(code: .schemaUnknown, expected: family + "v0_draft, or another v0_*")
    }
  }
}
