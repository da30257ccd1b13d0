internal import JSON
internal import Platform
internal import ShareRequests

extension ShareService {
  /// Does what the row of the table says.
  func perform(_ exchange: Exchange) async throws -> ServerResponse {
    switch exchange.route.operation {
    case .showPage: try await showPage(exchange)
    case .unlockPage: try await unlockPage(exchange)
    case .downloadMember: try await downloadMember(exchange)
    case .downloadPackage: try await downloadPackage(exchange)
    case .readShare: try await readShare(exchange)
    case .createRun: try await createRun(exchange)
    case .createArtifact: try await createArtifact(exchange)
    case .putMember: try await putMember(exchange)
    case .putPackage: try await putPackage(exchange)
    case .commitArtifact: try await commitArtifact(exchange)
    case .abortArtifact: try await abortArtifact(exchange)
    case .readArtifact: try await readArtifact(exchange)
    case .createShare: try await createShare(exchange)
    case .listShares: try await listShares(exchange)
    case .showShare: try await showShare(exchange)
    case .rotateShare: try await rotateShare(exchange)
    case .revokeShare: try await revokeShare(exchange)
    case .createKey: try await createKey(exchange)
    case .listKeys: try await listKeys(exchange)
    case .revokeKey: try await revokeKey(exchange)
    case .rotateKey: try await rotateKey(exchange)
    case .readAuditLog: try await readAuditLog(exchange)
    case .putReliability: try await putReliability(exchange)
    case .readReliability: try await readReliability(exchange)
    case .deleteReliability: try await deleteReliability(exchange)
    case .readMetrics:
      ServerResponse(
        status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8",
        Array(metrics.text.utf8))
    case .health:
      ServerResponse(status: 200, contentType: "text/plain; charset=utf-8", Array("ok\n".utf8))
    case .openAPI: ServerResponse(json: description)
    case .asset: try asset(exchange)
    }
  }

  private func asset(_ exchange: Exchange) throws(Refusal) -> ServerResponse {
    guard
      let asset = page.assets.first(where: { $0.path == "/assets/" + exchange.parameter("name") })
    else { throw .notFound }
    var response = ServerResponse(status: 200, contentType: asset.contentType, asset.bytes)
    response.headers.append(("Cache-Control", "public, max-age=31536000, immutable"))
    return response
  }
}

/// A time as an answer shows it.
func timeText(_ seconds: Int64?) -> JSONValue {
  seconds.map { .string(UTCTime(seconds: $0).rfc3339) } ?? .null
}
