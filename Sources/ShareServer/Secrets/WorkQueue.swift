/// Lets at most `width` pieces of work run at once; who waits longer than `patience` is turned away.
package actor WorkQueue {
  private let width: Int
  private let most: Int
  private let patience: Duration
  private var running = 0
  private var lastNumber = 0
  private var waiting: [(number: Int, turn: CheckedContinuation<Bool, Never>)] = []

  package init(width: Int, patience: Duration, most: Int = 64) {
    self.width = width
    self.patience = patience
    self.most = most
  }

  /// How many run and wait.
  var load: Int { running + waiting.count }

  /// Runs a body when it is its turn; nil where that did not come in time.
  nonisolated package func run<T: Sendable>(
    _ body: @Sendable () async throws -> T
  ) async throws -> T? {
    guard await enter() else { return nil }
    do {
      let result = try await body()
      await leave()
      return result
    } catch {
      await leave()
      throw error
    }
  }

  private func enter() async -> Bool {
    if running < width {
      running += 1
      return true
    }
    if waiting.count >= most { return false }
    lastNumber += 1
    let number = lastNumber
    let timer = Task { [patience] in
      try? await Task.sleep(for: patience)
      if !Task.isCancelled { giveUp(number) }
    }
    let isTurn = await withCheckedContinuation { waiting.append((number, $0)) }
    timer.cancel()
    return isTurn
  }

  private func leave() {
    // The place goes on to the next one, or is free.
    if waiting.isEmpty { running -= 1 } else { waiting.removeFirst().turn.resume(returning: true) }
  }

  private func giveUp(_ number: Int) {
    guard let place = waiting.firstIndex(where: { $0.number == number }) else { return }
    waiting.remove(at: place).turn.resume(returning: false)
  }
}
