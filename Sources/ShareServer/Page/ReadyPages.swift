internal import Synchronization

/// An answer in pieces, between which the token of the request stands.
///
/// So no token lies in memory for longer than its request.
struct ReadyBytes: Sendable, Equatable {
  private let pieces: [[UInt8]]

  init(_ bytes: [UInt8]) { pieces = [bytes] }

  /// - Parameter standIn: where it occurs a token is put; nobody else knows it.
  init(_ bytes: [UInt8], cutAt standIn: String) {
    pieces = bytes.split(separator: Array(standIn.utf8), omittingEmptySubsequences: false)
      .map { Array($0) }
  }

  func with(_ token: String) -> [UInt8] {
    if pieces.count == 1 { return pieces[0] }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + (pieces.count - 1) * token.utf8.count)
    for (place, piece) in pieces.enumerated() {
      if place > 0 { bytes.append(contentsOf: token.utf8) }
      bytes.append(contentsOf: piece)
    }
    return bytes
  }

  var size: Int { pieces.reduce(0) { $0 + $1.count } }
}

/// Pages and documents that were made already, the last used ones up to a number of bytes.
///
/// Whether a share is open is no part of this: that is asked of the database at each request. What is
/// kept depends on nothing that its key does not hold, since the rows of a verified artifact and of an
/// approval never change. A class with a lock, since all connections share it.
final class ReadyPages: Sendable {
  enum Form: Hashable { case page, document }

  struct Key: Hashable {
    let form: Form
    let artifactID: String
    let approvalID: String
    let expiresAt: Int64
    /// How far off the end is, in the word that is shown.
    let expiresIn: String
    let hasPassword: Bool
  }

  private struct Entry {
    let bytes: ReadyBytes
    var lastUse: UInt64
    /// What it takes beside its bytes is estimated, so that small entries are bounded too.
    var size: Int { bytes.size + 1024 }
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var size = 0
    var uses: UInt64 = 0

    mutating func remove(_ key: Key) {
      if let entry = entries.removeValue(forKey: key) { size -= entry.size }
    }
  }

  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: bytes.
  init(limit: Int) { self.limit = limit }

  /// Bytes that are held.
  var size: Int { state.withLock { $0.size } }
  var count: Int { state.withLock { $0.entries.count } }

  func find(_ key: Key) -> ReadyBytes? {
    state.withLock { state in
      state.uses += 1
      state.entries[key]?.lastUse = state.uses
      return state.entries[key]?.bytes
    }
  }

  func keep(_ bytes: ReadyBytes, as key: Key) {
    state.withLock { state in
      state.uses += 1
      state.remove(key)
      let entry = Entry(bytes: bytes, lastUse: state.uses)
      state.entries[key] = entry
      state.size += entry.size
      while state.size > limit,
        let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
      { state.remove(oldest.key) }
    }
  }

  /// What was made of a share that has ended takes no memory.
  func forget(approvalID: String) {
    state.withLock { state in
      for key in state.entries.keys where key.approvalID == approvalID { state.remove(key) }
    }
  }

  func forgetAll() { state.withLock { $0 = State() } }
}
