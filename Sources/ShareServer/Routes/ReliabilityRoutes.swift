internal import JSON

extension ShareService {
  func putReliability(_ exchange: Exchange) async throws -> WebResponse {
    throw Refusal(404, .notFound)
  }
  func readReliability(_ exchange: Exchange) async throws -> WebResponse { throw Refusal.notFound }
  func deleteReliability(_ exchange: Exchange) async throws -> WebResponse {
    throw Refusal.notFound
  }
}
