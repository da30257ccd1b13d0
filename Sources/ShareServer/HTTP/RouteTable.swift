internal import ShareRequests

/// The routes of SHARING §9; `/openapi.json` and the dispatcher both come from this list.
package struct RouteTable: Sendable {
  package let routes: [Route] = Self.shared + Self.uploads + Self.shares + Self.management

  package init() {}

  /// What a path and a method lead to.
  enum Match {
    case route(Route, [String: String])
    /// The path is there, the method is not.
    case otherMethods([String])
    case none
  }

  func match(method: String, path: RoutePath) -> Match {
    var methods: [String] = []
    for route in routes {
      guard let parameters = route.match(path) else { continue }
      if route.method == method || (route.method == "GET" && method == "HEAD") {
        return .route(route, parameters)
      }
      methods.append(route.method)
      if route.method == "GET" { methods.append("HEAD") }
    }
    return methods.isEmpty ? .none : .otherMethods(Array(Set(methods)).sorted())
  }

  private static var shared: [Route] {
    [
      Route(
        .showPage, "GET", "/r/{token}", .token, .none,
        [200: "the page, or the form of a password", 404: "nothing to show", 429: "too often"],
        "A share for people"),
      Route(
        .unlockPage, "POST", "/r/{token}/unlock", .token, .form,
        [
          303: "to the page, with a cookie for 30 minutes", 403: "another password",
          404: "nothing to show", 429: "too often",
        ], "Give the password of a share"),
      Route(
        .downloadPackage, "GET", "/r/{token}/package.tar", .token, .none,
        [200: "a ustar archive of the package", 404: "nothing to show", 429: "too often"],
        "The package of a share"),
      Route(
        .downloadMember, "GET", "/r/{token}/package/{member*}", .token, .none,
        [200: "the bytes of one member", 404: "nothing to show", 429: "too often"],
        "One member of a share's package"),
      Route(
        .readShare, "GET", "/api/public/shares/{token}", .token, .none,
        [
          200: "wf.share_dto/1", 401: "a password is needed", 403: "another password",
          404: "nothing to show", 429: "too often",
        ], "A share for programs"),
    ]
  }

  private static var uploads: [Route] {
    [
      Route(
        .createRun, "POST", "/api/sync/runs", .key(.publish), .json,
        [200: "the run that was there", 201: "a new run", 400: "", 409: ""],
        "Name a run; its own id is kept as a keyed hash"),
      Route(
        .createArtifact, "POST", "/api/sync/runs/{run}/artifacts", .key(.publish), .json,
        [
          200: "the upload that was begun", 201: "a new upload", 400: "", 404: "", 413: "", 422: "",
        ], "Begin an upload, or find one again"),
      Route(
        .putMember, "PUT", "/api/artifacts/{id}/members/{name*}", .key(.publish), .bytes,
        [204: "received", 404: "", 409: "", 411: "", 413: "", 415: "", 422: "", 507: ""],
        "One member's bytes, with Content-Digest"),
      Route(
        .putPackage, "PUT", "/api/artifacts/{id}/package.tar", .key(.publish), .tar,
        [204: "received", 404: "", 409: "", 411: "", 413: "", 415: "", 422: "", 507: ""],
        "All members as one ustar archive"),
      Route(
        .commitArtifact, "POST", "/api/artifacts/{id}/commit", .key(.publish), .json,
        [200: "verified", 400: "", 404: "", 409: "", 422: "the gate refused it"],
        "Verify an upload and keep it"),
      Route(
        .abortArtifact, "POST", "/api/artifacts/{id}/abort", .key(.publish), .none,
        [204: "thrown away", 404: "", 409: ""], "Throw an upload away"),
      Route(
        .readArtifact, "GET", "/api/artifacts/{id}", .key(.publish), .none,
        [200: "state, sizes and what is missing", 404: ""], "How an upload stands"),
    ]
  }

  private static var shares: [Route] {
    [
      Route(
        .createShare, "POST", "/api/shares", .key(.share), .json,
        [201: "the share with its token, shown once", 400: "", 404: "", 409: "", 422: ""],
        "Share a verified package"),
      Route(
        .listShares, "GET", "/api/shares", .key(.share), .none,
        [200: "at most 100 shares, and a cursor", 400: ""], "The workspace's shares"),
      Route(
        .showShare, "GET", "/api/shares/{share_id}", .key(.share), .none,
        [200: "one share", 404: ""], "One share"),
      Route(
        .rotateShare, "POST", "/api/shares/{share_id}/rotate", .key(.share), .json,
        [200: "the new token, shown once", 400: "", 404: "", 409: "", 422: ""],
        "A new link; the old one is dead"),
      Route(
        .revokeShare, "POST", "/api/shares/{share_id}/revoke", .key(.share), .json,
        [204: "ended for good", 400: "", 404: "", 409: ""], "End a share"),
    ]
  }

  private static var management: [Route] {
    [
      Route(
        .createKey, "POST", "/api/api-keys", .key(.admin), .json,
        [201: "the key with its secret, shown once", 400: "", 422: ""], "Make an API key"),
      Route(
        .listKeys, "GET", "/api/api-keys", .key(.admin), .none,
        [200: "the workspace's keys without secrets"], "API keys"),
      Route(
        .rotateKey, "POST", "/api/api-keys/{id}/rotate", .key(.admin), .none,
        [200: "the key with its new secret, shown once", 404: "", 409: ""],
        "A new secret; the old one is dead"),
      Route(
        .revokeKey, "DELETE", "/api/api-keys/{id}", .key(.admin), .none,
        [204: "ended for good", 404: ""], "End an API key"),
      Route(
        .readAuditLog, "GET", "/api/audit/logs", .key(.admin), .none,
        [200: "rows of the audit log, and a cursor", 400: ""], "What was done with shares"),
      Route(
        .putReliability, "PUT", "/api/reliability", .key(.share), .json,
        [204: "consent noted, or a record kept", 400: "", 409: "", 422: ""],
        "Enable reliability metadata, or add a record"),
      Route(
        .readReliability, "GET", "/api/reliability", .key(.share), .none,
        [200: "consent and the workspace's own records", 404: "not enabled"],
        "Reliability metadata of the workspace"),
      Route(
        .deleteReliability, "DELETE", "/api/reliability", .key(.share), .none,
        [200: "a receipt", 400: "", 404: ""], "Withdraw reliability metadata"),
      Route(
        .readMetrics, "GET", "/metrics", .key(.admin), .none,
        [200: "counts and times by route and status"], "Metrics"),
      Route(.health, "GET", "/healthz", .anyone, .none, [200: "ok"], "Whether the server runs"),
      Route(
        .openAPI, "GET", "/openapi.json", .anyone, .none, [200: "this description"],
        "This description"),
      Route(
        .asset, "GET", "/assets/{name}", .anyone, .none, [200: "a file of the page", 404: ""],
        "Style and script of the page"),
    ]
  }
}
