/// The keys of every object that is open, to find the second of a kind.
///
/// Keys are places in the text, compared by their decoded bytes. For as long as the keys of an object
/// rise, as in canonical text, one comparison shows that a key is new. Else up to eight are compared
/// one by one; beyond, each object has a hash table, with the process's own random seed, so that no
/// text can make this quadratic.
struct SeenKeys {
  private struct Key {
    let token: JSONToken
    var hash = 0
  }

  private struct Frame {
    let start: Int
    /// Whether every key so far came after the one before it, and none has escapes.
    var isRising = true
    /// Open addressing: places in `keys`, -1 where free; empty while few keys are there.
    var table: [Int] = []
  }

  private var keys: [Key] = []
  private var frames: [Frame] = []

  mutating func open() {
    frames.append(Frame(start: keys.count))
  }

  mutating func close() {
    guard let frame = frames.popLast() else { return }
    keys.removeLast(keys.count - frame.start)
  }

  /// Notes a key of the innermost object; false when it has that key already.
  mutating func insert(_ token: JSONToken, in bytes: TextBytes) -> Bool {
    guard let top = frames.indices.last else { return true }
    let start = frames[top].start
    if frames[top].isRising {
      if isNext(token, in: bytes, start: start) {
        keys.append(Key(token: token))
        return true
      }
      frames[top].isRising = false
      if keys.count - start > 8 {
        var slots = 32
        while slots < 4 * (keys.count - start) { slots *= 2 }
        buildTable(frame: top, slots: slots, in: bytes)
      }
    }
    if !frames[top].table.isEmpty { return insertHashed(token, in: bytes, frame: top) }
    for index in start..<keys.count
    where areEqual(keys[index].token, token, in: bytes) {
      return false
    }
    keys.append(Key(token: token))
    if keys.count - start > 8 { buildTable(frame: top, slots: 32, in: bytes) }
    return true
  }

  /// Whether a key stands after the last one in the order of bytes.
  private func isNext(_ token: JSONToken, in bytes: TextBytes, start: Int) -> Bool {
    if token.hasEscapes { return false }
    guard keys.count > start, let last = keys.last?.token else { return true }
    let shared = min(last.length, token.length) - 1
    for place in 1..<shared {
      let (a, b) = (bytes[last.offset + place], bytes[token.offset + place])
      if a != b { return a < b }
    }
    return last.length < token.length
  }

  private mutating func insertHashed(
    _ token: JSONToken, in bytes: TextBytes, frame: Int
  ) -> Bool {
    let hash = hash(token, in: bytes)
    let mask = frames[frame].table.count - 1
    var slot = hash & mask
    while true {
      let index = frames[frame].table[slot]
      if index < 0 { break }
      if keys[index].hash == hash, areEqual(keys[index].token, token, in: bytes) {
        return false
      }
      slot = (slot + 1) & mask
    }
    frames[frame].table[slot] = keys.count
    keys.append(Key(token: token, hash: hash))
    if (keys.count - frames[frame].start) * 2 > mask { grow(frame: frame, slots: (mask + 1) * 4) }
    return true
  }

  private mutating func buildTable(frame: Int, slots: Int, in bytes: TextBytes) {
    for index in frames[frame].start..<keys.count {
      keys[index].hash = hash(keys[index].token, in: bytes)
    }
    grow(frame: frame, slots: slots)
  }

  private mutating func grow(frame: Int, slots: Int) {
    var table = [Int](repeating: -1, count: slots)
    for index in frames[frame].start..<keys.count {
      var slot = keys[index].hash & (slots - 1)
      while table[slot] >= 0 { slot = (slot + 1) & (slots - 1) }
      table[slot] = index
    }
    frames[frame].table = table
  }

  private func hash(_ token: JSONToken, in bytes: TextBytes) -> Int {
    var hasher = Hasher()
    if token.hasEscapes {
      // Not `combine(_:)`, which would hash an array's length too.
      unsafe decodedString(token, in: bytes).withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    } else {
      bytes.hash(from: token.offset + 1, to: token.offset + token.length - 1, into: &hasher)
    }
    return hasher.finalize()
  }

  private func areEqual(
    _ one: JSONToken, _ other: JSONToken, in bytes: TextBytes
  ) -> Bool {
    if one.hasEscapes || other.hasEscapes {
      return decodedString(one, in: bytes) == decodedString(other, in: bytes)
    }
    return one.length == other.length
      && bytes.areEqual(one.offset, other.offset, length: one.length)
  }
}
