internal import Archives
internal import Platform
internal import ShareRequests
internal import Sharing

extension ShareService {
  /// One member's bytes, hashed while they arrive and thrown away on the first breach.
  func putMember(_ exchange: Exchange) async throws -> ServerResponse {
    let (artifact, members) = try await artifact(exchange)
    guard let shared = SharedName(exactly: exchange.parameter("name").utf8) else {
      throw Refusal(422, .memberNotAllowed)
    }
    guard let member = members.first(where: { $0.name == shared.rawValue }) else {
      throw artifact.state == .uploading
        ? Refusal(422, .memberNotAllowed) : Refusal(409, .stateConflict)
    }
    try checkUploading(artifact)
    let size = try contentLength(exchange, limit: shared.sizeLimit)
    guard size == member.size else {
      throw Refusal(422, .digestMismatch, "the size is not the one that was announced")
    }
    guard let announced = ContentDigest.sha256(exchange.request.header("content-digest")) else {
      throw Refusal(400, .requestMalformed, "expected Content-Digest: sha-256=:BASE64:")
    }
    guard announced == member.digest else { throw Refusal(422, .digestMismatch) }
    let workspace = artifact.workspaceID
    try rates.beginUpload(workspace)
    defer { rates.endUpload(workspace) }
    let incoming = incoming
    let file = try await arrive(exchange, of: artifact, limit: size)
    try await blocking.run {
      let digest = try file.finish()
      guard file.size == size, digest == member.digest else { throw Refusal(422, .digestMismatch) }
      try incoming.keep(file.path, as: member.name, of: artifact.id)
      file.release(removing: false)
    }
    try await setReceived([member.name], of: artifact)
    return ServerResponse(status: 204)
  }

  /// All files as one plain ustar (SHARING §3.1).
  func putPackage(_ exchange: Exchange) async throws -> ServerResponse {
    let (artifact, members) = try await artifact(exchange)
    try checkUploading(artifact)
    let limit = SharedName.sumLimit + (SharedName.countLimit + 22) * 1024
    _ = try contentLength(exchange, limit: limit)
    let workspace = artifact.workspaceID
    try rates.beginUpload(workspace)
    defer { rates.endUpload(workspace) }
    let file = try await arrive(exchange, of: artifact, limit: limit)
    let incoming = incoming
    try await blocking.run {
      _ = try file.finish()
      defer { file.release(removing: true) }
      try PackageArchive(try incoming.files.map(file.path)).unpack(
        into: incoming, of: artifact.id, expecting: members)
    }
    try await setReceived(members.map(\.name), of: artifact)
    return ServerResponse(status: 204)
  }

  private func checkUploading(_ artifact: ArtifactRecord) throws {
    guard artifact.state == .uploading else {
      throw Refusal(409, .stateConflict, "the artifact is \(artifact.state.rawValue)")
    }
    try checkFreeDisk()
  }

  /// - Throws: 411 without a length, 413 above the limit.
  private func contentLength(_ exchange: Exchange, limit: Int) throws(Refusal) -> Int {
    guard let size = exchange.request.headers.contentLength else {
      throw Refusal(411, .lengthRequired)
    }
    guard size <= limit else { throw Refusal(413, .bodyTooLarge) }
    return size
  }

  private func arrive(
    _ exchange: Exchange, of artifact: ArtifactRecord, limit: Int
  ) async throws -> ArrivingFile {
    let file = try incoming.begin(artifact.id)
    while let piece = try await exchange.request.body.next() {
      guard file.size + piece.count <= limit else { throw Refusal(413, .bodyTooLarge) }
      try file.append(piece)
    }
    return file
  }

  /// Notes what has come, unless the upload was ended meanwhile.
  private func setReceived(_ names: [String], of artifact: ArtifactRecord) async throws {
    let now = clock.now
    let incoming = incoming
    let isOpen = try await database.write { session -> Bool in
      guard try session.artifact(id: artifact.id, of: artifact.workspaceID)?.state == .uploading
      else { return false }
      for name in names { try session.setReceived(name, of: artifact.id, at: now) }
      return true
    }
    if isOpen { return }
    try await blocking.run { try incoming.discard(artifact.id) }
    throw Refusal(409, .stateConflict)
  }
}

extension PackageArchive {
  /// Puts each file in its place.
  ///
  /// - Throws: 415 and 422 as `files()`; 422 for a file that is not announced, is missing or differs.
  fileprivate func unpack(
    into incoming: IncomingFolder, of artifactID: String, expecting members: [MemberRecord]
  ) throws {
    let found = try files()
    guard found.count == members.count else { throw Refusal(422, .memberMissing) }
    for file in found {
      guard let member = members.first(where: { $0.name == file.name }) else {
        throw Refusal(422, .memberNotAllowed)
      }
      let arriving = try incoming.begin(artifactID)
      switch file.content {
      case .bytes(let bytes): try arriving.append(bytes)
      case .pieces(let again):
        let next = again()
        while let piece = try next() { try arriving.append(piece) }
      }
      guard try arriving.finish() == member.digest, arriving.size == member.size else {
        throw Refusal(422, .digestMismatch)
      }
      try incoming.keep(arriving.path, as: member.name, of: artifactID)
      arriving.release(removing: false)
    }
  }
}
