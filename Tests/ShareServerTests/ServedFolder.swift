import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// The real program on loopback, with a data folder of its own.
///
/// `@unchecked Sendable`: where tests share one they only send it requests.
final class ServedFolder: @unchecked Sendable {
  let folder = TemporaryFolder()
  let package: TestPackage
  private(set) var key = ""
  private(set) var port: UInt16 = 0
  private var process: ChildProcess?
  private let binary: String

  var data: String { folder.path + "/data" }
  var wire: Wire { Wire(port: port) }
  /// All that the program has written.
  var log: String { read("log") + read("err") }

  /// The program that runs now.
  var processID: Int32 { Int32(read("pid").filter(\.isNumber)) ?? 0 }

  /// - Parameters:
  ///   - limits: members of `limits` in the server's configuration.
  ///   - package: what is uploaded, whose signers the server trusts; nil: the worked example.
  init(
    options: [String] = [], limits: [String: Int64] = [:], package: TestPackage? = nil
  ) throws {
    self.package = try package ?? TestPackage()
    binary = Path.join(Path.parent(try Program().binary), "wf-serve")
    let made = try run(
      [binary, "run", "--init", "--setup-only", "--data", data, "--bind", "127.0.0.1:0"],
      env: environment)
    guard made.status == 0, let word = made.out.split(whereSeparator: \.isWhitespace).last else {
      throw WireFailed(what: made.err)
    }
    key = String(word)
    try FileSystem().write(self.package.signers, to: data + "/trusted-signers.json")
    if !limits.isEmpty, var file = try JSONValue.parse(Fixtures.read(data + "/server.json")).object
    {
      file["limits"] = .object(
        JSONObject(limits.map { (key: $0.key, value: .number(JSONNumber($0.value))) }))
      try FileSystem().write(
        try CanonicalJSON.bytes(.object(file)), to: data + "/server.json", mode: 0o600)
    }
    try start(options)
  }

  deinit { process?.end() }

  private var environment: [String: String] { ["SOURCE_DATE_EPOCH": "\(TestPackage.now)"] }

  private func read(_ name: String) -> String {
    String(decoding: (try? Fixtures.read(folder.path + "/" + name)) ?? [], as: UTF8.self)
  }

  func start(_ options: [String] = []) throws {
    let files = FileSystem()
    for name in ["log", "pid"] where files.exists(folder.path + "/" + name) {
      try files.remove(folder.path + "/" + name)
    }
    let script = "echo $$ > pid; exec \"$@\" > log 2> err"
    let words =
      [
        "timeout", "-k", "1", "180", "env", "-C", folder.path,
        "SOURCE_DATE_EPOCH=\(TestPackage.now)", "HOME=/home/CANARY-home",
        "WF_NOTE=CANARY-environment", "bash", "-c", script, "bash", binary, "run",
        "--data", data, "--bind", "127.0.0.1:0",
      ] + (options.contains("--no-trust") ? [] : ["--trust-proxy", "127.0.0.1"])
      + options.filter { $0 != "--no-trust" }
    // Its own standard error: whoever runs the tests waits for all that hold theirs.
    process = try ChildProcess(words, complaints: .kept)
    for _ in 0..<1000 {
      for line in read("log").split(separator: "\n") where line.contains("\"listening\"") {
        if let port = try JSONValue.parse(Array(line.utf8))["port"]?.int {
          self.port = UInt16(port)
          return
        }
      }
      usleep(10_000)
    }
    throw WireFailed(what: read("err"))
  }

  /// Ends the program as a power cut would.
  func kill() {
    if processID > 0 { Glibc.kill(processID, SIGKILL) }
    _ = process?.wait()
    process = nil
  }

  /// Asks the program to end, and does not wait.
  func askToEnd() {
    if processID > 0 { Glibc.kill(processID, SIGTERM) }
  }

  /// Asks the program to end.
  @discardableResult
  func stop() -> Int32? {
    if processID > 0 { Glibc.kill(processID, SIGTERM) }
    defer { process = nil }
    return process?.wait()
  }

  // MARK: - Steps that many tests need

  func beginUpload(run name: String = "run-1") throws -> (run: String, artifact: String) {
    let run = try wire.json("POST", "/api/sync/runs", key: key, ["client_run_id": .string(name)])
    let id = try #require(run.json["cloud_run_id"]?.string)
    let artifact = try wire.json(
      "POST", "/api/sync/runs/\(id)/artifacts", key: key, package.announcement)
    return (id, try #require(artifact.json["artifact_id"]?.string, "\(artifact.text)"))
  }

  func put(_ name: String, of artifact: String, _ bytes: [UInt8]? = nil) throws -> WireAnswer {
    let bytes = bytes ?? package.bytes(name)
    return try wire(
      "PUT", "/api/artifacts/\(artifact)/members/\(name)",
      headers: [
        ("Authorization", "Bearer \(key)"), ("Content-Digest", contentDigest(bytes)),
        ("Content-Type", "application/octet-stream"),
      ], body: bytes)
  }

  func commit(_ artifact: String) throws -> WireAnswer {
    try wire.json("POST", "/api/artifacts/\(artifact)/commit", key: key, package.signing)
  }

  /// A verified artifact.
  func upload(run name: String = "run-1") throws -> String {
    let artifact = try beginUpload(run: name).artifact
    for file in package.files { #expect(try put(file.name, of: artifact).status == 204) }
    let answer = try commit(artifact)
    #expect(answer.status == 200, "\(answer.text)")
    return artifact
  }

  /// A share: its id and its token.
  func share(
    _ artifact: String, approval: [String: JSONValue] = ["password_required": false],
    password: String? = nil, headers: [(String, String)] = []
  ) throws -> (id: String, token: String) {
    let answer = try wire.json(
      "POST", "/api/shares", key: key,
      [
        "artifact_id": .string(artifact), "approval": .string(try TestPackage.approval(approval)),
        "password": password.map { .string($0) } ?? .null,
      ], headers: headers)
    #expect(answer.status == 201, "\(answer.text)")
    return (
      try #require(answer.json["share_id"]?.string), try #require(answer.json["token"]?.string)
    )
  }
}
