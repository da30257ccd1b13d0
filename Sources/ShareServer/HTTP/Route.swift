internal import ShareRequests

/// What a row of the route table lets do; the dispatcher switches over all of them.
package enum Operation: String, CaseIterable, Sendable {
  case showPage, unlockPage, downloadMember, downloadPackage, readShare
  case createRun, createArtifact, putMember, putPackage, commitArtifact, abortArtifact, readArtifact
  case createShare, listShares, showShare, rotateShare, revokeShare
  case createKey, listKeys, revokeKey, rotateKey
  case readAuditLog
  case putReliability, readReliability, deleteReliability
  case readMetrics, health, openAPI, asset
}

/// Who may ask.
package enum RouteAccess: Sendable, Equatable {
  case anyone
  /// A share's token in the path.
  case token
  case key(KeyScope)
}

/// What a request carries.
package enum RouteBody: Sendable, Equatable {
  case none, json, form
  /// Bytes of one member, at most so many.
  case bytes
  case tar
}

/// One row: a method and a path, who may, what comes and which answers there are.
package struct Route: Sendable {
  package let operation: Operation
  package let method: String
  /// Parts in braces are parameters; `{name*}` takes the rest of the path.
  package let template: String
  package let access: RouteAccess
  package let body: RouteBody
  /// Status and what the answer is; the answers that every route has are not listed.
  package let answers: [Int: String]
  package let summary: String
  private let parts: [Substring]

  init(
    _ operation: Operation, _ method: String, _ template: String, _ access: RouteAccess,
    _ body: RouteBody, _ answers: [Int: String], _ summary: String
  ) {
    self.operation = operation
    self.method = method
    self.template = template
    self.access = access
    self.body = body
    self.answers = answers
    self.summary = summary
    parts = template.split(separator: "/")
  }

  /// The parameters of a path that fits; nil where it does not.
  func match(_ path: RoutePath) -> [String: String]? {
    var parameters: [String: String] = [:]
    for (place, part) in parts.enumerated() {
      guard place < path.parts.count else { return nil }
      if part.hasSuffix("*}") {
        parameters[String(part.dropFirst().dropLast(2))] =
          path.parts[place...].joined(separator: "/")
        return parameters
      }
      if part.hasPrefix("{") {
        parameters[String(part.dropFirst().dropLast())] = path.parts[place]
      } else if part != path.parts[place] {
        return nil
      }
    }
    return parts.count == path.parts.count ? parameters : nil
  }
}
