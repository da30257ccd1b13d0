internal import Glibc
internal import Synchronization

/// The one seam through which files are touched.
///
/// A value of this type carries a ledger, which counts operations, and optionally a hook that
/// decides before each one whether it fails; so a test can fail, cut short or "crash" the N-th
/// operation. Product code uses `FileSystem()`.
public struct FileSystem: Sendable {
  /// What is about to be done, in the words of the system calls.
  public enum Operation: String, Sendable, CaseIterable {
    case open, create, read, write, status, list, map
    case makeDirectory, rename, link, unlink, removeDirectory, changeMode
    case syncFile, syncDirectory, lock
  }

  /// What the hook wants to happen instead of the operation.
  public enum Fault: Sendable {
    /// The operation is not done and fails with this `errno`.
    case fail(Int32)
    /// A write puts down this many bytes, then fails with this `errno`.
    case cut(bytes: Int, Int32)
  }

  /// Asked before each operation with its path and its running number (from 1).
  public typealias Hook = @Sendable (Operation, String, Int) -> Fault?

  /// Counts what was done; shared by all copies of one `FileSystem`.
  public final class Ledger: Sendable {
    private let counts = Mutex<[Operation: Int]>([:])

    /// How often an operation was started.
    public func count(_ operation: Operation) -> Int { counts.withLock { $0[operation] ?? 0 } }
    /// Syncs of files and of directories together.
    public var syncs: Int { count(.syncFile) + count(.syncDirectory) }
    /// All operations so far.
    public var total: Int { counts.withLock { $0.values.reduce(0, +) } }

    fileprivate func enter(_ operation: Operation) {
      counts.withLock { $0[operation, default: 0] += 1 }
    }
  }

  public let ledger = Ledger()
  private let hook: Hook?
  /// Whether `syncFile` and `syncDirectory` really wait for the disk.
  ///
  /// Off only where the user asked for speed over durability; they are counted all the same.
  public var syncsToDisk = true
  private let numbers = Running()

  public init(hook: Hook? = nil) { self.hook = hook }

  /// Counts an operation and lets the hook object to it.
  func enter(_ operation: Operation, _ path: String) throws(PlatformError) {
    if let fault = fault(operation, path) {
      switch fault {
      case .fail(let number), .cut(_, let number):
        throw PlatformError(errno: number, doing: verb(operation), place: path)
      }
    }
  }

  /// As `enter`, but the caller acts on the fault.
  func fault(_ operation: Operation, _ path: String) -> Fault? {
    ledger.enter(operation)
    guard let hook else { return nil }
    return hook(operation, path, numbers.next())
  }

  func failed(_ operation: Operation, _ path: String) -> PlatformError {
    PlatformError(errno: errno, doing: verb(operation), place: path)
  }

  private func verb(_ operation: Operation) -> String {
    switch operation {
    case .status: "look at this"
    case .makeDirectory: "make this folder"
    case .removeDirectory, .unlink: "remove this"
    case .changeMode: "change the mode of this"
    case .syncFile, .syncDirectory: "make this durable"
    default: "\(operation.rawValue) this"
    }
  }

  private final class Running: Sendable {
    private let number = Mutex(0)
    func next() -> Int {
      number.withLock {
        $0 += 1
        return $0
      }
    }
  }
}

/// Repeats a system call that a signal interrupted.
func retrying<T: SignedInteger>(_ call: () -> T) -> T {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
