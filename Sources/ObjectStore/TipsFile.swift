public import Platform

/// A file that holds a memory of tips.
public struct TipsFile: Sendable {
  public let path: String
  private let system: FileSystem
  private let isPrivate: Bool

  /// - Parameter isPrivate: whether others may not read it, nor the folder where that is made.
  public init(path: String, system: FileSystem, isPrivate: Bool) {
    self.path = path
    self.system = system
    self.isPrivate = isPrivate
  }

  private var mode: UInt32 { isPrivate ? 0o600 : 0o666 }

  /// Lines beyond those that are needed after which the file is written anew.
  static var spareLines: Int { 256 }

  /// The memory; empty where there is none yet.
  ///
  /// - Throws: `tips_malformed`.
  public func read() throws(ObjectError) -> Tips { try reading().tips }

  /// A memory with the bytes that it was read from.
  public struct Reading: Sendable {
    fileprivate let bytes: [UInt8]
    public let tips: Tips

    fileprivate init(bytes: [UInt8], tips: Tips) {
      self.bytes = bytes
      self.tips = tips
    }

    /// That of no file.
    public init() { self.init(bytes: [], tips: Tips()) }
  }

  /// The memory as it is now.
  ///
  /// - Parameter others: memories that were read, one of which may be the same: two copies mostly are.
  public func reading(knowing others: [Reading] = []) throws(ObjectError) -> Reading {
    let bytes = try bytes()
    if let same = others.first(where: { $0.bytes == bytes }) { return same }
    return Reading(bytes: bytes, tips: try Tips.parse(bytes, place: path))
  }

  /// Where the lines go in whose place others have come: since when something is known stays known.
  private var pastPath: String { path + ".past" }

  /// What was ever seen, and when; the same thing may be told more than once.
  ///
  /// - Throws: `tips_malformed`.
  public func sightings() throws(ObjectError) -> [Sighting] {
    // In this order: what another process moves to the past meanwhile is then in both.
    let newest = try bytes()
    return try Tips.sightings(in: try past(), place: pastPath)
      + Tips.sightings(in: newest, place: path)
  }

  private func past() throws(ObjectError) -> [UInt8] {
    try wrapping { () throws(PlatformError) in
      try system.readIfPresent(pastPath, limit: 1 << 28) ?? []
    }
  }

  /// Changes the memory under its lock.
  ///
  /// As a rule a line is added and nothing synced: power loss may take the newest lines, never the
  /// older ones.
  ///
  /// - Parameters:
  ///   - syncing: whether the file may be written anew where that is due, which costs one sync; what
  ///     cannot be added without that is left for the next time.
  ///   - others: memories that were read, one of which may be the present one.
  ///   - replacingDamaged: begins an empty memory in place of one that cannot be read.
  /// - Returns: whether a sync was spent.
  @discardableResult
  public func update(
    syncing: Bool = true, knowing others: [Reading] = [], replacingDamaged: Bool = false,
    _ change: (inout Tips) throws(ObjectError) -> Void
  ) throws(ObjectError) -> Bool {
    let lock = try wrapping { () throws(PlatformError) in
      try system.makeDirectories(Path.parent(path), mode: isPrivate ? 0o700 : 0o777)
      return try system.lock(path, waiting: 2000)
    }
    defer { lock.release() }
    let old = try bytes()
    var isWhole = old.starts(with: Array((Tips.head + "\n").utf8))
    let before: Tips
    do throws(ObjectError) {
      if let known = others.first(where: { $0.bytes == old }) {
        before = known.tips
      } else {
        before = try Tips.parse(old, place: path)
      }
    } catch {
      if !replacingDamaged { throw error }
      before = Tips()
      isWhole = false
    }
    var after = before
    try change(&after)
    if after == before, isWhole || old.isEmpty { return false }
    let lines = old.count(where: { $0 == 10 }) - after.tips.count - after.checkpoints.count
    if isWhole, !syncing || lines < Self.spareLines {
      try append(after.lines(since: before), isCut: old.last != 10)
      return false
    }
    // A memory that is not there yet cannot be lost; any other may only be replaced by one on disk.
    if !syncing, !old.isEmpty { return false }
    if isWhole, isPrivate {
      do throws(ObjectError) {
        try keepPast(Tips.superseded(in: old, by: after))
      } catch {
        // Rather a longer file than one that forgets.
        try append(after.lines(since: before), isCut: old.last != 10)
        return false
      }
    }
    let encoded = after.encoded
    try wrapping { () throws(PlatformError) in
      try system.write(encoded, to: path, old.isEmpty ? .atomic : .durableContent, mode: mode)
    }
    return !old.isEmpty
  }

  /// - Parameter isCut: the last line is one that power loss cut; it is marked as such.
  private func append(_ lines: [UInt8], isCut: Bool) throws(ObjectError) {
    try wrapping { () throws(PlatformError) in
      let writer = try system.openForAppending(path, mode: mode)
      try writer.append((isCut ? [0, 10] : []) + lines)
      try writer.finish(durably: false)
    }
  }

  /// Without waiting for the disk: power loss may take these lines, and then less is proven.
  private func keepPast(_ lines: [UInt8]) throws(ObjectError) {
    if lines.isEmpty { return }
    let there = try past()
    let isCut = !there.isEmpty && there.last != 10
    try wrapping { () throws(PlatformError) in
      let writer = try system.openForAppending(pastPath, mode: mode)
      let start = there.isEmpty ? Array((Tips.head + "\n").utf8) : isCut ? [0, 10] : []
      try writer.append(start + lines)
      try writer.finish(durably: false)
    }
  }

  private func bytes() throws(ObjectError) -> [UInt8] {
    try wrapping { () throws(PlatformError) in
      try system.readIfPresent(path, limit: 1 << 28) ?? []
    }
  }
}

extension ObjectStore {
  /// The store's own memory of tips.
  public var tipsFile: TipsFile {
    TipsFile(path: path + "/wf/tips", system: system, isPrivate: false)
  }

  /// The memory of tips; empty where there is none yet.
  public func tips() throws(ObjectError) -> Tips { try tipsFile.read() }
}
