import Glibc

/// The bytes of a text that someone else keeps alive; every read is checked against their number.
///
/// The only type of this module that touches memory by itself.
@safe
struct TextBytes {
  private let memory: UnsafeRawBufferPointer
  let count: Int

  /// The memory must stay readable for as long as this value is used.
  init(_ memory: UnsafeRawBufferPointer) {
    unsafe self.memory = memory
    self.count = memory.count
  }

  subscript(place: Int) -> UInt8 {
    @inline(__always) get {
      precondition(place >= 0 && place < count, "a read outside of the text")
      return unsafe memory[place]
    }
  }

  /// Eight bytes, the first in the lowest place.
  @inline(__always)
  func word(at place: Int) -> UInt64 {
    precondition(place >= 0 && place <= count &- 8, "a read outside of the text")
    return UInt64(
      littleEndian: unsafe memory.loadUnaligned(fromByteOffset: place, as: UInt64.self))
  }

  func string(from start: Int, to end: Int) -> String {
    unsafe String(decoding: part(from: start, to: end), as: UTF8.self)
  }

  func append(from start: Int, to end: Int, onto bytes: inout [UInt8]) {
    unsafe bytes.append(contentsOf: part(from: start, to: end))
  }

  func hash(from start: Int, to end: Int, into hasher: inout Hasher) {
    unsafe hasher.combine(bytes: part(from: start, to: end))
  }

  /// Whether as many bytes are the same at two places.
  func areEqual(_ one: Int, _ other: Int, length: Int) -> Bool {
    let left = unsafe part(from: one, to: one + length)
    let right = unsafe part(from: other, to: other + length)
    guard left.count == right.count else { return false }
    guard let first = left.baseAddress, let second = right.baseAddress else {
      return true
    }
    return unsafe memcmp(first, second, left.count) == 0
  }

  /// Whether exactly these bytes stand from one place up to another.
  func hold(_ text: StaticString, from start: Int, to end: Int) -> Bool {
    guard start >= 0, end <= count, end - start == text.utf8CodeUnitCount else { return false }
    for index in 0..<text.utf8CodeUnitCount
    // Safe because the lengths agree.
    where unsafe memory[start + index] != text.utf8Start[index] {
      return false
    }
    return true
  }

  var startsWithByteOrderMark: Bool {
    count >= 3 && self[0] == 0xEF && self[1] == 0xBB && self[2] == 0xBF
  }

  /// The bytes from one place up to another, both cut to the text.
  private func part(from start: Int, to end: Int) -> UnsafeRawBufferPointer {
    let start = min(max(start, 0), count)
    let end = min(max(start, end), count)
    return unsafe UnsafeRawBufferPointer(rebasing: memory[start..<end])
  }
}
