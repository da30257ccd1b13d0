internal import Evidence
internal import JSON
internal import Platform

/// The seven members of a shared package, parsed, and what may stand in them.
struct SharedMembers {
  let claim: JSONValue
  let plan: JSONValue
  let evidence: JSONValue
  let provenance: JSONValue
  let manifest: JSONValue
  private let auditInput: JSONValue
  private let text: [UInt8]
  let sizes: [SharedName: Int]
  let manifestDigest: String

  /// Throws `verification_failed` as `syntax` and the like, `field_unknown`.
  init(_ folder: SharedFolder) throws(SharingError) {
    func value(_ name: SharedName) throws(SharingError) -> JSONValue {
      let bytes = try folder.bytes(name)
      do throws(JSONError) {
        return try JSONValue.parse(bytes)
      } catch {
        throw SharingError(
          verification: error.code.rawValue, kind: .bytesChanged, place: name.rawValue,
          "this is no JSON text")
      }
    }
    claim = try value(.claim)
    plan = try value(.evaluationProtocol)
    evidence = try value(.evidence)
    provenance = try value(.auditProvenance)
    manifest = try value(.artifactManifest)
    auditInput = try value(.auditInput)
    text = try folder.bytes(.evidenceText)
    sizes = folder.sizes
    manifestDigest = Digest.text(of: try folder.bytes(.artifactManifest))
    try checkFields()
  }

  private var values: [(name: SharedName, value: JSONValue)] {
    [
      (.claim, claim), (.evaluationProtocol, plan), (.auditInput, auditInput),
      (.auditProvenance, provenance), (.artifactManifest, manifest), (.evidence, evidence),
    ]
  }

  /// Fields of a later version are sound, but nobody here knows what they say.
  private func checkFields() throws(SharingError) {
    // evidence.json is derived: recomputation says that nothing was added to it.
    for (name, value) in values where name != .evidence {
      guard let member = name.member,
        let pointer = unknownFields(in: value, of: member).first
      else { continue }
      throw SharingError(
        .fieldUnknown, place: Self.place(name, pointer),
        "a field stands here that this version does not know, so nobody could screen it",
        hint: "take it out, or publish with the version of wf that wrote it")
    }
  }

  /// The manifest names the ten others and nothing else: the name of any other file is a path of
  /// somebody's.
  ///
  /// Throws `member_not_allowed`.
  func checkNames() throws(SharingError) {
    for (index, row) in (manifest["members"]?.array ?? []).enumerated()
    where row["name"]?.string.flatMap(MemberName.init(rawValue:)) == nil {
      throw SharingError(
        .memberNotAllowed, place: Self.place(.artifactManifest, "/members/\(index)/name"),
        "the manifest lists a file that is none of the members, by its name",
        hint: "audit the run again and commit the package without it")
    }
  }

  /// A metric of somebody's own is published only with their consent (SCHEMAS §3.1).
  ///
  /// Throws `consent_missing`.
  func checkConsent() throws(SharingError) {
    guard let contract = plan["custom_eval_contract"], !contract.isNull,
      contract["customer_consent"]?.string != "given"
    else { return }
    throw SharingError(
      .consentMissing, place: Self.place(.evaluationProtocol, "/custom_eval_contract"),
      "the contract of this evaluation does not record the customer's consent as given",
      hint: "ask for it; a contract with it is another protocol, and another package")
  }

  /// Nothing that names a machine, a person or a secret, in any string of any member.
  ///
  /// Throws `not_public_safe` with member and JSON pointer.
  func checkStrings() throws(SharingError) {
    for (name, value) in values {
      let found = TextScreen.firstFinding(in: value) { pointer, text in
        name == .claim && Self.mayHoldURL(pointer) && PublicURL.isPublic(text)
      }
      if let found { throw Self.notSafe(Self.place(name, found)) }
    }
    let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      guard let line = String(validating: line, as: UTF8.self), TextScreen.isClean(line) else {
        throw Self.notSafe("\(SharedName.evidenceText.rawValue), line \(index + 1)")
      }
    }
  }

  static func notSafe(_ place: String) -> SharingError {
    SharingError(
      .notPublicSafe, place: place,
      "something stands here that names a machine, a person, an address or a secret",
      hint: "correct claim or protocol and audit the run again; members are never edited")
  }

  /// Where SHARING §3.2 lets a public address stand.
  private static func mayHoldURL(_ pointer: String) -> Bool {
    pointer.hasPrefix("/subject/") || pointer == "/baseline" || pointer.hasPrefix("/baseline/")
  }

  /// A member and a pointer, as far as the keys in it are harmless themselves.
  static func place(_ name: SharedName, _ pointer: String) -> String {
    guard !pointer.isEmpty, TextScreen.isClean(pointer.split(separator: "/").joined(separator: " "))
    else { return name.rawValue }
    return name.rawValue + " " + pointer
  }
}
