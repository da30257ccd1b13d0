internal import Evidence

/// Addresses that anybody may see: a name in the public web, and nothing that lets somebody in.
enum PublicURL {
  /// Whether a text is one `https` address of a public host, without user, query and fragment.
  static func isPublic(_ text: String) -> Bool {
    let prefix = "https://"
    guard text.hasPrefix(prefix), !text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) else {
      return false
    }
    let rest = text.dropFirst(prefix.utf8.count)
    guard !rest.contains(where: { "?#@\\<>".contains($0) }) else { return false }
    let host = rest.prefix { $0 != "/" }
    guard isPublicName(host.lowercased()) else { return false }
    var redactor = Redactor()
    // The host is what it may find, and nothing else.
    let counts = redactor.redact(text).counts
    return counts.total == counts.host && counts.total <= 1
      && TextScreen.isClean(
        String(rest.dropFirst(host.count)).split(separator: "/").joined(
          separator: " "))
  }

  /// A registered name of two labels or more, not of a network at home or at work, no port.
  private static func isPublicName(_ host: String) -> Bool {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, let top = labels.last, top.utf8.count >= 2,
      top.utf8.allSatisfy({ $0 &- 0x61 < 26 }), !privateTops.contains(String(top))
    else { return false }
    return labels.allSatisfy { label in
      !label.isEmpty
        && label.utf8.allSatisfy { $0 &- 0x61 < 26 || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
  }

  /// RFC 6762, RFC 8375, and what is used without being registered.
  private static let privateTops: Set<String> = [
    "local", "internal", "lan", "home", "corp", "intranet", "private", "localdomain", "arpa",
    "localhost", "test", "invalid", "onion",
  ]
}
