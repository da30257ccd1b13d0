internal import Platform

/// What a running server does beside answering: writes down views, and sweeps hourly.
struct Upkeep: Sendable {
  let service: ShareService

  func run() async {
    var lastSweep = service.clock.uptime
    var lastMark = lastSweep
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(250))
      await service.flushEvents()
      let now = service.clock.uptime
      do {
        if now - lastSweep >= 3600 {
          (lastSweep, lastMark) = (now, now)
          try await service.sweep()
        } else if now - lastMark >= 60 {
          // Expiry is made final soon after it comes, so that no clock can turn it back.
          lastMark = now
          try await service.markExpired()
        }
      } catch {
        service.log.event("sweep_failed", at: service.clock.now)
      }
    }
  }
}

/// Makes the key with which everything begins.
struct FirstKey {
  let folder: DataFolder
  let world: ServerWorld

  /// - Returns: the secret.
  func make() async throws -> String {
    let secrets = Secrets(pepper: try folder.readSecret(), randomBytes: world.randomBytes)
    let database = try SQLiteDatabase(path: folder.database)
    let configuration = try ServerConfiguration(
      parsing: try folder.files.read(folder.configuration, limit: 1 << 20))
    let now = world.wall()
    let secret = secrets.token("wfx_")
    let name = configuration.workspaces.first?.name ?? "main"
    try await database.write { session in
      let workspace = try session.workspace(
        named: name, newID: secrets.identifier("wsp_"), now: now)
      try session.insert(
        KeyRecord(
          id: secrets.identifier("key_"), workspaceID: workspace, scopes: Set(KeyScope.allCases),
          label: "first key", createdAt: now, expiresAt: nil), hash: Secrets.hash(secret))
    }
    try database.close()
    return secret
  }
}
