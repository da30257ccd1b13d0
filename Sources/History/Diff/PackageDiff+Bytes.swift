import Audit
import JSON
internal import Platform

extension PackageDiff {
  /// The bytes of `document(isPublic:)` in canonical form.
  ///
  /// Flips are written one by one: as values, half a million of them would take hundreds of
  /// megabytes.
  public func jsonBytes(isPublic: Bool = false) throws -> [UInt8] {
    guard let members = document(isPublic: isPublic, flips: []).object else { return [] }
    var bytes: [UInt8] = [0x7B]
    let keys = members.keys.sorted { $0.precedes($1) }
    for (place, key) in keys.enumerated() {
      if place > 0 { bytes.append(0x2C) }
      CanonicalJSON.appendString(key, to: &bytes)
      bytes.append(0x3A)
      if key == "flips" {
        try appendFlips(to: &bytes, isPublic)
      } else {
        try CanonicalJSON.append(members[key] ?? .null, to: &bytes)
      }
    }
    bytes.append(0x7D)
    return bytes
  }

  private func appendFlips(to bytes: inout [UInt8], _ isPublic: Bool) throws {
    bytes.append(0x5B)
    for (place, (flip, raw)) in zip(comparison.flips, flipRaw).enumerated() {
      if place > 0 { bytes.append(0x2C) }
      try CanonicalJSON.append(flip.json(raw: isPublic ? [] : raw), to: &bytes)
    }
    bytes.append(0x5D)
  }
}
