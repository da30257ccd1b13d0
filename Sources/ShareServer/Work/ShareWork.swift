internal import Evidence
internal import JSON
internal import Platform
internal import ShareRequests
internal import Sharing

extension ShareService {
  /// Checks the stored bytes of an artifact again, against what the server trusts now and with the
  /// approval of the new share.
  func verifyAgain(
    _ artifact: ArtifactRecord, _ members: [MemberRecord], _ approval: ApprovalRecord,
    _ stored: String
  ) async throws {
    let verified = try VerifiedShare(json: stored)
    let trust = try trust(verified.backend, of: artifact.workspaceID)
    let place = Path.join(folder.incoming, secrets.uuid())
    let (files, objects, blocking) = (files, objects, blocking)
    defer { try? files.removeTree(place) }
    try await blocking.run {
      for member in members {
        let file = Path.join(place, member.name)
        try files.makeDirectories(Path.parent(file), mode: 0o700)
        try files.link(objects.place(member.objectKey ?? ""), to: file)
      }
    }
    _ = try await verify(place, trust, approval: approval)
  }

  /// - Throws: 422 `password_weak`, 503 `server_busy`.
  func passwordHash(_ text: String?) async throws -> String? {
    guard let text else { return nil }
    let normal = TextRules.nfc(text)
    guard normal.count >= 12 else {
      throw Refusal(422, .passwordWeak, "expected at least 12 characters")
    }
    let (hasher, blocking) = (passwordHasher, blocking)
    let hash = try await passwords.run {
      try await blocking.run { () -> String? in
        var bytes = Array(normal.utf8)
        defer { Sodium.wipe(&bytes) }
        return hasher.hash(bytes)
      }
    }
    guard let hash = hash ?? nil else { throw Refusal(503, .busy, retryAfter: 10) }
    return hash
  }

  /// Whether a password opens a share; as dear for a wrong one as for the right one.
  func opens(_ share: ShareRecord, _ password: String) async throws -> Bool {
    guard let hash = share.passwordHash else { return true }
    let normal = TextRules.nfc(password)
    let (hasher, blocking) = (passwordHasher, blocking)
    let isRight = try await passwords.run {
      try await blocking.run { () -> Bool in
        var bytes = Array(normal.utf8)
        defer { Sodium.wipe(&bytes) }
        return hasher.verifies(bytes, hash)
      }
    }
    guard let isRight else { throw Refusal(503, .busy, retryAfter: 10) }
    return isRight
  }

  /// When the bytes of a share may go (SHARING §4, `retention_policy`).
  func deletionTime(
    of share: ShareRecord, endedAt: Int64, in session: any SQLSession
  ) throws -> Int64 {
    let record = try share.approvalID.flatMap { try session.approval(id: $0) }
    let policy = record.flatMap { try? JSONValue.parse(Array($0.utf8)) }?["retention_policy"]
    let days = policy?["word"]?.string == "keep_days" ? policy?["days"]?.int ?? 0 : 0
    return endedAt + max(0, min(days, 3650)) * 86_400
  }
}

/// A share that a token opens, with all that may be shown of it.
struct OpenShare: Sendable {
  let record: ShareRecord
  let approval: ApprovalRecord
  let verified: VerifiedShare
  let publicKey: String?
  /// Names of the files of a proof that may be shown.
  let proof: [String]

  var files: SharedFiles {
    SharedFiles(signature: verified.backend.file.rawValue, proof: proof, publicKey: publicKey)
  }

  func dto(now: Int64) -> JSONValue {
    shareDTO(
      verified, approval: approval,
      share: ShareRow(
        state: .active, expiresAt: record.expiresAt,
        passwordProtected: record.passwordHash != nil, packageBytes: approval.packageBytes),
      now: now)
  }
}

extension ShareService {
  /// The share of the token in the path.
  ///
  /// - Throws: 404, the same for whatever is wrong with it; 429.
  func openShare(_ exchange: Exchange) async throws -> ShareRecord {
    try await openShare(exchange.parameter("token"), for: exchange.request.address)
  }

  /// Whatever was presented is hashed once and looked up once, so that all that opens nothing takes
  /// the same work.
  func openShare(_ token: String, for address: ClientAddress) async throws -> ShareRecord {
    let hash = secrets.hash(token)
    let now = clock.now
    guard let share = try await database.read({ try $0.openShare(tokenHash: hash, now: now) })
    else {
      try rates.use(.unknown, address.client)
      throw Refusal.notFound
    }
    try rates.use(.share, share.id)
    return share
  }

  /// The page or the DTO of an open share, made once for all that it depends on.
  func shown(_ form: ReadyPages.Form, of share: ShareRecord) async throws -> ReadyBytes {
    let now = clock.now
    let key = ReadyPages.Key(
      form: form, artifactID: share.artifactID ?? "", approvalID: share.approvalID ?? "",
      expiresAt: share.expiresAt, expiresIn: ExpiresIn.word(share.expiresAt - now),
      hasPassword: share.passwordHash != nil)
    if let bytes = ready.find(key) { return bytes }
    let content = try await content(of: share)
    let dto = content.dto(now: now)
    let bytes: ReadyBytes
    switch form {
    case .page:
      let standIn = secrets.token("wfs_")
      bytes = ReadyBytes(
        page.page(dto: dto, token: standIn, files: content.files), cutAt: standIn)
    case .document: bytes = ReadyBytes(try CanonicalJSON.bytes(dto))
    }
    ready.keep(bytes, as: key)
    return bytes
  }

  /// What a share shows.
  func content(of share: ShareRecord) async throws -> OpenShare {
    let now = clock.now
    let (record, artifact, members) = try await database.read { session in
      (
        try session.approval(id: share.approvalID ?? ""),
        try session.artifact(id: share.artifactID ?? "", of: share.workspaceID),
        try session.members(of: share.artifactID ?? "")
      )
    }
    guard let record, let stored = artifact?.verified else { throw Refusal.notFound }
    let approval = try ApprovalRecord(parsing: Array(record.utf8), now: now)
    let proof = members.map(\.name).filter { SharedName(rawValue: $0)?.isProof == true }
    return OpenShare(
      record: share, approval: approval, verified: try VerifiedShare(json: stored),
      publicKey: artifact?.publicKey, proof: approval.includeCommitProof ? proof : [])
  }
}
