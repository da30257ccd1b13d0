internal import JSON

/// The bytes of an input file while its mapping is held; every read is checked against their number.
///
/// The only type of this module that touches memory by itself.
@safe
struct SourceBytes {
  private let memory: UnsafeRawBufferPointer
  let count: Int

  /// The memory must stay readable for as long as this value is used.
  init(_ memory: UnsafeRawBufferPointer) {
    unsafe self.memory = memory
    self.count = memory.count
  }

  subscript(place: Int) -> UInt8 {
    precondition(place >= 0 && place < count, "a read outside of the file")
    return unsafe memory[place]
  }

  /// A pull reader over the text; good for as long as this value is.
  ///
  /// - Parameter skipsNonFinite: true for formats in which Python's NaN has a place.
  func reader(path: String, skipsNonFinite: Bool = false) -> SourceReader {
    // A byte order mark may be skipped (FORMATS §1.2).
    let options = JSONOptions(allowByteOrderMark: true)
    return SourceReader(
      unsafe JSONReader(memory, options: options), path: path, skipsNonFinite: skipsNonFinite)
  }

  /// A pull reader over one line; only the first may begin with a byte order mark.
  func reader(of range: Range<Int>, path: String, line: Int) -> SourceReader {
    let range = range.clamped(to: 0..<count)
    let options = JSONOptions(allowByteOrderMark: line == 1)
    let part = unsafe UnsafeRawBufferPointer(rebasing: memory[range])
    return SourceReader(
      unsafe JSONReader(part, options: options), path: path, line: line, skipsNonFinite: false)
  }

  /// Where the line that begins at `start` ends: at its line feed, or where the file does.
  func endOfLine(from start: Int) -> Int {
    var place = max(start, 0)
    while place < count, unsafe memory[place] != 0x0A { place += 1 }
    return min(place, count)
  }

  func starts(with bytes: some Collection<UInt8>, at place: Int = 0) -> Bool {
    guard place >= 0, place + bytes.count <= count else { return false }
    return unsafe memory[place..<place + bytes.count].elementsEqual(bytes)
  }

  /// Where `text` begins first from `start` on.
  func find(_ text: some Collection<UInt8>, from start: Int = 0) -> Int? {
    guard let first = text.first else { return nil }
    var place = max(start, 0)
    while place + text.count <= count {
      if unsafe memory[place] == first, starts(with: text, at: place) { return place }
      place += 1
    }
    return nil
  }

  /// Gives the part of the bytes to `body`; the pointer is good only inside it.
  func withPart<R>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    let range = range.clamped(to: 0..<count)
    return unsafe body(UnsafeRawBufferPointer(rebasing: memory[range]))
  }
}
