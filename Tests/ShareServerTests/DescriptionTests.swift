import Glibc
import Platform
import TestSupport
import Testing

/// What the server does, held against its description by a reader of OpenAPI that knows nothing of us.
struct DescriptionTests {
  private static let program = Fixtures.path("../.venv/bin/schemathesis")

  /// Bodies of application/x-tar are beyond it.
  @Test(.enabled(if: access(program, X_OK) == 0))
  func `schemathesis finds no answer that the description does not have`() throws {
    let often: Int64 = 1_000_000
    let server = try ServedFolder(limits: [
      "requests_per_address": often, "requests_per_share": often, "requests_per_key": often,
    ])
    let folder = TemporaryFolder()
    let done = try run(
      [
        Self.program, "run", "http://127.0.0.1:\(server.port)/openapi.json", "-H",
        "Authorization: Bearer \(server.key)", "--max-examples", "5", "--phases",
        "coverage,fuzzing", "--seed", "7", "--no-color", "--exclude-operation-id", "putPackage",
        "-c",
        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
      ], in: folder.path)
    #expect(done.status == 0, "\(done.out.suffix(6000))")
    #expect(done.out.contains("Tested: 27"), "\(done.out.suffix(2000))")
  }
}
