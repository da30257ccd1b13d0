internal import JSON
internal import Platform
internal import ShareRequests

/// Everything that the routes work with; one for each running server.
package struct ShareService: Sendable {
  let folder: DataFolder
  let database: any ShareDatabase
  let objects: ObjectFolder
  let secrets: Secrets
  let clock: ServerClock
  let limits: ServerLimits
  let rates: RateLimits
  let log: ServerLog
  let metrics = Metrics()
  let audit: AuditLog
  let events = EventBuffer()
  let answersAtWork = AnswersAtWork()
  let configuration: ServerConfiguration
  let isBehindTLS: Bool
  let page: ReviewerPage
  let ready: ReadyPages
  /// Workspace ids by the names of the configuration.
  let workspaces: [String: String]
  let blocking = Blocking(threads: 4)
  let passwordHasher: PasswordHasher
  let passwords: WorkQueue
  /// Checks of packages, which hold whole packages in memory.
  let gates = WorkQueue(width: 2, patience: .seconds(60))
  let routes = RouteTable()
  /// `/openapi.json`.
  let description = OpenAPI.document(RouteTable())

  var files: FileSystem { folder.files }

  func note(
    _ action: AuditAction, _ share: ShareRecord, from address: ClientAddress,
    outcome: String = "done"
  ) {
    events.add(
      AuditEvent(
        time: clock.now, action: action, workspaceID: share.workspaceID, shareID: share.id,
        addressClass: secrets.keyed("address", address.neighbourhood), outcome: outcome))
  }

  func flushEvents() async {
    do {
      try await events.flush(to: database, log: audit)
    } catch {
      log.event("audit_log_waits", at: clock.now)
    }
  }

  /// `https://host` as the caller reached it, or as the operator named it.
  func baseURL(_ request: ServerRequest) -> String {
    if let url = configuration.publicURL { return url }
    return (isBehindTLS ? "https://" : "http://") + (request.header("host") ?? "localhost")
  }
}
