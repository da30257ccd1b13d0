public import History
internal import Platform
internal import WebExchange

/// Where a name and password for a web server come from: a token in `WF_REMOTE_TOKEN`, else git's
/// credential helpers.
///
/// They go to the host of the remote's own address and no other, since redirects are not followed; never in
/// clear over a network; never into an argument, an error or a file.
public final class CredentialSource {
  public struct Login {
    public let user: String
    public let password: String
  }

  private let address: RemoteAddress
  private let environment: [String: String]
  private var fromHelper: Login?
  private var isAccepted = false

  public init(_ address: RemoteAddress, environment: [String: String]) {
    self.address = address
    self.environment = environment
  }

  static let tokenVariable = "WF_REMOTE_TOKEN"
  static let timeoutVariable = "WF_REMOTE_TIMEOUT"

  /// Seconds without a byte after which the other side is given up.
  public static func timeout(_ environment: [String: String]) -> Int {
    environment[timeoutVariable].flatMap { Int($0) }.map { min(max($0, 1), 86_400) } ?? 120
  }

  public var timeoutMilliseconds: Int32 { Int32(Self.timeout(environment) * 1000) }

  var childEnvironment: [String: String] { Self.forOthers(environment) }

  /// What other programs get: all but the token, and no repository that somebody set.
  public static func forOthers(_ environment: [String: String]) -> [String: String] {
    environment.filter { name, _ in
      name != tokenVariable
        && ![
          "GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
          "GIT_NAMESPACE", "GIT_QUARANTINE_PATH", "GIT_INDEX_FILE", "GIT_COMMON_DIR",
          "GIT_PROTOCOL",
        ].contains(name)
    }
  }

  /// - Throws: `authentication_failed`, `credentials_in_clear`.
  public func next(attempt: Int) throws(MirrorError) -> Login {
    guard case .web(let scheme, let user, let host, let port, let path) = address.place else {
      throw none("there is nobody to log in to")
    }
    if scheme == "http", !isLoopback(host: host) {
      throw MirrorError(
        .credentialsInClear, place: address.text,
        "the server wants a password, and everybody on the way could read it",
        hint: "use https")
    }
    if attempt > 1 {
      throw none("the server did not take the name and password that it was given")
    }
    if let token = environment[Self.tokenVariable], !token.isEmpty {
      return Login(user: user ?? "x-access-token", password: token)
    }
    let login = try ask(scheme, user, host, port, path)
    fromHelper = login
    return login
  }

  /// The helper may keep what it gave.
  public func accepted() {
    guard let login = fromHelper, !isAccepted else { return }
    isAccepted = true
    tell("approve", login)
  }

  /// The helper is to forget what it gave.
  public func refused() {
    guard let login = fromHelper, !isAccepted else { return }
    fromHelper = nil
    tell("reject", login)
  }

  private func ask(
    _ scheme: String, _ user: String?, _ host: String, _ port: String?, _ path: String
  ) throws(MirrorError) -> Login {
    let answer = try? git("fill", description(user: user, password: nil))
    var user = user
    var password: String?
    for line in (answer ?? "").split(separator: "\n") {
      if line.hasPrefix("username=") { user = String(line.dropFirst(9)) }
      if line.hasPrefix("password=") { password = String(line.dropFirst(9)) }
    }
    guard let user, let password else {
      throw none("the server wants a name and password, and no helper of git's gave one")
    }
    return Login(user: user, password: password)
  }

  /// git-credential(1), "input/output format"; values hold no newline, since an address has none.
  private func description(user: String?, password: String?) -> String {
    guard case .web(let scheme, _, let host, let port, let path) = address.place else { return "" }
    var text = "protocol=\(scheme)\nhost=\(host)\(port.map { ":" + $0 } ?? "")\n"
    text += "path=\(path.drop { $0 == "/" })\n"
    if let user { text += "username=\(user)\n" }
    if let password { text += "password=\(password)\n" }
    return text + "\n"
  }

  private func tell(_ verb: String, _ login: Login) {
    _ = try? git(verb, description(user: login.user, password: login.password))
  }

  private func git(_ verb: String, _ input: String) throws -> String {
    let process = try ChildProcess(
      ["git", "credential", verb], environment: childEnvironment, complaints: .kept)
    try process.write(Array(input.utf8))
    process.closeInput()
    var output: [UInt8] = []
    while output.count < 1 << 16 {
      let part = try process.read()
      if part.isEmpty { break }
      output += part
    }
    guard process.wait() == 0 else { return "" }
    return String(decoding: output, as: UTF8.self)
  }

  private func none(_ why: String) -> MirrorError {
    MirrorError(
      .authenticationFailed, place: address.text, why,
      hint: "WF_REMOTE_TOKEN, or git config --global credential.helper HELPER")
  }
}
