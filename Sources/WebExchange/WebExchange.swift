public import JSON
public import Platform

/// One request over http or https, as `wf` asks `wf-net` for it: a line of JSON.
///
/// Secrets are in it and so on standard input alone, where no list of processes shows them.
public struct WebRequest: Sendable, Equatable {
  public enum Body: Sendable, Equatable {
    case none
    case bytes([UInt8])
    /// Read from this path while it is sent.
    case file(String)
  }

  public static let schema = "wf.net_request/1"

  public var method: String
  public var url: String
  public var headers: [(name: String, value: String)]
  public var body: Body
  /// A file of certificates (PEM) that are believed instead of the system's.
  public var authorities: String?
  /// Bytes of an answer, at most.
  public var responseLimit: Int
  /// For the whole exchange.
  public var seconds: Int

  public init(
    method: String, url: String, headers: [(name: String, value: String)] = [],
    body: Body = .none, authorities: String? = nil, responseLimit: Int = 1 << 20,
    seconds: Int = 300
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.authorities = authorities
    self.responseLimit = responseLimit
    self.seconds = seconds
  }

  public static func == (one: Self, other: Self) -> Bool { one.json == other.json }

  public var json: JSONValue {
    var object: JSONObject = [
      "schema": .string(Self.schema), "method": .string(method), "url": .string(url),
      "headers": .array(headers.map { [.string($0.name), .string($0.value)] }),
      "authorities": authorities.map { .string($0) } ?? .null,
      "response_limit": .number(JSONNumber(Int64(responseLimit))),
      "seconds": .number(JSONNumber(Int64(seconds))),
    ]
    switch body {
    case .none: break
    case .bytes(let bytes): object["body"] = .string(Base64.encode(bytes))
    case .file(let path): object["body_file"] = .string(path)
    }
    return .object(object)
  }

  /// nil for what is no such request.
  public init?(_ json: JSONValue) {
    guard json["schema"]?.string == Self.schema, let method = json["method"]?.string,
      let url = json["url"]?.string, let rows = json["headers"]?.array,
      let limit = json["response_limit"]?.int, (0...(1 << 30)).contains(limit),
      let seconds = json["seconds"]?.int, (1...86_400).contains(seconds)
    else { return nil }
    var headers: [(name: String, value: String)] = []
    for row in rows {
      guard let pair = row.array, pair.count == 2, let name = pair[0].string,
        let value = pair[1].string
      else { return nil }
      headers.append((name, value))
    }
    var body = Body.none
    if let path = json["body_file"]?.string { body = .file(path) }
    if let text = json["body"]?.string {
      guard let bytes = Base64.decode(text) else { return nil }
      body = .bytes(bytes)
    }
    self.init(
      method: method, url: url, headers: headers, body: body,
      authorities: json["authorities"]?.string, responseLimit: Int(limit), seconds: Int(seconds))
  }
}

/// What the other side answered, whatever its status.
public struct WebAnswer: Sendable {
  public static let schema = "wf.net_answer/1"

  public let status: Int
  /// Names in lower case.
  public let headers: [(name: String, value: String)]
  public let body: [UInt8]

  public init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first header of a name in lower case.
  public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  public var json: JSONValue {
    [
      "schema": .string(Self.schema), "status": .number(JSONNumber(Int64(status))),
      "headers": .array(headers.map { [.string($0.name), .string($0.value)] }),
      "body": .string(Base64.encode(body)),
    ]
  }

  public init?(_ json: JSONValue) {
    guard json["schema"]?.string == Self.schema, let status = json["status"]?.int,
      let rows = json["headers"]?.array,
      let body = json["body"]?.string.flatMap({ Base64.decode($0) })
    else { return nil }
    let headers = rows.compactMap { row -> (name: String, value: String)? in
      guard let name = row.array?.first?.string, let value = row.array?.last?.string else {
        return nil
      }
      return (name, value)
    }
    self.init(status: Int(status), headers: headers, body: body)
  }
}

/// Why there was no answer, as `wf-net` tells it.
public struct WebTrouble: Failure, Equatable {
  public static let schema = "wf.net_failure/1"

  public let kind: FailureKind
  public let reason: String
  public let message: String
  public let place: String?
  public let hint: String?

  public init(
    kind: FailureKind, reason: String, message: String, place: String? = nil, hint: String? = nil
  ) {
    self.kind = kind
    self.reason = reason
    self.message = message
    self.place = place
    self.hint = hint
  }

  public init(_ failure: any Failure) {
    self.init(
      kind: failure.kind, reason: failure.reason, message: failure.message, place: failure.place,
      hint: failure.hint)
  }

  public var json: JSONValue {
    let word = Self.kinds.first { $0.kind == kind }?.word ?? "network"
    return [
      "schema": .string(Self.schema), "kind": .string(word), "reason": .string(reason),
      "message": .string(message), "place": place.map { .string($0) } ?? .null,
      "hint": hint.map { .string($0) } ?? .null,
    ]
  }

  public init?(_ json: JSONValue) {
    guard json["schema"]?.string == Self.schema, let reason = json["reason"]?.string,
      let message = json["message"]?.string,
      let kind = Self.kinds.first(where: { $0.word == json["kind"]?.string })?.kind
    else { return nil }
    self.init(
      kind: kind, reason: reason, message: message, place: json["place"]?.string,
      hint: json["hint"]?.string)
  }

  private static let kinds: [(word: String, kind: FailureKind)] = [
    ("network", .network), ("invalid_input", .invalidInput), ("input_output", .inputOutput),
    ("interrupted", .interrupted), ("bug", .bug),
  ]
}

/// Whether a host's name, in lower case, is this machine itself in any spelling that is taken for it.
public func isLoopback(host: String) -> Bool {
  if host == "localhost" || host == "[::1]" { return true }
  let parts = host.split(separator: ".", omittingEmptySubsequences: false)
  return parts.count == 4 && parts[0] == "127"
    && parts.allSatisfy { UInt8($0).map(String.init) == String($0) }
}
