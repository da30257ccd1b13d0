import Glibc

/// How a program ended and what it wrote.
public struct Finished: Sendable {
  /// Exit status; 128 + signal where a signal ended it.
  public let status: Int32
  public let outBytes: [UInt8]
  public let errBytes: [UInt8]

  public var out: String { String(decoding: outBytes, as: UTF8.self) }
  public var err: String { String(decoding: errBytes, as: UTF8.self) }
}

/// A program that could not be started.
public struct NotStarted: Error {
  public let program: String
  public let errorNumber: Int32
}

/// Runs a program, found in `PATH`, and waits for its end.
///
/// - Parameters:
///   - folder: where it runs; nil for here.
///   - env: added to this process's environment, in which `LC_ALL` is C.UTF-8.
///   - input: its standard input; empty where nil.
public func run(
  _ args: [String], in folder: String? = nil, env: [String: String]? = nil, input: [UInt8]? = nil
) throws -> Finished {
  // Files instead of pipes: no deadlock, whatever the amounts.
  let files = (0..<3).map { _ in unnamedFile() }
  defer { for file in files { close(file) } }
  if let input, !input.isEmpty {
    var done = 0
    while done < input.count {
      let count = input.withUnsafeBytes {
        pwrite(files[0], $0.baseAddress?.advanced(by: done), $0.count - done, off_t(done))
      }
      if count <= 0 { throw NotStarted(program: args.first ?? "", errorNumber: errno) }
      done += count
    }
  }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for target in 0..<3 {
    posix_spawn_file_actions_adddup2(&actions, files[target], Int32(target))
  }

  // env(1) changes the folder: the spawn action for that is not in the imported headers.
  let args = folder.map { ["env", "-C", $0] + args } ?? args
  var variables = currentEnvironment()
  // Other tests of this process try languages that the machine may lack; bash warns of them.
  variables["LC_ALL"] = "C.UTF-8"
  for (name, value) in env ?? [:] { variables[name] = value }
  var argv: [UnsafeMutablePointer<CChar>?] = args.map { strdup($0) } + [nil]
  var envp: [UnsafeMutablePointer<CChar>?] =
    variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { for text in argv + envp { free(text) } }
  var child = pid_t()
  // The threads of a test process block signals, and a child would go on doing so.
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var none = sigset_t()
  sigemptyset(&none)
  posix_spawnattr_setsigmask(&attributes, &none)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
  let started = posix_spawnp(&child, args.first ?? "", &actions, &attributes, &argv, &envp)
  if started != 0 { throw NotStarted(program: args.first ?? "", errorNumber: started) }
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0 && errno == EINTR {}
  let signal = status & 0x7F
  return Finished(
    status: signal == 0 ? status >> 8 & 0xFF : 128 + signal,
    outBytes: content(files[1]), errBytes: content(files[2]))
}

/// Runs stock git, untouched by the settings of this user and machine.
public func git(
  _ args: [String], in folder: String? = nil, env: [String: String] = [:], input: [UInt8]? = nil
) throws -> Finished {
  var variables = [
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "LC_ALL": "C", "TZ": "UTC",
    "GIT_AUTHOR_NAME": "alice lab", "GIT_AUTHOR_EMAIL": "alice@lab.example",
    "GIT_AUTHOR_DATE": "1767225600 +0000", "GIT_COMMITTER_NAME": "alice lab",
    "GIT_COMMITTER_EMAIL": "alice@lab.example", "GIT_COMMITTER_DATE": "1767225600 +0000",
    "GIT_OPTIONAL_LOCKS": "0",
  ]
  variables.merge(env) { _, new in new }
  return try run(["git"] + args, in: folder, env: variables, input: input)
}

private func unnamedFile() -> Int32 {
  var template = Array("/tmp/wf-run-XXXXXX".utf8CString)
  let file = mkstemp(&template)
  _ = fcntl(file, F_SETFD, FD_CLOEXEC)
  unlink(template)
  return file
}

private func content(_ file: Int32) -> [UInt8] {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = pread(file, &chunk, chunk.count, off_t(bytes.count))
    if count <= 0 { return bytes }
    bytes.append(contentsOf: chunk[0..<count])
  }
}

private func currentEnvironment() -> [String: String] {
  var result: [String: String] = [:]
  var next = environ
  while let entry = next.pointee {
    let text = String(cString: entry)
    if let cut = text.firstIndex(of: "=") {
      result[String(text[..<cut])] = String(text[text.index(after: cut)...])
    }
    next += 1
  }
  return result
}
