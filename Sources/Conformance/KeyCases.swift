internal import Glibc
internal import JSON
internal import Platform
internal import Signing

/// Runs `cases.json` of a folder of key rows: kinds `private-key` and `agent`.
///
/// A private key goes through a file of mode 0600, an agent's answer through a socket whose other
/// end also checks what was sent. Throws when the table or a file of it cannot be read.
public func keyCases(folder: String) throws -> [CaseResult] {
  return try caseRows(folder).map { row in
    switch row["kind"]?.string {
    case "private-key"?: try PrivateKeyRow(row: row, folder: folder).run()
    case "agent"?: try AgentRow(row: row).run()
    default: throw MalformedRow(name: row["name"]?.string ?? "?", member: "kind")
    }
  }
}

private struct PrivateKeyRow {
  let row: JSONValue
  let folder: String

  func run() throws -> CaseResult {
    let wanted = Expectation(row)
    let files = FileSystem()
    let place = files.temporaryName(beside: "/tmp/key")
    defer { try? files.remove(place) }
    let writer = try files.create(place, mode: 0o600)
    try writer.append(try content())
    try writer.finish(durably: false)
    do throws(SigningError) {
      let signer = try Signer.named(place, agent: nil)
      return wanted.judge(nil, also: try fault(signer))
    } catch {
      let isReadable = error.code == .keyEncrypted
      return wanted.judge(error.reason, also: isReadable ? faultInClear(place) : nil)
    }
  }

  private func content() throws -> [UInt8] {
    guard let name = row["file"]?.string else {
      throw MalformedRow(name: row["name"]?.string ?? "?", member: "file")
    }
    let bytes = try mappedBytes(Path.join(folder, name))
    guard row["encoding"]?.string == "base64" else { return bytes }
    guard let decoded = Base64.decode(bytes.filter { $0 != 0x0A }) else {
      throw MalformedRow(name: name, member: "file")
    }
    return decoded
  }

  /// What is wrong with a key that was read: its public half, or the secret behind it.
  private func fault(_ signer: Signer) throws(SigningError) -> String? {
    if let fault = fault(signer.publicKey) { return fault }
    guard let seed = row["seed_hex"]?.string.flatMap({ Hex.decode($0) }) else { return nil }
    let message = Array("any message".utf8)
    let isSame = try signer.sign(message) == SecretKey(seed: seed.span).sign(message)
    return isSame ? nil : "it signs as another key"
  }

  /// The public half of an encrypted file stands in clear.
  private func faultInClear(_ path: String) -> String? {
    guard case .encrypted(let key)? = try? PrivateKeyFile.read(path) else {
      return "the public key was not read"
    }
    return fault(key)
  }

  private func fault(_ key: SSHPublicKey) -> String? {
    if let print = row["fingerprint"]?.string, print != key.fingerprint {
      return "the fingerprint is \(key.fingerprint)"
    }
    if let line = row["public"]?.string, line != key.line() { return "the key is \(key.line())" }
    return nil
  }
}

private struct AgentRow {
  let row: JSONValue

  func run() throws -> CaseResult {
    let wanted = Expectation(row)
    guard let request = row["request_hex"]?.string.flatMap({ Hex.decode($0) }), request.count > 4
    else { throw MalformedRow(name: wanted.name, member: "request_hex") }
    guard let response = row["response_hex"]?.string.flatMap({ Hex.decode($0) }) else {
      throw MalformedRow(name: wanted.name, member: "response_hex")
    }
    let agent = try PlayedAgent.saying(response)
    var fault: String?
    var reason: String?
    do throws(SigningError) {
      let channel = AgentChannel(descriptor: agent.client, seconds: 5)
      if request[4] == 11 {
        fault = self.fault(try channel.identities())
      } else {
        fault = try sign(by: channel)
      }
    } catch {
      reason = error.reason
    }
    if agent.received() != request { fault = "the request differs" }
    return wanted.judge(reason, also: fault)
  }

  private func fault(_ found: [SSHAgent.Identity]) -> String? {
    guard let listed = row["identities"]?.array else { return nil }
    let wanted = listed.map { [$0["public"]?.string ?? "?", $0["comment"]?.string ?? ""] }
    let got = found.map { [(try? SSHPublicKey(blob: $0.blob))?.line() ?? "?", $0.comment] }
    return got == wanted ? nil : "the keys are \(got)"
  }

  /// nil when the armoured signature made of the answer holds over the row's message.
  private func sign(by channel: borrowing AgentChannel) throws(SigningError) -> String? {
    let (key, _) = try SSHPublicKey.parse(line: row["public"]?.string ?? "")
    let namespace = row["namespace"]?.string ?? ""
    guard let message = row["message_base64"]?.string.flatMap({ Base64.decode($0) }),
      let bytes = SSHSignature.signedBytes(
        message: message, namespace: Array(namespace.utf8), hashName: row["hash"]?.string ?? "")
    else { return "the row has no message to sign" }
    let signature = try channel.sign(bytes, by: key)
    // we only ever write sha512; a row with another hash shows the frames alone
    guard row["hash"]?.string == "sha512" else { return nil }
    let armour = SSHSignature.armour(
      publicKey: key, namespace: Array(namespace.utf8), signature: signature)
    let failure = try SSHSignature(armoured: Array(armour.utf8))
      .failure(of: message, namespace: namespace)
    return failure.map { "the signature made of it fails: \($0.rawValue)" }
  }
}

/// The far end of a socket that has already said what it is going to say, and closes after that.
private struct PlayedAgent: ~Copyable {
  let client: Int32
  private let far: Int32

  private init(client: Int32, far: Int32) {
    self.client = client
    self.far = far
  }

  static func saying(_ answer: [UInt8]) throws -> PlayedAgent {
    var ends: [Int32] = [-1, -1]
    // safe because C writes two numbers into an array of two
    guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
      throw PlatformError(errno: errno, doing: "make a pair of sockets", place: nil)
    }
    let agent = PlayedAgent(client: ends[0], far: ends[1])
    try agent.say(answer)
    return agent
  }

  private func say(_ answer: [UInt8]) throws {
    let sent = unsafe answer.withUnsafeBytes { raw in
      unsafe send(far, raw.baseAddress, raw.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
    guard sent == answer.count else {
      throw PlatformError(errno: ENOBUFS, doing: "hold so long an answer", place: nil)
    }
    shutdown(far, Int32(SHUT_WR))
  }

  deinit { close(far) }

  func received() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    var count = 0
    while count < bytes.count {
      // safe because C writes from `count` to the end of the array and no further
      let got = unsafe bytes.withUnsafeMutableBytes { raw in
        unsafe recv(
          far, raw.baseAddress.map { unsafe $0 + count }, raw.count - count, Int32(MSG_DONTWAIT))
      }
      if got <= 0 { break }
      count += got
    }
    return Array(bytes.prefix(count))
  }
}
