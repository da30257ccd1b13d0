import JSON
import Platform
import ShareRequests
import Synchronization
import TestSupport
import Testing

@testable import ShareServer

/// The service without sockets, with a clock that a test sets.
final class TestService: Sendable {
  final class Clocks: Sendable {
    private let times = Mutex<(wall: Int64, running: Int64)>((TestPackage.now, 0))

    var wall: Int64 { times.withLock { $0.wall } }
    var running: Int64 { times.withLock { $0.running } }

    /// Time goes by on both clocks.
    func pass(_ seconds: Int64) {
      times.withLock { $0 = ($0.wall + seconds, $0.running + seconds * 1000) }
    }

    /// Somebody sets the machine's clock.
    func set(by seconds: Int64) { times.withLock { $0.wall += seconds } }
  }

  let folder = TemporaryFolder()
  let clocks = Clocks()
  private let strangers = Mutex(0)
  let lines = Lines()
  let package: TestPackage
  let service: ShareService
  let key: String

  final class Lines: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
  }

  init(_ change: (inout ServerOptions) -> Void = { _ in }) async throws {
    package = try TestPackage()
    let (clocks, lines) = (clocks, lines)
    let world = ServerWorld(
      files: FileSystem(), wall: { clocks.wall }, running: { clocks.running },
      randomBytes: Platform.Surroundings.process().randomBytes, log: { lines.add($0) })
    var options = ServerOptions(dataFolder: folder.path + "/data")
    options.limits.passwordCost = PasswordCost(passes: 1, bytes: 8 << 20)
    options.limits.rates.createPerKey = Rate(1000, per: 1)
    change(&options)
    let server = try ShareServer(options, world: world)
    key = try await server.initialise()
    try FileSystem().write(package.signers, to: folder.path + "/data/trusted-signers.json")
    service = try await server.service(
      in: DataFolder(folder.path + "/data", files: FileSystem()))
  }

  /// Answers one request as the server would.
  func call(
    _ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8] = [],
    from address: String = "203.0.113.9", on other: ShareService? = nil
  ) async -> (status: Int, body: [UInt8], response: ServerResponse) {
    var all = headers.mapValues { [$0] }
    all["host"] = ["share.test"]
    if !body.isEmpty, all["content-length"] == nil { all["content-length"] = ["\(body.count)"] }
    var rest: [UInt8]? = body
    let request = ServerRequest(
      method: method, target: target, headers: RequestHeaders(all),
      address: ClientAddress(address) ?? ClientAddress(bytes: [127, 0, 0, 1]), id: "req_test",
      body: BodyReader {
        defer { rest = nil }
        return rest?.isEmpty == true ? nil : rest
      })
    let response = await Dispatcher(service: other ?? service).respond(to: request)
    return (response.status, (try? response.collected()) ?? [], response)
  }

  func json(
    _ method: String, _ target: String, _ value: JSONValue? = nil,
    headers: [String: String] = [:]
  ) async throws -> (status: Int, json: JSONValue) {
    var headers = headers
    headers["authorization"] = "Bearer \(key)"
    if value != nil { headers["content-type"] = "application/json" }
    let answer = await call(
      method, target, headers: headers, body: try value.map { try CanonicalJSON.bytes($0) } ?? [])
    return (answer.status, (try? JSONValue.parse(answer.body)) ?? .null)
  }

  func upload(run name: String = "run-1") async throws -> String {
    let run = try await json("POST", "/api/sync/runs", ["client_run_id": .string(name)])
    let id = try #require(run.json["cloud_run_id"]?.string)
    let begun = try await json("POST", "/api/sync/runs/\(id)/artifacts", package.announcement)
    let artifact = try #require(begun.json["artifact_id"]?.string)
    let put = await call(
      "PUT", "/api/artifacts/\(artifact)/package.tar",
      headers: ["authorization": "Bearer \(key)"], body: try package.tar())
    #expect(put.status == 204, "\(String(decoding: put.body, as: UTF8.self))")
    let committed = try await json("POST", "/api/artifacts/\(artifact)/commit", package.signing)
    #expect(committed.status == 200, "\(committed.json)")
    return artifact
  }

  func share(
    _ artifact: String, _ approval: [String: JSONValue] = ["password_required": false],
    more: [String: JSONValue] = [:], headers: [String: String] = [:]
  ) async throws -> (id: String, token: String) {
    var body: JSONObject = [
      "artifact_id": .string(artifact), "approval": .string(try TestPackage.approval(approval)),
    ]
    for (name, value) in more { body[name] = value }
    let answer = try await json("POST", "/api/shares", .object(body), headers: headers)
    #expect(answer.status == 201, "\(answer.json)")
    return (
      try #require(answer.json["share_id"]?.string), try #require(answer.json["token"]?.string)
    )
  }

  /// A service on the same data that has kept nothing ready.
  func fresh() throws -> ShareService { try service.metered(by: WorkMeter(), isFresh: true) }

  /// The address of a client that was not seen before.
  func stranger() -> String {
    strangers.withLock { count in
      count += 1
      return "10.20.\(count / 250).\(count % 250 + 1)"
    }
  }

  /// Package bytes on the disk.
  var objects: [String] { get throws { try service.objects.keys() } }
}

extension ServerResponse {
  /// The content, whatever way it comes.
  func collected() throws -> [UInt8] {
    switch body {
    case .bytes(let bytes): return bytes
    case .pieces(_, let start):
      let next = start()
      var bytes: [UInt8] = []
      while let piece = try next() { bytes += piece }
      return bytes
    }
  }

  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}
