import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// The real program, killed in the middle: afterwards there is the old state or the new one.
struct CrashTests {
  @Test func `a server that is killed in the middle of an upload goes on`() throws {
    let server = try ServedFolder()
    let artifact = try server.beginUpload().artifact
    for file in server.package.files.prefix(4) {
      #expect(try server.put(file.name, of: artifact).status == 204)
    }
    // Half of a member is on its way.
    let next = server.package.files[4]
    let connection = try WireConnection(port: server.port)
    connection.send(
      "PUT /api/artifacts/\(artifact)/members/\(next.name) HTTP/1.1\r\nHost: x\r\n"
        + "Authorization: Bearer \(server.key)\r\nContent-Digest: \(contentDigest(next.bytes))\r\n"
        + "Content-Length: \(next.bytes.count)\r\n\r\n")
    connection.send(Array(next.bytes.prefix(next.bytes.count / 2)))
    usleep(100_000)
    server.kill()
    try server.start()
    let (_, again) = try server.beginUpload()
    #expect(again == artifact)
    let state = try server.wire.json("GET", "/api/artifacts/\(artifact)", key: server.key)
    let received = (state.json["members"]?.array ?? []).filter { $0["received"]?.bool == true }
    #expect(
      Set(received.compactMap { $0["name"]?.string })
        == Set(server.package.files.prefix(4).map(\.name)))
    let left = try run(["find", server.data + "/incoming", "-name", ".*", "-type", "f"])
    #expect(left.out == "")
    for file in server.package.files.dropFirst(4) {
      #expect(try server.put(file.name, of: artifact).status == 204)
    }
    #expect(try server.commit(artifact).status == 200)
  }

  @Test(arguments: [0, 2, 5, 20, 80])
  func `a commit and a revocation that a kill meets are whole or not there`(
    _ milliseconds: UInt32
  ) throws {
    let server = try ServedFolder()
    let artifact = try server.beginUpload().artifact
    for file in server.package.files { _ = try server.put(file.name, of: artifact) }
    try request("POST", "/api/artifacts/\(artifact)/commit", server, server.package.signing)
    usleep(milliseconds * 1000)
    server.kill()
    try server.start()
    let state = try server.wire.json("GET", "/api/artifacts/\(artifact)", key: server.key)
    #expect(["uploading", "verified"].contains(state.json["state"]?.string))
    #expect(try server.commit(artifact).status == 200)
    let share = try server.share(artifact)
    let answered = try request("POST", "/api/shares/\(share.id)/revoke", server, [:])
    usleep(milliseconds * 1000)
    let wasAnswered = answered.answerIfThere()?.status == 204
    server.kill()
    try server.start()
    let shown = try server.wire.json("GET", "/api/shares/\(share.id)", key: server.key)
    let word = shown.json["state"]?.string
    // The sweep at the start deletes what needs not be kept.
    let isEnded = word == "revoked" || word == "deleted"
    #expect(isEnded || (word == "active" && !wasAnswered))
    let page = try server.wire("GET", "/r/\(share.token)").status
    #expect(page == (word == "active" ? 200 : 404))
    if isEnded {
      server.kill()
      try server.start()
      #expect(try server.wire("GET", "/r/\(share.token)").status == 404)
    }
  }

  /// Sends a request and does not wait for its answer.
  @discardableResult
  private func request(
    _ method: String, _ path: String, _ server: ServedFolder, _ value: JSONValue
  ) throws -> WireConnection {
    let body = try CanonicalJSON.bytes(value)
    let connection = try WireConnection(port: server.port)
    connection.send(
      Array(
        ("\(method) \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(server.key)\r\n"
          + "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n").utf8) + body)
    return connection
  }

  @Test func `two servers on one folder are one too many`() throws {
    let server = try ServedFolder()
    let binary = Path.join(Path.parent(try Program().binary), "wf-serve")
    let second = try run([binary, "run", "--data", server.data, "--bind", "127.0.0.1:0"])
    #expect(second.status == 11)
    #expect(second.err.contains("[server_running]"))
    #expect(try server.wire("GET", "/healthz").text == "ok\n")
  }

  @Test func `a server that is asked to end answers what it has begun`() throws {
    let server = try ServedFolder()
    let artifact = try server.beginUpload().artifact
    let claim = server.package.bytes("claim.json")
    let connection = try WireConnection(port: server.port)
    connection.send(
      "PUT /api/artifacts/\(artifact)/members/claim.json HTTP/1.1\r\nHost: x\r\n"
        + "Authorization: Bearer \(server.key)\r\nContent-Digest: \(contentDigest(claim))\r\n"
        + "Content-Length: \(claim.count)\r\n\r\n")
    connection.send(Array(claim.prefix(100)))
    usleep(200_000)
    server.askToEnd()
    usleep(200_000)
    connection.send(Array(claim.dropFirst(100)))
    #expect(connection.answer()?.status == 204)
    #expect(server.stop() == 0)
  }

  @Test func `the program of the command line starts the server and passes its words on`() throws {
    let program = try Program()
    _ = try FileSystem().makeDirectories(program.work)
    let data = program.work + "/data"
    let made = try program(
      "serve", "--init", "--setup-only", "--data", data, "--bind", "127.0.0.1:0")
    #expect(made.status == 0, "\(made.err)")
    #expect(made.out.contains("wfx_"))
    #expect(try program("serve", "--init", "--setup-only", "--data", data).status == 4)
    #expect(try program("serve", "--data", data, "--bind", "192.0.2.1:0").status == 4)
    #expect(try program("serve", "--data", data + "x").status == 4)
    let copied = try program("serve", "backup", "--data", data, "--output", "copy")
    #expect(copied.status == 0, "\(copied.err)")
    let restored = try program("serve", "restore", "--data", "again", "--from", "copy")
    #expect(restored.status == 0, "\(restored.err)")
    #expect(restored.out.contains("wfx_"))
  }
}
