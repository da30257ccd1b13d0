import JSON
import Platform
import TestSupport
import Testing

/// A real sshd on loopback.
@Suite(.serialized, .enabled(if: SSHServer.isInstalled)) struct SSHTransportTests {
  @Test func `push and clone over ssh, with the host's key known and a key of ours`() throws {
    let server = try SSHServer()
    let two = try TwoStores(pushed: false)
    try TwoStores.need(try two.wf("remote", "add", "ssh", try server.address()))
    func env(_ hosts: String, _ more: [String: String] = [:]) -> [String: String] {
      ["GIT_SSH_COMMAND": server.command(knownHosts: server.folder.path + "/" + hosts)]
        .merging(more) { $1 }
    }
    for hosts in ["no_hosts", "wrong_hosts"] {
      let refused = try two.wf("push", "ssh", "--json", env: env(hosts, ["WF_SSH_KEY": server.key]))
      #expect(refused.status == 30)
      #expect(try Program.reason(refused) == "host_key_unknown", "\(refused.out)")
    }
    let nobody = try two.wf("push", "ssh", "--json", env: env("known_hosts"))
    #expect(nobody.status == 12)
    #expect(try Program.reason(nobody) == "authentication_failed", "\(nobody.out)")
    let keyed = env("known_hosts", ["WF_SSH_KEY": server.key])
    let push = try two.wf("push", "ssh", "--json", env: keyed)
    #expect(try TwoStores.states(push) == ["new", "new"], "\(push.out)\(push.err)")
    let clone = try run(
      [two.program.binary, "clone", try server.address(), "b"], in: two.work,
      env: two.program.environment(keyed))
    #expect(clone.status == 0, "\(clone.err)")
    #expect(try two.wf("verify", in: "b").status == 0)
    let fsck = try git(["--git-dir", server.repository, "fsck", "--strict"])
    #expect(fsck.status == 0, "\(fsck.err)")
  }

  @Test func `an agent's key is taken, and the token of a web server does not reach ssh`() throws {
    let server = try SSHServer()
    let two = try TwoStores(pushed: false)
    try TwoStores.need(try two.wf("remote", "add", "ssh", try server.address()))
    let seen = two.root + "/seen"
    let command = "env > \(seen); " + server.command(knownHosts: server.knownHosts)
    let push = try run(
      [
        "ssh-agent", "bash", "-c",
        "ssh-add -q \(server.key) && \(two.program.binary) push ssh --json",
      ], in: two.work + "/a",
      env: two.program.environment([
        "GIT_SSH_COMMAND": command, "WF_REMOTE_TOKEN": "a-secret-of-the-web",
      ]).filter { $0.key != "SSH_AUTH_SOCK" })
    #expect(push.status == 0, "\(push.out)\(push.err)")
    let environment = String(decoding: try Fixtures.read(seen), as: UTF8.self)
    #expect(environment.contains("SSH_AUTH_SOCK") && !environment.contains("a-secret-of-the-web"))
  }

  @Test(arguments: [(CutProxy.Way.down, 900), (.down, 3500), (.up, 2500), (.up, 6000)])
  func `a connection that is cut leaves both sides whole`(way: CutProxy.Way, bytes: Int) throws {
    let server = try SSHServer()
    let two = try TwoStores(pushed: false)
    let proxy = try CutProxy(to: server.port, way, after: bytes, .cut)
    let address = try server.address()
    let through = address.replacing(":\(server.port)/", with: ":\(proxy.port)/")
    try TwoStores.need(try two.wf("remote", "add", "cut", through))
    try TwoStores.need(try two.wf("remote", "add", "ssh", address))
    let hosts = two.root + "/hosts"
    let key = String(decoding: try Fixtures.read(server.knownHosts), as: UTF8.self)
    try FileSystem().write(
      Array((key + key.replacing(":\(server.port) ", with: ":\(proxy.port) ")).utf8), to: hosts)
    let env = ["GIT_SSH_COMMAND": server.command(knownHosts: hosts), "WF_SSH_KEY": server.key]
    let cut = try two.wf("push", "cut", "--json", env: env)
    #expect([0, 30, 31].contains(cut.status), "\(cut.out)\(cut.err)")
    let fsck = try git(["--git-dir", server.repository, "fsck", "--strict"])
    #expect(fsck.status == 0, "\(fsck.err)")
    #expect(try two.wf("push", "ssh", env: env).status == 0)
    #expect(try two.wf("verify").status == 0)
  }
}
