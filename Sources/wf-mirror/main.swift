import GitRemotes
import Glibc
import History
import JSON
import Mirror
import Platform
import Synchronization

// `wf` runs this program for everything that talks to a git remote: a request on standard input, one
// event a line on standard output (Docs/Mirror.md).

/// Set by a signal, read by the watcher.
private let isStopped = Atomic<Bool>(false)

/// Lines are written whole, whoever writes them.
private let output = Mutex(false)

@Sendable private func emit(_ event: RemoteEvent) {
  var event = event
  if case .failure = event, isStopped.load(ordering: .relaxed) {
    // The other side ended with us; that it did so is not the reason.
    event = .failure(
      RefRefusal(
        kind: .interrupted, reason: "interrupted",
        message: "stopped before it was done; nothing is half moved", place: nil,
        hint: "run the command again"))
  }
  guard let text = try? CanonicalJSON.bytes(event.json) else { return }
  let line = text + [10]
  output.withLock { isOver in
    if isOver { return }
    if case .result = event { isOver = true }
    if case .failure = event { isOver = true }
    var rest = line[...]
    while !rest.isEmpty {
      // Safe because the pointer is used only during the call and `count` is its length.
      let count = unsafe rest.withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      // Nobody listens: what is half done is left to be found.
      if count <= 0 { _exit(1) }
      rest = rest.dropFirst(count)
    }
  }
}

private func end(_ kind: FailureKind, _ reason: String, _ message: String, _ hint: String?) -> Never
{
  emit(
    .failure(RefRefusal(kind: kind, reason: reason, message: message, place: nil, hint: hint)))
  _exit(0)
}

// A closed pipe is an error of the write, not the end in the middle of a transfer.
signal(SIGPIPE, SIG_IGN)
signal(SIGXFSZ, SIG_IGN)
for number in [SIGINT, SIGTERM, SIGHUP] {
  signal(number) { _ in isStopped.store(true, ordering: .relaxed) }
}
// What a server sends may grow without end once it is unpacked (a delta may promise any size): an allocation
// beyond this fails, and libgit2 says so.
private var memory = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
// Safe because the call reads the struct that it is given.
_ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &memory)
private let surroundings = Surroundings.process()
private let context = TransferContext(
  clock: {
    var time = timespec()
    // Safe because clock_gettime fills the struct that it is given.
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  },
  progress: { phase, done, total in
    emit(.progress(phase: phase.rawValue, done: done, total: total))
  })
private let patience = MirrorService.patience(surroundings.environment)

// libgit2 waits for a server without end; this ends what stands still, and what a signal stopped.
Task.detached {
  var waited = 0
  while true {
    try? await Task.sleep(nanoseconds: 200_000_000)
    if isStopped.load(ordering: .relaxed) {
      context.cancel()
      waited += 1
      if waited > 15 {
        end(.interrupted, "interrupted", "stopped before it was done; nothing is half moved", nil)
      }
    }
    if context.idleSeconds > patience {
      end(
        .network, "remote_timeout", "the other side said nothing for too long",
        "run the command again; WF_REMOTE_TIMEOUT=SECONDS waits longer")
    }
  }
}

private func request() -> [UInt8] {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while bytes.last != 10, bytes.count < 1 << 24 {
    // Safe: at most as many bytes as the chunk has.
    let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    if count <= 0 { break }
    bytes += chunk.prefix(count)
  }
  return bytes
}

MirrorService(
  surroundings: surroundings, files: FileSystem(), context: context, emit: emit
).run(request())
