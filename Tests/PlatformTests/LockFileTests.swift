import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

struct LockFileTests {
  private let system = FileSystem()

  @Test func `a held lock is refused by name of its process, a released one taken`() throws {
    let folder = TemporaryFolder()
    let name = folder.path + "/thing"
    let lock = try system.lock(name)
    let error = try #require(throws: PlatformError.self) { try system.lock(name) }
    #expect(error.code == .locked)
    #expect(error.kind == .locked)
    #expect(error.message.contains("\(getpid())"))
    lock.release()
    lock.release()
    #expect(try system.list(folder.path) == [])
    try system.lock(name).release()
  }

  private func holder(_ change: (inout LockHolder) -> Void = { _ in }) -> LockHolder {
    var holder = LockHolder(
      process: getpid(), start: 1, host: "lab", machine: "m1", boot: "b1", processes: "n1")
    change(&holder)
    return holder
  }

  /// Leaves a lock as a killed process does.
  private func leave(_ name: String, by holder: LockHolder) throws {
    let dying = FileSystem(
      hook: { what, _, _ in what == .unlink ? .fail(EIO) : nil }, holder: holder)
    try dying.lock(name).release()
    #expect(try system.status(name + ".lock", followingLinks: false).kind == .symbolicLink)
  }

  /// Another process number, another start of the same number, and a restart of the machine.
  @Test func `the lock of a process that is surely dead is taken over`() throws {
    let gone = try run(["sh", "-c", "echo $$"]).out
    let number = try #require(Int32(gone.dropLast()))
    let dead: [LockHolder] = [
      holder { $0.process = number }, holder { $0.start = 2 },
      holder { $0.boot = "b0" },
      holder { ($0.boot, $0.processes, $0.process) = ("b0", "n0", 1) },
    ]
    for dead in dead {
      let folder = TemporaryFolder()
      let name = folder.path + "/thing"
      try leave(name, by: dead)
      let system = FileSystem(holder: holder())
      // What it left under a temporary name is told by the same rule.
      let temporary = Path.lastComponent(FileSystem(holder: dead).temporaryName(beside: name))
      #expect(system.isTemporaryOfDead(temporary) == true)
      let lock = try system.lock(name)
      #expect(throws: PlatformError.self) { try self.system.lock(name) }
      lock.release()
      #expect(try system.list(folder.path) == [])
    }
  }

  /// The very process, another host, another machine of the same name, a restart of who knows which
  /// machine, another container: none of them is known to be dead.
  @Test func `the lock of a process that may live is left alone and named`() throws {
    let own = try #require(try startOfThisProcess())
    let living: [LockHolder] = [
      holder { $0.start = own }, holder { $0.host = "other" },
      holder { ($0.machine, $0.boot) = ("m2", "b0") }, holder { $0.boot = "-" },
      holder { $0.processes = "n2" },
      holder { ($0.process, $0.machine, $0.boot) = (1, "-", "b0") },
    ]
    for holder in living {
      let folder = TemporaryFolder()
      let name = folder.path + "/thing"
      try leave(name, by: holder)
      var me = self.holder()
      if holder.process == 1 { me.machine = "-" }
      let system = FileSystem(holder: me)
      let temporary = Path.lastComponent(FileSystem(holder: holder).temporaryName(beside: name))
      #expect(system.isTemporaryOfDead(temporary) != true)
      let error = try #require(throws: PlatformError.self) { try system.lock(name, waiting: 12) }
      #expect(error.code == .locked)
      #expect(error.message.contains("process \(holder.process)"))
      #expect(error.message.contains("other") == (holder.host == "other"))
    }
  }

  private func startOfThisProcess() throws -> UInt64? {
    let text = String(decoding: try system.read("/proc/self/stat"), as: UTF8.self)
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    return UInt64(fields[20])
  }

  @Test func `the lock of a killed process is taken over, that of a living one not`() throws {
    let folder = TemporaryFolder()
    let name = folder.path + "/thing"
    let lock = try system.lock(name)
    let text = try run(["readlink", name + ".lock"]).out
    #expect(text.hasPrefix("wf-lock \(getpid()) "))
    #expect(throws: PlatformError.self) { try FileSystem().lock(name, waiting: 20) }
    lock.release()
    // The number of a process that was, in the words of this one.
    let gone = try run(["sh", "-c", "echo $$"]).out.dropLast()
    let words = text.dropLast().split(separator: " ").map(String.init)
    let dead = ([words[0], String(gone)] + words[2...]).joined(separator: " ")
    #expect(try run(["ln", "-s", dead, name + ".lock"]).status == 0)
    try FileSystem().lock(name).release()
    #expect(try system.list(folder.path) == [])
  }

  @Test func `a lock that somebody removed and another took is not released by the first`() throws {
    let folder = TemporaryFolder()
    let name = folder.path + "/thing"
    let first = try system.lock(name)
    try system.remove(name + ".lock")
    let second = try system.lock(name)
    first.release()
    #expect(throws: PlatformError.self) { try system.lock(name) }
    second.release()
  }

  @Test func `a lock whose removal fails once is removed all the same`() throws {
    let folder = TemporaryFolder()
    let failures = Mutex(0)
    let shaky = FileSystem { what, _, _ in
      guard what == .unlink else { return nil }
      return failures.withLock { count in
        count += 1
        return count == 1 ? .fail(EIO) : nil
      }
    }
    try shaky.lock(folder.path + "/thing").release()
    #expect(try system.list(folder.path) == [])
  }

  @Test func `where there are no symbolic links a lock is a file`() throws {
    let folder = TemporaryFolder()
    let name = folder.path + "/thing"
    let plain = FileSystem { what, _, _ in what == .lock ? .fail(EPERM) : nil }
    let lock = try plain.lock(name)
    #expect(try system.status(name + ".lock", followingLinks: false).kind == .regular)
    #expect(throws: PlatformError.self) { try system.lock(name) }
    #expect(throws: PlatformError.self) { try plain.lock(name) }
    lock.release()
    #expect(try system.list(folder.path) == [])
  }

  @Test(arguments: ["", "0123\n", "wf-lock 1 another-host\n", "wf-lock 1\n", "wf-lock 1 2 h m b n"])
  func `a lock that is not surely dead is left alone`(_ content: String) throws {
    let folder = TemporaryFolder()
    let name = folder.path + "/thing"
    try system.write(Array(content.utf8), to: name + ".lock")
    let error = try #require(throws: PlatformError.self) { try system.lock(name, waiting: 12) }
    #expect(error.code == .locked)
    #expect(try system.read(name + ".lock") == Array(content.utf8))
  }

  @Test func `many threads take a lock one after another`() throws {
    let folder = TemporaryFolder()
    let name = folder.path + "/thing"
    let counter = folder.path + "/counter"
    try system.write(Array("0".utf8), to: counter)
    let system = system
    let failures = concurrentMap(Array(0..<40), threads: 4) { _ -> Bool in
      do {
        let lock = try system.lock(name, waiting: 20_000)
        defer { lock.release() }
        let value = Int(String(decoding: try system.read(counter), as: UTF8.self)) ?? -1
        try system.write(Array("\(value + 1)".utf8), to: counter)
        return false
      } catch {
        return true
      }
    }
    #expect(!failures.contains(true))
    #expect(try system.read(counter) == Array("40".utf8))
  }

  @Test func `of many who find a dead lock one at a time has it`() throws {
    let folder = TemporaryFolder()
    let name = folder.path + "/thing"
    // Else each would take the others for dead.
    let start = try #require(try startOfThisProcess())
    let counter = folder.path + "/counter"
    try system.write(Array("0".utf8), to: counter)
    let failures = concurrentMap(Array(0..<40), threads: 4) { number -> String? in
      do {
        // As a process of before a restart leaves it.
        let dead = "wf-lock 1 \(number + 1) lab m1 b0 n1 w"
        let me = LockHolder(
          process: getpid(), start: start, host: "lab", machine: "m1", boot: "b1", processes: "n1")
        if number % 4 == 0 { _ = symlink(dead, name + ".lock") }
        let lock = try FileSystem(holder: me).lock(name, waiting: 20_000)
        defer { lock.release() }
        let value = Int(String(decoding: try system.read(counter), as: UTF8.self)) ?? -1
        try system.write(Array("\(value + 1)".utf8), to: counter)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(failures.compactMap { $0 } == [])
    #expect(try system.read(counter) == Array("40".utf8))
  }
}
