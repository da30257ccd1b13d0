internal import JSON
internal import ShareRequests

/// A request as the routes see it, whatever library read it.
struct ServerRequest {
  let method: String
  /// Nil where the path is not one that is served (`RoutePath`).
  let path: RoutePath?
  /// Whether the target begins as those do that programs ask for, also where no path can be read from it.
  let isForPrograms: Bool
  /// Whether a token could stand in the target, whatever else does.
  let isForShare: Bool
  /// What stands behind `?`, as it came.
  let query: String
  let headers: RequestHeaders
  /// Where the connection comes from, and the client where a trusted proxy names it.
  let address: ClientAddress
  let id: String
  let body: BodyReader

  /// - Parameter target: as it stands in the request, with what is behind `?`.
  init(
    method: String, target: String, headers: RequestHeaders, address: ClientAddress,
    id: String, body: BodyReader
  ) {
    let cut = target.firstIndex(of: "?") ?? target.endIndex
    self.method = method
    path = RoutePath(target[..<cut])
    isForPrograms = target.hasPrefix("/api/")
    isForShare = target.hasPrefix("/r/") || target.hasPrefix("/api/public/shares/")
    query = cut < target.endIndex ? String(target[target.index(after: cut)...]) : ""
    self.headers = headers
    self.address = address
    self.id = id
    self.body = body
  }

  /// The one value of a header; nil where there is none, or where there are several.
  func header(_ name: String) -> String? { headers.one(name) }

  /// The fields of the query, each at most once.
  func fields() throws(RequestMistake) -> [String: String] {
    try FormFields.parse(Array(query.utf8))
  }
}

/// The bytes of a request, piece by piece, for one task.
final class BodyReader {
  private let nextPiece: () async throws -> [UInt8]?

  init(_ next: @escaping () async throws -> [UInt8]?) { nextPiece = next }

  /// Nil at the end.
  func next() async throws -> [UInt8]? { try await nextPiece() }

  /// All of it.
  ///
  /// - Throws: 413 `body_too_large`.
  func collect(upTo limit: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let piece = try await next() {
      if bytes.count + piece.count > limit { throw Refusal(413, .bodyTooLarge) }
      bytes += piece
    }
    return bytes
  }
}

/// An answer before the headers that every answer has.
package struct ServerResponse: Sendable {
  enum Body: Sendable {
    case bytes([UInt8])
    /// Pieces of a known size in all, each call giving the next one.
    case pieces(size: Int, @Sendable () -> @Sendable () throws -> [UInt8]?)
  }

  var status: Int
  var headers: [(name: String, value: String)] = []
  var body: Body = .bytes([])
  /// Called with the answer's bytes when they were all handed on.
  var size: Int {
    switch body {
    case .bytes(let bytes): bytes.count
    case .pieces(let size, _): size
    }
  }

  init(status: Int, contentType: String, _ bytes: [UInt8]) {
    self.status = status
    headers = [("Content-Type", contentType)]
    body = .bytes(bytes)
  }

  /// An answer without content.
  init(status: Int) { self.status = status }

  /// A value in canonical JSON.
  init(status: Int = 200, json: JSONValue) {
    let bytes = (try? CanonicalJSON.bytes(json)) ?? []
    self.init(status: status, contentType: "application/json", bytes)
  }

  static let page = "text/html; charset=utf-8"
}
