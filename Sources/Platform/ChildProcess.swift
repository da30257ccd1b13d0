internal import Glibc
internal import Synchronization

/// Another program with pipes to its standard input and output.
///
/// What it writes to standard error goes where ours does, or into a file without a name that is
/// read when it has ended. Ended and waited for by deinit at the latest.
public final class ChildProcess: Sendable {
  /// Where its complaints go.
  public enum Complaints: Sendable { case inherited, kept }

  private struct State {
    var input: Int32
    var output: Int32
    var status: Int32?
  }
  private let process: pid_t
  private let errors: Int32?
  private let state: Mutex<State>
  private let name: String

  /// - Parameters:
  ///   - arguments: the program, found in `PATH` where it has no slash, and its words.
  ///   - environment: all of its variables; nil for ours.
  /// - Throws: what the system says; `file_not_found` where there is no such program.
  public init(
    _ arguments: [String], environment: [String: String]? = nil, complaints: Complaints = .inherited
  ) throws(PlatformError) {
    let name = arguments.first ?? ""
    self.name = name
    func failed(_ number: Int32, _ verb: String) -> PlatformError {
      PlatformError(errno: number, doing: verb, place: name)
    }
    var ends: [Int32] = []
    for _ in 0..<2 {
      var pair: [Int32] = [0, 0]
      // Safe: pipe fills the two numbers.
      if unsafe pipe(&pair) != 0 {
        let number = errno
        for end in ends { close(end) }
        throw failed(number, "make a pipe for this")
      }
      for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      ends += pair
    }
    let kept = complaints == .kept ? Self.unnamedFile() : nil
    var actions = unsafe posix_spawn_file_actions_t()
    // Safe: the actions live for as long as they are used, and are destroyed.
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[3], 1)
    if let kept { unsafe posix_spawn_file_actions_adddup2(&actions, kept, 2) }
    var child = pid_t()
    let number = unsafe Self.spawn(&child, &actions, arguments, environment)
    close(ends[0])
    close(ends[3])
    if number != 0 {
      close(ends[1])
      close(ends[2])
      if let kept { close(kept) }
      throw failed(number, "start this program")
    }
    process = child
    errors = kept
    state = Mutex(State(input: ends[1], output: ends[2]))
  }

  deinit {
    end()
    if let errors { close(errors) }
  }

  /// Writes all bytes.
  ///
  /// - Throws: `io_failed` where the program takes no more.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(PlatformError) {
    let file = state.withLock { $0.input }
    var done = 0
    while done < bytes.count {
      // Safe: the rest of the buffer, whose length is given.
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = retrying { unsafe Glibc.write(file, rest.baseAddress, rest.count) }
      if count < 0 { throw PlatformError(errno: errno, doing: "write to this", place: name) }
      done += count
    }
  }

  public func write(_ bytes: [UInt8]) throws(PlatformError) {
    try unsafe bytes.withRawBytes { (raw) throws(PlatformError) in try unsafe write(raw) }
  }

  /// Tells the program that nothing more comes.
  public func closeInput() {
    state.withLock {
      if $0.input >= 0 { close($0.input) }
      $0.input = -1
    }
  }

  /// Reads what is there, waiting for the first byte; 0 at the end.
  ///
  /// - Parameter milliseconds: how long at most; nil: for ever.
  /// - Throws: `interrupted` where nothing came in time; `io_failed`.
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, waiting milliseconds: Int32? = nil
  ) throws(PlatformError) -> Int {
    let file = state.withLock { $0.output }
    if let milliseconds {
      var waiting = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
      // Safe: one descriptor, as said.
      let ready = retrying { unsafe poll(&waiting, 1, milliseconds) }
      if ready == 0 {
        throw PlatformError(.interrupted, place: name, message: "nothing came for too long")
      }
    }
    // Safe: at most as many bytes as the buffer has.
    let count = retrying { unsafe Glibc.read(file, buffer.baseAddress, buffer.count) }
    if count < 0 { throw PlatformError(errno: errno, doing: "read from this", place: name) }
    return count
  }

  /// What is there, at most `count` bytes; empty at the end.
  public func read(
    upTo count: Int = 1 << 16, waiting milliseconds: Int32? = nil
  ) throws(PlatformError) -> [UInt8] {
    var failure: PlatformError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(PlatformError) {
        filled = try unsafe read(into: UnsafeMutableRawBufferPointer(buffer), waiting: milliseconds)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Asks the program to end.
  public func terminate() {
    let isRunning = state.withLock { $0.status == nil }
    if isRunning { kill(process, SIGTERM) }
  }

  /// Waits for the end: the exit status, or 128 and the signal.
  @discardableResult
  public func wait() -> Int32 {
    closeInput()
    while true {
      if let status = status(flags: 0) { return status }
    }
  }

  /// Waits for the end for so long; nil where it has not come.
  public func wait(milliseconds: Int) -> Int32? {
    closeInput()
    var left = milliseconds * 1000
    // Most are about to end when they are waited for.
    var step = 50
    while true {
      if let status = status(flags: WNOHANG) { return status }
      if left <= 0 { return nil }
      usleep(UInt32(step))
      left -= step
      step = min(step * 2, 2000)
    }
  }

  private func status(flags: Int32) -> Int32? {
    state.withLock { state in
      if let status = state.status { return status }
      var word: Int32 = 0
      // Safe: waitpid fills the word.
      let ended = retrying { unsafe waitpid(process, &word, flags) }
      if ended == 0 { return nil }
      if state.output >= 0 { close(state.output) }
      state.output = -1
      let signal = word & 0x7F
      let status = signal == 0 ? word >> 8 & 0xFF : 128 + signal
      state.status = status
      return status
    }
  }

  /// Lets the program end by itself; nobody waits for it.
  public func leave() {
    closeInput()
    state.withLock {
      if $0.output >= 0 { close($0.output) }
      $0.output = -1
      $0.status = $0.status ?? 0
    }
  }

  /// Ends the program where it still runs.
  public func end() {
    closeInput()
    let isRunning = state.withLock { $0.status == nil }
    if !isRunning { return }
    state.withLock {
      // A program that is blocked writing to us notices that nobody reads.
      if $0.output >= 0 { close($0.output) }
      $0.output = -1
    }
    kill(process, SIGTERM)
    if wait(milliseconds: 2000) != nil { return }
    kill(process, SIGKILL)
    wait()
  }

  /// The last 4 KiB of kept complaints.
  public func complaints() -> String {
    guard let errors else { return "" }
    let size = lseek(errors, 0, SEEK_END)
    let start = max(0, size - 4096)
    var bytes = [UInt8](repeating: 0, count: Int(max(0, size - start)))
    // Safe: at most as many bytes as there is room for.
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe Glibc.pread(errors, buffer.baseAddress, buffer.count, start)
    }
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  private static func spawn(
    _ child: inout pid_t, _ actions: inout posix_spawn_file_actions_t, _ arguments: [String],
    _ environment: [String: String]?
  ) -> Int32 {
    // Safe: copies that live until the call has returned, each list ended by nil.
    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
    let texts = (environment ?? [:]).map { "\($0.key)=\($0.value)" }
    var variables: [UnsafeMutablePointer<CChar>?] = unsafe texts.map { unsafe strdup($0) } + [nil]
    defer {
      for index in unsafe words.indices { unsafe free(words[index]) }
      for index in unsafe variables.indices { unsafe free(variables[index]) }
    }
    // A child begins with no signal blocked, and none ignored that is ignored here.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    // Safe: both live until the call has returned.
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGPIPE, SIGXFSZ] { unsafe sigaddset(&signals, signal) }
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    if environment == nil {
      return unsafe posix_spawnp(
        &child, arguments.first ?? "", &actions, &attributes, &words, environ)
    }
    return unsafe posix_spawnp(
      &child, arguments.first ?? "", &actions, &attributes, &words, &variables)
  }

  private static func unnamedFile() -> Int32? {
    var template = Array("/tmp/wf-child-XXXXXX".utf8CString)
    let file = unsafe mkstemp(&template)
    if file < 0 { return nil }
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    unsafe unlink(template)
    return file
  }
}
