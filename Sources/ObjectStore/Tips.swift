internal import Platform

/// The last tips seen and verified, so that going back is noticed.
///
/// A text file, one thing a line, in order, so that equal memories are equal bytes:
/// `wf-tips 1`, then `tip SOURCE REF COMMIT COUNT SECONDS` and
/// `checkpoint ORIGIN SIZE ROOT SECONDS`, at last `end`. SOURCE is `.` for the store itself, else a remote's name.
public struct Tips: Sendable, Equatable {
  public struct Key: Sendable, Hashable, Comparable {
    /// `.` for the store itself, else a remote's name (no spaces).
    public let source: String
    public let ref: RefName

    public init(source: String = ".", ref: RefName) {
      self.source = source
      self.ref = ref
    }

    public static func < (a: Key, b: Key) -> Bool {
      a.source != b.source ? a.source < b.source : a.ref < b.ref
    }
  }

  public struct Tip: Sendable, Equatable {
    public let commit: ObjectID
    /// Commits from the root to it.
    public let count: Int
    /// When it was seen, Unix seconds.
    public let seconds: Int64

    public init(commit: ObjectID, count: Int, seconds: Int64) {
      self.commit = commit
      self.count = count
      self.seconds = seconds
    }
  }

  /// The last checkpoint of a log.
  public struct Checkpoint: Sendable, Equatable {
    public let size: Int64
    /// Root hash, 64 hex digits.
    public let root: String
    public let seconds: Int64

    public init(size: Int64, root: String, seconds: Int64) {
      self.size = size
      self.root = root
      self.seconds = seconds
    }
  }

  public var tips: [Key: Tip] = [:]
  public var checkpoints: [String: Checkpoint] = [:]

  public init() {}

  /// The file's bytes.
  public var encoded: [UInt8] {
    var text = "wf-tips 1\n"
    for (key, tip) in tips.sorted(by: { $0.key < $1.key }) {
      text += "tip \(key.source) \(key.ref) \(tip.commit) \(tip.count) \(tip.seconds)\n"
    }
    for (origin, point) in checkpoints.sorted(by: { $0.key < $1.key }) {
      text += "checkpoint \(origin) \(point.size) \(point.root) \(point.seconds)\n"
    }
    return Array((text + "end\n").utf8)
  }

  /// Reads the file; a damaged memory is an error, never an empty one.
  ///
  /// - Throws: `tips_malformed`.
  public static func parse(_ bytes: [UInt8]) throws(ObjectError) -> Tips {
    var result = Tips()
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 3, lines.first == "wf-tips 1", lines.suffix(2) == ["end", ""] else {
      throw malformed(lines.count)
    }
    for (index, line) in lines.enumerated().dropFirst().dropLast(2) {
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      switch words.first {
      case "tip" where words.count == 6:
        guard let ref = RefName(words[2]), let commit = ObjectID(hex: words[3]),
          let count = Int(words[4]), let seconds = Int64(words[5])
        else { throw malformed(index + 1) }
        let tip = Tip(commit: commit, count: count, seconds: seconds)
        result.tips[Key(source: words[1], ref: ref)] = tip
      case "checkpoint" where words.count == 5:
        guard let size = Int64(words[2]), Hex.decode(words[3])?.count == 32,
          let seconds = Int64(words[4])
        else { throw malformed(index + 1) }
        result.checkpoints[words[1]] = Checkpoint(size: size, root: words[3], seconds: seconds)
      default: throw malformed(index + 1)
      }
    }
    return result
  }

  private static func malformed(_ line: Int) -> ObjectError {
    ObjectError(
      .tipsMalformed, place: "wf/tips, line \(line)",
      message: "the memory of tips seen is damaged")
  }
}

extension ObjectStore {
  private var tipsFile: String { path + "/wf/tips" }

  /// The memory of tips; empty where there is none yet.
  public func tips() throws(ObjectError) -> Tips {
    let bytes = try wrapping { () throws(PlatformError) in
      try system.readIfPresent(tipsFile, limit: 1 << 28)
    }
    return try bytes.map { (bytes) throws(ObjectError) in try Tips.parse(bytes) } ?? Tips()
  }

  /// Changes the memory under its lock; written whole or not at all.
  public func updateTips(
    _ change: (inout Tips) throws(ObjectError) -> Void
  ) throws(ObjectError) {
    let lock = try wrapping { () throws(PlatformError) in
      try system.makeDirectories(path + "/wf")
      return try system.lock(tipsFile, waiting: 2000)
    }
    defer { lock.release() }
    let before = try tips()
    var after = before
    try change(&after)
    if after == before { return }
    let bytes = after.encoded
    try wrapping { () throws(PlatformError) in try system.write(bytes, to: tipsFile) }
  }
}
