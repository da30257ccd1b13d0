import Glibc
import Platform

/// nginx with `git http-backend`: repositories below `open/` for everybody, below `auth/` for a user
/// with a password, below `small/` for packs of at most 100 bytes; over http, and over https with a certificate of a test authority.
public final class WebServer {
  public let folder = TemporaryFolder()
  public let port: UInt16
  public let securePort: UInt16
  public static let user = "alice"
  public static let password = "correct-horse-battery-71"
  private let nginx: RunningServer
  private let backend: ChildProcess

  public static var isInstalled: Bool {
    areInstalled("/usr/sbin/nginx", "/usr/sbin/fcgiwrap", "/usr/bin/openssl")
  }

  /// The authority's certificate.
  public var authority: String { folder.path + "/ca.pem" }
  /// What was asked for, one line a request.
  public var log: String {
    String(decoding: (try? Fixtures.read(folder.path + "/access.log")) ?? [], as: UTF8.self)
  }

  public init() throws {
    port = try freePort()
    securePort = try freePort()
    let made = try run(["bash", "-ec", Self.setUp], in: folder.path)
    if made.status != 0 { throw ServerFailed(why: made.err) }
    let root = folder.path
    backend = try ChildProcess(
      RunningServer.bounded + ["/usr/sbin/fcgiwrap", "-s", "unix:\(root)/fcgi.sock"],
      complaints: .kept)
    for _ in 0..<250 where access(root + "/fcgi.sock", F_OK) != 0 { usleep(20_000) }
    try FileSystem().write(
      Array(Self.configuration(root, port, securePort).utf8), to: root + "/nginx.conf")
    nginx = try RunningServer(["/usr/sbin/nginx", "-c", root + "/nginx.conf"], port: port)
  }

  deinit {
    nginx.stop()
    backend.end()
  }

  /// Makes an empty repository.
  public func repository(_ name: String) throws -> String {
    let path = folder.path + "/root/" + name
    let made = try git(["init", "-q", "--bare", path])
    let set = try git(["-C", path, "config", "http.receivepack", "true"])
    if made.status != 0 || set.status != 0 { throw ServerFailed(why: made.err + set.err) }
    return path
  }

  public func address(_ name: String, port: UInt16? = nil) -> String {
    "http://127.0.0.1:\(port ?? self.port)/\(name)"
  }
  public func secureAddress(_ name: String, host: String = "localhost") -> String {
    "https://\(host):\(securePort)/\(name)"
  }

  private static var setUp: String {
    """
    mkdir root tmp
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj '/CN=test authority'
    openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj '/CN=localhost'
    printf 'subjectAltName=DNS:localhost' > names
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names
    echo "\(user):$(openssl passwd -apr1 \(password))" > passwords
    """
  }

  private static func configuration(_ root: String, _ port: UInt16, _ secure: UInt16) -> String {
    let backend = """
      include /etc/nginx/fastcgi_params; fastcgi_pass unix:\(root)/fcgi.sock;
      fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
      fastcgi_param GIT_PROJECT_ROOT \(root)/root; fastcgi_param GIT_HTTP_EXPORT_ALL 1;
      fastcgi_param PATH_INFO $uri;
      """
    let temporary = ["client_body", "fastcgi", "proxy", "uwsgi", "scgi"]
      .map { "\($0)_temp_path \(root)/tmp;" }.joined(separator: " ")
    return """
      \(getuid() == 0 ? "user root;" : "") daemon off; worker_processes 1;
      pid \(root)/nginx.pid; error_log \(root)/error.log; events {}
      http { access_log \(root)/access.log; \(temporary) client_max_body_size 0;
        server { listen 127.0.0.1:\(port); listen 127.0.0.2:\(port); listen 127.0.0.1:\(secure) ssl;
          ssl_certificate \(root)/server.pem; ssl_certificate_key \(root)/server.key;
          location /moved/ { return 301 http://127.0.0.2:\(port)/auth/$request_uri; }
          location /auth/ { auth_basic git; auth_basic_user_file \(root)/passwords; \(backend)
            fastcgi_param REMOTE_USER $remote_user; }
          location /small/ { client_max_body_size 100; \(backend) }
          location / { \(backend) }
        }
      }
      """
  }
}
