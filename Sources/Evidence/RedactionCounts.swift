public import JSON

/// How much a redactor took out, per kind (SCHEMAS §7, redactions).
public struct RedactionCounts: Sendable, Equatable {
  public var path = 0
  public var host = 0
  public var user = 0
  public var email = 0
  public var ip = 0
  public var id = 0
  public var secret = 0
  public var signedURL = 0

  public init() {}

  public var total: Int { path + host + user + email + ip + id + secret + signedURL }

  public static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum += b
    return sum
  }

  public static func += (a: inout Self, b: Self) {
    a.path += b.path
    a.host += b.host
    a.user += b.user
    a.email += b.email
    a.ip += b.ip
    a.id += b.id
    a.secret += b.secret
    a.signedURL += b.signedURL
  }

  /// As it stands in audit_provenance.json; `id` only where there is one.
  public var json: JSONValue {
    var kinds: [(key: String, value: Int)] = [
      ("path", path), ("host", host), ("user", user), ("email", email), ("ip", ip),
      ("secret", secret), ("signed_url", signedURL),
    ]
    if id > 0 { kinds.append(("id", id)) }
    return .object(JSONObject(kinds.map { ($0.key, .number(JSONNumber(Int64($0.value)))) }))
  }

  mutating func count(_ kind: Redactor.Kind) {
    switch kind {
    case .path: path += 1
    case .host: host += 1
    case .user: user += 1
    case .email: email += 1
    case .ip: ip += 1
    case .id: id += 1
    case .secret: secret += 1
    case .signedURL: signedURL += 1
    }
  }
}
