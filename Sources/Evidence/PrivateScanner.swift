/// Finds what names a machine or a person in a text: paths, hosts, e-mail, addresses (IMPORT §6).
enum PrivateScanner {
  struct Finding: Equatable {
    let range: Range<Int>
    let kind: Redactor.Kind
    /// The account name that a home folder gives away.
    var user: Range<Int>?
    /// Bytes scanned here that are to stay as they are when no range is redacted (rest of a URL).
    var resume: Int?
  }

  /// Hosts whose names say nothing about whoever wrote the text.
  static let publicHosts: Set<String> = [
    "huggingface.co", "github.com", "gitlab.com", "arxiv.org", "doi.org",
    "example.org", "example.com",
  ]

  /// The longest finding that begins at a place.
  static func finding(in text: [UInt8], at place: Int) -> Finding? {
    let byte = text[place]
    if let url = url(text, place) { return url }
    var best: Finding?
    func offer(_ other: Finding?) {
      guard let other else { return }
      if other.range.count > best?.range.count ?? 0 { best = other }
    }
    if byte == 0x2F || byte == 0x7E { offer(posixPath(text, place)) }
    if byte == 0x5C { offer(uncPath(text, place)) }
    if byte.isLetter { offer(drivePath(text, place)) }
    if byte.isHex || byte == 0x3A || byte == 0x5B { offer(address6(text, place)) }
    if byte.isDigit { offer(address4(text, place)) }
    if byte.isHex { offer(hardwareAddress(text, place)) }
    if isLocal(byte) { offer(mail(text, place)) }
    if byte.isAlphanumeric { offer(localHost(text, place)) }
    return best
  }

  // MARK: - Paths

  /// Whether a path may begin at a place: not inside of a word, of a relative path, or behind `<…>`.
  private static func isPathStart(_ text: [UInt8], _ place: Int) -> Bool {
    guard place > 0 else { return true }
    let before = text[place - 1]
    if before.isWord || before >= 0x80 { return false }
    switch before {
    case 0x2E, 0x2D, 0x2F, 0x7E, 0x3E, 0x25, 0x5C: return false
    default: return true
    }
  }

  /// The end of a path, without the full stop or colon of the sentence around it.
  private static func endOfPath(_ text: [UInt8], from start: Int) -> Int {
    var end = text.end(of: { !$0.endsToken && $0 != 0x3A }, from: start)
    while end > start, [0x2E, 0x21, 0x3F].contains(text[end - 1]) { end -= 1 }
    return end
  }

  private static func posixPath(_ text: [UInt8], _ place: Int) -> Finding? {
    guard isPathStart(text, place) else { return nil }
    let end = endOfPath(text, from: place)
    if text[place] == 0x7E {
      guard text.has("/", at: place + 1), end > place + 2 else { return nil }
      return Finding(range: place..<end, kind: .path)
    }
    guard place + 1 < end, text[place + 1] != 0x2F else { return nil }
    let parts = text[place..<end].split(separator: 0x2F)
    guard parts.count >= 2 else { return nil }
    let isHome = ["home", "Users"].contains(String(decoding: parts[0], as: UTF8.self))
    return Finding(
      range: place..<end, kind: .path, user: isHome ? parts[1].startIndex..<parts[1].endIndex : nil)
  }

  private static func drivePath(_ text: [UInt8], _ place: Int) -> Finding? {
    guard text.isWordStart(place), text.has(":\\", at: place + 1),
      !text.has("u{", at: place + 3)  // a control character that was made visible
    else { return nil }
    let end = endOfPath(text, from: place + 2)
    let parts = text[place + 2..<end].split(separator: 0x5C)
    guard let first = parts.first else { return nil }
    let isHome = parts.count >= 2 && String(decoding: first, as: UTF8.self) == "Users"
    return Finding(
      range: place..<end, kind: .path, user: isHome ? parts[1].startIndex..<parts[1].endIndex : nil)
  }

  private static func uncPath(_ text: [UInt8], _ place: Int) -> Finding? {
    guard isPathStart(text, place), text.has("\\\\", at: place) else { return nil }
    let end = endOfPath(text, from: place)
    guard text[place..<end].split(separator: 0x5C).count >= 2 else { return nil }
    return Finding(range: place..<end, kind: .path)
  }

  // MARK: - Hosts

  /// `file:` is a path; of other URLs only a host outside of the public ones goes.
  private static func url(_ text: [UInt8], _ place: Int) -> Finding? {
    guard text[place].isLetter, text.isWordStart(place) else { return nil }
    if text.hasFolded("file:/", at: place) {
      return Finding(range: place..<text.end(of: { !$0.endsToken }, from: place), kind: .path)
    }
    let scheme = text.end(of: \.isAlphanumeric, from: place)
    guard scheme - place >= 2, scheme - place < 32, text.has("://", at: scheme) else { return nil }
    let start = scheme + 3
    // A host that was redacted before is `<host:N>`; the rest still belongs to this URL.
    if let end = Redactor.endOfPlaceholder(text, start) {
      let rest = text.end(of: { !$0.endsToken }, from: end)
      return Finding(range: rest..<rest, kind: .host, resume: rest)
    }
    let end = text.end(of: { !$0.endsToken }, from: start)
    let authority = text[start..<end].firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 } ?? end
    let host = (text[start..<authority].lastIndex(of: 0x40)).map { $0 + 1 } ?? start
    let stop = text[host..<authority].firstIndex(of: 0x3A) ?? authority
    let name = String(decoding: text[host..<stop], as: UTF8.self).lowercased()
    let isNetwork = ["http", "https", "ftp", "ssh", "git", "ws", "wss", "grpc", "tcp", "redis"]
      .contains(String(decoding: text[place..<scheme], as: UTF8.self).lowercased())
    guard isNetwork, !name.isEmpty, !publicHosts.contains(name) else {
      return Finding(range: end..<end, kind: .host, resume: end)
    }
    let isAddress = address4(text, host)?.range.upperBound == stop
    return Finding(range: host..<stop, kind: isAddress ? .ip : .host, resume: end)
  }

  /// A name that ends in `.local`, `.internal` or `.lan`.
  private static func localHost(_ text: [UInt8], _ place: Int) -> Finding? {
    guard text.isWordStart(place), place == 0 || ![0x2D, 0x2E, 0x5F].contains(text[place - 1])
    else { return nil }
    var end = text.end(of: { $0.isBase64URL || $0 == 0x2E }, from: place)
    // The full stop of the sentence around it.
    while end > place, text[end - 1] == 0x2E { end -= 1 }
    for suffix: StaticString in [".local", ".internal", ".lan"]
    where end - place > suffix.utf8CodeUnitCount
      && text.hasFolded(suffix, at: end - suffix.utf8CodeUnitCount)
    {
      return Finding(range: place..<end, kind: .host)
    }
    return nil
  }

  // MARK: - Mail

  /// A letter, a digit, or one of ``!#$%&'*+/=?^_`{|}~.-`` (RFC 5322, atext and the dot).
  private static func isLocal(_ byte: UInt8) -> Bool {
    if byte.isAlphanumeric { return true }
    return switch byte {
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D...0x2F, 0x3D, 0x3F, 0x5E...0x60, 0x7B...0x7E: true
    default: false
    }
  }

  /// `dot-atom@domain`, or `user@host` where the host has no dot.
  private static func mail(_ text: [UInt8], _ place: Int) -> Finding? {
    guard place == 0 || !isLocal(text[place - 1]) else { return nil }
    let at = text.end(of: isLocal, from: place)
    guard at > place, at < text.count, text[at] == 0x40 else { return nil }
    var end = text.end(of: { $0.isBase64URL || $0 == 0x2E }, from: at + 1)
    while end > at + 1, text[end - 1] == 0x2E { end -= 1 }
    guard end > at + 1 else { return nil }
    if let dot = text[at + 1..<end].lastIndex(of: 0x2E) {
      // `suite@1.0` is a version; a domain ends in letters.
      return end - dot > 2 && text[(dot + 1)..<end].allSatisfy(\.isLetter)
        ? Finding(range: place..<end, kind: .email) : nil
    }
    guard text[at + 1].isLetter else { return nil }
    return Finding(range: at + 1..<end, kind: .host, user: place..<at)
  }

  // MARK: - Addresses

  private static func address4(_ text: [UInt8], _ place: Int) -> Finding? {
    guard place == 0 || !(text[place - 1].isBase64URL || text[place - 1] == 0x2E) else {
      return nil
    }
    var end = place
    for part in 0..<4 {
      if part > 0 {
        guard end < text.count, text[end] == 0x2E else { return nil }
        end += 1
      }
      let stop = text.end(of: \.isDigit, from: end)
      guard (1...3).contains(stop - end),
        text[end..<stop].reduce(0, { $0 * 10 + Int($1 - 0x30) }) <= 255
      else { return nil }
      end = stop
    }
    if end < text.count {
      let next = text[end]
      // A version such as 1.2.3.4-rc, a longer number, or a word is no address.
      if next.isBase64URL { return nil }
      if next == 0x2E, end + 1 < text.count, text[end + 1].isAlphanumeric { return nil }
    }
    return Finding(range: place..<end, kind: .ip)
  }

  private static func address6(_ text: [UInt8], _ place: Int) -> Finding? {
    guard place == 0 || !(text[place - 1].isWord || text[place - 1] == 0x3A) else { return nil }
    let isBracketed = text[place] == 0x5B
    let start = isBracketed ? place + 1 : place
    var end = text.end(of: { $0.isHex || $0 == 0x3A }, from: start)
    if end > start + 2, text[end - 1] == 0x3A, text[end - 2] != 0x3A { end -= 1 }
    guard isAddress6(text[start..<end]), end == text.count || !text[end].isWord else { return nil }
    if end < text.count, text[end] == 0x25 {  // zone
      end = text.end(of: { $0.isBase64URL || $0 == 0x2E }, from: end + 1)
    }
    guard isBracketed else { return Finding(range: start..<end, kind: .ip) }
    return text.has("]", at: end) ? Finding(range: place..<end + 1, kind: .ip) : nil
  }

  /// RFC 4291 §2.2: eight groups, or fewer with one `::`.
  private static func isAddress6(_ text: ArraySlice<UInt8>) -> Bool {
    let groups = text.split(separator: 0x3A, omittingEmptySubsequences: false)
    guard groups.allSatisfy({ $0.count <= 4 }) else { return false }
    let empty = groups.dropFirst().dropLast().filter(\.isEmpty).count
    let filled = groups.filter { !$0.isEmpty }.count
    if empty == 0 { return groups.count == 8 && filled == 8 }
    let edges = [groups.first, groups.last].filter { $0?.isEmpty == true }.count
    return empty == 1 && (1...7).contains(filled) && edges <= 1
  }

  private static func hardwareAddress(_ text: [UInt8], _ place: Int) -> Finding? {
    guard place == 0 || !(text[place - 1].isBase64URL || text[place - 1] == 0x3A),
      place + 17 <= text.count, [0x3A, 0x2D].contains(text[place + 2])
    else { return nil }
    for offset in 0..<17 {
      let byte = text[place + offset]
      guard offset % 3 == 2 ? byte == text[place + 2] : byte.isHex else { return nil }
    }
    if place + 17 < text.count, text[place + 17].isBase64URL || text[place + 17] == 0x3A {
      return nil
    }
    return Finding(range: place..<place + 17, kind: .id)
  }
}
