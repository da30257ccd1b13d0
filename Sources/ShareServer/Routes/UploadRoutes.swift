internal import Evidence
internal import JSON
internal import Platform
internal import ShareRequests
internal import Sharing

extension ShareService {
  /// `{client_run_id}` → `{cloud_run_id}`, the same for the same run.
  func createRun(_ exchange: Exchange) async throws -> ServerResponse {
    try exchange.json.allow("client_run_id")
    let raw = try exchange.json.needed("client_run_id", upTo: 256)
    let workspace = try exchange.workspace()
    let hash = secrets.keyed("run", "\(workspace)\0\(raw)")
    let fresh = secrets.uuid()
    let now = clock.now
    let (id, isNew) = try await database.write { session -> (String, Bool) in
      if let id = try session.run(hash: hash, of: workspace) { return (id, false) }
      try session.insertRun(fresh, hash: hash, of: workspace, at: now)
      return (fresh, true)
    }
    return ServerResponse(status: isNew ? 201 : 200, json: ["cloud_run_id": .string(id)])
  }

  /// `{kind, manifest_digest, members}` → `{artifact_id, missing}`; what was begun goes on.
  func createArtifact(_ exchange: Exchange) async throws -> ServerResponse {
    try exchange.json.allow("kind", "manifest_digest", "members")
    let workspace = try exchange.workspace()
    guard try exchange.json.needed("kind", upTo: 40) == "evidence_package" else {
      throw Refusal(400, .requestMalformed, "kind: expected evidence_package")
    }
    let digest = try exchange.json.needed("manifest_digest", upTo: 80)
    guard Digest.isValid(digest) else {
      throw Refusal(400, .requestMalformed, "manifest_digest: expected sha256: and 64 hex digits")
    }
    let members = try Announcement(exchange.json["members"], manifestDigest: digest).files.map {
      MemberRecord(name: $0.name, size: $0.size, digest: $0.digest)
    }
    let run = exchange.parameter("run")
    let artifact = ArtifactRecord(
      id: secrets.uuid(), workspaceID: workspace, runID: run, manifestDigest: digest,
      createdAt: clock.now)
    try checkFreeDisk()
    let (found, isNew) = try await database.write { session -> (ArtifactRecord, Bool) in
      guard try session.hasRun(run, of: workspace) else { throw Refusal.notFound }
      if let old = try session.artifact(of: run, manifestDigest: digest) {
        if old.state == .verified { return (old, false) }
        if Set(try session.members(of: old.id).map(\.announced)) == Set(members.map(\.announced)) {
          return (old, false)
        }
        // Announced anew with other files: what came of the first announcement is not wanted.
        try session.end(old.id, as: .aborted)
      }
      try session.insert(artifact, members: members)
      return (artifact, true)
    }
    let rows = try await database.read { try $0.members(of: found.id) }
    let missing = rows.filter { $0.receivedAt == nil && $0.objectKey == nil }
    return ServerResponse(
      status: isNew ? 201 : 200,
      json: [
        "artifact_id": .string(found.id), "state": .string(found.state.rawValue),
        "missing": .array(missing.map { .string($0.name) }),
      ])
  }

  func readArtifact(_ exchange: Exchange) async throws -> ServerResponse {
    let (artifact, members) = try await artifact(exchange)
    let rows = members.map { member -> JSONValue in
      [
        "name": .string(member.name), "size": .number(JSONNumber(Int64(member.size))),
        "digest": .string(member.digest),
        "received": .bool(member.receivedAt != nil || member.objectKey != nil),
      ]
    }
    return ServerResponse(json: [
      "artifact_id": .string(artifact.id), "state": .string(artifact.state.rawValue),
      "manifest_digest": .string(artifact.manifestDigest),
      "display_id": artifact.displayID.map { .string($0) } ?? .null, "members": .array(rows),
    ])
  }

  func abortArtifact(_ exchange: Exchange) async throws -> ServerResponse {
    let (artifact, _) = try await artifact(exchange)
    guard artifact.state == .uploading || artifact.state == .aborted else {
      throw Refusal(409, .stateConflict, "the artifact is \(artifact.state.rawValue)")
    }
    try await database.write { try $0.end(artifact.id, as: .aborted) }
    let incoming = incoming
    try await blocking.run { try incoming.discard(artifact.id) }
    return ServerResponse(status: 204)
  }

  /// The artifact of a path, where it belongs to the caller's workspace.
  func artifact(_ exchange: Exchange) async throws -> (ArtifactRecord, [MemberRecord]) {
    let workspace = try exchange.workspace()
    let id = exchange.parameter("id")
    return try await database.read { session in
      guard let artifact = try session.artifact(id: id, of: workspace) else {
        throw Refusal.notFound
      }
      return (artifact, try session.members(of: artifact.id))
    }
  }

  /// - Throws: 507 where the disk is nearly full.
  func checkFreeDisk() throws {
    guard let free = try? files.freeHundredths(folder.path), free < limits.freeDisk else { return }
    throw Refusal(507, .diskFull)
  }

  var incoming: IncomingFolder { IncomingFolder(folder) }
}

extension MemberRecord {
  fileprivate var announced: [String] { [name, String(size), digest] }
}
