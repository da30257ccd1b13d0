internal import Glibc
internal import Synchronization

/// Cores that this process may use.
public func processorCount() -> Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

/// Maps items on several threads; results come in the order of the items.
///
/// Items are handed out one by one, so make each worth at least a tenth of a millisecond. When
/// several fail, the error of the first in input order is thrown, whatever the timing.
///
/// - Parameter threads: at most so many work at once, the calling one among them.
public func concurrentMap<Item: Sendable, Result: Sendable, E: Error>(
  _ items: [Item], threads: Int = processorCount(),
  _ body: @Sendable (Item) throws(E) -> Result
) throws(E) -> [Result] {
  if threads <= 1 || items.count <= 1 {
    var results: [Result] = []
    results.reserveCapacity(items.count)
    for item in items { results.append(try body(item)) }
    return results
  }
  let outcomes = Mutex<[Swift.Result<Result, E>?]>(Array(repeating: nil, count: items.count))
  let next = Atomic<Int>(0)
  withThreads(min(threads, items.count)) {
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= items.count { return }
      let outcome: Swift.Result<Result, E>
      do throws(E) { outcome = .success(try body(items[index])) } catch {
        outcome = .failure(error)
      }
      outcomes.withLock { $0[index] = outcome }
    }
  }
  var results: [Result] = []
  results.reserveCapacity(items.count)
  for outcome in outcomes.withLock({ $0 }) {
    guard let outcome else { preconditionFailure("every index was handed out once") }
    results.append(try outcome.get())
  }
  return results
}

/// Runs `work` on `count` threads, the calling one among them, and waits for all.
///
/// Fewer run where the system gives no more threads.
private func withThreads(_ count: Int, _ work: @Sendable () -> Void) {
  withoutActuallyEscaping(work) { work in
    var threads: [pthread_t] = []
    for _ in 1..<count {
      // The box is kept alive by the +1 that the new thread takes over; all threads are joined
      // below, so the closure does not outlive this call.
      let box = unsafe Unmanaged.passRetained(Work(work))
      var thread = pthread_t()
      let status = unsafe pthread_create(
        &thread, nil,
        { context in
          if let context = unsafe context {
            unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
          }
          return nil
        }, box.toOpaque())
      if status == 0 { threads.append(thread) } else { unsafe box.release() }
    }
    work()
    for thread in threads { pthread_join(thread, nil) }
  }
}

private final class Work: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
