import Platform
import ShareServer

/// What this program is asked to do, in the words that `wf serve` passes on.
struct ServeCommand {
  let world: ServerWorld
  /// Writes to standard output.
  let say: ([UInt8]) -> Void

  func run(_ arguments: [String]) async throws {
    var arguments = ServeArguments(arguments)
    switch arguments.verb {
    case "run": try await serve(&arguments)
    case "backup":
      let (data, output) = (try arguments.value("--data"), try arguments.value("--output"))
      try arguments.end()
      let report = try await Backup(dataFolder: data, world: world).write(to: output)
      say(Array("backup of \(report.files) files, \(report.bytes) bytes in \(output)\n".utf8))
    case "restore":
      let (data, from) = (try arguments.value("--data"), try arguments.value("--from"))
      let keepsSecrets = arguments.flag("--keep-secrets")
      try arguments.end()
      let key = try await Backup(dataFolder: data, world: world)
        .restore(from: from, keepingSecrets: keepsSecrets)
      say(Array("restored into \(data)\n".utf8))
      if let key { say(firstKey(key)) }
    default: throw ServeArguments.Wrong(word: arguments.verb)
    }
  }

  private func serve(_ arguments: inout ServeArguments) async throws {
    let (host, port) = try arguments.address("--bind")
    let options = ServerOptions(
      dataFolder: try arguments.value("--data"), host: host, port: port,
      isBehindTLSProxy: arguments.flag("--behind-tls-proxy"),
      trustedProxies: arguments.values("--trust-proxy"))
    let (makesFolder, isSetUpOnly) = (arguments.flag("--init"), arguments.flag("--setup-only"))
    try arguments.end()
    let server = try ShareServer(options, world: world)
    if makesFolder { say(firstKey(try await server.initialise())) }
    if isSetUpOnly { return }
    let log = world
    try await server.run { port in log.note("listening", ["port": Int64(port)]) }
  }

  private func firstKey(_ key: String) -> [UInt8] {
    Array("API key (shown this once): \(key)\n".utf8)
  }
}

/// The words of one call.
struct ServeArguments {
  /// A word that is not understood; `wf serve` never passes one on.
  struct Wrong: Failure {
    let word: String
    var kind: FailureKind { .usage }
    var reason: String { "option_invalid" }
    var message: String { "this word is not understood here" }
    var place: String? { word }
    var hint: String? { "wf serve --help lists what there is" }
  }

  let verb: String
  private var words: [String]

  init(_ arguments: [String]) {
    verb = arguments.first ?? ""
    words = Array(arguments.dropFirst())
  }

  mutating func flag(_ name: String) -> Bool {
    guard let place = words.firstIndex(of: name) else { return false }
    words.remove(at: place)
    return true
  }

  mutating func values(_ name: String) -> [String] {
    var values: [String] = []
    while let place = words.firstIndex(of: name), place + 1 < words.count {
      values.append(words[place + 1])
      words.removeSubrange(place...place + 1)
    }
    return values
  }

  mutating func value(_ name: String) throws(Wrong) -> String {
    let values = values(name)
    guard values.count == 1 else { throw Wrong(word: name) }
    return values[0]
  }

  /// `HOST:PORT`, an IPv6 host in brackets.
  mutating func address(_ name: String) throws(Wrong) -> (host: String, port: Int) {
    let text = try value(name)
    guard let cut = text.lastIndex(of: ":"), let port = Int(text[text.index(after: cut)...]),
      (0...65_535).contains(port)
    else { throw Wrong(word: text) }
    let host = text[..<cut]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    return (String(isBracketed ? host.dropFirst().dropLast() : host), port)
  }

  func end() throws(Wrong) { if let word = words.first { throw Wrong(word: word) } }
}
