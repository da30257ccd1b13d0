internal import JSON
public import Platform
public import WebExchange

/// Talks to a share server by the routes of SHARING §9; how bytes get there is the caller's.
public struct ShareClient {
  /// Sends one request and gives the answer, whatever its status.
  public typealias Send = (WebRequest) throws -> WebAnswer

  public let address: ServerAddress
  /// The API key, `wfx_…`.
  let key: String
  /// A file of certificates that are believed instead of the system's.
  let authorities: String?
  let send: Send
  /// Waits so many seconds.
  let wait: (Int) -> Void

  /// How often a request that is the same when it comes twice is sent again.
  static let attempts = 3
  /// Seconds that a server may ask to wait, at most.
  static let longestWait = 30

  public init(
    address: ServerAddress, key: String, authorities: String? = nil,
    wait: @escaping (Int) -> Void, send: @escaping Send
  ) {
    self.address = address
    self.key = key
    self.authorities = authorities
    self.wait = wait
    self.send = send
  }

  /// - Parameter idempotencyKey: makes a POST the same when it comes twice; 16 to 255 characters.
  /// - Returns: the JSON value of a good answer; null for an empty one.
  /// - Throws: `ShareRefusal` for what the server says, and what sending throws.
  func call(
    _ method: String, _ path: String, _ json: JSONValue? = nil, idempotencyKey: String? = nil
  ) throws -> JSONValue {
    var body = WebRequest.Body.none
    var headers: [(name: String, value: String)] = []
    if let json {
      body = .bytes(try CanonicalJSON.bytes(json))
      headers.append(("content-type", "application/json"))
    }
    if let idempotencyKey { headers.append(("idempotency-key", idempotencyKey)) }
    let answer = try exchange(
      method, path, headers, body, isRepeatable: method == "GET" || idempotencyKey != nil)
    guard !answer.body.isEmpty else { return .null }
    guard let value = try? JSONValue.parse(answer.body, options: JSONOptions(maximumDepth: 32))
    else {
      throw ShareRefusal(
        reason: "answer_malformed", status: answer.status, detail: nil, requestID: nil)
    }
    return value
  }

  /// - Throws: as `call`.
  func exchange(
    _ method: String, _ path: String, _ headers: [(name: String, value: String)],
    _ body: WebRequest.Body, isRepeatable: Bool
  ) throws -> WebAnswer {
    let request = WebRequest(
      method: method, url: address.text + path,
      headers: [("authorization", "Bearer " + key), ("accept", "application/json")] + headers,
      body: body, authorities: authorities)
    var left = isRepeatable ? Self.attempts : 1
    while true {
      left -= 1
      do {
        let answer = try send(request)
        if (200..<300).contains(answer.status) { return answer }
        let asked = answer.header("retry-after").flatMap { Int($0) } ?? 0
        guard left > 0, [429, 503].contains(answer.status), asked <= Self.longestWait else {
          throw ShareRefusal(answer)
        }
        wait(max(1, asked))
      } catch let failure as any Failure where failure.kind == .network && left > 0 {
        wait(1)
      }
    }
  }
}

/// A request that the server did not grant, in its own reason word.
public struct ShareRefusal: Failure, Equatable {
  public let reason: String
  public let status: Int
  /// What the server adds; cleaned, since it comes from elsewhere.
  public let detail: String?
  public let requestID: String?

  init(reason: String, status: Int, detail: String?, requestID: String?) {
    self.reason = reason
    self.status = status
    self.detail = detail
    self.requestID = requestID
  }

  init(_ answer: WebAnswer) {
    let error = (try? JSONValue.parse(answer.body, options: JSONOptions(maximumDepth: 8)))?["error"]
    status = answer.status
    let word = error?["reason"]?.string
    let isWord =
      word.map { word in
        (1...64).contains(word.utf8.count)
          && word.utf8.allSatisfy {
            $0 == 0x5F || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
          }
      } ?? false
    reason = isWord ? word ?? "" : Self.word(of: answer.status)
    detail = error?["detail"]?.string.map(Self.cleaned)
    requestID = error?["request_id"]?.string.map(Self.cleaned)
  }

  public var kind: FailureKind { .otherSideRefused }
  public var place: String? { nil }
  public var message: String {
    "the share server refused with status \(status)" + (detail.map { ": " + $0 } ?? "")
      + (requestID.map { " (request \($0))" } ?? "")
  }
  public var hint: String? {
    switch reason {
    case "key_refused":
      "WF_API_KEY holds the key of wf serve --init, or --api-key-file FILE names it"
    case "scope_missing": "the API key needs the scope publish to upload, share to make links"
    case "redirect_refused": "give the address that the server really has to --server"
    case "approval_mismatch", "artifact_differs":
      "the record or the version is not that of the artifact"
    case "not_found": "the id is unknown here, or belongs to another workspace"
    default: nil
    }
  }

  private static func word(of status: Int) -> String {
    (300..<400).contains(status) ? "redirect_refused" : "answer_malformed"
  }

  /// Printable, at most 200 characters.
  private static func cleaned(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.lazy.filter { $0.value >= 0x20 && $0.value < 0x7F }.prefix(200)))
  }
}
