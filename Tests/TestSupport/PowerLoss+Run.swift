public import Platform

/// A run that was recorded, and what power losses during it may leave.
public struct RecordedRun {
  /// What a power loss left, and when it came.
  public struct Remains: Sendable {
    public let state: DiskState
    /// How many changes had been made; the last one it is possible behind, if several.
    public let after: Int
    /// Whether it came after everything was done.
    public let isLast: Bool
  }

  public let changes: [FileSystem.Change]
  /// The disk as it was before.
  private let disk: CachedDisk
  public var faults: [String] { disk.faults }

  /// - Parameter root: the folder in which everything lies.
  public init(root: String, _ run: (@escaping FileSystem.Observer) throws -> Void) throws {
    disk = try CachedDisk(root: root)
    let recorder = ChangeRecorder()
    try run(recorder.observer)
    changes = recorder.changes
  }

  /// Every state that a loss at any instant may leave, each once; to be asked once.
  ///
  /// - Parameter chances: states by chance at each instant, besides the regular ones.
  public func remains(chances: Int = 3, seed: UInt64 = 6) -> [Remains] {
    var generator = SeededGenerator(seed: seed)
    var found: [DiskState: Int] = [:]
    var last: Set<DiskState> = []
    for count in 0...changes.count {
      if count > 0 { disk.apply(changes[count - 1]) }
      var states: [DiskState] = []
      for names in CachedDisk.LostNames.allCases {
        for content in CachedDisk.LostContent.allCases {
          states.append(disk.state(names, content))
        }
      }
      for _ in 0..<chances { states.append(disk.state(using: &generator)) }
      for state in states { found[state] = count }
      if count == changes.count { last = Set(states) }
    }
    return found.map { Remains(state: $0, after: $1, isLast: last.contains($0)) }
      .sorted { $0.after < $1.after }
  }
}

/// The machine before a power loss and after it: locks of the one are dead for the other.
public enum Machine {
  public static let before = holder(boot: "boot-1")
  public static let after = holder(boot: "boot-2")

  private static func holder(boot: String) -> LockHolder {
    LockHolder(
      process: 4242, start: 77, host: "lab", machine: "0123abcd", boot: boot, processes: "1")
  }
}
