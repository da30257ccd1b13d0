internal import Glibc

/// One connection to an ssh-agent: frames out, frames in, until a moment after which we give up.
package struct AgentChannel: ~Copyable {
  private let descriptor: Int32
  /// Of the monotonic clock, milliseconds.
  private let deadline: Int64
  static let maximumFrameBytes = 256 << 10

  /// Takes over a connected socket, which is closed in the end.
  package init(descriptor: Int32, seconds: Int) {
    self.descriptor = descriptor
    deadline = Self.now() + Int64(seconds) * 1000
  }

  /// Connects to a UNIX socket.
  static func connecting(to path: String, seconds: Int) throws(SigningError) -> AgentChannel {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array(path.utf8)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard !name.isEmpty, name.count < room, !name.contains(0) else {
      throw unavailable("the agent's socket has no usable path")
    }
    let socket = Glibc.socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw unavailable("no socket can be made") }
    let channel = AgentChannel(descriptor: socket, seconds: seconds)
    // safe because the name is shorter than the field, whose other bytes are zero
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(socket, $0, size)
      }
    }
    guard status == 0 else { throw unavailable("nothing answers at the agent's socket") }
    return channel
  }

  deinit { close(descriptor) }

  /// Sends the body of one request and gives the body of the answer.
  ///
  /// Throws `agent_unavailable` where the socket fails or time is up, `agent_answer_invalid` for a
  /// length that no answer has.
  func exchange(_ body: [UInt8]) throws(SigningError) -> [UInt8] {
    var frame = SSHWriter()
    frame.string(body)
    try send(frame.bytes)
    var header = SSHReader(try receive(4))
    guard let count = try? header.u32(), count >= 1, count <= Self.maximumFrameBytes else {
      throw SigningError(.agentAnswerInvalid, "the agent's answer has an impossible length")
    }
    let answer = try receive(Int(count))
    guard !hasMore() else {
      throw SigningError(.agentAnswerInvalid, "the agent said more than its answer")
    }
    return answer
  }

  private func hasMore() -> Bool {
    var byte: UInt8 = 0
    // safe because C writes at most the one byte
    return unsafe recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK)) > 0
  }

  private func send(_ bytes: [UInt8]) throws(SigningError) {
    var done = 0
    while done < bytes.count {
      try wait(for: Int16(POLLOUT))
      // safe because C reads from `done` to the end of the array and no further
      let put = unsafe bytes.withUnsafeBytes { raw in
        unsafe Glibc.send(
          descriptor, raw.baseAddress.map { unsafe $0 + done }, raw.count - done,
          Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if put < 0 && (errno == EINTR || errno == EAGAIN) { continue }
      guard put > 0 else { throw Self.unavailable("the agent closed the connection") }
      done += put
    }
  }

  private func receive(_ count: Int) throws(SigningError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      try wait(for: Int16(POLLIN))
      // safe because C writes from `done` to the end of the array and no further
      let got = unsafe bytes.withUnsafeMutableBytes { raw in
        unsafe recv(
          descriptor, raw.baseAddress.map { unsafe $0 + done }, raw.count - done,
          Int32(MSG_DONTWAIT))
      }
      if got < 0 && (errno == EINTR || errno == EAGAIN) { continue }
      guard got > 0 else { throw Self.unavailable("the agent closed the connection") }
      done += got
    }
    return bytes
  }

  private func wait(for event: Int16) throws(SigningError) {
    while true {
      let left = deadline - Self.now()
      guard left > 0 else { throw Self.unavailable("the agent did not answer in time") }
      var entry = pollfd(fd: descriptor, events: event, revents: 0)
      let ready = unsafe poll(&entry, 1, Int32(clamping: left))
      if ready > 0 { return }
      if ready < 0 && errno != EINTR { throw Self.unavailable("the agent's socket failed") }
    }
  }

  private static func now() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  static func unavailable(_ message: String) -> SigningError {
    SigningError(
      .agentUnavailable, message, hint: "is an ssh-agent running, and SSH_AUTH_SOCK its socket?")
  }
}

extension AgentChannel {
  /// The keys that the agent holds.
  package func identities() throws(SigningError) -> [SSHAgent.Identity] {
    let answer = try exchange([11])
    do throws(WireError) {
      return try Self.identities(in: answer)
    } catch {
      throw Self.refusal(answer) ?? Self.invalid
    }
  }

  /// The signature of 64 bytes over the data by exactly this key, checked before it is given out.
  package func sign(_ data: [UInt8], by key: SSHPublicKey) throws(SigningError) -> [UInt8] {
    guard let point = key.ed25519 else {
      throw SigningError(.keyTypeUnsupported, "wf signs with Ed25519 keys, this is \(key.type)")
    }
    var request = SSHWriter()
    request.raw([13])
    request.string(key.blob)
    request.string(data)
    request.u32(0)
    let answer = try exchange(request.bytes)
    let signature: [UInt8]
    do throws(WireError) {
      signature = try Self.signature(in: answer)
    } catch {
      throw Self.refusal(answer) ?? Self.invalid
    }
    guard Ed25519.verifies(signature, of: data, by: point) else { throw Self.invalid }
    return signature
  }

  private static func identities(in answer: [UInt8]) throws(WireError) -> [SSHAgent.Identity] {
    var reader = SSHReader(answer)
    guard try reader.u8() == 12 else { throw WireError() }
    let count = try reader.u32()
    var all: [SSHAgent.Identity] = []
    for _ in 0..<count {
      let blob = try reader.string()
      let comment = try reader.string()
      all.append(SSHAgent.Identity(blob: blob, comment: String(decoding: comment, as: UTF8.self)))
    }
    try reader.finish()
    return all
  }

  private static func signature(in answer: [UInt8]) throws(WireError) -> [UInt8] {
    var reader = SSHReader(answer)
    guard try reader.u8() == 14 else { throw WireError() }
    var inner = SSHReader(try reader.string())
    try reader.finish()
    guard try inner.name() == SSHPublicKey.ed25519Type else { throw WireError() }
    let value = try inner.string()
    try inner.finish()
    guard value.count == 64 else { throw WireError() }
    return value
  }

  private static func refusal(_ answer: [UInt8]) -> SigningError? {
    guard answer == [5] else { return nil }
    return SigningError(
      .agentRefused, "the ssh-agent declined",
      hint: "it may be locked, or not hold the key: ssh-add -l shows what it holds")
  }

  private static var invalid: SigningError {
    SigningError(.agentAnswerInvalid, "the ssh-agent's answer is not what was asked for")
  }
}
