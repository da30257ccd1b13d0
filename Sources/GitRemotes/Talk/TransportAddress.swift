public import History
public import Platform

/// A remote's address as the connection needs it.
public struct TransportAddress: Sendable {
  /// What libgit2 is given.
  public let url: String
  /// What errors show.
  public let shown: String
  public let remote: RemoteAddress
  /// The words that start the program which speaks for the other side, for a service of git's; nil where
  /// libgit2 speaks itself.
  public let command: (@Sendable (String) -> [String])?

  /// - Parameters:
  ///   - environment: `GIT_SSH_COMMAND`, `WF_SSH_KEY`.
  ///   - hasGit: whether git's own programs are installed, which serve folders of this machine.
  public init(_ remote: RemoteAddress, environment: [String: String], hasGit: Bool) {
    self.remote = remote
    shown = remote.text
    switch remote.place {
    case .local(let path):
      url = path
      let run: @Sendable (String) -> [String] = { service in [service, path] }
      command = hasGit ? run : nil
    case .web:
      url = remote.text
      command = nil
    case .ssh(let user, let host, let port, let path):
      // The scheme makes libgit2 ask for the transport; where it leads, the program knows.
      url = remote.text
      let start = Self.ssh(environment, user: user, host: host, port: port)
      let quoted = Self.quoted(path)
      command = { service in start + ["\(service) \(quoted)"] }
    }
  }

  /// ssh with the checks that must hold: a host whose key is not known is not talked to.
  private static func ssh(
    _ environment: [String: String], user: String?, host: String, port: String?
  ) -> [String] {
    var words = [
      "-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=30", "-o", "ServerAliveInterval=15",
      "-o", "ServerAliveCountMax=4", "-o", "ForwardAgent=no", "-o", "ClearAllForwardings=yes", "-T",
    ]
    if let key = environment["WF_SSH_KEY"], !key.isEmpty {
      words += ["-i", key, "-o", "IdentitiesOnly=yes"]
    }
    if let port { words += ["-p", port] }
    let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    words.append(user.map { "\($0)@\(bare)" } ?? bare)
    if let command = environment["GIT_SSH_COMMAND"], !command.isEmpty {
      return ["sh", "-c", command + " \"$@\"", "ssh"] + words
    }
    return ["ssh"] + words
  }

  /// One word for the shell of the other side.
  public static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }

  /// What the words of a program that failed mean; nil where it said nothing.
  public func error(said: String) -> MirrorError? {
    if said.isEmpty { return nil }
    func has(_ texts: String...) -> Bool { texts.contains { said.contains($0) } }
    if has("repository corruption") {
      return MirrorError(
        .remotePackInvalid, place: shown, "the remote's repository is damaged (\(said))",
        hint: "ask who keeps the server to run git fsck")
    }
    if has("Host key verification failed", "host key") {
      return MirrorError(
        .hostKeyUnknown, place: shown, "the server's key is not the one in known_hosts (\(said))",
        hint:
          "compare the server's key with its owner's word, then: ssh-keyscan HOST >> ~/.ssh/known_hosts"
      )
    }
    if has("Permission denied") && !has("unpack", "'.git") {
      return MirrorError(
        .authenticationFailed, place: shown, "the server did not let us in (\(said))",
        hint: "ssh-add FILE, or WF_SSH_KEY=FILE")
    }
    if has(
      "does not appear to be a git repository", "not found", "No such file", "dubious ownership")
    {
      return MirrorError(
        .remoteNotFound, place: shown, "there is no repository that can be used (\(said))")
    }
    return MirrorError(.networkFailed, place: shown, said, hint: "run the command again")
  }
}

extension FileSystem {
  /// Whether git's own programs can serve a folder.
  public func hasGit(_ environment: [String: String]) -> Bool {
    (environment["PATH"] ?? "/usr/bin").split(separator: ":").contains { folder in
      exists("\(folder)/git-upload-pack") && exists("\(folder)/git-receive-pack")
    }
  }
}
