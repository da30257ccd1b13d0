import Glibc

/// One procedure on one input, with the time it may take.
struct Measure {
  let name: String
  let input: String
  let budget: Duration
  let call: () -> Double?

  /// Runs it for about half a second of processor time and gives a row of the table.
  func row(isCounting: Bool) -> String {
    var best = Duration.seconds(3600)
    var kept = 0.0
    var (calls, allocations) = (0, 0)
    let start = processorTime()
    repeat {
      let before = Heap.allocations
      let begin = processorTime()
      kept += call() ?? 0
      best = min(best, processorTime() - begin)
      allocations = Heap.allocations - before
      calls += 1
    } while processorTime() - start < .milliseconds(500) && calls < 10_000
    // The sum is looked at, so that no call can be left out.
    let verdict = best <= budget ? "held" : "**missed**"
    let mark = kept.isNaN ? " (not a number)" : ""
    let objects = isCounting ? String(allocations) : "–"
    return
      "| \(name) | \(input) | \(text(best)) | \(objects) | \(text(budget)) | \(verdict)\(mark) |"
  }

  /// Of this process, so that others on the machine do not count.
  private func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  private func text(_ duration: Duration) -> String {
    let nanoseconds = Double(duration.components.attoseconds) / 1e9
    let seconds = Double(duration.components.seconds) + nanoseconds / 1e9
    let (value, unit) =
      seconds < 1e-3 ? (seconds * 1e6, "µs") : seconds < 1 ? (seconds * 1e3, "ms") : (seconds, "s")
    return "\((value * 10).rounded() / 10) \(unit)"
  }
}
