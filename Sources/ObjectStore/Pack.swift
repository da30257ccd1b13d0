internal import Platform
internal import Synchronization

/// A pack and its index, both mapped; the pack is opened at its first use.
///
/// Sendable: files are written once and never changed; the mapping made late is guarded.
final class Pack: Sendable {
  /// The path without `.pack`.
  let stem: String
  let index: PackIndex
  /// When the pack was written, Unix seconds.
  let modified: Int64
  private let system: FileSystem
  private let mapped = Mutex<MappedFile?>(nil)
  private let sorted = Mutex<EntryPlaces?>(nil)

  static var headSize: Int { 12 }
  static var trailerSize: Int { 32 }

  init(stem: String, system: FileSystem) throws(ObjectError) {
    self.stem = stem
    self.system = system
    let file = try wrapping { () throws(PlatformError) in try system.map(stem + ".idx") }
    modified = file.status.modified
    index = try PackIndex(file)
  }

  var path: String { stem + ".pack" }
  var name: String { Path.lastComponent(stem) }

  /// The pack's bytes; its head is checked at the first call.
  func data() throws(ObjectError) -> MappedFile {
    if let file = mapped.withLock({ $0 }) { return file }
    let file: MappedFile
    do throws(PlatformError) {
      file = try system.map(path)
    } catch {
      if error.code != .fileNotFound { throw ObjectError(error) }
      throw Self.gone(path)
    }
    try checkHead(file)
    mapped.withLock { $0 = file }
    return file
  }

  static func gone(_ path: String) -> ObjectError {
    ObjectError(.packMalformed, place: path, message: "the pack of this index is not there")
  }

  private func checkHead(_ file: MappedFile) throws(ObjectError) {
    func malformed(_ why: String) -> ObjectError {
      ObjectError(.packMalformed, place: path, message: "the pack \(why)")
    }
    guard file.count >= Self.headSize + Self.trailerSize else { throw malformed("is too short") }
    let (magic, version, count) = unsafe file.withBytes { raw in
      unsafe (bigEndian32(raw, 0), bigEndian32(raw, 4), bigEndian32(raw, 8))
    }
    guard magic == 0x5041_434B else { throw malformed("does not begin with PACK") }
    guard version == 2 || version == 3 else { throw malformed("is of version \(version)") }
    guard count == index.count else { throw malformed("and its index count different objects") }
  }

  /// Where an object begins, checked against the pack's length.
  func offset(at position: Int) throws(ObjectError) -> Int {
    let file = try data()
    guard let offset = index.offset(position), offset >= Self.headSize,
      offset < file.count - Self.trailerSize
    else {
      let id = index.id(position)
      throw ObjectError(
        .idxOffsetOutOfRange, object: id, place: index.path,
        message: "the pack index points outside its pack")
    }
    return offset
  }

  /// The entries in the order of the file; found at the first call.
  func places() throws(ObjectError) -> EntryPlaces {
    if let places = sorted.withLock({ $0 }) { return places }
    let places = EntryPlaces(index, end: try data().count - Self.trailerSize)
    sorted.withLock { $0 = places }
    return places
  }
}

/// Which object begins where in a pack, in the order of the file.
struct EntryPlaces: Sendable {
  private let rows: [(start: Int, position: UInt32)]
  /// Where the trailer begins.
  private let end: Int

  fileprivate init(_ index: PackIndex, end: Int) {
    self.end = end
    rows = (0..<index.count).compactMap { position in
      index.offset(position).map { ($0, UInt32(truncatingIfNeeded: position)) }
    }.sorted { $0.start < $1.start }
  }

  /// The row of the index of the object that begins at `start`; nil where none does.
  func position(at start: Int) -> Int? {
    let row = row(from: start)
    return row < rows.count && rows[row].start == start ? Int(rows[row].position) : nil
  }

  /// Where the entry after the one at `start`, or the trailer, begins.
  func end(of start: Int) -> Int {
    let row = row(from: start + 1)
    return row < rows.count ? min(rows[row].start, end) : end
  }

  /// The first row that begins at `place` or behind it.
  private func row(from place: Int) -> Int {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].start < place { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
