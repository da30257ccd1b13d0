/// Takes secrets and what names a machine or a person out of texts (IMPORT §5 and §6).
///
/// One redactor serves one package or report: equal values get equal numbers, in order of
/// appearance, so that structure stays visible. Redacting a redacted text changes nothing.
public struct Redactor: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case path, host, user, email, ip, id, secret
    case signedURL = "signed_url"
  }

  private var numbers: [Kind: [String: Int]] = [:]
  /// Account names seen in home folders, which are taken out wherever they stand as a word.
  private var users: [[UInt8]] = []
  private let folder: [UInt8]?

  /// - Parameter runFolder: absolute path of the run; of paths below it the relative part stays.
  public init(runFolder: String? = nil) {
    folder = runFolder.map { Array($0.utf8) }
  }

  /// The text without what must not leave the reader, and how often each kind was found.
  ///
  /// - Parameter field: name of the field the text comes from; `host`, `hostname`, `node` and
  ///   `serial…` are private as a whole.
  public mutating func redact(
    _ text: String, field: String? = nil
  ) -> (text: String, counts: RedactionCounts) {
    var counts = RedactionCounts()
    let bytes = Array(text.utf8)
    if let kind = Self.kind(ofField: field), !bytes.isEmpty, Self.endOfPlaceholder(bytes, 0) == nil
    {
      counts.count(kind)
      return (placeholder(kind, text), counts)
    }
    // What was taken out may leave something behind that only now stands by itself, so the passes go
    // on until nothing changes. Each one has fewer bytes outside of placeholders, so there is an end.
    var result = bytes
    while true {
      var next = redacted(result, &counts)
      if !users.isEmpty { next = withoutUsers(next, &counts) }
      next = Self.withVisibleControls(next)
      if next == result { return (String(decoding: result, as: UTF8.self), counts) }
      result = next
    }
  }

  /// Takes note of account names in a text that will come later, so that they go from earlier ones.
  public mutating func learn(from text: String) {
    // Account names stand behind these folders only; most texts of a report name neither.
    let bytes = Array(text.utf8)
    guard bytes.first("home", from: 0) != nil || bytes.first("Users", from: 0) != nil else {
      return
    }
    var scratch = self
    _ = scratch.redact(text)
    users = scratch.users
  }

  /// The text with `<secret:KIND>` for each credential, and everything else as it is: for what the
  /// user's own screen shows.
  public static func withoutSecrets(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var place = 0
    for secret in SecretScanner.findings(in: bytes) where secret.range.lowerBound >= place {
      result += bytes[place..<secret.range.lowerBound]
      result.append(text: "<secret:\(secret.kind)>")
      place = secret.range.upperBound
    }
    return place == 0 ? text : String(decoding: result + bytes[place...], as: UTF8.self)
  }

  /// Whether a text holds a credential.
  public static func findsSecret(_ text: String) -> Bool {
    SecretScanner.hasFinding(Array(text.utf8))
  }

  /// Whether a text, as UTF-8, holds a credential.
  static func findsSecret(_ bytes: [UInt8]) -> Bool { SecretScanner.hasFinding(bytes) }

  /// Whether a text of a public member would have to be redacted: secrets, paths, mail, addresses.
  public static func findsPrivate(_ text: String) -> Bool {
    var probe = Redactor()
    let counts = probe.redact(text).counts
    return counts.path + counts.email + counts.ip + counts.secret + counts.signedURL > 0
  }

  /// How many placeholders of a redactor a text holds.
  public static func placeholders(in text: [UInt8]) -> Int {
    var count = 0
    var place = 0
    while place < text.count {
      if let end = endOfPlaceholder(text, place) {
        count += 1
        place = end
      } else {
        place += 1
      }
    }
    return count
  }

  // MARK: - Passes

  private mutating func redacted(_ text: [UInt8], _ counts: inout RedactionCounts) -> [UInt8] {
    let secrets = SecretScanner.findings(in: text)
    var next = secrets[...]
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      if let secret = next.first, secret.range.lowerBound <= place {
        counts.count(secret.kind == "signed_url" ? .signedURL : .secret)
        result.append(text: "<secret:\(secret.kind)>")
        place = secret.range.upperBound
        next = next.dropFirst()
        continue
      }
      if let end = Self.endOfPlaceholder(text, place) {
        result.append(contentsOf: text[place..<end])
        place = end
        continue
      }
      let limit = next.first?.range.lowerBound ?? text.count
      guard let found = PrivateScanner.finding(in: text, at: place),
        found.range.upperBound <= limit, found.resume ?? 0 <= limit
      else {
        result.append(text[place])
        place += 1
        continue
      }
      replace(found, in: text, from: place, into: &result, &counts)
      place = max(found.resume ?? 0, found.range.upperBound)
    }
    return result
  }

  private mutating func replace(
    _ found: PrivateScanner.Finding, in text: [UInt8], from place: Int, into result: inout [UInt8],
    _ counts: inout RedactionCounts
  ) {
    if found.kind == .host, let user = found.user {  // user@host
      counts.count(.user)
      result.append(text: placeholder(.user, String(decoding: text[user], as: UTF8.self)) + "@")
    } else {
      result.append(contentsOf: text[place..<found.range.lowerBound])
    }
    if !found.range.isEmpty {
      counts.count(found.kind)
      var range = found.range
      if found.kind == .path, let inner = relativePart(text, range) {
        range = range.lowerBound..<inner
      }
      result.append(
        text: placeholder(found.kind, String(decoding: text[range], as: UTF8.self)))
      result.append(contentsOf: text[range.upperBound..<found.range.upperBound])
    }
    if let resume = found.resume, resume > found.range.upperBound {
      result.append(contentsOf: text[found.range.upperBound..<resume])
    }
    if found.kind == .path, let user = found.user { remember(Array(text[user])) }
  }

  /// Where the path of the run folder ends in a path below it.
  private func relativePart(_ text: [UInt8], _ range: Range<Int>) -> Int? {
    guard let folder, range.count > folder.count, text[range].starts(with: folder),
      text[range.lowerBound + folder.count] == 0x2F
    else { return nil }
    return range.lowerBound + folder.count
  }

  private mutating func remember(_ user: [UInt8]) {
    // One letter or a placeholder would take apart ordinary text.
    guard user.count >= 2, user.allSatisfy({ $0.isBase64URL || $0 == 0x2E || $0 >= 0x80 }),
      !users.contains(user)
    else { return }
    users.append(user)
  }

  private mutating func withoutUsers(
    _ text: [UInt8], _ counts: inout RedactionCounts
  ) -> [UInt8] {
    var result: [UInt8] = []
    var place = 0
    while place < text.count {
      if let end = Self.endOfPlaceholder(text, place) {
        result.append(contentsOf: text[place..<end])
        place = end
      } else if let user = users.first(where: { isWord($0, in: text, at: place) }) {
        counts.count(.user)
        result.append(text: placeholder(.user, String(decoding: user, as: UTF8.self)))
        place += user.count
      } else {
        result.append(text[place])
        place += 1
      }
    }
    return result
  }

  private func isWord(_ user: [UInt8], in text: [UInt8], at place: Int) -> Bool {
    guard text[place] == user[0], text[place...].starts(with: user) else { return false }
    let end = place + user.count
    return (place == 0 || !text[place - 1].isWord) && (end == text.count || !text[end].isWord)
  }

  mutating func placeholder(_ kind: Kind, _ value: String) -> String {
    let number = numbers[kind]?[value] ?? (numbers[kind]?.count ?? 0) + 1
    numbers[kind, default: [:]][value] = number
    return "<\(kind.rawValue):\(number)>"
  }

  // MARK: - Texts

  private static func kind(ofField field: String?) -> Kind? {
    guard let field else { return nil }
    if ["host", "hostname", "node"].contains(field) { return .host }
    return field.hasPrefix("serial") ? .id : nil
  }

  /// The end of a `<kind:N>` or `<secret:KIND>` that begins at a place.
  static func endOfPlaceholder(_ text: [UInt8], _ place: Int) -> Int? {
    guard place < text.count, text[place] == 0x3C else { return nil }
    let colon = text.end(of: { $0.isLetter || $0 == 0x5F }, from: place + 1)
    guard colon < text.count, text[colon] == 0x3A,
      Kind(rawValue: String(decoding: text[place + 1..<colon], as: UTF8.self)) != nil
    else { return nil }
    let end = text.end(of: \.isWord, from: colon + 1)
    return end > colon + 1 && end < text.count && text[end] == 0x3E ? end + 1 : nil
  }

  /// Control characters and bidi overrides as `\u{…}`.
  private static func withVisibleControls(_ bytes: [UInt8]) -> [UInt8] {
    // Controls are below 0x20 or 0x7F; the others that are hidden begin with C2, D8 or E2.
    guard
      bytes.contains(where: {
        $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 || $0 == 0xD8 || $0 == 0xE2
      })
    else { return bytes }
    let text = String(decoding: bytes, as: UTF8.self)
    var result = ""
    for scalar in text.unicodeScalars {
      if isHidden(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return Array(result.utf8)
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
