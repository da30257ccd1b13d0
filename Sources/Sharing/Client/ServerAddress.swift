internal import WebExchange

/// Where a share server is: `https`, or `http` to this machine itself.
public struct ServerAddress: Sendable, Equatable {
  /// Without a slash at its end.
  public let text: String
  public let isLoopback: Bool

  /// Throws `server_address_invalid`, also for an address that carries a user or a query.
  public init(_ text: String) throws(SharingError) {
    func refused(_ why: String) -> SharingError {
      SharingError(
        .serverAddressInvalid, place: "--server", why,
        hint: "https://share.example.org, or http://127.0.0.1:8080 on this machine")
    }
    let isSecure = text.hasPrefix("https://")
    guard isSecure || text.hasPrefix("http://") else {
      throw refused("a server's address begins with https:// (or http:// on this machine)")
    }
    let rest = text.dropFirst(isSecure ? 8 : 7)
    let isPlain = rest.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
        || "-._~/:[]".utf8.contains(byte)
    }
    guard isPlain, !rest.contains("//"), !rest.contains("..") else {
      throw refused("a server's address holds a name, perhaps a port and a path, and no more")
    }
    var trimmed = text[...]
    while trimmed.hasSuffix("/") { trimmed.removeLast() }
    let authority = rest.prefix { $0 != "/" }
    guard let host = Self.host(authority) else {
      throw refused("a server's address names a host, perhaps with a port")
    }
    isLoopback = WebExchange.isLoopback(host: host)
    guard isSecure || isLoopback else {
      throw refused("plain http is for this machine only")
    }
    self.text = String(trimmed)
  }

  /// The host of `host:port` or `[address]:port`; nil where that is neither.
  private static func host(_ authority: Substring) -> String? {
    var host = authority
    var port: Substring?
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      host = authority[...end]
      let rest = authority[authority.index(after: end)...]
      if !rest.isEmpty {
        guard rest.hasPrefix(":") else { return nil }
        port = rest.dropFirst()
      }
    } else if let colon = authority.firstIndex(of: ":") {
      host = authority[..<colon]
      port = authority[authority.index(after: colon)...]
    }
    if let port {
      guard let number = Int(port), (1...65_535).contains(number) else { return nil }
    }
    let isBare = !host.hasPrefix("[") && host.contains { "[]:".contains($0) }
    return host.isEmpty || isBare ? nil : host.lowercased()
  }
}
