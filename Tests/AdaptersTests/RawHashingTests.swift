import Evidence
import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

@testable import Adapters

/// Raw files that are odd, large, many, or change while they are hashed.
struct RawHashingTests {
  private let folder = TemporaryFolder()

  private func run(_ videos: [String]) throws -> SavedRun {
    var run = try read(good("zero-episodes-v0.4"))
    var task = SavedTask(
      suite: "a", taskID: "0", name: nil,
      outcomes: [UInt8](repeating: UInt8(ascii: "S"), count: videos.count))
    task.media = videos.enumerated().map { row, path in
      MediaReference(row: row, role: "rollout_video", path: path)
    }
    run.tasks = [task]
    return run
  }

  private func locate(
    _ videos: [String], exports: String? = nil, files: FileSystem = FileSystem(),
    progress: (@Sendable (Int, Int) -> Void)? = nil
  ) throws -> RawEvidence {
    try locateRaw(
      run: try run(videos), inputs: [], rawFolder: folder.path, exports: exports, files: files,
      progress: progress)
  }

  private func place(_ path: String, _ bytes: [UInt8]) throws {
    try FileSystem().makeDirectories(Path.parent(folder.path + "/" + path))
    try write(bytes, to: folder.path + "/" + path)
  }

  /// Does something at the first read of a file.
  private func atFirstRead(_ change: @escaping @Sendable () -> Void) -> FileSystem {
    let hasBeen = Atomic(false)
    return FileSystem { operation, _, _ in
      if operation == .read, !hasBeen.exchange(true, ordering: .relaxed) { change() }
      return nil
    }
  }

  @Test(arguments: ["grows", "shrinks", "is rewritten"])
  func `a file that is written to while it is hashed has no digest`(how: String) throws {
    try place("v/x.mp4", [UInt8](repeating: 1, count: 1 << 20))
    let path = folder.path + "/v/x.mp4"
    let files = atFirstRead {
      let file = open(path, O_WRONLY)
      defer { close(file) }
      switch how {
      case "grows":
        lseek(file, 0, SEEK_END)
        _ = Glibc.write(file, "more", 4)
      case "shrinks": ftruncate(file, 1000)
      default:
        _ = Glibc.write(file, "more", 4)
        // Times of files move in steps of a timer, so a test says that this one has.
        var times = [timespec(), timespec(tv_sec: 5, tv_nsec: 0)]
        futimens(file, &times)
      }
    }
    let found = try locate(["v/x.mp4"], files: files).media[0]
    #expect(found.map(\.state) == [.changed])
    #expect(found[0].reference.sha256 == nil && found[0].reference.size == nil)
    #expect(try locate(["v/x.mp4"]).media[0].map(\.state) == [.present])
  }

  @Test func `a folder that becomes a link while it is hashed leads nowhere`() throws {
    try place("v/a/x.mp4", [1, 2, 3])
    let outside = TemporaryFolder()
    try write([4, 5, 6], to: outside.path + "/x.mp4")
    let inside = folder.path + "/v/a"
    let target = outside.path
    let files = FileSystem { operation, path, _ in
      // The listing has opened the folder once; the second time is for the file in it.
      if operation == .open, path == "a", access(inside + "/seen", F_OK) == 0 {
        rename(inside, inside + "-away")
        symlink(target, inside)
      }
      if operation == .open, path == "a", access(inside + "/seen", F_OK) != 0 {
        close(open(inside + "/seen", O_CREAT | O_WRONLY, 0o600))
      }
      return nil
    }
    let found = try locate(["v/a/x.mp4"], files: files).media[0]
    #expect(found.map(\.state) == [.unreadable])
    #expect(found[0].reference.sha256 == nil)
  }

  @Test func `pipes, sockets, devices and links beside a video are passed over`() throws {
    try place("v/x.mp4", [1])
    mkfifo(folder.path + "/v/pipe.mp4", 0o600)
    symlink("x.mp4", folder.path + "/v/link.mp4")
    symlink("/proc/self/root", folder.path + "/v/root")
    symlink(".", folder.path + "/v/loop")
    let socket = try makeSocket(folder.path + "/v/socket.mp4")
    defer { close(socket) }
    mknod(folder.path + "/v/zero.mp4", S_IFCHR | 0o600, dev_t(1 << 8 | 5))
    let names = ["x", "pipe", "link", "socket", "zero", "root/etc/passwd", "loop/x"]
    let found = try locate(names.map { "v/\($0).mp4" }).media[0]
    #expect(found.map(\.state) == [.present] + Array(repeating: .missing, count: 6))
  }

  @Test(.enabled(if: getuid() != 0 || access("/usr/bin/setpriv", X_OK) == 0))
  func `a folder that may not be read ends nothing`() throws {
    try place("v/x.mp4", [1])
    try place("locked/y.mp4", [2])
    let files = FileSystem { operation, path, _ in
      operation == .open && path == "locked" ? .fail(EACCES) : nil
    }
    let found = try locate(["v/x.mp4", "locked/y.mp4"], files: files).media[0]
    #expect(found.map(\.state) == [.present, .missing])
  }

  @Test func `an empty file, a hard link and a copy are files like any other`() throws {
    try place("v/empty.mp4", [])
    try place("v/one.mp4", [1, 2])
    try place("v/copy.mp4", [1, 2])
    link(folder.path + "/v/one.mp4", folder.path + "/v/linked.mp4")
    let found = try locate(["v/empty.mp4", "v/one.mp4", "v/copy.mp4", "v/linked.mp4"]).media[0]
    #expect(found.allSatisfy { $0.state == .present })
    #expect(found.map(\.reference.size) == [0, 2, 2, 2])
    #expect(found[0].reference.sha256 == Digest.text(of: []))
    #expect(Set(found.dropFirst().map(\.reference.sha256)) == [Digest.text(of: [1, 2])])
  }

  @Test func `holes count as zeros and no file is held in memory`() throws {
    try place("v/x.mp4", [1])
    truncate(folder.path + "/v/x.mp4", 300 << 20)
    let before = peak()
    let found = try locate(["v/x.mp4"]).media[0]
    #expect(found[0].reference.size == 300 << 20)
    #expect(found[0].reference.mediaType == "application/octet-stream")
    #expect(peak() - before < 64 << 20)
  }

  @Test func `progress counts every byte, from any thread`() throws {
    for number in 0..<300 {
      try place("v/\(number).mp4", [UInt8](repeating: UInt8(number % 250), count: number * 100))
    }
    let seen = Mutex<[(Int, Int)]>([])
    let names = (0..<300).map { "v/\($0).mp4" }
    _ = try locate(names) { done, total in seen.withLock { $0.append((done, total)) } }
    let told = seen.withLock { $0 }
    let total = (0..<300).reduce(0) { $0 + $1 * 100 }
    #expect(told.allSatisfy { $0.1 == total } && told.last?.0 == total)
    #expect(zip(told, told.dropFirst()).allSatisfy { $0.0 < $1.0 })
  }

  @Test(arguments: [
    ("ana@lab.example.mp4", "<email:1>.mp4"), ("10.1.2.3.mp4", "<ip:1>.mp4"),
    ("ana@gpu01.mp4", "<user:1>@<host:1>.mp4"), ("clip.mp4", "clip.mp4"),
    ("node7.internal.json", "<host:1>.json"),
    (String(repeating: "a", count: 240) + ".mp4", String(repeating: "a", count: 195) + "….mp4"),
    ("no-ending", "no-ending"), (".mp4", ".mp4"),
  ])
  func `a name keeps its ending and loses what is private`(name: String, shown: String) throws {
    let row = try #require(try locate(["v/" + name]).media[0].first)
    #expect(row.reference.originalName == shown)
    #expect(row.reference.nameRedacted == shown.contains("<"))
  }

  // MARK: - Redacted copies

  @Test func `a redacted copy is known by its hash under the same path`() throws {
    let exports = TemporaryFolder()
    try place("v/x.mp4", [1, 2, 3])
    try place("v/y.mp4", [4])
    try FileSystem().makeDirectories(exports.path + "/v")
    let copy = Array("at <path:1> by <user:2> and <path:1>, < not > one".utf8)
    try write(copy, to: exports.path + "/v/x.mp4")
    try write([9], to: exports.path + "/v/unrelated.mp4")
    symlink("x.mp4", exports.path + "/v/z.mp4")
    let found = try locate(["v/x.mp4", "v/y.mp4"], exports: exports.path).exports
    #expect(
      found == [
        "v/x.mp4": RawReference.Export(
          sha256: Digest.text(of: copy), size: copy.count, redactions: 3)
      ])
    #expect(throws: AdapterError.self) {
      try locate(["v/x.mp4"], exports: exports.path + "/nowhere")
    }
    // A link among the copies is refused, not followed.
    try place("v/z.mp4", [5])
    #expect(throws: AdapterError.self) { try locate(["v/z.mp4"], exports: exports.path) }
  }

  @Test func `a copy in which a credential was left is refused without naming it`() throws {
    let exports = TemporaryFolder()
    try place("v/x.mp4", [1])
    let token = "hf_" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY2z"
    try FileSystem().makeDirectories(exports.path + "/v")
    try write(Array("line\n\(token)\n".utf8), to: exports.path + "/v/x.mp4")
    let error = try #require(
      #expect(throws: AdapterError.self) { try locate(["v/x.mp4"], exports: exports.path) })
    #expect(error.code == .secretInExport && error.place == "v/x.mp4")
    #expect(error.message.contains("hf_token") && error.message.contains("line 2"))
    #expect(!error.message.contains(token))
  }

  // MARK: - Helpers

  /// Highest resident size so far, in bytes.
  private func peak() -> Int {
    var usage = rusage()
    getrusage(0, &usage)  // RUSAGE_SELF
    return usage.ru_maxrss * 1024
  }
}

/// A bound socket at a path, to be closed by the caller.
func makeSocket(_ path: String) throws -> Int32 {
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  let bytes = Array(path.utf8)
  guard bytes.count < 108 else { throw WriteFailed(path: path) }
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
  let bound = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
  guard bound == 0 else { throw WriteFailed(path: path) }
  return descriptor
}
