internal import Platform
internal import Synchronization

/// Keeps gc and writers apart.
///
/// A writer shares `wf/writers` from before it looks which objects there are until a ref holds what it
/// wrote; gc has the file alone while it removes things. `wf/gc.turn` is held by gc while it waits
/// and by a writer only while it begins, so that writers without end cannot keep gc out.
///
/// On a file system without such locks writers go on and gc removes nothing.
///
/// Sendable: its lists are guarded.
final class Writers: Sendable {
  private struct State {
    weak var current: FileLease?
    var waiting: [(heads: Set<ObjectID>, lease: FileLease)] = []
  }
  private let state = Mutex(State())

  /// Written objects for which no ref came are protected by their age only, from so many on.
  private static var mostWaiting: Int { 64 }

  var current: FileLease? { state.withLock { $0.current } }

  func begin(_ lease: FileLease) { state.withLock { $0.current = lease } }

  /// Keeps the lease until a ref holds one of these commits or tags.
  func keep(_ lease: FileLease, until heads: Set<ObjectID>) {
    state.withLock {
      if $0.waiting.count >= Self.mostWaiting { $0.waiting.removeFirst() }
      $0.waiting.append((heads, lease))
    }
  }

  func release(_ heads: [ObjectID]) {
    state.withLock { state in
      state.waiting.removeAll { waiting in heads.contains { waiting.heads.contains($0) } }
    }
  }

  func releaseAll() { state.withLock { $0.waiting = [] } }
}

extension ObjectStore {
  private var writersFile: String { path + "/wf/writers" }
  private var turnFile: String { path + "/wf/gc.turn" }

  /// - Throws: `locked` where gc does not end within a minute.
  func beginWriting() throws(ObjectError) -> FileLease {
    if let lease = writers.current { return lease }
    let lease = try wrapping { () throws(PlatformError) in
      try system.makeDirectories(path + "/wf")
      let turn = try system.lease(turnFile, .shared, waiting: 60_000)
      defer { withExtendedLifetime(turn) {} }
      return try turn == nil ? nil : system.lease(writersFile, .shared, waiting: 60_000)
    }
    guard let lease else { throw held("wf gc is at work in this store") }
    writers.begin(lease)
    return lease
  }

  /// Waits until no writer is at work, and keeps new ones out.
  ///
  /// - Throws: `locked` where one does not end in time.
  func withoutWriters<R>(
    waiting milliseconds: Int, _ body: () throws(ObjectError) -> R
  ) throws(ObjectError) -> R {
    writers.releaseAll()
    let leases = try wrapping { () throws(PlatformError) in
      try system.makeDirectories(path + "/wf")
      let turn = try system.lease(turnFile, .alone, waiting: milliseconds)
      let alone = try turn == nil ? nil : system.lease(writersFile, .alone, waiting: milliseconds)
      return (turn, alone)
    }
    defer { withExtendedLifetime(leases) {} }
    guard let alone = leases.1 else { throw held("something is being written to this store") }
    // Where writers can't be seen, nothing that one may need is removed.
    if !alone.isHeld { throw held("this file system has no locks that would keep writers out") }
    return try body()
  }

  private func held(_ why: String) -> ObjectError {
    ObjectError(PlatformError(.locked, place: path, message: why))
  }
}
