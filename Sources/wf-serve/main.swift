import Glibc
import Platform
import ShareServer
import Terminal

// `wf serve` becomes this program: it alone loads what a server needs.

// Nothing that the server makes is for other users of the machine.
umask(0o077)
// A closed pipe is an error of the write, not the end of the server.
signal(SIGPIPE, SIG_IGN)
signal(SIGXFSZ, SIG_IGN)

private func say(_ bytes: [UInt8], on descriptor: Int32 = 1) {
  var rest = bytes[...]
  while !rest.isEmpty {
    // Safe because the pointer is used only during the call and `count` is its length.
    let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    // Nobody reads the log: the server goes on.
    if count <= 0 { return }
    rest = rest.dropFirst(count)
  }
}

private func milliseconds() -> Int64 {
  var time = timespec()
  // Safe because clock_gettime fills the struct that it is given.
  unsafe clock_gettime(CLOCK_BOOTTIME, &time)
  return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

private let surroundings = Surroundings.process()
private let world = ServerWorld(
  files: FileSystem(), wall: surroundings.now, running: milliseconds,
  randomBytes: surroundings.randomBytes, log: { say($0) })

do {
  try await ServeCommand(world: world, say: { say($0) }).run(
    Array(CommandLine.arguments.dropFirst()))
} catch let error as any Failure {
  let hint = error.hint.map { "\n  " + $0 } ?? ""
  say(Array("wf serve: \(error)\(hint)\n".utf8), on: 2)
  exit(ExitStatus(error.kind).rawValue)
} catch {
  say(Array("wf serve: the server ended by an error [internal_error]\n".utf8), on: 2)
  exit(ExitStatus.bug.rawValue)
}
