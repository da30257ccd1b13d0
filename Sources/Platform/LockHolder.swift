internal import Glibc
internal import Synchronization

/// Who holds a lock: a process, told from every other one there is or was.
///
/// A number of a process is used again, so the moment of its start belongs to it; it means something
/// only in one namespace of processes of one running kernel; and machines may share a name.
public struct LockHolder: Sendable, Equatable {
  public var process: Int32
  /// Start of the process in clock ticks since the machine started; 0 where it is not known.
  public var start: UInt64
  public var host: String
  /// What tells machines of one name apart; `-` where it is not known.
  public var machine: String
  /// This run of the kernel and the namespace of process numbers; `-` where it is not known.
  public var boot: String
  public var processes: String

  public init(
    process: Int32, start: UInt64, host: String, machine: String, boot: String, processes: String
  ) {
    self.process = process
    self.start = start
    self.host = host
    self.machine = machine
    self.boot = boot
    self.processes = processes
  }

  /// The words of a lock, without the word that tells the locks of one process apart.
  var text: String { "wf-lock \(process) \(start) \(host) \(machine) \(boot) \(processes)" }

  /// The holder that a lock names; nil for a lock of another make.
  init?(parsing text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 8, words[0] == "wf-lock", let process = Int32(words[1]), process > 0,
      let start = UInt64(words[2])
    else { return nil }
    self.init(
      process: process, start: start, host: words[3], machine: words[4], boot: words[5],
      processes: words[6])
  }

  /// Whether this holder is surely dead, as far as another process can tell.
  ///
  /// On another host it may always live. After a restart of this machine it is dead; without a
  /// machine id that cannot be told from another machine of the same name.
  func isDead(for other: LockHolder) -> Bool {
    guard host == other.host, machine == other.machine, boot != "-", other.boot != "-" else {
      return false
    }
    if boot != other.boot { return machine != "-" }
    guard processes == other.processes else { return false }
    if kill(process, 0) != 0, errno == ESRCH { return true }
    guard let (now, isZombie) = Self.startOfProcess("\(process)"), start != 0 else { return false }
    return now != start || isZombie
  }

  /// Names the process in the name of a file: `PID-START-MACHINE-BOOT-PROCESSES`, of long words a hash.
  var mark: String {
    let namespace = processes == "-" ? "0" : processes
    return "\(process)-\(start)-\(Self.hash("\(host) \(machine)"))-\(Self.hash(boot))-\(namespace)"
  }

  /// Whether the process that a `mark` names is surely dead; nil for one of another machine or of
  /// another make, of which nothing is known.
  func isDead(marked mark: Substring) -> Bool? {
    let words = mark.split(separator: "-", omittingEmptySubsequences: false)
    guard words.count == 5, let number = Int32(words[0]), number > 0, let start = UInt64(words[1]),
      words[2] == Self.hash("\(host) \(machine)")
    else { return nil }
    var other = self
    other.process = number
    other.start = start
    if words[3] != Self.hash(boot) { other.boot = words[3] == Self.hash("-") ? "-" : "another" }
    other.processes = words[4] == "0" ? "-" : String(words[4])
    return other.isDead(for: self)
  }

  /// FNV-1a, 32 bits.
  private static func hash(_ text: String) -> String {
    let value: UInt32 = text.utf8.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    return String(value, radix: 16)
  }

  /// This process.
  static func current() -> LockHolder {
    let machine = firstLine("/etc/machine-id")
    let boot = firstLine("/proc/sys/kernel/random/boot_id")
    var namespace = stat()
    let isKnown = unsafe stat("/proc/self/ns/pid", &namespace) == 0
    return LockHolder(
      process: getpid(), start: startOfProcess("self")?.start ?? 0, host: hostName(),
      machine: machine ?? "-", boot: boot ?? "-",
      processes: isKnown ? String(namespace.st_ino) : "-")
  }

  /// proc_pid_stat(5): field 3 is the state, field 22 the start, counted behind the name, which may
  /// hold anything.
  private static func startOfProcess(_ name: String) -> (start: UInt64, isZombie: Bool)? {
    guard let line = firstLine("/proc/\(name)/stat", plain: false),
      let cut = line.lastIndex(of: ")")
    else { return nil }
    let fields = line[line.index(after: cut)...].split(separator: " ")
    guard fields.count > 19, let start = UInt64(fields[19]) else { return nil }
    return (start, fields[0] == "Z" || fields[0] == "X")
  }

  /// - Parameter plain: keeps letters, digits, dots and dashes only.
  private static func firstLine(_ path: String, plain: Bool = true) -> String? {
    guard let bytes = try? FileSystem().read(path, limit: 1 << 16) else { return nil }
    let line = String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
    let kept = plain ? word(line) : line
    return kept.isEmpty ? nil : kept
  }

  private static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    let status = unsafe gethostname(&name, name.count - 1)  // the last 0 stays
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let plain = status == 0 ? word(String(decoding: bytes, as: UTF8.self)) : ""
    return plain.isEmpty ? "unnamed" : plain
  }

  private static func word(_ text: String) -> String {
    text.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") }
  }
}

/// The holder in whose name a `FileSystem` takes locks; looked up at the first lock.
final class HolderOfLocks: Sendable {
  private let known: Mutex<LockHolder?>

  init(_ given: LockHolder?) { known = Mutex(given) }

  var value: LockHolder {
    known.withLock { known in
      let holder = known ?? .current()
      known = holder
      return holder
    }
  }
}
