import Glibc
import Platform

/// sshd on a high port that lets one key in, to git's own commands.
public final class SSHServer {
  public let folder = TemporaryFolder()
  private let server: RunningServer
  public var port: UInt16 { server.port }

  public static var isInstalled: Bool { areInstalled("/usr/sbin/sshd", "/usr/bin/git-shell") }

  /// The private key that is let in.
  public var key: String { folder.path + "/client" }
  /// A known_hosts file with the server's key.
  public var knownHosts: String { folder.path + "/known_hosts" }
  public var repository: String { folder.path + "/it's evidence.git" }

  public init() throws {
    let port = try freePort()
    let root = folder.path
    let made = try run(
      [
        "bash", "-ec",
        """
        [ $(id -u) != 0 ] || mkdir -p /run/sshd
        for name in host client other; do ssh-keygen -q -t ed25519 -N '' -f $name; done
        cp client.pub authorized_keys
        echo "[127.0.0.1]:\(port) $(cut -d' ' -f1,2 host.pub)" > known_hosts
        echo "[127.0.0.1]:\(port) $(cut -d' ' -f1,2 other.pub)" > wrong_hosts
        : > no_hosts
        git init -q --bare "it's evidence.git"
        """,
      ], in: root)
    if made.status != 0 { throw ServerFailed(why: made.err) }
    let configuration = """
      Port \(port)
      ListenAddress 127.0.0.1
      HostKey \(root)/host
      PidFile none
      AuthorizedKeysFile \(root)/authorized_keys
      StrictModes no
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      UsePAM no
      ForceCommand git-shell -c "$SSH_ORIGINAL_COMMAND"

      """
    try FileSystem().write(Array(configuration.utf8), to: root + "/sshd_config")
    server = try RunningServer(
      ["/usr/sbin/sshd", "-D", "-f", root + "/sshd_config", "-E", root + "/log"], port: port)
  }

  /// `ssh://USER@127.0.0.1:PORT/PATH`, USER being who runs the tests.
  public func address() throws -> String {
    let user = try run(["id", "-un"]).out.filter { $0 != "\n" }
    return "ssh://\(user)@127.0.0.1:\(port)\(repository)"
  }

  /// The ssh that reads no file of the user.
  public func command(knownHosts: String) -> String {
    "ssh -F none -o UserKnownHostsFile=\(knownHosts) -o GlobalKnownHostsFile=none"
      + " -o IdentityFile=none"
  }
}
