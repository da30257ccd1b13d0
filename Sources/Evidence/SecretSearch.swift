/// Looks for credentials in whole files (IMPORT §5); what it gives back holds none of them.
///
/// Values are known only by a keyed digest under a key of one report, so that equal ones can be seen
/// and none can be guessed by trying.
public struct SecretSearch: Sendable {
  /// What kind of text a file is, as far as the search is concerned.
  public struct Content: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Strings with escapes are looked at decoded, too.
    public static let json = Content(rawValue: 1)
    /// Only kinds that are known by their beginning are looked for.
    public static let binary = Content(rawValue: 2)
    /// Lines are `NAME=value`.
    public static let environment = Content(rawValue: 4)
    /// Words are those of a netrc file.
    public static let netrc = Content(rawValue: 8)
  }

  public struct Finding: Sendable, Equatable {
    /// A word of IMPORT §5.
    public let kind: String
    /// Where it begins, from 1; nil where lines mean nothing.
    public let line: Int?
    /// Bytes of the value.
    public let length: Int
    /// `hmac-sha256:` and 32 hex digits.
    public let keyedDigest: String

    /// The same, found in a piece whose lines are not counted.
    public var withoutLine: Finding {
      Finding(kind: kind, line: nil, length: length, keyedDigest: keyedDigest)
    }
  }

  private let key: Salt

  /// - Parameter key: bytes of one report; nothing else is keyed with them.
  public init(key: [UInt8]) { self.key = Salt(bytes: key) }

  /// Every kind and value once, in order of place.
  public func findings(in bytes: [UInt8], _ content: Content = []) -> [Finding] {
    var places = SecretScanner.findings(in: bytes)
    if content.contains(.binary) { places = places.filter { Self.prefixKinds.contains($0.kind) } }
    if content.contains(.environment) {
      places = Self.joined(places, Self.assignments(in: bytes))
    }
    if content.contains(.netrc) { places = Self.joined(places, Self.netrcPasswords(in: bytes)) }
    var collector = Collector(key: key, bytes: bytes, hasLines: !content.contains(.binary))
    for place in places {
      // The same value stands in a JSON text with its escapes and is found decoded once more.
      let value =
        content.contains(.json) ? Self.decoded(place.range, in: bytes) : Array(bytes[place.range])
      collector.add(place.kind, value, at: place.range.lowerBound)
    }
    if content.contains(.json), bytes.contains(0x5C) {
      collector.rewind()
      JSONStrings.forEachEscaped(in: bytes) { place, text in
        for inner in SecretScanner.findings(in: text) {
          collector.add(inner.kind, Array(text[inner.range]), at: place)
        }
      }
    }
    return collector.findings
  }

  /// A value without the escapes of JSON; one whose first letter is that of an escape, as in
  /// `\nhttps:`, loses it.
  private static func decoded(_ range: Range<Int>, in bytes: [UInt8]) -> [UInt8] {
    let start = range.lowerBound
    guard start > 0, bytes[start - 1] == 0x5C else {
      return JSONStrings.decoded(Array(bytes[range]))
    }
    let whole = JSONStrings.decoded(Array(bytes[start - 1..<range.upperBound]))
    return Array(whole.drop { $0 < 0x21 })
  }

  /// Keeps each kind and value once and counts lines on the way, places being given in order.
  private struct Collector {
    let key: Salt
    let bytes: [UInt8]
    let hasLines: Bool
    private var seen = Set<String>()
    private var found: [(place: Int, finding: Finding)] = []
    private var counted = 0
    private var line = 1

    init(key: Salt, bytes: [UInt8], hasLines: Bool) {
      self.key = key
      self.bytes = bytes
      self.hasLines = hasLines
    }

    mutating func add(_ kind: String, _ value: [UInt8], at place: Int) {
      let digest = key.keyedDigest(label: kind, data: value)
      guard seen.insert(kind + digest).inserted else { return }
      if hasLines, place > counted {
        line += bytes[counted..<place].count { $0 == 0x0A }
        counted = place
      }
      let finding = Finding(
        kind: kind, line: hasLines ? line : nil, length: value.count, keyedDigest: digest)
      found.append((place, finding))
    }

    mutating func rewind() {
      counted = 0
      line = 1
    }

    var findings: [Finding] { found.sorted { $0.place < $1.place }.map(\.finding) }
  }

  /// Kinds that a name gives away: that of a file whose name itself is a token.
  public func findings(inName name: String) -> [Finding] {
    findings(in: Array(name.utf8)).map {
      Finding(kind: $0.kind, line: nil, length: $0.length, keyedDigest: $0.keyedDigest)
    }
  }

  private static let prefixKinds: Set<String> = [
    "ssh_private_key", "private_key", "worldflux_api_key", "hf_token", "github_token",
    "openai_key", "anthropic_key", "google_api_key", "slack_token", "jwt", "aws_access_key_id",
  ]

  /// Findings of both lists, without those of the second that the first has claimed.
  private static func joined(
    _ claimed: [SecretScanner.Finding], _ others: [SecretScanner.Finding]
  ) -> [SecretScanner.Finding] {
    var result = claimed
    var next = 0
    for other in others {
      while next < claimed.count, claimed[next].range.upperBound <= other.range.lowerBound {
        next += 1
      }
      if next < claimed.count, claimed[next].range.overlaps(other.range) { continue }
      result.append(other)
    }
    return result.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }
}

// MARK: - Files of names and passwords

extension SecretSearch {
  /// `NAME=value` lines whose name says that the value is a secret.
  static func assignments(in bytes: [UInt8]) -> [SecretScanner.Finding] {
    bytes.split(separator: 0x0A).compactMap(assignment)
  }

  private static func assignment(_ line: ArraySlice<UInt8>) -> SecretScanner.Finding? {
    guard let equals = line.firstIndex(of: 0x3D) else { return nil }
    let name = String(decoding: line[..<equals].map(\.upperCase), as: UTF8.self)
    guard secretNames.contains(where: { name.contains($0) }) else { return nil }
    var value = line[line.index(after: equals)...]
    while let last = value.last, last.isSpace { value = value.dropLast() }
    while let first = value.first, first.isSpace { value = value.dropFirst() }
    if let quote = value.first, quote == 0x22 || quote == 0x27 {
      value = value.dropFirst()
      if let end = value.firstIndex(of: quote) { value = value[..<end] }
    }
    guard value.count >= 8, SecretScanner.isCredible(value) else { return nil }
    return SecretScanner.Finding(range: value.startIndex..<value.endIndex, kind: "env_assignment")
  }

  private static let secretNames = [
    "TOKEN", "SECRET", "PASSWORD", "PASSWD", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY", "CREDENTIAL",
  ]

  /// The word behind each `password`.
  static func netrcPasswords(in bytes: [UInt8]) -> [SecretScanner.Finding] {
    let words = bytes.split(whereSeparator: \.isSpace)
    return zip(words, words.dropFirst()).compactMap { name, value in
      guard name.elementsEqual("password".utf8), SecretScanner.isCredible(value) else {
        return nil
      }
      return SecretScanner.Finding(
        range: value.startIndex..<value.endIndex, kind: "netrc_password")
    }
  }
}

extension UInt8 {
  fileprivate var upperCase: UInt8 { (self &- 0x61) < 26 ? self & 0xDF : self }
}
