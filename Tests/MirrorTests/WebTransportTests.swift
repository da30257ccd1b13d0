import JSON
import Platform
import TestSupport
import Testing

/// A real web server in front of git, on loopback.
@Suite(.serialized, .enabled(if: WebServer.isInstalled)) struct WebTransportTests {
  private func two(_ address: String) throws -> TwoStores {
    let two = try TwoStores(pushed: false)
    try TwoStores.need(try two.wf("remote", "add", "web", address))
    return two
  }

  /// An environment in which git knows no helper and asks nobody.
  private func alone(_ two: TwoStores, _ extra: [String: String] = [:]) -> [String: String] {
    [
      "HOME": two.root, "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "SSH_ASKPASS": "",
      "GIT_ASKPASS": "", "http_proxy": "", "https_proxy": "", "WF_REMOTE_TOKEN": "",
      "GIT_SSL_CAINFO": "", "SSL_CERT_FILE": "",
    ].merging(extra) { _, new in new }
  }

  @Test func `push, fetch and clone over http`() throws {
    let server = try WebServer()
    _ = try server.repository("open/e.git")
    let two = try two(server.address("open/e.git"))
    let env = alone(two)
    let push = try two.wf("push", "web", "--json", env: env)
    #expect(try TwoStores.states(push) == ["new", "new"], "\(push.err)\(push.out)")
    let clone = try run(
      [two.program.binary, "clone", server.address("open/e.git"), "b"], in: two.work,
      env: two.program.environment(env))
    #expect(clone.status == 0, "\(clone.err)")
    try two.commit("again")
    #expect(try two.wf("push", "web", env: env).status == 0)
    let fetch = try two.wf("fetch", "--advance", "--json", env: env, in: "b")
    #expect(try TwoStores.states(fetch) == ["fast_forward", "up_to_date"], "\(fetch.out)")
    #expect(try two.wf("verify", in: "b").status == 0)
    let none = try two.program("clone", server.address("open/none.git"), "c", "--json")
    #expect(none.status == 31)
    #expect(try Program.reason(none) == "remote_not_found")
  }

  @Test func `a password comes from the token or from git's helpers, and is kept nowhere`() throws {
    let server = try WebServer()
    _ = try server.repository("auth/e.git")
    let secret = WebServer.password
    let address = "http://\(WebServer.user)@127.0.0.1:\(server.port)/auth/e.git"
    let two = try two(address)
    var said = ""
    func push(_ extra: [String: String]) throws -> Finished {
      let done = try two.wf("push", "web", "--json", env: alone(two, extra))
      said += done.out + done.err
      return done
    }
    let nobody = try push([:])
    #expect(nobody.status == 12)
    #expect(try Program.reason(nobody) == "authentication_failed")
    let wrong = try push(["WF_REMOTE_TOKEN": "wrong-" + secret])
    #expect(wrong.status == 12)
    let right = try push(["WF_REMOTE_TOKEN": secret])
    #expect(right.status == 0, "\(right.out)")
    // A helper that notes what it is asked, and gives the password.
    let helper = two.root + "/helper"
    try FileSystem().write(
      Array(
        """
        #!/bin/sh
        echo "$1" >> \(two.root)/asked; env | grep -c WF_REMOTE_TOKEN= >> \(two.root)/token
        [ "$1" = get ] && cat \(two.root)/answer
        exit 0

        """.utf8), to: helper, mode: 0o755)
    let config = "[credential]\n\thelper = \(helper)\n"
    try FileSystem().write(Array(config.utf8), to: two.root + "/.gitconfig")
    func answer(_ password: String) throws {
      try FileSystem().write(
        Array("username=\(WebServer.user)\npassword=\(password)\n".utf8), to: two.root + "/answer")
    }
    try answer("bad")
    #expect(try push([:]).status == 12)
    try answer(secret)
    #expect(try push([:]).status == 0)
    let asked = String(decoding: try Fixtures.read(two.root + "/asked"), as: UTF8.self)
    #expect(asked == "get\nerase\nget\nstore\n")
    #expect(!said.contains(secret))
    try FileSystem().remove(two.root + "/answer")
    let found = try run(["grep", "-rlF", secret, two.root])
    #expect(found.out.isEmpty, "\(found.out)")
  }

  @Test func `a certificate that nobody vouches for, or of another host, is refused`() throws {
    let server = try WebServer()
    _ = try server.repository("auth/e.git")
    let two = try two(
      server.secureAddress("auth/e.git").replacing("https://", with: "https://alice@"))
    let token = ["WF_REMOTE_TOKEN": WebServer.password]
    let unknown = try two.wf("push", "web", "--json", env: alone(two, token))
    #expect(unknown.status == 30)
    #expect(try Program.reason(unknown) == "certificate_invalid")
    let trusting = alone(two, token.merging(["GIT_SSL_CAINFO": server.authority]) { $1 })
    let push = try two.wf("push", "web", "--json", env: trusting)
    #expect(push.status == 0, "\(push.out)")
    try TwoStores.need(
      try two.wf(
        "remote", "add", "other", server.secureAddress("auth/e.git", host: "127.0.0.1")))
    let other = try two.wf("push", "other", "--json", env: trusting)
    #expect(try Program.reason(other) == "certificate_invalid", "\(other.out)")
    // Before the certificate was believed nothing was asked for.
    #expect(!server.log.split(separator: "\n").isEmpty)
    #expect(server.log.split(separator: "\n").allSatisfy { $0.contains("/auth/e.git/") })
  }

  @Test func `a web server that takes no packs of this size says so, and has nothing`() throws {
    let server = try WebServer()
    let repository = try server.repository("small/e.git")
    let two = try two(server.address("small/e.git"))
    let push = try two.wf("push", "web", "--json", env: alone(two))
    #expect(push.status == 31, "\(push.out)")
    #expect(try Program.reason(push) == "push_refused", "\(push.out)")
    #expect(push.out.contains("413"))
    #expect(try git(["--git-dir", repository, "for-each-ref"]).out.isEmpty)
    #expect(try two.wf("verify").status == 0)
  }

  @Test func `https goes through the proxy that is set, http says that it does not`() throws {
    let server = try WebServer()
    _ = try server.repository("open/e.git")
    let two = try two(server.secureAddress("open/e.git"))
    let proxy = try CutProxy(to: server.securePort, .up, after: 0, .connect)
    func push(_ name: String, _ extra: [String: String]) throws -> Finished {
      let trusting = ["GIT_SSL_CAINFO": server.authority].merging(extra) { $1 }
      return try two.wf("push", name, "--json", env: alone(two, trusting))
    }
    let dead = "http://127.0.0.1:\(try freePort())"
    let through = try push("web", ["https_proxy": "http://127.0.0.1:\(proxy.port)"])
    #expect(through.status == 0, "\(through.out)\(through.err)")
    let refused = try push("web", ["https_proxy": dead])
    #expect(refused.status == 30, "\(refused.out)\(refused.err)")
    let beside = try push("web", ["https_proxy": dead, "no_proxy": "localhost"])
    #expect(beside.status == 0, "\(beside.out)\(beside.err)")
    try TwoStores.need(try two.wf("remote", "add", "plain", server.address("open/e.git")))
    let plain = try push("plain", ["http_proxy": dead])
    #expect(plain.status == 0, "\(plain.out)\(plain.err)")
    #expect(plain.err.contains("http_proxy is not used"), "\(plain.err)")
    #expect(!beside.err.contains("http_proxy"))
  }

  @Test func `nobody is followed to another address, and gets no credentials`() throws {
    let server = try WebServer()
    _ = try server.repository("auth/e.git")
    let two = try two("http://alice@127.0.0.1:\(server.port)/moved/e.git")
    let push = try two.wf(
      "push", "web", "--json", env: alone(two, ["WF_REMOTE_TOKEN": WebServer.password]))
    #expect(push.status == 31)
    #expect(try Program.reason(push) == "redirect_refused", "\(push.out)")
    #expect(!server.log.contains("/auth/"), "\(server.log)")
    try TwoStores.need(try two.wf("remote", "add", "far", "http://192.0.2.1/e.git"))
  }

  /// In the answers to first requests, and anywhere.
  private static let cuts: [(CutProxy.Way, Int)] = {
    var random = SeededGenerator(seed: 7)
    let anywhere = (0..<3).flatMap { _ in
      [
        (CutProxy.Way.down, Int.random(in: 1...12_000, using: &random)),
        (.up, .random(in: 1...12_000, using: &random)),
      ]
    }
    return [(.down, 100), (.down, 700), (.up, 300), (.up, 900), (.up, 20_000)] + anywhere
  }()

  @Test(arguments: cuts)
  func `a connection that is cut is an error, both sides are whole, and again it works`(
    way: CutProxy.Way, bytes: Int
  ) throws {
    let server = try WebServer()
    let repository = try server.repository("open/e.git")
    let two = try two(server.address("open/e.git"))
    let env = alone(two)
    let proxy = try CutProxy(to: server.port, way, after: bytes, .cut)
    try TwoStores.need(
      try two.wf("remote", "add", "cut", server.address("open/e.git", port: proxy.port)))
    let cut = try two.wf("push", "cut", "--json", env: env)
    #expect([0, 30, 31].contains(cut.status), "\(cut.out)\(cut.err)")
    let fsck = try git(["--git-dir", repository, "fsck", "--strict", "--full"])
    #expect(fsck.status == 0, "\(fsck.err)")
    #expect(try two.wf("push", "web", env: env).status == 0)
    let clone = try run(
      [two.program.binary, "clone", server.address("open/e.git", port: proxy.port), "b", "--json"],
      in: two.work, env: two.program.environment(env))
    #expect([0, 30, 31].contains(clone.status), "\(clone.out)\(clone.err)")
    #expect(FileSystem().exists(two.work + "/b") == (clone.status == 0))
    #expect(try two.wf("verify").status == 0)
    let whole = try two.program("clone", server.address("open/e.git"), "c")
    #expect(whole.status == 0, "\(whole.err)")
  }

  @Test func `a server that stands still is given up, one that is slow is not`() throws {
    let server = try WebServer()
    _ = try server.repository("open/e.git")
    let two = try two(server.address("open/e.git"))
    try TwoStores.need(try two.wf("push", "web", env: alone(two)))
    let still = try CutProxy(to: server.port, .down, after: 1500, .stall)
    let clone = try run(
      [two.program.binary, "clone", server.address("open/e.git", port: still.port), "b", "--json"],
      in: two.work, env: two.program.environment(alone(two, ["WF_REMOTE_TIMEOUT": "1"])))
    #expect(clone.status == 30)
    #expect(try Program.reason(clone) == "remote_timeout", "\(clone.out)")
    // Ctrl-C in between: said as such, and nothing is left.
    let broken = try run(
      [
        "timeout", "--preserve-status", "-s", "INT", "2", two.program.binary, "clone",
        server.address("open/e.git", port: still.port), "d", "--json",
      ], in: two.work, env: two.program.environment(alone(two)))
    #expect(broken.status == 130, "\(broken.out)\(broken.err)")
    #expect(!FileSystem().exists(two.work + "/d"))
    let slow = try CutProxy(to: server.port, .down, after: 0, .slow)
    let patient = try two.program("clone", server.address("open/e.git", port: slow.port), "c")
    #expect(patient.status == 0, "\(patient.err)")
  }
}
