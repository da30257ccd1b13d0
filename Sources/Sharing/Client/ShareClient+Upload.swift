internal import Evidence
public import JSON
internal import Platform
internal import WebExchange

/// A file of a package that is about to leave.
public struct OutgoingFile: Sendable, Equatable {
  public let name: SharedName
  public let path: String
  public let size: Int
  /// `sha256:…` of the bytes.
  public let digest: String

  public init(name: SharedName, path: String, size: Int, digest: String) {
    self.name = name
    self.path = path
    self.size = size
    self.digest = digest
  }

  public var json: JSONValue {
    [
      "name": .string(name.rawValue), "size": .number(JSONNumber(Int64(size))),
      "digest": .string(digest),
    ]
  }
}

/// How a package is signed, as a server is told: the backend, and the publisher's own configuration.
public struct SigningWord: Sendable {
  let backend: Backend
  let config: JSONValue

  /// - Parameter config: the bytes of the configuration file.
  public init(_ backend: Backend, config: [UInt8]) {
    self.backend = backend
    self.config = (try? JSONValue.parse(config)) ?? .null
  }

  var json: JSONValue { ["backend": .string(backend.rawValue), "config": config] }
}

/// What became of an upload.
public struct UploadedArtifact: Sendable, Equatable {
  public let artifactID: String
  /// Bytes of files that the server did not have yet.
  public let bytesSent: Int
}

extension ShareClient {
  /// Tells the server of a run by the name that it has at home, which it keeps as a keyed hash.
  ///
  /// - Returns: the `cloud_run_id`, the same for the same name.
  public func registerRun(_ clientRunID: String) throws -> String {
    try text(
      "cloud_run_id",
      of: try call(
        "POST", "/api/sync/runs", ["client_run_id": .string(clientRunID)],
        idempotencyKey: Self.key("run", [key, clientRunID])))
  }

  /// Sends what the server lacks of a package, and lets it verify the whole.
  ///
  /// A file that arrived in an earlier attempt is not sent again.
  ///
  /// - Parameters:
  ///   - run: the `cloud_run_id`.
  ///   - progress: told how many bytes of how many have been sent.
  public func upload(
    _ files: [OutgoingFile], manifestDigest: String, run: String, signing: SigningWord,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> UploadedArtifact {
    let begun = try call(
      "POST", "/api/sync/runs/\(run)/artifacts",
      [
        "kind": "evidence_package", "manifest_digest": .string(manifestDigest),
        "members": .array(files.map(\.json)),
      ], idempotencyKey: Self.key("artifact", [key, run, manifestDigest] + files.map(\.digest)))
    let artifact = try id("artifact_id", of: begun)
    let missing = Set((begun["missing"]?.array ?? []).compactMap(\.string))
    let wanted = files.filter { missing.contains($0.name.rawValue) }
    let total = wanted.reduce(0) { $0 + $1.size }
    var sent = 0
    for file in wanted {
      try put(file, to: artifact)
      sent += file.size
      progress(sent, total)
    }
    _ = try call(
      "POST", "/api/artifacts/\(artifact)/commit", ["signing": signing.json],
      idempotencyKey: Self.key("commit", [key, artifact]))
    return UploadedArtifact(artifactID: artifact, bytesSent: sent)
  }

  private func put(_ file: OutgoingFile, to artifact: String) throws {
    let digest = Digest.hex(of: file.digest).flatMap { Hex.decode($0) } ?? []
    let name = file.name.rawValue.split(separator: "/").joined(separator: "%2F")
    _ = try exchange(
      "PUT", "/api/artifacts/\(artifact)/members/\(name)",
      [
        ("content-type", "application/octet-stream"),
        ("content-digest", "sha-256=:\(Base64.encode(digest)):"),
      ], .file(file.path), isRepeatable: true)
  }

  /// The same for the same words, and nobody's guess, since the API key is among them.
  static func key(_ use: String, _ words: [String]) -> String {
    let text = ([use] + words).map { "\($0.utf8.count):\($0)" }.joined()
    return "wf-" + Hex.encode(Digest.raw(of: Array(text.utf8)))
  }

  /// A text that an answer must have.
  func text(_ name: String, of answer: JSONValue) throws -> String {
    guard let text = answer[name]?.string else {
      throw ShareRefusal(
        reason: "answer_malformed", status: 200, detail: "no \(name)", requestID: nil)
    }
    return text
  }

  /// An id that is fit to stand in a path.
  func id(_ name: String, of answer: JSONValue) throws -> String {
    let text = try text(name, of: answer)
    guard ShareClient.isID(text) else {
      throw ShareRefusal(
        reason: "answer_malformed", status: 200, detail: "\(name) is no id", requestID: nil)
    }
    return text
  }

  /// Whether a text can be an id of the server: letters, digits, `_` and `-`.
  public static func isID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && isWord(text)
  }

  /// Whether a text is of the characters that ids, tokens and API keys are made of.
  public static func isWord(_ text: String) -> Bool {
    text.utf8.allSatisfy {
      (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
    }
  }

  /// Whether a text is a UUID in lower case.
  public static func isUUID(_ text: String) -> Bool {
    text.split(separator: "-", omittingEmptySubsequences: false).map(\.utf8.count) == [
      8, 4, 4, 4, 12,
    ]
      && text.utf8.allSatisfy { $0 == 0x2D || Hex.value($0) != nil }
  }
}
