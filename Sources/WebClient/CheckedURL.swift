internal import WebExchange

/// An address that may be asked: https, or http to this machine itself.
struct CheckedURL {
  let text: String
  let host: String
  let isSecure: Bool

  /// Throws `address_not_allowed`.
  init(_ text: String) throws(WebError) {
    func refused(_ why: String) -> WebError { WebError(.addressNotAllowed, why) }
    isSecure = text.hasPrefix("https://")
    guard isSecure || text.hasPrefix("http://") else {
      throw refused("an address is one of https, or of http on this machine")
    }
    guard text.utf8.count <= 4096, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw refused("an address is plain text without blanks, of at most 4096 bytes")
    }
    let rest = text.dropFirst(isSecure ? 8 : 7)
    let authority = rest.prefix { !"/?#".contains($0) }
    guard !authority.isEmpty, !authority.contains("@"), !authority.contains("\\") else {
      throw refused("an address names a host, and no user")
    }
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      host = String(authority[...end]).lowercased()
    } else {
      host = authority.prefix { $0 != ":" }.lowercased()
    }
    guard isSecure || isLoopback(host: host) else {
      throw refused("plain http is for this machine only")
    }
    self.text = text
  }
}
