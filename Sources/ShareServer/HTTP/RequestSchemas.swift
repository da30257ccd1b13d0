internal import JSON

/// What a request carries, as JSON schemas (2020-12).
enum RequestSchemas {
  static func body(of route: Route) -> JSONValue? {
    switch route.body {
    case .none: nil
    case .bytes: content("application/octet-stream", ["type": "string", "format": "binary"])
    case .tar: content("application/x-tar", ["type": "string", "format": "binary"])
    case .form:
      content(
        "application/x-www-form-urlencoded",
        object(["password": ["type": "string"]], needed: ["password"]))
    case .json: schema(of: route.operation).map { content("application/json", $0) }
    }
  }

  private static func schema(of operation: Operation) -> JSONValue? {
    switch operation {
    case .createRun: object(["client_run_id": text(256)], needed: ["client_run_id"])
    case .createArtifact:
      object(
        [
          "kind": ["const": "evidence_package"], "manifest_digest": digest,
          "members": [
            "type": "array",
            "items": object(
              ["name": text(40), "size": ["type": "integer", "minimum": 0], "digest": digest],
              needed: ["name", "size", "digest"]),
          ],
        ], needed: ["kind", "manifest_digest", "members"])
    case .commitArtifact:
      object(
        [
          "signing": object(
            [
              "backend": ["enum": ["self-sign", "sigstore"]],
              "config": ["type": ["string", "object"]],
            ], needed: ["backend", "config"])
        ], needed: ["signing"])
    case .createShare:
      object(
        [
          "artifact_id": text(64), "approval": ["type": ["string", "object"]],
          "approval_signature": optional(16_384), "expires_at": optional(40),
          "password": optional(1024), "manifest_digest": optional(80),
        ], needed: ["artifact_id", "approval"])
    case .rotateShare: object(["expires_at": optional(40), "password": optional(1024)], needed: [])
    case .revokeShare: object(["reason": optional(500)], needed: [])
    case .createKey:
      object(
        [
          "label": text(80), "expires_at": optional(40),
          "scopes": [
            "type": "array", "minItems": 1, "uniqueItems": true,
            "items": ["enum": .array(KeyScope.allCases.map { .string($0.rawValue) })],
          ],
        ], needed: ["label", "scopes"])
    case .putReliability:
      object(
        ["consent": ["type": "object"], "record": ["type": "object"]], needed: [])
    default: nil
    }
  }

  private static func content(_ type: String, _ schema: JSONValue) -> JSONValue {
    [
      "required": true,
      "content": .object(JSONObject([(key: type, value: ["schema": schema] as JSONValue)])),
    ]
  }

  private static func object(_ members: JSONObject, needed: [String]) -> JSONValue {
    [
      "type": "object", "properties": .object(members), "additionalProperties": false,
      "required": .array(needed.map { .string($0) }),
    ]
  }

  private static func text(_ length: Int64) -> JSONValue {
    ["type": "string", "minLength": 1, "maxLength": .number(JSONNumber(length))]
  }

  private static func optional(_ length: Int64) -> JSONValue {
    ["type": ["string", "null"], "maxLength": .number(JSONNumber(length))]
  }

  private static var digest: JSONValue {
    ["type": "string", "pattern": "^sha256:[0-9a-f]{64}$"]
  }
}
