/// Finds credentials in a text by the forms of IMPORT §5.
///
/// Kinds that need the name of the file they lie in (`.netrc`, `.env`) are those of `SecretSearch`.
/// Every look ahead is bounded or remembered, so that hostile text costs no more than other text.
struct SecretScanner {
  struct Finding: Equatable {
    let range: Range<Int>
    /// A word of IMPORT §5.
    let kind: String
  }

  /// Every finding, in order, none of them overlapping.
  static func findings(in text: [UInt8]) -> [Finding] {
    var scanner = SecretScanner()
    var found: [Finding] = []
    var place = 0
    // Most bytes are inside of words, where nothing can begin.
    var isInWord = false
    while place < text.count {
      let byte = text[place]
      let begins = byte.isLetter ? !isInWord || byte == 0x50 : byte == 0x2D
      if begins, let finding = scanner.finding(in: text, at: place) {
        found.append(finding)
        place = finding.range.upperBound
        isInWord = place > 0 && text[place - 1].isAlphanumeric
      } else {
        isInWord = byte.isAlphanumeric
        place += 1
      }
    }
    return found
  }

  /// Whether there is any finding.
  static func hasFinding(_ text: [UInt8]) -> Bool {
    var scanner = SecretScanner()
    return text.indices.contains { scanner.finding(in: text, at: $0) != nil }
  }

  /// What was learnt about the run of bytes that a URL ends with: later URLs share its end.
  private var urlEnd = 0
  /// From here to `urlEnd` no query names a signature.
  private var unsignedFrom = Int.max
  /// No token of three parts begins before this place.
  private var noJWTBefore = 0

  /// The finding that begins at a place; decided by the first byte where nothing can begin.
  private mutating func finding(in text: [UInt8], at place: Int) -> Finding? {
    switch text[place] {
    case 0x2D: return Self.privateKey(text, place)
    case 0x50:
      return text.has("PuTTY-User-Key-File-", at: place) ? Self.putty(text, place) : nil
    case 0x68: return url(text, place) ?? Self.prefixed(text, place)
    case 0x65: return jwt(text, place) ?? url(text, place)
    case 0x41:
      return Self.prefixed(text, place) ?? url(text, place) ?? Self.named(text, place)
    case 0x77, 0x67, 0x73, 0x78, 0x61, 0x57, 0x70:
      return Self.prefixed(text, place) ?? url(text, place) ?? Self.named(text, place)
    case let byte where byte.isLetter: return url(text, place)
    default: return nil
    }
  }

  // MARK: - Keys in armour

  private static func privateKey(_ text: [UInt8], _ place: Int) -> Finding? {
    guard text.has("-----BEGIN ", at: place), place == 0 || text[place - 1] != 0x2D else {
      return nil
    }
    let label = text.end(of: { $0.isUpperAlphanumeric || $0 == 0x20 }, from: place + 11)
    guard text.has("-----", at: label) else { return nil }
    let name = Array(text[place + 11..<label])
    guard let key = name.first("PRIVATE KEY", from: 0),
      key + 11 == name.count
        || name.has(" BLOCK", at: key + 11)
    else { return nil }
    var end = text.count
    if let footer = text.first("-----END ", from: label) {
      let close = text.end(of: { $0.isUpperAlphanumeric || $0 == 0x20 }, from: footer + 9)
      end = min(text.count, close + 5)
    }
    let isSSH = name == Array("OPENSSH PRIVATE KEY".utf8)
    return Finding(range: place..<end, kind: isSSH ? "ssh_private_key" : "private_key")
  }

  private static func putty(_ text: [UInt8], _ place: Int) -> Finding? {
    Finding(range: place..<text.count, kind: "private_key")
  }

  // MARK: - URLs

  private mutating func url(_ text: [UInt8], _ place: Int) -> Finding? {
    guard text.isWordStart(place) else { return nil }
    var scheme = place
    while scheme < text.count, scheme - place < 32, Self.isScheme(text[scheme]) { scheme += 1 }
    guard scheme - place < 32, scheme < text.count, text[scheme] == 0x3A,
      text.has("://", at: scheme)
    else { return nil }
    if urlEnd <= scheme + 3 {
      urlEnd = text.end(of: { !$0.endsToken }, from: scheme + 3)
      unsignedFrom = .max
    }
    let end = urlEnd
    if text.hasFolded("http", at: place), scheme + 3 < unsignedFrom {
      if Self.isSigned(text, scheme + 3, end) {
        return Finding(range: place..<end, kind: "signed_url")
      }
      unsignedFrom = scheme + 3
    }
    return Self.userinfo(text, from: scheme + 3, to: end)
      .map { Finding(range: place..<$0, kind: "url_userinfo") }
  }

  private static func isScheme(_ byte: UInt8) -> Bool {
    byte.isAlphanumeric || byte == 0x2B || byte == 0x2D || byte == 0x2E
  }

  /// Whether the query names a signature of at least 16 characters.
  private static func isSigned(_ text: [UInt8], _ start: Int, _ end: Int) -> Bool {
    guard var place = text[start..<end].firstIndex(of: 0x3F) else { return false }
    while place < end {
      let name = place + 1
      for key: StaticString in ["x-amz-signature=", "x-goog-signature=", "signature=", "sig="]
      where text.hasFolded(key, at: name) {
        let value = name + key.utf8CodeUnitCount
        let stop = text[value..<end].firstIndex { $0 == 0x26 || $0 == 0x23 } ?? end
        if stop - value >= 16, isCredible(text[value..<stop]) { return true }
      }
      // Also at a second question mark, where an address in the query has a query of its own.
      place = text[name..<end].firstIndex { $0 == 0x26 || $0 == 0x3F } ?? end
    }
    return false
  }

  /// The end of the host when `user:password@` stands before it.
  private static func userinfo(_ text: [UInt8], from start: Int, to end: Int) -> Int? {
    let authority = text[start..<end].firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 } ?? end
    guard let at = text[start..<authority].lastIndex(of: 0x40),
      let colon = text[start..<at].firstIndex(of: 0x3A), colon > start, colon + 1 < at,
      isCredible(text[colon + 1..<at])
    else { return nil }
    return authority
  }

  // MARK: - Tokens known by their beginning

  private static func prefixed(_ text: [UInt8], _ place: Int) -> Finding? {
    guard text.isWordStart(place), place + 1 < text.count,
      Self.maySecond(text[place + 1])
    else { return nil }
    switch text[place] {
    case 0x77:
      guard
        text.has("wfx_", at: place) || text.has("wbx_", at: place) || text.has("wfs_", at: place)
      else { return nil }
      return token(text, place, 4, 20, "worldflux_api_key", \.isBase64URL)
    case 0x68:
      return text.has("hf_", at: place)
        ? token(text, place, 3, 30, "hf_token", \.isAlphanumeric) : nil
    case 0x67: return gitHub(text, place)
    case 0x73: return openAI(text, place)
    case 0x41: return google(text, place) ?? aws(text, place)
    case 0x78:
      guard text.has("xox", at: place), place + 4 < text.count, text[place + 4] == 0x2D,
        [0x61, 0x62, 0x65, 0x6F, 0x70, 0x72, 0x73].contains(text[place + 3])
      else { return nil }
      return token(text, place, 5, 10, "slack_token", { $0.isAlphanumeric || $0 == 0x2D })
    default: return nil
    }
  }

  /// Whether a byte may follow the first letter of a known beginning: b f h i k o I K S.
  private static func maySecond(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x62, 0x66, 0x68, 0x69, 0x6B, 0x6F, 0x49, 0x4B, 0x53: true
    default: false
    }
  }

  private static func gitHub(_ text: [UInt8], _ place: Int) -> Finding? {
    if text.has("github_pat_", at: place) {
      return token(text, place, 11, 60, "github_token", \.isWord)
    }
    guard text.has("gh", at: place), place + 3 < text.count, text[place + 3] == 0x5F,
      [0x70, 0x6F, 0x75, 0x73, 0x72].contains(text[place + 2])
    else { return nil }
    return token(text, place, 4, 36, "github_token", \.isWord)
  }

  private static func openAI(_ text: [UInt8], _ place: Int) -> Finding? {
    guard text.has("sk-", at: place) else { return nil }
    if text.has("sk-ant-", at: place) {
      return token(text, place, 7, 20, "anthropic_key", \.isBase64URL)
    }
    var body = 3
    for word: StaticString in ["proj-", "svcacct-", "admin-"] where text.has(word, at: place + 3) {
      body += word.utf8CodeUnitCount
    }
    guard let found = token(text, place, body, 20, "openai_key", \.isWord) else { return nil }
    // The body of a newer key goes on after a dash.
    let end = text.end(of: \.isBase64URL, from: found.range.upperBound)
    return Finding(range: place..<end, kind: found.kind)
  }

  private static func google(_ text: [UInt8], _ place: Int) -> Finding? {
    guard text.has("AIza", at: place), place + 39 <= text.count,
      place + 39 == text.count || !text[place + 39].isBase64URL
    else { return nil }
    return token(text, place, 4, 35, "google_api_key", \.isBase64URL)
  }

  private static func aws(_ text: [UInt8], _ place: Int) -> Finding? {
    guard text.has("AKIA", at: place) || text.has("ASIA", at: place), place + 20 <= text.count,
      place + 20 == text.count || !text[place + 20].isAlphanumeric
    else { return nil }
    return token(text, place, 4, 16, "aws_access_key_id", \.isUpperAlphanumeric)
  }

  private mutating func jwt(_ text: [UInt8], _ place: Int) -> Finding? {
    guard place >= noJWTBefore, text.isWordStart(place), text.has("eyJ", at: place) else {
      return nil
    }
    let first = text.end(of: \.isBase64URL, from: place)
    // Another beginning in the same run ends at the same place, and fails for the same reason.
    guard text.has(".eyJ", at: first) else {
      noJWTBefore = first
      return nil
    }
    let second = text.end(of: \.isBase64URL, from: first + 1)
    guard second < text.count, text[second] == 0x2E else {
      noJWTBefore = first
      return nil
    }
    let third = text.end(of: \.isBase64URL, from: second + 1)
    guard third > second + 1, Self.isCredible(text[place + 3..<first]) else {
      noJWTBefore = first
      return nil
    }
    return Finding(range: place..<third, kind: "jwt")
  }

  /// A token of a known beginning and at least `least` bytes of a class behind it.
  private static func token(
    _ text: [UInt8], _ place: Int, _ prefix: Int, _ least: Int, _ kind: String,
    _ isBody: (UInt8) -> Bool
  ) -> Finding? {
    let end = text.end(of: isBody, from: place + prefix)
    guard end - place - prefix >= least, isCredible(text[place + prefix..<end]) else { return nil }
    return Finding(range: place..<end, kind: kind)
  }
}
