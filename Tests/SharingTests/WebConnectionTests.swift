import JSON
import Platform
import TestSupport
import Testing
import WebClient
import WebExchange

struct WebConnectionTests {
  private func perform(_ call: WebRequest) throws(WebError) -> WebAnswer {
    try WebConnection(files: FileSystem()).perform(call)
  }

  private func refusal(_ call: WebRequest) -> WebError? {
    do throws(WebError) {
      _ = try perform(call)
      return nil
    } catch {
      return error
    }
  }

  @Test func `nothing but https, or http of this machine, is asked`() {
    for url in [
      "http://share.example.org/", "ftp://127.0.0.1/", "file:///etc/passwd",
      "http://127.0.0.1@share.example.org/", "https://user:pass@127.0.0.1/",
      "https://127.0.0.1/ x", "http://127.0.0.1.example.org/", "https:///x", "",
      "gopher://127.0.0.1", "HTTP://127.0.0.1/",
    ] {
      #expect(refusal(WebRequest(method: "GET", url: url))?.code == .addressNotAllowed, "\(url)")
    }
  }

  @Test func `a header cannot carry another line`() {
    for (name, value) in [
      ("x-a", "1\r\nx-b: 2"), ("x-a:", "1"), ("X-A", "1"), ("", "1"), ("x-a", ""), ("x a", "1"),
    ] {
      let call = WebRequest(method: "GET", url: "http://127.0.0.1:9/", headers: [(name, value)])
      #expect(refusal(call)?.code == .requestMalformed)
    }
  }

  @Test func `a redirect is told and not followed, and a long answer is cut off`() throws {
    let server = try SmallShareServer()
    try server.set(.redirect)
    let moved = try perform(WebRequest(method: "GET", url: server.address + "/api/shares"))
    #expect(moved.status == 302 && moved.headers.contains { $0.name == "location" })
    #expect(server.lines == ["GET /api/shares"])
    try server.set(.big)
    let call = WebRequest(method: "GET", url: server.address + "/", responseLimit: 1 << 20)
    #expect(refusal(call)?.code == .answerTooLarge)
    try server.set(.hang)
    let hanging = WebRequest(method: "GET", url: server.address + "/", seconds: 1)
    #expect(refusal(hanging)?.code == .webTimeout)
    #expect(
      refusal(WebRequest(method: "PUT", url: server.address + "/", body: .file("/nowhere")))?.code
        == .bodyUnreadable)
  }

  @Test func `one connection serves several requests, with and without a body`() throws {
    let server = try SmallShareServer()
    let connection = try WebConnection(files: FileSystem())
    let path = server.folder.path + "/body"
    try FileSystem().write([UInt8](repeating: 7, count: 300_000), to: path)
    for (method, body) in [
      ("PUT", WebRequest.Body.file(path)), ("GET", .none), ("POST", .bytes([])),
      ("DELETE", .none), ("PUT", .bytes(Array("abc".utf8))),
    ] {
      let reply = try connection.perform(
        WebRequest(method: method, url: server.address + "/x/members/y", body: body))
      #expect(reply.status >= 400)
    }
    #expect(server.requests.map { $0["bytes"]?.int } == [300_000, 0, 0, 0, 3])
    #expect(
      server.lines.map { $0.prefix { $0 != " " } } == ["PUT", "GET", "POST", "DELETE", "PUT"])
  }

  @Test(.enabled(if: WebServer.isInstalled))
  func `a certificate is believed for its name and its authority alone`() throws {
    let server = try WebServer()
    let good = try perform(
      WebRequest(
        method: "GET", url: server.secureAddress("nothing"), authorities: server.authority))
    #expect(good.status >= 200)
    #expect(
      refusal(WebRequest(method: "GET", url: server.secureAddress("nothing")))?.code
        == .certificateRefused)
    let otherName = server.secureAddress("nothing", host: "127.0.0.1")
    #expect(
      refusal(WebRequest(method: "GET", url: otherName, authorities: server.authority))?.code
        == .certificateRefused)
  }

  @Test func `nobody there is a failure of the network`() throws {
    let port = try freePort()
    let error = refusal(WebRequest(method: "GET", url: "http://127.0.0.1:\(port)/"))
    #expect(error?.code == .connectionFailed && error?.kind == .network)
  }
}
