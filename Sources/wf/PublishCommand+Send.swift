import Evidence
import JSON
import Platform
import Sharing
import Terminal

extension PublishCommand {
  /// What would leave, file by file, and the whole page data; no connection is made.
  func show(
    _ record: ApprovalRecord, _ trust: ShareTrust, _ session: Session
  ) throws -> ExitStatus {
    try withChecked(record, trust, session) { package, share in
      let now = session.surroundings.now()
      let end =
        try link.end(session, approval: record)
        ?? min(record.expiresAt, now + 14 * 86_400)
      let dto = shareDTO(
        share, approval: record,
        share: ShareRow(
          state: .active, expiresAt: end,
          passwordProtected: record.passwordRequired || link.passwordStdin,
          packageBytes: record.packageBytes), now: now)
      let total = package.files.reduce(0) { $0 + $1.size }
      if session.console.json {
        session.console.result(
          jsonLine([
            "schema": "wf.publish_plan/1", "files": .array(package.files.map(\.json)),
            "withheld": .array(package.withheld.map { .string($0) }),
            "bytes": .number(JSONNumber(Int64(total))), "dto": dto,
            "approval": ["digest": .string(Digest.text(of: record.bytes))],
          ]))
        return .done
      }
      session.console.result("Would leave this machine (nothing was sent):")
      for file in package.files {
        let size = String(file.size)
        let room = String(repeating: " ", count: max(0, 10 - size.count))
        let name = file.name.rawValue.padded(to: 24)
        session.console.result("  \(name)\(room)\(size)  \(file.digest)")
      }
      session.console.result(
        "  \(package.files.count) files, \(total) bytes, and the approval record")
      session.console.result(
        "Stays here: " + (package.withheld + ["raw evidence"]).joined(separator: ", "))
      session.console.result("A reviewer would see this and no more:")
      session.console.result(jsonLine(dto))
      return .done
    }
  }

  func publish(_ publication: Publication, _ session: Session) throws -> ExitStatus {
    let record = publication.record
    switch publication.mode {
    case .upload(let run):
      return try withChecked(record, publication.trust, session) { package, share in
        let client = try server.client(session)
        var progress = ProgressLine(title: "Sending", console: session.console)
        let uploaded: UploadedArtifact
        do {
          defer { progress.finish() }
          uploaded = try client.upload(
            package.files, manifestDigest: package.manifestDigest, run: run,
            signing: publication.signing
          ) { progress.update(done: $0, of: $1) }
        }
        return try finish(
          publication, client, artifact: uploaded.artifactID, sent: uploaded.bytesSent,
          manifestDigest: package.manifestDigest, share, session)
      }
    case .artifact(let artifact):
      if version != nil {
        return try withChecked(record, publication.trust, session) { package, share in
          try finish(
            publication, try server.client(session), artifact: artifact, sent: 0,
            manifestDigest: package.manifestDigest, share, session)
        }
      }
      return try finish(
        publication, try server.client(session), artifact: artifact, sent: 0,
        manifestDigest: record.manifestDigest, nil, session)
    }
  }

  /// The package as it would leave, behind the gate.
  private func withChecked<Result>(
    _ record: ApprovalRecord, _ trust: ShareTrust, _ session: Session,
    _ body: (OutgoingPackage, VerifiedShare) throws -> Result
  ) throws -> Result {
    try source(session).withPackage(
      backend: trust.backend, signature: signing.signature,
      includesProof: record.includeCommitProof
    ) { package in
      let share = try PublicGate(trust: trust, now: session.surroundings.now())
        .check(folder: package.folder, approval: record, files: session.files)
      return try body(package, share)
    }
  }

  private func finish(
    _ publication: Publication, _ client: ShareClient, artifact: String, sent: Int,
    manifestDigest: String, _ share: VerifiedShare?, _ session: Session
  ) throws -> ExitStatus {
    let issued = try issue(
      publication, client, artifact: artifact, sent: sent, manifestDigest: manifestDigest, session)
    try link.save(issued.url, session)
    let displayID: String
    if let share {
      displayID = share.displayID
    } else {
      displayID = plainText(try client.artifact(artifact)["display_id"]?.string ?? "")
    }
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.publish/1", "share_id": .string(issued.shareID),
          "artifact_id": .string(artifact), "url": .string(issued.url),
          "display_id": .string(displayID), "expires_at": .string(issued.expiresAt),
          "password": .bool(issued.hasPassword),
          "signer": share.map { .string($0.signer) } ?? .null,
          "bytes_sent": .number(JSONNumber(Int64(sent))),
        ]))
    } else {
      session.console.result("Published \(displayID) until \(issued.expiresAt)")
      session.console.result("  link      \(issued.url)")
      session.console.result("  share     \(issued.shareID)")
      session.console.result("  artifact  \(artifact), \(sent) bytes sent")
      if let share { session.console.result("  signed    \(share.signer)") }
      if issued.hasPassword {
        session.console.result("  password  yes; tell it by another way than the link")
      }
      session.console.remark("The link is shown this once; wf share rotate makes another.")
    }
    try offerReliability(publication, share, client, session)
    return .done
  }
}

extension PublishCommand {
  /// The link; after an upload that was cut off, or is made once more, the one that it had already.
  private func issue(
    _ publication: Publication, _ client: ShareClient, artifact: String, sent: Int,
    manifestDigest: String, _ session: Session
  ) throws -> IssuedShare {
    func create(_ key: String) throws -> IssuedShare {
      try client.createShare(
        artifact: artifact, approval: publication.record, signature: publication.signature,
        manifestDigest: manifestDigest, expiresAt: publication.end,
        password: publication.password, idempotencyKey: key)
    }
    let fresh = "wf-" + Hex.encode(session.surroundings.randomBytes(24))
    guard case .upload = publication.mode else { return try create(fresh) }
    let issued = try create(
      client.publishKey(
        artifact: artifact, approval: publication.record, expiresAt: publication.end,
        password: publication.password))
    if sent == 0, try !client.leadsSomewhere(issued) { return try create(fresh) }
    return issued
  }
}

extension String {
  /// With blanks at its end up to a width in characters.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
