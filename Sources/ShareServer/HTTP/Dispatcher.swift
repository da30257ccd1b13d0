internal import JSON
internal import Platform
internal import ShareRequests

/// One request on its way through a route.
struct Exchange {
  let request: ServerRequest
  let route: Route
  let parameters: [String: String]
  /// The caller's key on routes that ask for one.
  var key: KeyRecord?
  /// The parsed body of routes that take JSON.
  var json = JSONObject()
  /// Where the answer is kept, for writes with an `Idempotency-Key`.
  var slot: AnswerSlot?

  func parameter(_ name: String) -> String { parameters[name] ?? "" }

  /// The workspace of the caller's key.
  func workspace() throws(Refusal) -> String {
    guard let key else { throw Refusal(401, .keyRefused) }
    return key.workspaceID
  }
}

/// Finds the row of the table, checks what all rows check, and turns failures into answers.
struct Dispatcher: Sendable {
  let service: ShareService

  func respond(to request: ServerRequest) async -> ServerResponse {
    let start = service.clock.milliseconds()
    var template = "-"
    var response: ServerResponse
    do {
      let (route, parameters) = try await match(request)
      template = route.template
      response = try await respond(
        Exchange(request: request, route: route, parameters: parameters))
    } catch {
      response = failure(Refusal.of(error), error, request, template)
    }
    if !response.headers.contains(where: { $0.name == "Cache-Control" }) {
      response.headers.append(("Cache-Control", "no-store"))
    }
    let milliseconds = service.clock.milliseconds() - start
    let method = Self.methods.contains(request.method) ? request.method : "other"
    service.metrics.note(
      method: method, route: template, status: response.status, milliseconds: milliseconds)
    service.log.request(
      RequestLine(
        time: service.clock.now, method: method, route: template, status: response.status,
        bytes: response.size, milliseconds: milliseconds, id: request.id))
    return response
  }

  /// Names of methods that may stand in logs; any other text is a caller's.
  private static var methods: Set<String> {
    ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"]
  }

  private func match(_ request: ServerRequest) async throws -> (Route, [String: String]) {
    switch request.path.map({ service.routes.match(method: request.method, path: $0) }) {
    case .route(let route, let parameters)?: return (route, parameters)
    case .otherMethods(let methods)?: throw Refusal(405, .methodNotAllowed, allow: methods)
    case nil, .some(.none):
      // What is no token takes the way of one that opens nothing, so that it takes no less work.
      if request.isForShare {
        try service.rates.use(.shareAddress, request.address.client)
        _ = try await service.openShare("", for: request.address)
      }
      throw Refusal.notFound
    }
  }

  private func respond(_ exchange: Exchange) async throws -> ServerResponse {
    var exchange = exchange
    switch exchange.route.access {
    case .anyone: break
    case .token:
      try service.rates.use(.shareAddress, exchange.request.address.client)
    case .key(let scope): exchange.key = try await caller(exchange.request, scope)
    }
    try await readBody(&exchange)
    guard let key = exchange.key, let text = exchange.request.header("idempotency-key") else {
      return try await service.perform(exchange)
    }
    return try await service.once(exchange, key: key, text: text)
  }

  /// The key that a request carries.
  ///
  /// - Throws: 401 `key_refused`, 403 `scope_missing`, 429.
  private func caller(_ request: ServerRequest, _ scope: KeyScope) async throws -> KeyRecord {
    let hash = service.secrets.hash(request.headers.bearer)
    let now = service.clock.now
    guard let key = try await service.database.read({ try $0.key(hash: hash, now: now) }) else {
      try service.rates.use(.keyTry, request.address.client)
      throw Refusal(401, .keyRefused)
    }
    try service.rates.use(.key, key.id)
    guard key.scopes.contains(scope) else { throw Refusal(403, .scopeMissing) }
    return key
  }

  private func readBody(_ exchange: inout Exchange) async throws {
    let request = exchange.request
    if !request.headers.all("content-encoding").isEmpty { throw Refusal(415, .archiveType) }
    let type = (request.header("content-type") ?? "").prefix { $0 != ";" }
    switch exchange.route.body {
    case .json:
      let bytes = try await request.body.collect(upTo: service.limits.jsonBody)
      if bytes.isEmpty { return }
      guard type == "application/json" else { throw Refusal(415, .mediaTypeRefused) }
      guard let object = (try? JSONValue.parse(bytes))?.object else {
        throw Refusal(400, .requestMalformed, "expected one JSON object")
      }
      exchange.json = object
    case .form:
      guard type == "application/x-www-form-urlencoded" else {
        throw Refusal(415, .mediaTypeRefused)
      }
    case .none, .bytes, .tar: break
    }
  }

  // MARK: - Failures

  private func failure(
    _ refusal: Refusal, _ error: any Error, _ request: ServerRequest, _ template: String
  ) -> ServerResponse {
    if refusal.status >= 500 {
      let reason = (error as? any Failure)?.reason ?? refusal.reason
      service.log.failure(reason, id: request.id, at: service.clock.now)
    }
    let isPage = !request.isForPrograms && (request.path?.parts.first ?? "r") == "r"
    var response =
      refusal.status == 404 ? notFound(isPage: isPage) : answer(refusal, request, isPage: isPage)
    if let seconds = refusal.retryAfter {
      response.headers.append(("Retry-After", String(seconds)))
    }
    if refusal.status == 405 {
      response.headers.append(("Allow", refusal.allow.joined(separator: ", ")))
    }
    if refusal.status == 401, template.hasPrefix("/api/"), template != "/api/public/shares/{token}"
    {
      response.headers.append(("WWW-Authenticate", "Bearer"))
    }
    return response
  }

  /// The same bytes whatever was asked for.
  private func notFound(isPage: Bool) -> ServerResponse {
    if isPage {
      return ServerResponse(
        status: 404, contentType: ServerResponse.page, service.page.notFound())
    }
    return ServerResponse(status: 404, json: ["error": ["reason": "not_found"]])
  }

  private func answer(_ refusal: Refusal, _ request: ServerRequest, isPage: Bool) -> ServerResponse
  {
    if isPage {
      let text = refusal.status == 429 ? "Too many requests. Try again later.\n" : "Refused.\n"
      return ServerResponse(
        status: refusal.status, contentType: "text/plain; charset=utf-8", Array(text.utf8))
    }
    var error: JSONObject = [
      "reason": .string(refusal.reason), "request_id": .string(request.id),
    ]
    if let detail = refusal.detail { error["detail"] = .string(detail) }
    return ServerResponse(status: refusal.status, json: ["error": .object(error)])
  }
}
