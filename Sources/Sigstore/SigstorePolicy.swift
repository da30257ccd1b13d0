internal import JSON
internal import Platform

/// Who must have signed, and what must prove when: `wf.sigstore_policy/1`.
public struct SigstorePolicy: Sendable {
  /// One pair that is accepted: issuer and subject of the same row.
  struct Identity: Sendable {
    enum Subject: Sendable {
      case exact(String)
      case pattern(SubjectPattern)
    }

    let issuer: String
    let subject: Subject

    func accepts(subject text: String) -> Bool {
      switch subject {
      case .exact(let wanted): wanted.utf8.elementsEqual(text.utf8)
      case .pattern(let pattern): pattern.matches(text)
      }
    }

    func accepts(issuer text: String) -> Bool { issuer.utf8.elementsEqual(text.utf8) }
  }

  let identities: [Identity]
  let times: TimeNeeds
  let witnesses: [WitnessKey]
  let witnessQuorum: Int

  /// The trusted root's file, relative to the folder of the policy file.
  public let trustedRoot: String

  /// At most 1 MiB.
  public static let sizeLimit = 1 << 20
  private static let schema = "wf.sigstore_policy/1"
  private static let members: Set<String> = [
    "schema", "identities", "trusted_root", "require_log", "require_timestamp",
    "timestamp_threshold", "witnesses", "witness_quorum",
  ]

  /// One exact identity and nothing else: one log entry, one proven time.
  public init(issuer: String, subject: String) throws(SigstoreError) {
    guard !issuer.isEmpty, !subject.isEmpty else {
      throw SigstoreError(.policyMalformed, "issuer and subject must not be empty")
    }
    identities = [Identity(issuer: issuer, subject: .exact(subject))]
    times = TimeNeeds()
    witnesses = []
    witnessQuorum = 0
    trustedRoot = ""
  }

  /// Reads the file's bytes strictly: unknown members and empty identities refuse it.
  public init(parsing bytes: [UInt8]) throws(SigstoreError) {
    let file = try ProtoMessage(
      file: bytes, atMost: Self.sizeLimit, code: .policyMalformed, path: "")
    try file.allow(only: Self.members)
    guard try file.requiredText("schema") == Self.schema else {
      throw file.fault("schema", "this is not \(Self.schema)")
    }
    trustedRoot = try file.requiredText("trusted_root")
    // A log entry is always demanded; a policy that says otherwise promises what is not kept.
    guard try file.bool("require_log") ?? true else {
      throw file.fault("require_log", "only true is supported")
    }
    var identities: [Identity] = []
    for row in try file.messages("identities", atMost: 1024) {
      identities.append(try Identity(row))
    }
    guard !identities.isEmpty else {
      throw file.fault("identities", "a policy must name at least one identity")
    }
    self.identities = identities
    let threshold = try file.number("timestamp_threshold", default: 1)
    guard (1...32).contains(threshold) else {
      throw file.fault("timestamp_threshold", "this is not between 1 and 32")
    }
    times = TimeNeeds(
      onlyTimestamps: try file.bool("require_timestamp") ?? false, threshold: threshold)
    var witnesses: [WitnessKey] = []
    for value in try file.array("witnesses", atMost: 256) {
      guard let witness = value.string.flatMap(WitnessKey.init(vkey:)) else {
        throw file.fault("witnesses", "this is no key of a witness")
      }
      witnesses.append(witness)
    }
    guard Set(witnesses.map(\.publicKey)).count == witnesses.count else {
      throw file.fault("witnesses", "a witness is named twice")
    }
    self.witnesses = witnesses
    witnessQuorum = try file.number("witness_quorum", default: 0)
    guard witnessQuorum <= witnesses.count else {
      throw file.fault("witness_quorum", "there are fewer witnesses")
    }
  }

  /// Step 5 of SIGNING §7.
  func accept(issuer: String, subject: String) throws(SigstoreError) {
    if identities.contains(where: { $0.accepts(issuer: issuer) && $0.accepts(subject: subject) }) {
      return
    }
    let isOtherIssuer =
      identities.contains { $0.accepts(subject: subject) }
      && !identities.contains { $0.accepts(issuer: issuer) }
    if isOtherIssuer {
      throw SigstoreError(
        .issuerMismatch, "the policy accepts this subject by another issuer only", place: issuer)
    }
    throw SigstoreError(.identityMismatch, "the policy does not accept this signer by that issuer")
  }
}

extension SigstorePolicy.Identity {
  fileprivate init(_ row: ProtoMessage) throws(SigstoreError) {
    try row.allow(only: ["issuer", "subject", "subject_pattern"])
    issuer = try row.requiredText("issuer")
    switch (row.has("subject"), row.has("subject_pattern")) {
    case (true, false): subject = .exact(try row.requiredText("subject"))
    case (false, true):
      guard let pattern = SubjectPattern(try row.requiredText("subject_pattern")) else {
        throw row.fault("subject_pattern", "this is no pattern that can be matched in linear time")
      }
      subject = .pattern(pattern)
    default: throw row.fault("subject", "exactly one of subject and subject_pattern is needed")
    }
  }
}

extension ProtoMessage {
  /// A file of our own is read strictly: a member that nobody reads may be a misspelt demand.
  fileprivate func allow(only members: Set<String>) throws(SigstoreError) {
    for name in names where !members.contains(name) || !has(name) {
      throw fault(name, "this member is unknown or null")
    }
  }

  fileprivate func number(_ name: String, default missing: Int) throws(SigstoreError) -> Int {
    guard let value = value(name) else { return missing }
    guard let number = value.int, let count = Int(exactly: number), count >= 0 else {
      throw fault(name, "this is no count")
    }
    return count
  }
}
