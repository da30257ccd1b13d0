public import Platform

/// The user's allowed-signers file, changed line by line: lines that are not ours stay as they are.
public struct TrustFile: Sendable {
  public let path: String
  private let files: FileSystem

  public init(path: String, files: FileSystem = FileSystem()) {
    self.path = path
    self.files = files
  }

  /// What is to be written for a key.
  public struct Entry: Sendable, Equatable {
    public var principal: String
    public var key: SSHPublicKey
    public var namespaces: [String]
    /// Unix seconds; nil: no lower limit.
    public var validAfter: Int64?
    /// Unix seconds; nil: no upper limit.
    public var validBefore: Int64?

    public init(
      principal: String, key: SSHPublicKey, namespaces: [String] = ["git"],
      validAfter: Int64? = nil, validBefore: Int64? = nil
    ) {
      self.principal = principal
      self.key = key
      self.namespaces = namespaces
      self.validAfter = validAfter
      self.validBefore = validBefore
    }
  }

  /// What `add` did.
  public enum Addition: String, Sendable {
    case added
    /// A line vouches for this key and principal already; the file was not touched.
    case alreadyThere = "already_there"
  }

  /// The file as it can be used; one that is not there believes nobody.
  ///
  /// Throws `allowed_signers_malformed`, and what the system says.
  public func read() throws(SigningError) -> AllowedSigners {
    try AllowedSigners(parsing: try bytes(), place: path)
  }

  /// Adds a line, unless the same key is there for the same principal.
  ///
  /// Throws `principal_invalid`, `key_type_unsupported` for certificates, and what the system says.
  @discardableResult
  public func add(_ entry: Entry) throws(SigningError) -> Addition {
    let line = try entry.line()
    return try locked { () throws(SigningError) in
      var text = try bytes()
      let known = try AllowedSigners(parsing: text, place: path)
      if known.lines.contains(where: {
        $0.key == entry.key && $0.principals.text == entry.principal && !$0.isAuthority
      }) {
        return .alreadyThere
      }
      if let last = text.last, last != 0x0A { text.append(0x0A) }
      try write(text + Array((line + "\n").utf8))
      return .added
    }
  }

  /// Removes the lines of a principal, or of a key by its fingerprint, and gives them.
  ///
  /// Throws `trust_entry_not_found`, and what the system says.
  @discardableResult
  public func remove(_ name: String) throws(SigningError) -> [AllowedSigners.Line] {
    try locked { () throws(SigningError) in
      let text = try bytes()
      let gone = try AllowedSigners(parsing: text, place: path).lines.filter {
        $0.principals.text == name || $0.key.fingerprint == name
      }
      guard !gone.isEmpty else {
        throw SigningError(
          .trustEntryNotFound, "no line is for \(name)", place: path,
          hint: "wf trust list shows the principals and fingerprints")
      }
      let numbers = Set(gone.map(\.number))
      var kept: [UInt8] = []
      for (index, line) in AllowedSigners.splitLines(text).enumerated()
      where !numbers.contains(index + 1) {
        kept.append(contentsOf: line)
        kept.append(0x0A)
      }
      try write(kept)
      return gone
    }
  }

  /// Ends the time of a key at `last`, in every line where it would go on; other lines stay.
  ///
  /// Throws `principal_invalid` for a line whose principals cannot be written again, and what the
  /// system says.
  public func retire(_ key: SSHPublicKey, at last: Int64) throws(SigningError) {
    try locked { () throws(SigningError) in
      let text = try bytes()
      try write(try Self.retiring(key, at: last, in: text, place: path))
    }
  }

  /// The text of an allowed-signers file in which a key ends at `last`.
  public static func retiring(
    _ key: SSHPublicKey, at last: Int64, in text: [UInt8], place: String?
  ) throws(SigningError) -> [UInt8] {
    let known = try AllowedSigners(parsing: text, place: place)
    var result: [UInt8] = []
    for (index, raw) in AllowedSigners.splitLines(text).enumerated() {
      if let line = known.lines.first(where: { $0.number == index + 1 }), line.key == key,
        !line.isAuthority, line.validBefore.map({ $0 > last }) ?? true
      {
        let entry = Entry(
          principal: line.principals.text, key: key,
          namespaces: line.namespaces?.positive ?? [], validAfter: line.validAfter,
          validBefore: last)
        result += Array(try entry.line().utf8)
      } else {
        result += raw
      }
      result.append(0x0A)
    }
    return result
  }

  /// The bytes of the file, to be given to others; empty where there is none.
  public func export() throws(SigningError) -> [UInt8] { try bytes() }

  private func bytes() throws(SigningError) -> [UInt8] {
    do throws(PlatformError) {
      return try files.readIfPresent(path, limit: AllowedSigners.maximumBytes) ?? []
    } catch {
      throw SigningError(error)
    }
  }

  private func write(_ bytes: [UInt8]) throws(SigningError) {
    guard bytes.count <= AllowedSigners.maximumBytes else {
      throw SigningError(
        .allowedSignersMalformed, "an allowed-signers file has at most 1 MiB", place: path)
    }
    do throws(PlatformError) {
      try files.write(bytes, to: path, .durable, mode: 0o600)
    } catch {
      throw SigningError(error)
    }
  }

  /// Two processes that add at once must not lose each other's line.
  private func locked<R>(_ body: () throws(SigningError) -> R) throws(SigningError) -> R {
    let lock: LockFile
    do throws(PlatformError) {
      try files.makeDirectories(Path.parent(path), mode: 0o700)
      lock = try files.lock(path, waiting: 10_000)
    } catch {
      throw SigningError(error)
    }
    defer { lock.release() }
    return try body()
  }
}

extension TrustFile.Entry {
  /// `PRINCIPAL namespaces="…",valid-after="…Z" TYPE BASE64`, dates always in UTC.
  ///
  /// Throws `principal_invalid`, `trust_entry_invalid`, `key_type_unsupported`.
  public func line() throws(SigningError) -> String {
    guard Self.isPlain(principal) else {
      throw SigningError(
        .principalInvalid,
        "a principal is printable and has no blank, quote or # in front", place: principal)
    }
    guard key.certificate == nil, !key.type.contains("-cert-v") else {
      throw SigningError(.keyTypeUnsupported, "a certificate is not a key to trust")
    }
    guard namespaces.allSatisfy({ Self.isPlain($0) && !$0.contains(",") && !$0.contains("\\") })
    else {
      throw SigningError(.trustEntryInvalid, "a namespace is a plain word")
    }
    if let after = validAfter, let before = validBefore, before <= after {
      throw SigningError(
        .trustEntryInvalid, "valid-before is not after valid-after", place: principal)
    }
    var options: [String] = []
    if !namespaces.isEmpty {
      options.append("namespaces=\"\(namespaces.joined(separator: ","))\"")
    }
    if let validAfter { options.append("valid-after=\"\(UTCTime(seconds: validAfter).compact)\"") }
    if let validBefore {
      options.append("valid-before=\"\(UTCTime(seconds: validBefore).compact)\"")
    }
    let middle = options.isEmpty ? "" : " " + options.joined(separator: ",")
    return principal + middle + " " + key.line()
  }

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "#") else { return false }
    return text.unicodeScalars.allSatisfy {
      $0.value > 0x20 && $0.value != 0x7F && $0 != "\"" && !$0.properties.isWhitespace
        && $0.properties.generalCategory != .control
    }
  }
}
