/// The objects of the `raw/` tree that a raw_evidence_manifest.json stands for: path and bytes, in
/// path order, `raw/salt` among them (DESIGN §4, SCHEMAS §9).
///
/// Blobs are cut out of the manifest's own rows, so that unknown fields stay as they are.
///
/// - Throws: what is wrong with the manifest by its schema.
public func rawObjects(
  ofManifest bytes: [UInt8]
) throws(EvidenceError) -> [(path: String, bytes: [UInt8])] {
  let name = MemberName.rawEvidenceManifest
  return try RawFacts(bytes, captured: try checkMember(bytes, name, spelling: .canonical)).objects
}

extension RawFacts {
  /// The objects of the `raw/` tree in path order.
  var objects: [(path: String, bytes: [UInt8])] {
    var objects = blobs.map { (path: $0.path, bytes: content($0)) }
    objects.append((path: "raw/salt", bytes: Array(salt.utf8) + [0x0A]))
    // Nearly in order already, which the sort makes use of.
    return objects.sorted { precedes($0.path, $1.path) }
  }
}
