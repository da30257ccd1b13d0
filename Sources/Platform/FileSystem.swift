internal import Glibc
internal import Synchronization

/// The one seam through which files are touched.
///
/// A value of this type carries a ledger, which counts operations, and for tests a hook that decides
/// before each system call whether it fails, and an observer that is told what was changed. With
/// these a test can fail, interrupt, cut short or "crash" the N-th operation, or work out what a
/// power loss would leave. Product code uses `FileSystem()`.
public struct FileSystem: Sendable {
  /// What is about to be done, in the words of the system calls.
  public enum Operation: Int, Sendable, CaseIterable {
    case open, create, read, write, status, list, map
    case makeDirectory, rename, link, unlink, removeDirectory, changeMode
    case syncFile, syncDirectory, lock
  }

  /// What the hook wants to happen instead of the operation.
  public enum Fault: Sendable {
    /// The system call is not made and fails with this `errno`; `EINTR` is a signal that came.
    case fail(Int32)
    /// A write puts down this many bytes, then fails with this `errno`.
    case cut(bytes: Int, Int32)
    /// A write or read does at most this many bytes, at least one, and says so.
    case short(bytes: Int)
  }

  /// A change that was made.
  public enum Change: Sendable, Equatable {
    case created(String)
    /// Bytes written at an offset, or at the end of the file where that is nil.
    case wrote(String, [UInt8], at: Int?)
    case renamed(String, to: String)
    case linked(String, to: String)
    /// A symbolic link with this text.
    case symbolicLink(String, text: String)
    case removed(String)
    case madeDirectory(String)
    case removedDirectory(String)
    case syncedFile(String)
    case syncedDirectory(String)
  }

  /// Asked before each system call with its path and its running number (from 1).
  public typealias Hook = @Sendable (Operation, String, Int) -> Fault?
  /// Told of each change after it was made.
  public typealias Observer = @Sendable (Change) -> Void

  /// Counts what was done; shared by all copies of one `FileSystem`.
  public final class Ledger: Sendable {
    private let counts = Mutex([Int](repeating: 0, count: Operation.allCases.count))

    /// How often an operation was started.
    public func count(_ operation: Operation) -> Int { counts.withLock { $0[operation.rawValue] } }
    /// Syncs of files and of directories together.
    public var syncs: Int { count(.syncFile) + count(.syncDirectory) }
    /// All operations so far.
    public var total: Int { counts.withLock { $0.reduce(0, +) } }

    fileprivate func enter(_ operation: Operation) {
      counts.withLock { $0[operation.rawValue] += 1 }
    }
  }

  public let ledger = Ledger()
  private let hook: Hook?
  private let observer: Observer?
  /// Whether `syncFile` and `syncDirectory` really wait for the disk.
  ///
  /// Off only where the user asked for speed over durability; they are counted all the same.
  public var syncsToDisk = true
  private let numbers = Running()
  let holder: HolderOfLocks

  /// - Parameter holder: who takes the locks; nil: this process.
  public init(hook: Hook? = nil, observer: Observer? = nil, holder: LockHolder? = nil) {
    self.hook = hook
    self.observer = observer
    self.holder = HolderOfLocks(holder)
  }

  /// Makes a system call and makes it again after a signal.
  ///
  /// - Parameter body: the call; -1 says that it failed, with the reason in `errno`.
  func call<T: SignedInteger>(
    _ operation: Operation, _ path: String, _ body: () -> T
  ) throws(PlatformError) -> T {
    try enter(operation, path)
    let result = retrying(body)
    if result == -1 { throw failed(operation, path) }
    return result
  }

  /// Counts an operation and lets the hook object to it.
  func enter(_ operation: Operation, _ path: String) throws(PlatformError) {
    while let fault = fault(operation, path) {
      switch fault {
      case .fail(EINTR): continue
      case .fail(let number), .cut(_, let number):
        throw PlatformError(errno: number, doing: verb(operation), place: path)
      case .short: return
      }
    }
  }

  /// As `enter`, but the caller acts on the fault.
  func fault(_ operation: Operation, _ path: String) -> Fault? {
    ledger.enter(operation)
    guard let hook else { return nil }
    return hook(operation, path, numbers.next())
  }

  /// Tells the observer; the change is only put together where there is one.
  @inline(__always)
  func changed(_ change: @autoclosure () -> Change) { observer?(change()) }

  func failed(_ operation: Operation, _ path: String) -> PlatformError {
    PlatformError(errno: errno, doing: verb(operation), place: path)
  }

  func verb(_ operation: Operation) -> String {
    switch operation {
    case .status: "look at this"
    case .makeDirectory: "make this folder"
    case .removeDirectory, .unlink: "remove this"
    case .changeMode: "change the mode of this"
    case .syncFile, .syncDirectory: "make this durable"
    // Word by word: a file that is not there is no error for many callers, and to print the name of
    // a case searches the whole program for what the case may be.
    case .open: "open this"
    case .create: "create this"
    case .read: "read this"
    case .write: "write this"
    case .list: "list this"
    case .map: "map this"
    case .rename: "rename this"
    case .link: "link this"
    case .lock: "lock this"
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
