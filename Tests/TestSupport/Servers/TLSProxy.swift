import Glibc
import Platform

/// nginx with a site file of the documentation, in front of a server of a test.
///
/// The file is taken as it is, but for the certificate's place, the port and the server behind.
public final class TLSProxy {
  public let folder = TemporaryFolder()
  public let port: UInt16
  private let nginx: RunningServer

  /// The authority's certificate.
  public var authority: String { folder.path + "/ca.pem" }

  /// - Parameter target: the port of the server behind.
  public init(site: String, to target: UInt16) throws {
    port = try freePort()
    let root = folder.path
    let made = try run(["bash", "-ec", Self.setUp], in: root)
    if made.status != 0 { throw ServerFailed(why: made.err) }
    let text = String(decoding: try Fixtures.read(site), as: UTF8.self)
      .replacing("listen 443", with: "listen 127.0.0.1:\(port)")
      .replacing("/etc/ssl/share/fullchain.pem", with: root + "/server.pem")
      .replacing("/etc/ssl/share/key.pem", with: root + "/server.key")
      .replacing("127.0.0.1:8080", with: "127.0.0.1:\(target)")
    let temporary = ["client_body", "fastcgi", "proxy", "uwsgi", "scgi"]
      .map { "\($0)_temp_path \(root)/tmp;" }.joined(separator: " ")
    let whole = """
      \(getuid() == 0 ? "user root;" : "") daemon off; worker_processes 1;
      pid \(root)/nginx.pid; error_log \(root)/error.log; events {}
      http { \(temporary)
      \(text)
      }
      """
    try FileSystem().write(Array(whole.utf8), to: root + "/nginx.conf")
    nginx = try RunningServer(["/usr/sbin/nginx", "-c", root + "/nginx.conf"], port: port)
  }

  deinit { nginx.stop() }

  private static var setUp: String {
    """
    mkdir tmp
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj '/CN=test authority'
    openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj '/CN=share.example.org'
    printf 'subjectAltName=DNS:share.example.org' > names
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names
    """
  }
}
