import Platform

/// Where a git repository lies, read from what a person wrote.
public struct RemoteAddress: Sendable, Equatable {
  public enum Place: Sendable, Equatable {
    /// A folder of this machine, absolute.
    case local(String)
    case web(scheme: String, user: String?, host: String, port: String?, path: String)
    case ssh(user: String?, host: String, port: String?, path: String)
  }

  /// The address as it is kept: no credential in it, a folder absolute.
  public let text: String
  public let place: Place

  /// - Parameter folder: what a relative path begins at.
  /// - Throws: `remote_address_invalid`, `remote_address_secret`.
  public init(_ text: String, from folder: String) throws(HistoryError) {
    guard !text.isEmpty, text.utf8.count <= 4096,
      text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 })
    else { throw Self.invalid("an address is one line of text") }
    if let cut = Self.schemeEnd(text) {
      let scheme = text[..<cut].lowercased()
      let rest = text[text.index(cut, offsetBy: 3)...]
      (self.text, place) = try Self.withScheme(scheme, String(rest), whole: text)
      return
    }
    if let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") {
      // As git has it: HOST:PATH, which no folder's name with a colon can be taken for.
      let (user, host) = Self.userAndHost(String(text[..<colon]))
      let path = String(text[text.index(after: colon)...])
      if text.hasPrefix("ext::") || path.hasPrefix(":") || path.isEmpty {
        throw Self.invalid("this kind of address is not supported")
      }
      try Self.check(host: host, user: user)
      self.text = text
      place = .ssh(user: user, host: host, port: nil, path: path)
      return
    }
    let path = Path.normalise(Path.join(folder, text))
    self.text = path
    place = .local(path)
  }

  /// The name of the other machine; nil for a folder.
  public var host: String? {
    switch place {
    case .local: nil
    case .web(_, _, let host, _, _), .ssh(_, let host, _, _): host
    }
  }

  private static func schemeEnd(_ text: String) -> String.Index? {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
    return colon
  }

  private static func withScheme(
    _ scheme: String, _ rest: String, whole: String
  ) throws(HistoryError) -> (String, Place) {
    let cut = rest.firstIndex(of: "/") ?? rest.endIndex
    let authority = String(rest[..<cut])
    let path = String(rest[cut...])
    if scheme == "file" {
      guard authority.isEmpty || authority == "localhost", path.hasPrefix("/") else {
        throw invalid("file:// is followed by an absolute path")
      }
      return (whole, .local(Path.normalise(path)))
    }
    guard ["http", "https", "ssh"].contains(scheme) else {
      throw invalid("\(scheme):// is not supported; https, http, ssh, file or a path are")
    }
    let (user, hostAndPort) = userAndHost(authority)
    if let user, user.contains(":") {
      throw HistoryError(
        .remoteAddressSecret, place: "the address", "there is a password or token in the address",
        hint: "leave it out; git credential helpers, ssh-agent or WF_REMOTE_TOKEN give it")
    }
    let (host, port) = try hostAndPort_(hostAndPort)
    try check(host: host, user: user)
    guard path.utf8.count > 1 else { throw invalid("the address names no repository") }
    if path.contains("?") || path.contains("#") {
      throw invalid("an address has no query, where a token could stand")
    }
    if scheme == "ssh" { return (whole, .ssh(user: user, host: host, port: port, path: path)) }
    return (whole, .web(scheme: scheme, user: user, host: host, port: port, path: path))
  }

  private static func userAndHost(_ text: String) -> (user: String?, host: String) {
    guard let at = text.lastIndex(of: "@") else { return (nil, text) }
    return (String(text[..<at]), String(text[text.index(after: at)...]))
  }

  private static func hostAndPort_(
    _ text: String
  ) throws(HistoryError) -> (host: String, port: String?) {
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      let rest = text[text.index(after: end)...]
      if rest.isEmpty { return (String(text[...end]), nil) }
      guard rest.hasPrefix(":") else { throw invalid("the host cannot be read") }
      return (String(text[...end]), try port(rest.dropFirst()))
    }
    guard let colon = text.lastIndex(of: ":") else { return (text, nil) }
    return (String(text[..<colon]), try port(text[text.index(after: colon)...]))
  }

  private static func port(_ text: Substring) throws(HistoryError) -> String {
    guard let number = UInt16(text), number > 0 else { throw invalid("the port is no number") }
    return String(number)
  }

  /// A host or user that begins with a dash would be an option to ssh.
  private static func check(host: String, user: String?) throws(HistoryError) {
    let allowed = { (byte: UInt8) in
      isLetterOrDigit(byte) || Array("-._[]:%".utf8).contains(byte)
    }
    guard !host.isEmpty, !host.hasPrefix("-"), host.utf8.allSatisfy(allowed) else {
      throw invalid("the host is no name of a machine")
    }
    if let user {
      guard !user.isEmpty, !user.hasPrefix("-"),
        user.utf8.allSatisfy({ isLetterOrDigit($0) || Array("-._+".utf8).contains($0) })
      else { throw invalid("the user's name has other characters than letters and digits") }
    }
  }

  private static func invalid(_ why: String) -> HistoryError {
    HistoryError(
      .remoteAddressInvalid, place: "the address", why,
      hint:
        "https://HOST/PATH, ssh://USER@HOST/PATH, USER@HOST:PATH or the path of a bare repository")
  }
}
