internal import Platform

/// Whom to believe: the lines of an allowed-signers file (ssh-keygen(1), "ALLOWED SIGNERS").
public struct AllowedSigners: Sendable, Equatable {
  /// A line that says something.
  public struct Line: Sendable, Equatable {
    /// From 1.
    public let number: Int
    public let principals: PatternList
    /// Accepts certificates by this key, and only those.
    public let isAuthority: Bool
    /// nil: every namespace.
    public let namespaces: PatternList?
    /// Unix seconds, the first good second.
    public let validAfter: Int64?
    /// Unix seconds, the last good second.
    public let validBefore: Int64?
    public let key: SSHPublicKey
    public let comment: String
  }

  /// A line that was passed over.
  public struct Warning: Sendable, Equatable, CustomStringConvertible {
    public let line: Int
    public let message: String
    public var description: String { "line \(line): \(message)" }
  }

  public let lines: [Line]
  public let warnings: [Warning]

  /// The largest file that is read.
  public static let maximumBytes = 1 << 20
  /// A file that believes nobody.
  public static let empty = AllowedSigners(lines: [], warnings: [])

  private init(lines: [Line], warnings: [Warning]) {
    self.lines = lines
    self.warnings = warnings
  }

  /// Reads a file's bytes; lines with faults are passed over with a warning that names them.
  ///
  /// Throws `allowed_signers_malformed` over 1 MiB. Dates without `Z` are in `zone`.
  public init(
    parsing bytes: [UInt8], place: String? = nil, zone: TimeZoneRule = .local
  ) throws(SigningError) {
    guard bytes.count <= Self.maximumBytes else {
      throw SigningError(
        .allowedSignersMalformed, "an allowed-signers file has at most 1 MiB", place: place)
    }
    var lines: [Line] = []
    var warnings: [Warning] = []
    for (index, raw) in Self.splitLines(bytes).enumerated() {
      do throws(LineFault) {
        guard let line = try AllowedSignersLine.parse(raw, number: index + 1, zone: zone) else {
          continue
        }
        lines.append(line)
      } catch {
        warnings.append(Warning(line: index + 1, message: error.message))
      }
    }
    self.lines = lines
    self.warnings = warnings
  }

  /// These lines and, behind them, another file's.
  public func adding(_ other: AllowedSigners) -> AllowedSigners {
    AllowedSigners(lines: lines + other.lines, warnings: warnings)
  }

  static func splitLines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}

/// Why a line is passed over.
struct LineFault: Error {
  let message: String
}

/// Reads one line: principals [options] keytype base64 [comment].
enum AllowedSignersLine {
  /// nil for blank lines and comments.
  static func parse(
    _ raw: ArraySlice<UInt8>, number: Int, zone: TimeZoneRule
  ) throws(LineFault) -> AllowedSigners.Line? {
    var raw = raw
    if raw.last == 0x0D { raw = raw.dropLast() }
    raw = raw.drop(while: isBlank)
    guard let first = raw.first, first != UInt8(ascii: "#") else { return nil }
    guard let text = String(validating: raw, as: UTF8.self), !raw.contains(0) else {
      throw LineFault(message: "the line is not UTF-8 text")
    }
    var rest = Array(text.utf8)[...]
    let principals = try takePrincipals(&rest)
    rest = rest.drop(while: isBlank)
    var options = Options()
    if !isKeyType(rest.prefix { !isBlank($0) }) {
      let field = optionsField(rest)
      options = try Options(field, zone: zone)
      rest = rest.dropFirst(field.count).drop(while: isBlank)
    }
    let (key, comment) = try takeKey(rest)
    return AllowedSigners.Line(
      number: number, principals: PatternList(principals), isAuthority: options.isAuthority,
      namespaces: options.namespaces.map(PatternList.init), validAfter: options.validAfter,
      validBefore: options.validBefore, key: key, comment: comment)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func takePrincipals(_ rest: inout ArraySlice<UInt8>) throws(LineFault) -> String {
    let field: ArraySlice<UInt8>
    if rest.first == UInt8(ascii: "\"") {
      rest = rest.dropFirst()
      guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else {
        throw LineFault(message: "the quote around the principals is not closed")
      }
      field = rest[..<end]
      rest = rest[(end + 1)...]
      guard rest.first.map(isBlank) ?? true else {
        throw LineFault(message: "something follows the quote around the principals")
      }
    } else {
      field = rest.prefix { !isBlank($0) }
      rest = rest.dropFirst(field.count)
      guard !field.contains(UInt8(ascii: "\"")) else {
        throw LineFault(message: "a quote stands inside the principals")
      }
    }
    guard !field.isEmpty else { throw LineFault(message: "the line names no principal") }
    return String(decoding: field, as: UTF8.self)
  }

  private static func takeKey(
    _ rest: ArraySlice<UInt8>
  ) throws(LineFault) -> (SSHPublicKey, String) {
    do throws(SigningError) {
      let (key, comment) = try SSHPublicKey.parse(line: String(decoding: rest, as: UTF8.self))
      guard !key.type.contains("-cert-v") else {
        throw SigningError(.keyMalformed, "a certificate stands where a key belongs")
      }
      return (key, comment)
    } catch {
      throw LineFault(message: error.message)
    }
  }

  private static func isKeyType(_ word: ArraySlice<UInt8>) -> Bool {
    let word = String(decoding: word, as: UTF8.self)
    return ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"].contains { word.hasPrefix($0) }
  }

  /// Up to the first blank that is outside of quotes.
  private static func optionsField(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var isQuoted = false
    var index = rest.startIndex
    while index < rest.endIndex, isQuoted || !isBlank(rest[index]) {
      if rest[index] == UInt8(ascii: "\\"), index + 1 < rest.endIndex,
        rest[index + 1] == UInt8(ascii: "\"")
      {
        index += 1
      } else if rest[index] == UInt8(ascii: "\"") {
        isQuoted.toggle()
      }
      index += 1
    }
    return rest[..<index]
  }
}

extension AllowedSignersLine {
  /// What stands between principals and key.
  private struct Options {
    var isAuthority = false
    var namespaces: String?
    var validAfter: Int64?
    var validBefore: Int64?

    init() {}

    init(_ field: ArraySlice<UInt8>, zone: TimeZoneRule) throws(LineFault) {
      var rest = field
      repeat {
        let name = String(
          decoding: rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ",") },
          as: UTF8.self)
        rest = rest.dropFirst(name.utf8.count)
        var value: String?
        if rest.first == UInt8(ascii: "=") {
          rest = rest.dropFirst()
          value = try Self.takeQuoted(&rest)
        }
        try set(name.lowercased(), value, zone)
        guard let comma = rest.first else { return }
        guard comma == UInt8(ascii: ",") else {
          throw LineFault(message: "a comma belongs between two options")
        }
        rest = rest.dropFirst()
      } while true
    }

    private mutating func set(
      _ name: String, _ value: String?, _ zone: TimeZoneRule
    ) throws(LineFault) {
      switch (name, value) {
      case ("cert-authority", nil):
        guard !isAuthority else { throw LineFault(message: "cert-authority stands twice") }
        isAuthority = true
      case ("namespaces", let value?):
        guard namespaces == nil else { throw LineFault(message: "namespaces stands twice") }
        namespaces = value
      case ("valid-after", let value?):
        guard validAfter == nil else { throw LineFault(message: "valid-after stands twice") }
        validAfter = try Self.date(value, zone)
      case ("valid-before", let value?):
        guard validBefore == nil else { throw LineFault(message: "valid-before stands twice") }
        validBefore = try Self.date(value, zone)
      default:
        throw LineFault(message: "unknown option, or one without its value")
      }
      if let after = validAfter, let before = validBefore, before <= after {
        throw LineFault(message: "valid-before is not after valid-after")
      }
    }

    private static func date(_ text: String, _ zone: TimeZoneRule) throws(LineFault) -> Int64 {
      guard let seconds = OptionDate.parse(text, zone: zone) else {
        throw LineFault(message: "a date is YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, and Z")
      }
      return seconds
    }

    private static func takeQuoted(_ rest: inout ArraySlice<UInt8>) throws(LineFault) -> String {
      guard rest.first == UInt8(ascii: "\"") else {
        throw LineFault(message: "the value of an option stands in double quotes")
      }
      rest = rest.dropFirst()
      var value: [UInt8] = []
      while let byte = rest.first {
        rest = rest.dropFirst()
        if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "\"") {
          value.append(UInt8(ascii: "\""))
          rest = rest.dropFirst()
        } else if byte == UInt8(ascii: "\"") {
          return String(decoding: value, as: UTF8.self)
        } else {
          value.append(byte)
        }
      }
      throw LineFault(message: "the quote around an option's value is not closed")
    }
  }
}
