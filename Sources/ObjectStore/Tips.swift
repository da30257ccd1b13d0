internal import Platform

/// The last tips seen and verified, so that going back is noticed.
///
/// As bytes: a line `wf-tips 2`, then one thing a line, a later line of a ref in place of an earlier
/// one: `tip SOURCE REF COMMIT COUNT SECONDS CHECK`, `gone SOURCE REF SECONDS CHECK`,
/// `checkpoint ORIGIN SIZE ROOT SECONDS CHECK`, of a log that a remote has `REMOTE+ORIGIN`. SOURCE is `.` for the store itself, else a remote's
/// name; CHECK is the beginning of the SHA-256 of the words before it.
///
/// A commit adds a line and waits for no disk, so power loss may cut the last line or leave zeros.
/// Both are passed over, and nothing else is.
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

  /// The whole memory, in order, so that equal memories are equal bytes.
  public var encoded: [UInt8] { Array((Self.head + "\n").utf8) + lines(since: Tips()) }

  /// The lines that make this memory of an earlier one.
  func lines(since before: Tips) -> [UInt8] {
    var lines: [String] = []
    for (key, tip) in tips.sorted(by: { $0.key < $1.key }) where before.tips[key] != tip {
      lines.append("tip \(key.source) \(key.ref) \(tip.commit) \(tip.count) \(tip.seconds)")
    }
    for key in before.tips.keys.sorted() where tips[key] == nil {
      lines.append("gone \(key.source) \(key.ref) \(before.tips[key]?.seconds ?? 0)")
    }
    for (origin, point) in checkpoints.sorted(by: { $0.key < $1.key })
    where before.checkpoints[origin] != point {
      lines.append("checkpoint \(origin) \(point.size) \(point.root) \(point.seconds)")
    }
    return lines.flatMap { line in
      let words = Array(line.utf8)
      return words + [32] + Self.check(words[...]) + [10]
    }
  }

  static var head: String { "wf-tips 2" }

  /// The first eight hex digits of a line's SHA-256, in ASCII.
  private static func check(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var hash = ObjectHash()
    hash.update(line)
    var digits: [UInt8] = []
    hash.finish().appendHex(to: &digits)
    return digits.prefix(8)
  }

  /// Reads the file; a damaged memory is an error, never an empty one.
  ///
  /// - Throws: `tips_malformed`.
  public static func parse(
    _ bytes: [UInt8], place: String = "wf/tips"
  ) throws(ObjectError) -> Tips {
    if bytes.starts(with: Array("wf-tips 1\n".utf8)) { return try parseFirstForm(bytes, place) }
    var result = Tips()
    let rows = bytes.split(separator: 10, omittingEmptySubsequences: false)
    for (index, row) in rows.enumerated() {
      let isLast = index == rows.count - 1
      if row.isEmpty || row.contains(0) { continue }
      if index == 0 {
        if row.elementsEqual(head.utf8) || (isLast && head.utf8.starts(with: row)) { continue }
        throw malformed(place, 1)
      }
      guard let cut = row.lastIndex(of: 32),
        check(row[..<cut]).elementsEqual(row[(cut + 1)...]), result.take(row[..<cut])
      else {
        if isLast { continue }
        throw malformed(place, index + 1)
      }
    }
    return result
  }

  /// The form of version 1: the whole memory between its head and `end`.
  private static func parseFirstForm(
    _ bytes: [UInt8], _ place: String
  ) throws(ObjectError) -> Tips {
    var result = Tips()
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    guard lines.count >= 3, lines.suffix(2).elementsEqual([Array("end".utf8)[...], []]) else {
      throw malformed(place, lines.count)
    }
    for (index, line) in lines.enumerated().dropFirst().dropLast(2) {
      if line.starts(with: "gone ".utf8) || !result.take(line) {
        throw malformed(place, index + 1)
      }
    }
    return result
  }

  /// Takes the words of one line in; false where it is none.
  private mutating func take(_ line: ArraySlice<UInt8>) -> Bool {
    let parts = line.split(separator: 32, omittingEmptySubsequences: false)
    func word(_ index: Int) -> String { String(decoding: parts[index], as: UTF8.self) }
    if parts.count == 6, parts[0].elementsEqual("tip".utf8) {
      guard let ref = RefName(word(2)), let commit = ObjectID(hexDigits: parts[3]),
        let count = Int(word(4)), let seconds = Int64(word(5))
      else { return false }
      tips[Key(source: word(1), ref: ref)] = Tip(commit: commit, count: count, seconds: seconds)
      return true
    }
    let words = parts.indices.map(word)
    switch words.first {
    case "gone" where words.count == 4:
      guard let ref = RefName(words[2]) else { return false }
      tips[Key(source: words[1], ref: ref)] = nil
    case "checkpoint" where words.count == 5:
      guard let size = Int64(words[2]), Hex.decode(words[3])?.count == 32,
        let seconds = Int64(words[4])
      else { return false }
      checkpoints[words[1]] = Checkpoint(size: size, root: words[3], seconds: seconds)
    default: return false
    }
    return true
  }

  private static func malformed(_ place: String, _ line: Int) -> ObjectError {
    ObjectError(
      .tipsMalformed, place: "\(place), line \(line)",
      message: "the memory of tips seen is damaged")
  }
}
