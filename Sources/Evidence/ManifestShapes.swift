extension Shape {
  /// audit_provenance.json, SCHEMAS §7.
  static let auditProvenance = Shape.object([
    field("adapter", .object([field("name", .name), field("version", .name)])),
    field(
      "digests",
      .object([
        field("audit_input", .digest), field("claim", .digest), field("evidence", .digest),
        field("evidence_md", .digest), field("protocol", .digest),
        field("protocol_freeze", .digest),
      ])),
    field(
      "identity",
      .object([
        nullable(
          "attestation",
          .object([
            field("digest", .digest), nullable("made_at", .time),
            field("signer_fingerprint", .name),
          ])),
        field("model", .word(ModelIdentity.Identity.allCases.map(\.rawValue))),
      ])),
    field("imported", .bool),
    field(
      "inputs",
      .array(
        .object([
          field("keyed_digest", .keyedDigest), field("media_type", .name),
          field("role", .word(RawReference.roles)), field("size_bucket", .word(SizeBucket.words)),
        ]), atMost: 100_000)),
    field("package_id", .id("pkg")),
    field("parameters", .map(keys: .labels, value: .flag, atMost: 32)),
    field("redactions", .map(keys: .labels, value: .count, atMost: 32)),
    nullable("run_ref", .keyedDigest),
    field("schema_version", .version(of: .auditProvenance)),
    field("tool", .object([field("name", .name), field("version", .name)])),
    field("wording", .labels),
  ])

  /// The value of a flag: true, false, a count, a short text or null.
  private static let flag = Shape.optional(.either(.bool, .either(.count, .name)))

  /// Fields of a reference in raw_evidence_manifest.json, in canonical order.
  enum ReferenceField: Int {
    case episodeKeys, export, mediaType, nameRedacted, originalName, role, sha256, size, state, uri
  }

  private static let reference = [
    field("episode_keys", .array(.episodeKey, atMost: 10_000_000)),
    nullable(
      "export",
      .object([field("redactions", .count), field("sha256", .digest), field("size", .count)])),
    field("media_type", .name), field("name_redacted", .bool),
    field("original_name", .fileName), field("role", .word(RawReference.roles)),
    nullable("sha256", .digest),
    nullable("size", .count), field("state", .word(RawState.allCases.map(\.rawValue))),
    field("uri", .rawURI),
  ]

  /// raw_evidence_manifest.json, SCHEMAS §9; its rows are the references.
  static let rawEvidenceManifest = Shape.object([
    field("package_id", .id("pkg")),
    field("references", .array(.row(reference), atMost: 10_000_000)),
    field("salt", .salt),
    field("schema_version", .version(of: .rawEvidenceManifest)),
    field(
      "source_run",
      .object([
        nullable("client_run_id", .name), nullable("finished_at", .time), nullable("recipe", .name),
        nullable("runtime", .name), nullable("started_at", .time),
      ])),
    field(
      "totals",
      .object([
        field(
          "by_state",
          .map(
            keys: .words(RawState.allCases.map(\.rawValue)), value: .count,
            atMost: RawState.allCases.count)),
        field("bytes", .count), field("references", .count),
      ])),
  ])

  /// artifact_manifest.json, SCHEMAS §12.
  static let artifactManifest = Shape.object([
    field(
      "artifacts",
      .array(
        .object([
          field("display_name", .word(artifactNames.map(\.displayName))),
          field("size_bucket", .word(SizeBucket.words)),
          field("state", .word(["changed", "missing", "referenced", "hashed"])),
          field("type", .word(artifactNames.map(\.type))),
        ]), atMost: RawReference.roles.count)),
    field("complete", .bool),
    field(
      "members",
      .array(
        .object([
          field("digest", .digest), field("media_type", .name), field("name", .text(400)),
          field("privacy", .word(["public", "private"])), field("salted", .bool),
          field("size", .count),
        ]), atMost: 10_000)),
    field("package_id", .id("pkg")),
    field("schema_version", .version(of: .artifactManifest)),
  ])

  private static let artifactNames = RawReference.roles.compactMap { ArtifactGroup.naming($0) }
}

/// Where a raw file is said to lie (SCHEMAS §9, uri).
enum RawURI {
  /// Whether printable ASCII is `run:` and a relative path that is plainly inside of the run; false
  /// says nothing.
  static func isPlainPath(_ text: some Collection<UInt8>) -> Bool {
    guard text.count <= 400, text.starts(with: "run:".utf8) else { return false }
    var before: UInt8 = 0x2F
    for byte in text.dropFirst(4) {
      // No part is empty or begins with a point.
      if byte == 0x5C || before == 0x2F && (byte == 0x2F || byte == 0x2E) { return false }
      before = byte
    }
    return before != 0x2F
  }

  /// What is wrong with a uri; nil when it is of the allowlist.
  static func objection(to text: String) -> Shape.Objection? {
    if let objection = Shape.text(400).objection(to: text) { return objection }
    let bytes = Array(text.utf8)
    let scheme = String(decoding: bytes.prefix { $0 != 0x3A }, as: UTF8.self)
    let rest = bytes.dropFirst(scheme.utf8.count + 1)
    switch scheme {
    case "run":
      // Relative, inside of the run: no `..`, no backslash, no leading or double slash.
      let parts = rest.split(separator: 0x2F, omittingEmptySubsequences: false)
      return !parts.contains { $0.isEmpty || $0.elementsEqual("..".utf8) } && !rest.contains(0x5C)
        ? nil : unknown("run: and a relative path without ..")
    case "redacted":
      return Digest.isValid(String(text.dropFirst(9))) ? nil : unknown("redacted: and a digest")
    case "hf", "oci", "https", "s3", "gs":
      guard !rest.isEmpty else { return unknown("something behind \(scheme):") }
      let isNetwork = rest.starts(with: "//".utf8)
      let authority = isNetwork ? rest.dropFirst(2).prefix { $0 != 0x2F } : []
      return authority.contains(0x40) || rest.contains(0x3F) || rest.contains(0x23)
        ? Shape.Objection(
          code: .uriCredentials, expected: "a URI without user, query and fragment")
        : nil
    default:
      return unknown("run:, hf:, https:, oci:, s3:, gs: or redacted:")
    }
  }

  private static func unknown(_ expected: String) -> Shape.Objection {
    Shape.Objection(code: .uriScheme, expected: expected)
  }
}
