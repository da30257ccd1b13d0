internal import Synchronization

/// Runs asynchronous code to its end on the calling thread.
///
/// swift-certificates searches for chains in an `async` function that never waits for anything. Its
/// steps are queued here and run at once, so that verification stays an ordinary function and cannot
/// block a thread of the shared pool.
final class InlineExecutor: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])

  func enqueue(_ job: consuming ExecutorJob) {
    let unowned = UnownedJob(job)
    jobs.withLock { $0.append(unowned) }
  }

  /// - Returns: the operation's value; nil when it waits for something outside, which leaves it behind.
  static func run<Value: Sendable>(
    _ operation: @escaping @Sendable () async -> Value
  ) -> Value? {
    let executor = InlineExecutor()
    let result = ResultBox<Value>()
    _ = Task<Void, Never>(executorPreference: executor) {
      let value = await operation()
      result.value.withLock { $0 = value }
    }
    while let job = executor.jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
      unsafe job.runSynchronously(on: executor.asUnownedTaskExecutor())
    }
    return result.value.withLock { $0 }
  }
}

private final class ResultBox<Value: Sendable>: Sendable {
  let value = Mutex<Value?>(nil)
}
