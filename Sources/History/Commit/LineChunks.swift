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
  ///
  /// A line ends a chunk when the FNV-1a hash of the line, spread by a multiplication, falls below
  /// a bound that is proportional to the line's length: so the expected chunk size does not depend
  /// on how long lines are.
  public static func ranges(of bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    var lineStart = 0
    let count = bytes.count
    while lineStart < count {
      let (lineEnd, hash) = unsafe line(in: bytes, from: lineStart)
      let size = lineEnd - start
      if size > maximum && lineStart > start {
        ranges.append(start..<lineStart)
        start = lineStart
      }
      let reached = lineEnd - start
      if reached >= maximum || (reached >= minimum && endsChunk(hash, length: lineEnd - lineStart))
      {
        ranges.append(start..<lineEnd)
        start = lineEnd
      }
      lineStart = lineEnd
    }
    if start < count { ranges.append(start..<count) }
    return ranges
  }

  /// The name of chunk `index` in the member's tree: `00000000.jsonl`.
  public static func name(_ index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".jsonl"
  }

  private static func endsChunk(_ hash: UInt64, length: Int) -> Bool {
    // The minimum comes on top of the geometric wait, so the wait itself is a quarter shorter.
    let wait = (UInt64(1) << UInt64(averageBits)) - UInt64(minimum)
    let bound = UInt64.max / wait &* UInt64(min(length, Int(wait)))
    return hash < bound
  }

  /// The end of the line (after its newline) and its hash.
  ///
  /// Safe because every index lies in `from ..< bytes.count`, which the loop's condition keeps.
  private static func line(
    in bytes: UnsafeRawBufferPointer, from: Int
  ) -> (end: Int, hash: UInt64) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var index = from
    let count = bytes.count
    while index < count {
      let byte = unsafe bytes[index]
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
      index += 1
      if byte == 0x0A { break }
    }
    hash ^= hash >> 32
    hash = hash &* 0x9E37_79B9_7F4A_7C15
    return (index, hash ^ (hash >> 29))
  }
}
