internal import JSON

/// Member 6, audit_provenance.json (SCHEMAS §7): which tool made the package out of what.
public struct AuditProvenance: Sendable, Equatable {
  /// The digest texts of members 1–5 and of the frozen part of the protocol.
  public struct Digests: Sendable, Equatable {
    public var claim: String
    public var protocolMember: String
    public var protocolFreeze: String
    public var auditInput: String
    public var evidence: String
    public var evidenceText: String
    public init(
      claim: String, protocolMember: String, protocolFreeze: String, auditInput: String,
      evidence: String, evidenceText: String
    ) {
      self.claim = claim
      self.protocolMember = protocolMember
      self.protocolFreeze = protocolFreeze
      self.auditInput = auditInput
      self.evidence = evidence
      self.evidenceText = evidenceText
    }
  }

  /// A statement about the model's checkpoint by somebody with a key.
  public struct Attestation: Sendable, Equatable {
    public var digest: String
    public var signerFingerprint: String
    /// RFC 3339.
    public var madeAt: String?
    public init(digest: String, signerFingerprint: String, madeAt: String?) {
      self.digest = digest
      self.signerFingerprint = signerFingerprint
      self.madeAt = madeAt
    }
  }

  public static let wordings = [
    "packaged_imported_output", "tamper_evident_when_signed", "limited_to_recorded_protocol",
  ]

  public var packageID: String
  public var toolVersion: String
  public var adapterName: String
  public var adapterVersion: String
  public var digests: Digests
  /// The source files that were read.
  public var inputs: [InputFile]
  public var clientRunID: String?
  /// Allowlisted flags: `strict_missing_evidence` `raw_hashed` `exit_verdict` `candidate_chosen_by`
  /// `audit_input_passed_through`.
  public var parameters: [(key: String, value: MetadataValue)]
  public var redactions: RedactionCounts
  public var identity: ModelIdentity.Identity
  public var attestation: Attestation?
  /// True unless the run was registered before.
  public var isImported: Bool
  public var wording: [String]

  public init(
    packageID: String, toolVersion: String, adapterName: String, adapterVersion: String,
    digests: Digests, inputs: [InputFile], clientRunID: String?,
    parameters: [(key: String, value: MetadataValue)], redactions: RedactionCounts,
    identity: ModelIdentity.Identity, attestation: Attestation?, isImported: Bool,
    wording: [String] = AuditProvenance.wordings
  ) {
    self.packageID = packageID
    self.toolVersion = toolVersion
    self.adapterName = adapterName
    self.adapterVersion = adapterVersion
    self.digests = digests
    self.inputs = inputs
    self.clientRunID = clientRunID
    self.parameters = parameters
    self.redactions = redactions
    self.identity = identity
    self.attestation = attestation
    self.isImported = isImported
    self.wording = wording
  }

  public static func == (a: Self, b: Self) -> Bool { a.value(salt: nil) == b.value(salt: nil) }

  /// The member's bytes; the salt keys the digests of inputs and run id.
  public func encoded(salt: Salt) throws(EvidenceError) -> [UInt8] {
    try memberBytes(value(salt: salt), of: .auditProvenance)
  }

  private func value(salt: Salt?) -> JSONValue {
    let files = inputs.map { file -> JSONValue in
      [
        "role": .string(file.role), "media_type": .string(file.mediaType),
        "size_bucket": .string(SizeBucket.word(file.size)),
        "keyed_digest": .string(
          salt?.keyedDigest(role: file.role, digest: file.digest) ?? file.digest),
      ]
    }
    let runReference = salt.map { $0.runReference(clientRunID: clientRunID) } ?? clientRunID
    let statement = attestation.map { made -> JSONValue in
      [
        "digest": .string(made.digest), "signer_fingerprint": .string(made.signerFingerprint),
        "made_at": JSONValue(made.madeAt),
      ]
    }
    return [
      "schema_version": .string(MemberName.auditProvenance.schemaVersion ?? ""),
      "package_id": .string(packageID),
      "tool": ["name": "wf", "version": .string(toolVersion)],
      "adapter": ["name": .string(adapterName), "version": .string(adapterVersion)],
      "digests": [
        "claim": .string(digests.claim), "protocol": .string(digests.protocolMember),
        "protocol_freeze": .string(digests.protocolFreeze),
        "audit_input": .string(digests.auditInput), "evidence": .string(digests.evidence),
        "evidence_md": .string(digests.evidenceText),
      ],
      "inputs": .array(files), "run_ref": JSONValue(runReference),
      "parameters": .object(JSONObject(parameters.map { ($0.key, $0.value.json) })),
      "redactions": redactions.json,
      "identity": ["model": .string(identity.rawValue), "attestation": statement ?? nil],
      "imported": .bool(isImported), "wording": .array(wording.map { .string($0) }),
    ]
  }
}

extension MetadataValue {
  var json: JSONValue {
    switch self {
    case .string(let text): .string(text)
    case .integer(let number): .number(JSONNumber(Int64(number)))
    case .bool(let flag): .bool(flag)
    case .null: .null
    }
  }
}

extension JSONValue {
  /// The string, or null.
  init(_ text: String?) { self = text.map { .string($0) } ?? .null }
  /// The integer, or null.
  init(_ number: Int?) { self = number.map { .number(JSONNumber(Int64($0))) } ?? .null }
}
