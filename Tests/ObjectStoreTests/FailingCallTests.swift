import Glibc
import ObjectStore
import Platform
import Synchronization
import TestSupport
import Testing

/// One system call of a commit that fails, for each of them: the error is typed, nothing is lost.
struct FailingCallTests {
  /// A store with a commit, in a folder that is copied for each try.
  private let model: StoreFolder
  private let old: ObjectID

  init() throws {
    model = try StoreFolder()
    old = try model.store.commit(["a": "0", "d/e": "1"], to: model.claim)
  }

  private func commit(_ system: FileSystem, in path: String) throws -> ObjectID {
    let store = try ObjectStore.open(at: path, system: system)
    let id = try store.commit(["a": "1", "b/c": "2"], to: model.claim)
    let key = Tips.Key(ref: model.claim)
    try store.tipsFile.update { $0.tips[key] = Tips.Tip(commit: id, count: 2, seconds: 1) }
    return id
  }

  private func copy() throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    try #require(try run(["cp", "-r", model.path, folder.path + "/.wf"]).status == 0)
    return folder
  }

  private func total() throws -> Int {
    let probe = FileSystem()
    let folder = try copy()
    _ = try commit(probe, in: folder.path + "/.wf")
    withExtendedLifetime(folder) {}
    return probe.ledger.total
  }

  @Test(arguments: [EIO, ENOSPC, EMFILE, EAGAIN])
  func `a call that fails gives a typed error, and the next try works`(_ number: Int32) throws {
    let total = try total()
    #expect(total > 40)
    var failed = 0
    for at in 1...total {
      let folder = try copy()
      let path = folder.path + "/.wf"
      let call = Mutex<FileSystem.Operation?>(nil)
      let system = FileSystem { what, _, running in
        guard running == at else { return nil }
        call.withLock { $0 = what }
        return .fail(number)
      }
      let what: Comment = "call \(at)"
      var made: ObjectID?
      do {
        made = try commit(system, in: path)
      } catch let error as ObjectError {
        failed += 1
        let isLockTimeout = error.reason == "locked"
        #expect(error.cause?.errorNumber == number || isLockTimeout, "\(what): \(error)")
        #expect(error.place?.isEmpty == false, what)
        #expect(!error.message.isEmpty)
      }
      let after = try ObjectStore.open(at: path, system: FileSystem())
      let tip = try #require(try after.ref(model.claim))
      if let made {
        #expect(tip == made, what)
      } else if tip != old {
        // The ref had moved: only its sync, or what comes after it, can have failed.
        #expect(
          [.open, .syncDirectory, .lock, .read, .write, .status].contains(call.withLock { $0 }))
        #expect(try after.commit(tip).parents == [old], what)
      }
      #expect(after.fsck().findings == [], what)
      let left = try run(["find", path, "-name", "*tmp*"]).out
      #expect(left == "" || call.withLock({ $0 }) == .unlink, "\(what): \(left)")
      let next = try commit(FileSystem(), in: path)
      #expect(try ObjectStore.open(at: path, system: FileSystem()).ref(model.claim) == next, what)
      if at % 16 == 0 {
        let stock = try git(["--git-dir", path, "fsck", "--strict", "--full", "--no-dangling"])
        #expect(stock.status == 0 && stock.err.isEmpty, "\(what): \(stock.err)")
      }
    }
    #expect(failed > total / 2)
  }

  @Test func `a signal at every call and short reads and writes change nothing`() throws {
    let first = try copy()
    let expected = try commit(FileSystem(), in: first.path + "/.wf")
    for seed in 0..<4 {
      let folder = try copy()
      let path = folder.path + "/.wf"
      let count = Mutex(seed)
      let system = FileSystem { what, _, _ in
        let turn = count.withLock { count in
          count += 1
          return count
        }
        if turn % 2 == 0 { return .fail(EINTR) }
        return what == .write || what == .read ? .short(bytes: 1 + turn % 13) : nil
      }
      #expect(try commit(system, in: path) == expected)
      #expect(system.ledger.count(.write) > 200)
      let store = try ObjectStore.open(at: path, system: FileSystem())
      #expect(store.fsck().findings == [])
      #expect(try git(["--git-dir", path, "fsck", "--strict"]).status == 0)
      #expect(try store.tips().tips.count == 1)
    }
  }
}
