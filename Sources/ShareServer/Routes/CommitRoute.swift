internal import Attestation
internal import JSON
internal import Platform
internal import ShareRequests
internal import Sharing
internal import Signing

extension ShareService {
  /// Verifies an upload by the gate and keeps it; after a crash the same request goes on.
  func commitArtifact(_ exchange: Exchange) async throws -> ServerResponse {
    try exchange.json.allow("signing")
    let signing = try SigningWord(exchange.json["signing"])
    let (artifact, members) = try await artifact(exchange)
    if artifact.state == .verified { return committed(artifact.id, artifact.displayID ?? "") }
    guard artifact.state == .uploading else {
      throw Refusal(409, .stateConflict, "the artifact is \(artifact.state.rawValue)")
    }
    if let missing = members.first(where: { $0.receivedAt == nil }) {
      throw Refusal(409, .memberMissing, missing.name)
    }
    guard members.contains(where: { $0.name == signing.backend.file.rawValue }) else {
      throw Refusal(422, word: "unsigned", "there is no signature of this backend")
    }
    let trust = try trust(signing.backend, of: artifact.workspaceID)
    let verified = try await verify(incoming.folder(artifact.id), trust, approval: nil)
    guard verified.manifestDigest == artifact.manifestDigest else {
      throw Refusal(422, .digestMismatch)
    }
    try signing.check(verified)
    try await keep(artifact, members, verified, key: trust.publicKey(verified.fingerprint))
    return committed(artifact.id, verified.displayID)
  }

  /// The gate, on threads of its own and not for too many packages at once.
  func verify(
    _ folder: String, _ trust: ShareTrust, approval: ApprovalRecord?
  ) async throws -> VerifiedShare {
    let (now, files, blocking) = (clock.now, files, blocking)
    let result = try await gates.run {
      try await blocking.run { () -> VerifiedShare in
        do throws(SharingError) {
          return try PublicGate(trust: trust, now: now)
            .check(folder: folder, approval: approval, files: files)
        } catch {
          throw Refusal(422, word: error.reason, error.place)
        }
      }
    }
    guard let result else { throw Refusal(503, .busy, retryAfter: 10) }
    return result
  }

  /// Bytes first, then the row that makes them a verified artifact; what a crash leaves in between is
  /// bytes that nothing points at.
  private func keep(
    _ artifact: ArtifactRecord, _ members: [MemberRecord], _ verified: VerifiedShare,
    key: String?
  ) async throws {
    let (incoming, objects) = (incoming, objects)
    try await blocking.run {
      for member in members {
        try objects.adopt(
          incoming.place(member.name, of: artifact.id), key: ObjectFolder.key(of: member.digest))
      }
    }
    let now = clock.now
    let isKept = try await database.write { session in
      try session.setVerified(
        artifact.id, displayID: verified.displayID, verified: verified.json, publicKey: key,
        at: now)
    }
    guard isKept else { throw Refusal(409, .stateConflict) }
    try? await blocking.run { try incoming.discard(artifact.id) }
  }

  private func committed(_ id: String, _ displayID: String) -> ServerResponse {
    ServerResponse(json: [
      "artifact_id": .string(id), "state": "verified", "display_id": .string(displayID),
    ])
  }
}

extension ShareTrust {
  /// The trusted key with this fingerprint, which a browser needs to check a signature.
  fileprivate func publicKey(_ fingerprint: String?) -> String? {
    guard case .selfSign(let signers) = self else { return nil }
    return signers.signers.first { $0.key.fingerprint == fingerprint }?.key.line()
  }
}

/// `{backend, config}`: how the publisher says that the package is signed.
private struct SigningWord {
  let backend: Backend
  /// The publisher's own configuration; the server's decides, and this one must agree.
  private let config: [UInt8]

  init(_ value: JSONValue?) throws(Refusal) {
    guard let object = value?.object,
      let backend = object["backend"]?.string.flatMap(Backend.init(rawValue:))
    else {
      throw Refusal(400, .requestMalformed, "signing: expected backend self-sign or sigstore")
    }
    self.backend = backend
    switch object["config"] {
    case .string(let text)? where !text.isEmpty: config = Array(text.utf8)
    case .object(let object)?: config = (try? CanonicalJSON.bytes(.object(object))) ?? []
    default: throw Refusal(422, .policyMissing, "signing.config: expected the publisher's own")
    }
  }

  /// - Throws: 422 `signer_not_listed` where the publisher's own configuration does not name the
  ///   signer that was found.
  func check(_ verified: VerifiedShare) throws {
    guard backend == .selfSign else { return }
    guard let signers = try? TrustedSigners(parsing: config) else {
      throw Refusal(422, .policyMissing, "signing.config: expected wf.trusted_signers/1")
    }
    guard signers.signers.contains(where: { $0.key.fingerprint == verified.fingerprint }),
      !signers.revoked.contains(verified.fingerprint ?? "")
    else { throw Refusal(422, word: "signer_not_listed") }
  }
}
