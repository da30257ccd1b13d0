internal import NIOPosix

/// Runs what waits for disks or uses a processor for long on threads of its own, so that other
/// requests go on.
package struct Blocking: Sendable {
  private let threads: NIOThreadPool

  package init(threads count: Int) {
    threads = NIOThreadPool(numberOfThreads: count)
    threads.start()
  }

  func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await threads.runIfActive(body)
  }
}
