/// How a share server is started.
public struct ServerOptions: Sendable {
  public var dataFolder: String
  /// An address of this machine, and a port; 0 for any.
  public var host: String
  public var port: Int
  public var isBehindTLSProxy: Bool
  /// Blocks of addresses whose `X-Forwarded-For` counts, as `10.0.0.0/8`.
  public var trustedProxies: [String]

  /// Whether SIGTERM and SIGINT end the server; off where it is a part of another program.
  package var heedsSignals = true
  package var limits = ServerLimits()

  public init(
    dataFolder: String, host: String = "127.0.0.1", port: Int = 8080,
    isBehindTLSProxy: Bool = false, trustedProxies: [String] = []
  ) {
    self.dataFolder = dataFolder
    self.host = host
    self.port = port
    self.isBehindTLSProxy = isBehindTLSProxy
    self.trustedProxies = trustedProxies
  }
}
