/// The ssh-agent of the user, asked for the list of its keys and for signatures and nothing else.
///
/// draft-ietf-sshm-ssh-agent; every call makes a connection of its own.
public struct SSHAgent: Sendable, Equatable {
  /// A key that the agent holds; the blob may be of any type.
  public struct Identity: Sendable, Equatable {
    public let blob: [UInt8]
    public let comment: String
  }

  /// Of the UNIX socket.
  public let path: String
  /// How long to wait: a person may have to confirm.
  public var seconds: Int

  public init(path: String, seconds: Int = 60) {
    self.path = path
    self.seconds = seconds
  }

  /// The agent that `SSH_AUTH_SOCK` names; nil where it names none.
  public init?(environment: [String: String]) {
    guard let path = environment["SSH_AUTH_SOCK"], !path.isEmpty else { return nil }
    self.init(path: path)
  }

  /// The keys that the agent holds.
  ///
  /// Throws `agent_unavailable`, `agent_refused`, `agent_answer_invalid`.
  public func identities() throws(SigningError) -> [Identity] {
    try AgentChannel.connecting(to: path, seconds: seconds).identities()
  }

  /// The Ed25519 signature of the data by exactly this key, already checked.
  ///
  /// Throws what `identities` does, and `key_type_unsupported`.
  public func sign(_ data: [UInt8], by key: SSHPublicKey) throws(SigningError) -> [UInt8] {
    try AgentChannel.connecting(to: path, seconds: seconds).sign(data, by: key)
  }
}
