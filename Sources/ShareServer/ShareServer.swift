internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import Platform
internal import ShareRequests
internal import Sharing

/// A share server on one data folder.
public struct ShareServer: Sendable {
  private let options: ServerOptions
  private let world: ServerWorld
  private let proxies: TrustedProxies

  /// - Throws: `tls_missing` for plain http to other than this machine, `server_config_invalid` for
  ///   an address that is none.
  public init(_ options: ServerOptions, world: ServerWorld) throws {
    self.options = options
    self.world = world
    proxies = TrustedProxies(
      try options.trustedProxies.map { text in
        guard let block = AddressBlock(text) else {
          throw ServerError(.configInvalid, place: text, "expected addresses as in 10.0.0.0/8")
        }
        return block
      })
    let address = options.host == "localhost" ? nil : ClientAddress(options.host)
    guard options.host == "localhost" || address != nil else {
      throw ServerError(
        .configInvalid, place: options.host, "expected a numeric address to bind to")
    }
    guard address?.isLoopback ?? true || options.isBehindTLSProxy else {
      throw ServerError(
        .tlsMissing, place: options.host, "passwords and tokens would travel in clear")
    }
  }

  /// Makes a data folder, its configuration, and the first key.
  ///
  /// - Returns: the key's secret, to be shown once: nothing else can tell it.
  public func initialise() async throws -> String {
    let folder = DataFolder(options.dataFolder, files: world.files)
    try folder.create(
      secret: world.randomBytes(DataFolder.secretSize),
      configuration: ServerConfiguration.initial.encoded)
    let lease = try folder.take()
    defer { withExtendedLifetime(lease) {} }
    return try await FirstKey(folder: folder, world: world).make()
  }

  /// Serves until it is asked to end (SIGTERM, SIGINT, or the task is cancelled).
  ///
  /// - Parameter listening: told the port, once requests are taken.
  public func run(listening: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
    let folder = DataFolder(options.dataFolder, files: world.files)
    let lease = try folder.take()
    defer { withExtendedLifetime(lease) {} }
    let service = try await service(in: folder)
    try await service.sweep()
    let upkeep = Task { await Upkeep(service: service).run() }
    defer { upkeep.cancel() }
    do {
      try await serve(service, listening)
    } catch let error as IOError {
      throw ServerError(
        .bindFailed, place: "\(options.host):\(options.port)",
        "cannot listen here (error \(error.errnoCode))")
    }
    await service.flushEvents()
    try service.database.close()
  }

  private func serve(
    _ service: ShareService, _ listening: @escaping @Sendable (Int) -> Void
  ) async throws {
    let headers = SecurityHeaders(isBehindTLS: options.isBehindTLSProxy)
    let (limits, clock) = (service.limits, service.clock)
    let connections = Connections(limits: limits, proxies: proxies)
    var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
    decoder.maxHeaderListSize = limits.headerBlock
    decoder.maxHeaderFieldSize = limits.headerBlock
    decoder.maxHeaderFieldCount = 100
    let channel = HTTP1Channel.Configuration(
      additionalChannelHandlers: [
        PipelineSetup(
          limits: limits, headers: headers, connections: connections,
          refusals: ConnectionRefusals(metrics: service.metrics, log: service.log, clock: clock),
          now: { clock.uptime })
      ], httpDecoderConfiguration: decoder)
    // The library's own words could hold what a client sent: nothing of them is written.
    let logger = Logger(label: "share") { _ in SwiftLogNoOpLogHandler() }
    let app = Application(
      responder: ShareResponder(dispatcher: Dispatcher(service: service), proxies: proxies),
      server: .http1(configuration: channel),
      configuration: ApplicationConfiguration(
        address: .hostname(options.host, port: options.port), serverName: nil),
      onServerRunning: { listening($0.localAddress?.port ?? 0) }, logger: logger)
    if options.heedsSignals {
      try await app.runService()
    } else {
      try await app.run()
    }
  }

  func service(in folder: DataFolder) async throws -> ShareService {
    let configuration = try ServerConfiguration(
      parsing: try folder.files.read(folder.configuration, limit: 1 << 20))
    let limits = options.limits.setting(configuration.limits)
    let secrets = Secrets(pepper: try folder.readSecret(), randomBytes: world.randomBytes)
    let database = try SQLiteDatabase(path: folder.database)
    let now = world.wall()
    let (workspaces, seen) = try await database.write { session in
      var ids: [String: String] = [:]
      for workspace in configuration.workspaces {
        ids[workspace.name] = try session.workspace(
          named: workspace.name, newID: secrets.identifier("wsp_"), now: now)
      }
      return (ids, try session.setting("seen_time").flatMap { Int64($0) } ?? 0)
    }
    let clock = ServerClock(wall: world.wall, running: world.running, known: seen)
    return ShareService(
      folder: folder, database: database, objects: ObjectFolder(folder), secrets: secrets,
      clock: clock, limits: limits,
      rates: RateLimits(limits.rates, clock: { clock.uptime }), log: world.log,
      audit: AuditLog(secrets: secrets), configuration: configuration,
      isBehindTLS: options.isBehindTLSProxy, page: try ReviewerPage(),
      ready: ReadyPages(limit: limits.pageMemory), workspaces: workspaces,
      passwordHasher: .argon2id(limits.passwordCost),
      passwords: WorkQueue(
        width: limits.passwordsAtOnce, patience: .seconds(limits.passwordPatience)))
  }
}
