internal import Platform

/// A base with an index of its 16-byte blocks, to tell other bodies as changes of it.
///
/// gitformat-pack(5), "Deltified representation". Blocks at multiples of 16 are hashed; a rolling
/// hash over the target finds where one begins. After a copy the base is first looked at where the
/// text should go on, a few bytes to and fro, since evidence changes in small places.
struct DeltaIndex: Sendable {
  let base: [UInt8]
  /// Per bucket the first block, counted from 1; 0 for none.
  private let heads: [UInt32]
  /// Per block the next one of its bucket.
  private let next: [UInt32]
  private let shift: UInt32

  private static var block: Int { 16 }
  /// Blocks of one bucket that are compared; equal blocks are many in tables.
  private static var mostCompared: Int { 32 }
  /// How far from the expected place the text is looked for.
  private static var drift: Int { 24 }
  /// Bytes of the target that are looked at for a place to go on.
  private static var lookAhead: Int { 40 }
  /// Bytes without a match after which the expected place means nothing.
  private static var longestGap: Int { 64 }
  private static var factor: UInt32 { 0x0101_6B57 }

  init(_ base: [UInt8]) {
    self.base = base
    let blocks = base.count / Self.block
    var bits: UInt32 = 4
    while bits < 22, 1 << bits < blocks { bits += 1 }
    let shift = 32 - bits
    var heads = [UInt32](repeating: 0, count: 1 << Int(bits))
    var next = [UInt32](repeating: 0, count: blocks)
    unsafe base.withRawBytes { raw in
      // From the end, so that a bucket lists its blocks in rising order.
      for block in stride(from: blocks - 1, through: 0, by: -1) {
        let bucket = Int(Self.bucket(unsafe Self.hash(raw, block * Self.block), shift))
        next[block] = heads[bucket]
        heads[bucket] = UInt32(block + 1)
      }
    }
    self.heads = heads
    self.next = next
    self.shift = shift
  }

  /// A delta that makes `target` of the base; nil where it would be longer than `limit` bytes.
  func delta(to target: [UInt8], limit: Int) -> [UInt8]? {
    unsafe base.withRawBytes { base in
      unsafe target.withRawBytes { target in
        unsafe delta(base, target, limit)
      }
    }
  }

  private func delta(
    _ base: UnsafeRawBufferPointer, _ target: UnsafeRawBufferPointer, _ limit: Int
  ) -> [UInt8]? {
    var text = DeltaText(base: base.count, target: target.count)
    var at = 0
    var literal = 0
    /// Base position minus target position of the last copy.
    var shift: Int?
    /// Up to here the text was looked for where it should go on.
    var lookedUntil = 0
    let last = target.count - Self.block
    var hash = unsafe last >= 0 ? Self.hash(target, 0) : 0
    while at <= last {
      if text.count + at - literal > limit { return nil }
      var match: Match?
      if let shift, at >= lookedUntil, at - literal < Self.longestGap {
        let most = min(at + Self.lookAhead, last)
        unsafe match = resume(shift, base, target, at...most)
        lookedUntil = most + 1
      }
      // Equal text elsewhere is worth a jump only where it is much longer.
      let gap = match.map { $0.target - at } ?? 0
      if let far = unsafe longest(hash, base, target, at), far.count > (match == nil ? 0 : gap + 64)
      {
        match = far
      }
      guard var match else {
        if at < last { unsafe hash = Self.roll(hash, target, at) }
        at += 1
        continue
      }
      at = match.target
      lookedUntil = 0
      while at > literal, match.start > 0, unsafe base[match.start - 1] == target[at - 1] {
        at -= 1
        match.start -= 1
        match.count += 1
      }
      unsafe text.insert(target, literal, at)
      text.copy(match.start, match.count)
      shift = match.start - at
      at += match.count
      literal = at
      if at <= last { unsafe hash = Self.hash(target, at) }
    }
    unsafe text.insert(target, literal, target.count)
    return text.count <= limit ? text.bytes : nil
  }

  private struct Match {
    /// Where it begins in the base, and in the target.
    var start: Int
    let target: Int
    var count: Int
  }

  /// The first place in a stretch of the target where the text goes on as in the base, the closest
  /// one to where it should.
  private func resume(
    _ shift: Int, _ base: UnsafeRawBufferPointer, _ target: UnsafeRawBufferPointer,
    _ stretch: ClosedRange<Int>
  ) -> Match? {
    for at in stretch {
      for step in 0...Self.drift {
        if let match = unsafe match(base, at + shift + step, target, at) { return match }
        if let match = unsafe match(base, at + shift - step, target, at) { return match }
      }
    }
    return nil
  }

  private func longest(
    _ hash: UInt32, _ base: UnsafeRawBufferPointer, _ target: UnsafeRawBufferPointer, _ at: Int
  ) -> Match? {
    var best: Match?
    var block = heads[Int(Self.bucket(hash, shift))]
    var compared = 0
    while block != 0, compared < Self.mostCompared {
      let start = Int(block - 1) * Self.block
      if let found = unsafe match(base, start, target, at), found.count > best?.count ?? 0 {
        best = found
      }
      block = next[Int(block - 1)]
      compared += 1
    }
    return best
  }

  /// How far base and target agree; nil below one block.
  private func match(
    _ base: UnsafeRawBufferPointer, _ start: Int, _ target: UnsafeRawBufferPointer, _ at: Int
  ) -> Match? {
    guard start >= 0, start <= base.count - Self.block else { return nil }
    let most = min(base.count - start, target.count - at)
    // Safe: both loads end before `most` bytes, which lie in both buffers.
    func differs(_ offset: Int) -> UInt64 {
      unsafe base.loadUnaligned(fromByteOffset: start + offset, as: UInt64.self)
        ^ target.loadUnaligned(fromByteOffset: at + offset, as: UInt64.self)
    }
    if most < Self.block || differs(0) != 0 || differs(8) != 0 { return nil }
    var count = Self.block
    while count + 8 <= most {
      let difference = differs(count)
      if difference != 0 {
        return Match(
          start: start, target: at,
          count: count + difference.littleEndian.trailingZeroBitCount / 8)
      }
      count += 8
    }
    while count < most, unsafe base[start + count] == target[at + count] { count += 1 }
    return Match(start: start, target: at, count: count)
  }

  // MARK: - Rolling hash

  private static func bucket(_ hash: UInt32, _ shift: UInt32) -> UInt32 {
    (hash &* 0x9E37_79B1) >> shift
  }

  /// Of the block at `at`, which lies inside.
  private static func hash(_ raw: UnsafeRawBufferPointer, _ at: Int) -> UInt32 {
    var value: UInt32 = 0
    for index in at..<at + block { value = unsafe value &* factor &+ UInt32(raw[index]) }
    return value
  }

  private static let out: UInt32 = (0..<block).reduce(1) { power, _ in power &* factor }

  /// Of the block one byte after `at`, which lies inside too.
  private static func roll(_ hash: UInt32, _ raw: UnsafeRawBufferPointer, _ at: Int) -> UInt32 {
    unsafe hash &* factor &+ UInt32(raw[at + block]) &- UInt32(raw[at]) &* out
  }
}

/// The text of a delta as it grows.
private struct DeltaText {
  private(set) var bytes: [UInt8] = []
  var count: Int { bytes.count }

  init(base: Int, target: Int) {
    for length in [base, target] {
      var rest = length
      while rest > 0x7F {
        bytes.append(0x80 | UInt8(rest & 0x7F))
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }
  }

  mutating func insert(_ target: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
    var start = start
    while start < end {
      let count = min(127, end - start)
      bytes.append(UInt8(count))
      unsafe bytes.append(contentsOf: target[start..<start + count])
      start += count
    }
  }

  /// In pieces of 64 KiB, as git writes them.
  mutating func copy(_ start: Int, _ count: Int) {
    var start = start
    var rest = count
    while rest > 0 {
      let piece = min(rest, 0x10000)
      let size = piece == 0x10000 ? 0 : piece
      let operation = bytes.count
      bytes.append(0x80)
      for (value, first, most) in [(start, 0, 4), (size, 4, 2)] {
        for index in 0..<most {
          let byte = UInt8(truncatingIfNeeded: value >> (8 * index))
          if byte == 0 { continue }
          bytes[operation] |= 1 << UInt8(first + index)
          bytes.append(byte)
        }
      }
      start += piece
      rest -= piece
    }
  }
}
