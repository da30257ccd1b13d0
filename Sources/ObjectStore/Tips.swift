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
      a.source == b.source ? a.ref < b.ref : a.source < b.source
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
    var result: [UInt8] = []
    func add(_ line: String) {
      let words = Array(line.utf8)
      result += words
      result.append(32)
      result += Self.check(words[...])
      result.append(10)
    }
    let new = tips.filter { before.tips[$0.key] != $0.value }.sorted { $0.key < $1.key }
    for (key, tip) in new {
      add("tip \(key.source) \(key.ref.text) \(tip.commit.hex) \(tip.count) \(tip.seconds)")
    }
    for key in before.tips.keys.filter({ tips[$0] == nil }).sorted() {
      add("gone \(key.source) \(key.ref.text) \(before.tips[key]?.seconds ?? 0)")
    }
    for (origin, point) in checkpoints.sorted(by: { $0.key < $1.key })
    where before.checkpoints[origin] != point {
      add("checkpoint \(origin) \(point.size) \(point.root) \(point.seconds)")
    }
    return result
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

  private static func isCheck(_ digits: ArraySlice<UInt8>, of line: ArraySlice<UInt8>) -> Bool {
    if digits.count != 8 { return false }
    guard let value = Hex.value(eight: digits.reduce(0) { $0 << 8 | UInt64($1) }) else {
      return false
    }
    var hash = ObjectHash()
    hash.update(line)
    return hash.finish().a >> 32 == UInt64(value)
  }

  /// Reads the file; a damaged memory is an error, never an empty one.
  ///
  /// - Throws: `tips_malformed`.
  public static func parse(
    _ bytes: [UInt8], place: String = "wf/tips"
  ) throws(ObjectError) -> Tips {
    if bytes.starts(with: Array("wf-tips 1\n".utf8)) { return try parseFirstForm(bytes, place) }
    var result = Tips()
    // A line has some 120 bytes.
    result.tips.reserveCapacity(bytes.count / 100)
    var (start, number) = (0, 0)
    while start <= bytes.count {
      let end = bytes[start...].end(before: 10)
      let row = bytes[start..<end]
      let isLast = end == bytes.count
      start = end + 1
      number += 1
      if row.isEmpty || row.end(before: 0) < end { continue }
      if number == 1 {
        if row.elementsEqual(head.utf8) || (isLast && head.utf8.starts(with: row)) { continue }
        throw malformed(place, 1)
      }
      guard let cut = row.lastIndex(of: 32), isCheck(row[(cut + 1)...], of: row[..<cut]),
        result.take(row[..<cut])
      else {
        if isLast { continue }
        throw malformed(place, number)
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
    if line.starts(with: "tip ".utf8), let (key, tip) = Self.tip(line.dropFirst(4)) {
      tips[key] = tip
      return true
    }
    let words = line.split(separator: 32, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
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

  /// The words after `tip`; nil where they are not those of one.
  private static func tip(_ line: ArraySlice<UInt8>) -> (Key, Tip)? {
    var rest = line
    func next() -> ArraySlice<UInt8> {
      let word = rest[..<rest.end(before: 32)]
      rest = rest[word.endIndex...].dropFirst()
      return word
    }
    let source = String(decoding: next(), as: UTF8.self)
    guard let ref = RefName(bytes: next()), let commit = ObjectID(hexDigits: next()),
      let count = Int(String(decoding: next(), as: UTF8.self)),
      let seconds = Int64(String(decoding: rest, as: UTF8.self))
    else { return nil }
    return (Key(source: source, ref: ref), Tip(commit: commit, count: count, seconds: seconds))
  }

  private static func malformed(_ place: String, _ line: Int) -> ObjectError {
    ObjectError(
      .tipsMalformed, place: "\(place), line \(line)",
      message: "the memory of tips seen is damaged")
  }
}
