/// Cuts a large JSONL member into line-aligned, content-defined chunks (DESIGN §4, "Large members").
///
/// A cut depends on the lines around it only, so a change in one place moves no cut far away and two
/// versions share their other chunks. Sizes: average 1 MiB, minimum 256 KiB, maximum 4 MiB; a line
/// that is longer than the maximum stays whole.
public enum LineChunks {
  /// Members above this many bytes are chunked.
  public static let threshold = 8 << 20
  static let minimum = 256 << 10
  static let maximum = 4 << 20
  /// One line in `mask + 1` bytes of text, on average, ends a chunk.
  static let averageBits = 20

  /// The ranges of the chunks, in order, covering all bytes; every range ends after a newline but
  /// for the last where the text does not.
  public static func ranges(of bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
    var cuts = LineCuts()
    let ends = unsafe cuts.take(bytes) + cuts.finish()
    return zip([0] + ends, ends).map { $0..<$1 }
  }

  /// The name of chunk `index` in the member's tree: `00000000.jsonl`.
  public static func name(_ index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".jsonl"
  }

  /// A line ends a chunk when the FNV-1a hash of the line, spread by a multiplication, falls below
  /// a bound that is proportional to the line's length: so the expected chunk size does not depend
  /// on how long lines are.
  static func endsChunk(_ hash: UInt64, length: Int) -> Bool {
    // The minimum comes on top of the geometric wait, so the wait itself is a quarter shorter.
    let wait = (UInt64(1) << UInt64(averageBits)) - UInt64(minimum)
    let bound = UInt64.max / wait &* UInt64(min(length, Int(wait)))
    return hash < bound
  }
}

/// Finds where the chunks of a text end that comes in pieces.
struct LineCuts {
  /// Where the open chunk and its last line begin, and where the text has been read to.
  private var start = 0
  private var lineStart = 0
  private var at = 0
  private var hash = seed

  private static var seed: UInt64 { 0xCBF2_9CE4_8422_2325 }

  /// Takes the next piece; returns the ends that are known with it, counted from the text's front.
  ///
  /// Safe because every index lies in the piece, which the loop's condition keeps.
  mutating func take(_ piece: UnsafeRawBufferPointer) -> [Int] {
    var ends: [Int] = []
    var hash = hash
    for index in 0..<piece.count {
      let byte = unsafe piece[index]
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
      guard byte == 0x0A else { continue }
      endLine(at: at + index + 1, hash, &ends)
      hash = Self.seed
    }
    self.hash = hash
    at += piece.count
    return ends
  }

  /// The ends that the end of the text brings.
  mutating func finish() -> [Int] {
    var ends: [Int] = []
    if lineStart < at { endLine(at: at, hash, &ends) }
    if start < at { ends.append(at) }
    return ends
  }

  private mutating func endLine(at lineEnd: Int, _ hash: UInt64, _ ends: inout [Int]) {
    if lineEnd - start > LineChunks.maximum && lineStart > start { cut(at: lineStart, &ends) }
    let reached = lineEnd - start
    let isCut =
      reached >= LineChunks.maximum
      || reached >= LineChunks.minimum
        && LineChunks.endsChunk(Self.spread(hash), length: lineEnd - lineStart)
    if isCut { cut(at: lineEnd, &ends) }
    lineStart = lineEnd
  }

  private mutating func cut(at end: Int, _ ends: inout [Int]) {
    ends.append(end)
    start = end
  }

  private static func spread(_ hash: UInt64) -> UInt64 {
    let mixed = (hash ^ (hash >> 32)) &* 0x9E37_79B9_7F4A_7C15
    return mixed ^ (mixed >> 29)
  }
}

/// Cuts a member that comes in pieces into its chunks; holds one chunk and a piece.
struct ChunkReader {
  private let next: () throws -> [UInt8]?
  private var cuts = LineCuts()
  /// What was read behind the last chunk that was given, and where that begins in the member.
  private var held: [UInt8] = []
  private var start = 0
  private var ends: [Int] = []
  private var isAtEnd = false

  init(_ next: @escaping () throws -> [UInt8]?) { self.next = next }

  /// The next chunk and where it begins; nil behind the last one.
  mutating func chunk() throws -> (start: Int, bytes: [UInt8])? {
    while ends.isEmpty {
      if isAtEnd { return nil }
      if let piece = try next() {
        held += piece
        // Safe because the cuts are found before the call returns.
        ends = unsafe piece.withUnsafeBytes { unsafe cuts.take($0) }
      } else {
        isAtEnd = true
        ends = cuts.finish()
      }
    }
    let count = ends.removeFirst() - start
    let chunk = Array(held[..<count])
    held.removeFirst(count)
    defer { start += count }
    return (start, chunk)
  }
}
