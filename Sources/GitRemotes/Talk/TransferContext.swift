internal import Synchronization

/// What the callbacks of one connection may ask, and what they tell.
///
/// Sendable: a signal's thread may cancel.
public final class TransferContext: Sendable {
  private struct State {
    var failure: MirrorError?
    var refusals: [String: String] = [:]
    var isAnswered: Set<String> = []
    var messages: [String] = []
    var notes: [String] = []
    var unfinished = ""
    var lastMove: Double = 0
    var isCancelled = false
    var isWaiting = false
    var attempts = 0
  }
  private let state: Mutex<State>
  private let clock: @Sendable () -> Double
  public let progress: @Sendable (TransferPhase, Int, Int) -> Void
  public let limit: Int

  /// - Parameters:
  ///   - limit: bytes of a pack that are taken at most.
  ///   - clock: seconds of a clock that never goes back.
  public init(
    limit: Int = 64 << 30, clock: @escaping @Sendable () -> Double,
    progress: @escaping @Sendable (TransferPhase, Int, Int) -> Void = { _, _, _ in }
  ) {
    self.limit = limit
    self.clock = clock
    self.progress = progress
    state = Mutex(State(lastMove: clock()))
  }

  public func cancel() { state.withLock { $0.isCancelled = true } }
  public var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// - Throws: `interrupted` once somebody cancelled.
  public func checkGoOn() throws(MirrorError) {
    if isCancelled {
      throw MirrorError(.interrupted, "stopped before it was done; nothing is half moved")
    }
  }

  /// Something came or went.
  public func moved() {
    let now = clock()
    state.withLock { $0.lastMove = now }
  }

  /// Seconds since something came or went, while the other side is waited for; else 0.
  public var idleSeconds: Double {
    let (last, isWaiting) = state.withLock { ($0.lastMove, $0.isWaiting) }
    return isWaiting ? clock() - last : 0
  }

  /// Runs a call that waits for the other side.
  public func waiting<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    moved()
    state.withLock { $0.isWaiting = true }
    defer { state.withLock { $0.isWaiting = false } }
    return try body()
  }

  /// Keeps the first failure of a callback, which says more than the library's own.
  public func fail(_ error: MirrorError) {
    state.withLock { if $0.failure == nil { $0.failure = error } }
  }
  public func takeFailure() -> MirrorError? {
    state.withLock { state in
      defer { state.failure = nil }
      return state.failure
    }
  }

  public func answered(_ ref: String, _ refusal: String?) {
    state.withLock {
      $0.isAnswered.insert(ref)
      $0.refusals[ref] = refusal
    }
  }

  /// What the server said of a ref: nil where it said nothing at all.
  public func answer(of ref: String) -> (isTaken: Bool, refusal: String?)? {
    state.withLock {
      guard $0.isAnswered.contains(ref) else { return nil }
      return ($0.refusals[ref] == nil, $0.refusals[ref])
    }
  }

  /// Takes a piece of what the server shows people; lines come in pieces, and counters are no news.
  public func said(_ text: String) {
    state.withLock { state in
      var lines = (state.unfinished + text)
        .split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" }.map(String.init)
      state.unfinished = String((lines.popLast() ?? "").prefix(4096))
      for line in lines where !line.isEmpty && !Self.isCounter(line) { state.messages.append(line) }
      state.messages = state.messages.suffix(20)
    }
  }

  private static func isCounter(_ line: String) -> Bool {
    [
      "Counting objects", "Compressing objects", "Enumerating objects", "Resolving deltas",
      "Total ",
      "Receiving objects", "Unpacking objects", "Processed ",
    ].contains { line.hasPrefix($0) }
  }

  /// The last lines that the server sent.
  public var messages: [String] { state.withLock { $0.messages.map(MirrorError.tidy) } }

  /// Keeps a sentence of ours that is to be shown beside the result.
  public func note(_ text: String) { state.withLock { $0.notes.append(text) } }

  /// What is to be shown to people: the server's lines, and our own.
  public var remarks: [String] { messages.map { "remote: " + $0 } + state.withLock { $0.notes } }

  /// Counts how often credentials were asked for.
  public func nextAttempt() -> Int {
    state.withLock {
      $0.attempts += 1
      return $0.attempts
    }
  }
}

/// What a transfer is busy with.
public enum TransferPhase: String, Sendable {
  case translate, upload, download, check
}
