import Glibc
import Platform
import Signing
import TestSupport
import Testing

/// A real ssh-agent on a socket of its own, ended with the value.
final class RunningAgent: Sendable {
  let folder = TemporaryFolder()
  let agent: SSHAgent
  private let process: pid_t

  init() throws {
    let socket = folder.path + "/agent"
    let started = try TestSupport.run(["ssh-agent", "-s", "-a", socket])
    let words = started.out.split { !$0.isNumber }.compactMap { pid_t($0) }
    process = try #require(words.last)
    agent = SSHAgent(path: socket, seconds: 5)
  }

  /// Not SIGTERM, which a child of a test process may have inherited as blocked.
  deinit { kill(process, SIGKILL) }

  /// ssh-add with these arguments; passphrases are asked of a script that answers `open sesame`.
  func add(_ arguments: [String]) throws -> Finished {
    let script = folder.path + "/ask"
    try FileSystem().write(
      Array("#!/bin/sh\necho open sesame\n".utf8), to: script, .atomic, mode: 0o700)
    return try TestSupport.run(
      ["ssh-add"] + arguments,
      env: [
        "SSH_AUTH_SOCK": agent.path, "SSH_ASKPASS": script, "SSH_ASKPASS_REQUIRE": "force",
        "DISPLAY": ":0",
      ])
  }
}

struct AgentTests {
  private let message = Array("by the agent\n".utf8)

  @Test func `a real agent lists and signs with our key, byte for byte as the file does`() throws {
    let running = try RunningAgent()
    let path = running.folder.path + "/key"
    try Samples.writeKey(4, comment: "a@b", at: path)
    #expect(try running.agent.identities().isEmpty)
    #expect(try running.add(["-q", path]).status == 0)
    let file = try Signer.named(path, agent: nil)
    let identities = try running.agent.identities()
    #expect(identities.map(\.blob) == [file.publicKey.blob] && identities[0].comment == "a@b")
    let byFile = try signArmoured(message: message, key: file)
    let named = try Signer.named("key::" + file.publicKey.line(), agent: running.agent)
    #expect(try signArmoured(message: message, key: named) == byFile)
    let publicPath = running.folder.path + "/other.pub"
    try FileSystem().write(Array((file.publicKey.line(comment: "x") + "\n").utf8), to: publicPath)
    let halved = try Signer.named(publicPath, agent: running.agent)
    #expect(halved.comment == "x")
    #expect(try signArmoured(message: message, key: halved) == byFile)
  }

  @Test func `an agent that does not hold the key, or is locked, refuses`() throws {
    let running = try RunningAgent()
    let key = try Samples.signer(4).publicKey
    let signer = try Signer.named("key::" + key.line(), agent: running.agent)
    #expect(code { _ = try signer.sign(message) } == .agentRefused)
    let path = running.folder.path + "/key"
    try Samples.writeKey(4, comment: "a@b", at: path)
    #expect(try running.add(["-q", path]).status == 0)
    #expect(try signer.sign(message).count == 64)
    #expect(try running.add(["-x"]).status == 0)
    #expect(code { _ = try signer.sign(message) } == .agentRefused)
  }

  @Test func `a key behind a passphrase is asked of the agent`() throws {
    let running = try RunningAgent()
    let path = running.folder.path + "/key"
    try Samples.writeKey(4, comment: "a@b", at: path)
    let done = try TestSupport.run([
      "ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", path,
    ])
    try #require(done.status == 0, "\(done.err)")
    for agent in [nil, running.agent, SSHAgent(path: "/nowhere", seconds: 1)] {
      let error = #expect(throws: SigningError.self) { try Signer.named(path, agent: agent) }
      #expect(error?.code == .keyEncrypted && error?.hint == "ssh-add \(path)")
    }
    #expect(try running.add(["-q", path]).status == 0)
    let signer = try Signer.named(path, agent: running.agent)
    #expect(signer.publicKey == (try Samples.signer(4)).publicKey && signer.comment == "a@b")
    let armour = try signArmoured(message: message, key: signer)
    #expect(try armour == signArmoured(message: message, key: Samples.signer(4)))
  }

  @Test func `no agent, a dead one and a silent one are unavailable`() throws {
    let key = try Samples.signer(4).publicKey
    #expect(code { _ = try Signer.named("key::" + key.line(), agent: nil) } == .agentUnavailable)
    #expect(
      SSHAgent(environment: [:]) == nil && SSHAgent(environment: ["SSH_AUTH_SOCK": ""]) == nil)
    #expect(SSHAgent(environment: ["SSH_AUTH_SOCK": "/x"])?.seconds == 60)
    for path in ["/nowhere", "", String(repeating: "x", count: 200), "/dev/null"] {
      #expect(
        code { _ = try SSHAgent(path: path, seconds: 1).identities() } == .agentUnavailable)
    }
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    defer { close(ends[1]) }
    let channel = AgentChannel(descriptor: ends[0], seconds: 1)
    let start = time(nil)
    #expect(code { _ = try channel.identities() } == .agentUnavailable)
    #expect(time(nil) - start <= 3)
  }

  @Test func `an answer signed by another key is not taken`() throws {
    let data = Array("the signed bytes".utf8)
    let asked = try Samples.signer(4)
    for (number, isRight) in [(4, true), (6, false)] as [(UInt8, Bool)] {
      var inner = SSHWriter()
      inner.string("ssh-ed25519")
      inner.string(try Samples.signer(number).sign(data))
      var body = SSHWriter()
      body.raw([14])
      body.string(inner.bytes)
      var frame = SSHWriter()
      frame.string(body.bytes)
      var ends: [Int32] = [-1, -1]
      try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
      defer { close(ends[1]) }
      #expect(write(ends[1], frame.bytes, frame.bytes.count) == frame.bytes.count)
      let channel = AgentChannel(descriptor: ends[0], seconds: 5)
      let result = code { _ = try channel.sign(data, by: asked.publicKey) }
      #expect(result == (isRight ? nil : .agentAnswerInvalid))
    }
  }
}
