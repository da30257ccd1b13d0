/// One exchange over https, or over http with this machine itself.
public struct WebCall: Sendable {
  public enum Body: Sendable, Equatable {
    case none
    case bytes([UInt8])
    /// Read from this path while it is sent.
    case file(String)
  }

  public var method: String
  public var url: String
  public var headers: [(name: String, value: String)]
  public var body: Body
  /// A file of certificates (PEM) that are believed instead of the system's.
  public var authorities: String?
  /// Bytes of an answer's body, at most.
  public var responseLimit: Int
  /// For the whole exchange.
  public var seconds: Int

  public init(
    method: String, url: String, headers: [(name: String, value: String)] = [],
    body: Body = .none, authorities: String? = nil, responseLimit: Int = 1 << 20,
    seconds: Int = 300
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.authorities = authorities
    self.responseLimit = responseLimit
    self.seconds = seconds
  }
}

/// What came back, whatever its status; a redirect is one, and is not followed.
public struct WebReply: Sendable {
  public let status: Int
  /// Names in lower case.
  public let headers: [(name: String, value: String)]
  public let body: [UInt8]
}
