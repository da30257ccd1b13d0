internal import Evidence
internal import JSON
internal import Platform

/// The envelope of a statement is shared too, so nothing rides along in it.
enum EnvelopeScreen {
  /// Throws `field_unknown`, `not_public_safe`.
  static func check(_ bytes: [UInt8]) throws(SharingError) {
    let name = SharedName.envelope
    guard let value = try? JSONValue.parse(bytes), let envelope = value.object else { return }
    let signatures = (envelope["signatures"]?.array ?? []).compactMap(\.object)
    let isPlain =
      Set(envelope.keys).isSubset(of: ["payload", "payloadType", "signatures"])
      && signatures.allSatisfy { Set($0.keys).isSubset(of: ["keyid", "sig"]) }
    guard isPlain else {
      throw SharingError(
        .fieldUnknown, place: name.rawValue, "the envelope holds more than a DSSE envelope does",
        hint: "wf attest writes one that does not")
    }
    // base64 says nothing to the redactor; what a key signed is looked at decoded.
    for hint in signatures.compactMap({ $0["keyid"]?.string }) where !TextScreen.isClean(hint) {
      throw SharedMembers.notSafe(name.rawValue)
    }
    let payload = envelope["payload"]?.string.flatMap { Base64.decode($0) } ?? []
    guard let statement = try? JSONValue.parse(payload) else { return }
    let types: Set<String> = ["/_type", "/predicateType"]
    if TextScreen.firstFinding(
      in: statement,
      isAllowed: { pointer, text in
        types.contains(pointer) && PublicURL.isPublic(text)
      }) != nil
    {
      throw SharedMembers.notSafe(name.rawValue)
    }
  }
}
