internal import JSON

/// The OpenAPI 3.1 description, made from the route table.
enum OpenAPI {
  static func document(_ table: RouteTable) -> JSONValue {
    var paths = JSONObject()
    for route in table.routes {
      let path = route.template.replacingStars
      var methods = paths[path]?.object ?? JSONObject()
      methods[route.method.lowercased()] = .object(operation(route))
      paths[path] = .object(methods)
    }
    return [
      "openapi": "3.1.0",
      "info": ["title": "Share server", "version": "1"],
      "paths": .object(paths),
      "components": [
        "securitySchemes": ["key": ["type": "http", "scheme": "bearer"]],
        "schemas": ["Error": error],
      ],
    ]
  }

  private static func operation(_ route: Route) -> JSONObject {
    var operation: JSONObject = [
      "operationId": .string(route.operation.rawValue), "summary": .string(route.summary),
      "responses": .object(answers(route)),
    ]
    let parameters = route.template.split(separator: "/").filter { $0.hasPrefix("{") }.map {
      part -> JSONValue in
      [
        "name": .string(String(part.dropFirst().dropLast()).replacingStars), "in": "path",
        "required": true, "schema": ["type": "string"],
      ]
    }
    if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
    if case .key(let scope) = route.access {
      operation["security"] = [["key": []]]
      operation["x-scope"] = .string(scope.rawValue)
    }
    if let body = RequestSchemas.body(of: route) { operation["requestBody"] = body }
    return operation
  }

  /// Answers of the row and those that every route of its sort has.
  private static func answers(_ route: Route) -> JSONObject {
    var rows = route.answers
    for status in common(route) where rows[status] == nil { rows[status] = "" }
    var answers = JSONObject()
    for (status, text) in rows.sorted(by: { $0.key < $1.key }) {
      // Where people look, what is not there is a page.
      let isError =
        status >= 400 && !route.template.hasPrefix("/r/") && !route.template.hasPrefix("/assets/")
      var answer: JSONObject = ["description": .string(text.isEmpty ? words[status] ?? "" : text)]
      if isError {
        answer["content"] = [
          "application/json": ["schema": ["$ref": "#/components/schemas/Error"]]
        ]
      }
      answers[String(status)] = .object(answer)
    }
    return answers
  }

  private static func common(_ route: Route) -> [Int] {
    var statuses: [Int] = []
    if case .key = route.access { statuses += [401, 403, 409, 429] }
    if route.body != .none { statuses += [400, 413, 415] }
    if route.access == .token { statuses += [400] }
    return statuses + [500, 503]
  }

  private static let words = [
    400: "the request does not say what it has to", 401: "no API key that is good now",
    403: "the key may not do this", 404: "nothing there", 409: "not in this state",
    411: "a length is needed", 413: "too large", 415: "another type of content",
    422: "refused; the reason says why", 429: "too often", 500: "the server failed",
    503: "the server has too much to do", 507: "the server's disk is full",
  ]

  private static var error: JSONValue {
    [
      "type": "object", "required": ["error"],
      "properties": [
        "error": [
          "type": "object", "required": ["reason"],
          "properties": [
            "reason": ["type": "string"], "detail": ["type": "string"],
            "request_id": ["type": "string"],
          ],
        ]
      ],
    ]
  }
}

extension String {
  /// A template in OpenAPI's spelling, which knows no parameter for several parts.
  fileprivate var replacingStars: String { filter { $0 != "*" } }
}
