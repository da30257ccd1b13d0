internal import Platform

/// One object as it lies in a pack: its form, and which bytes of the file are its own.
struct StoredEntry: Sendable {
  let id: ObjectID
  let form: PackEntry.Form
  /// Bytes after inflating.
  let size: Int
  /// Head, then zlib stream.
  let start: Int
  let dataStart: Int
  let end: Int
  /// CRC-32 of `start ..< end`.
  let checksum: UInt32
}

extension Pack {
  /// All objects in the order of the file, each with the CRC-32 that the index promises.
  ///
  /// - Throws: what makes the pack unfit to be copied from without inflating: a wrong CRC-32, an
  ///   offset outside, a delta whose base is no object of this pack that lies before it.
  func storedEntries() throws(ObjectError) -> [StoredEntry] {
    let file = try data()
    let end = file.count - Pack.trailerSize
    var rows: [(start: Int, position: Int)] = []
    rows.reserveCapacity(index.count)
    for position in 0..<index.count { rows.append((try offset(at: position), position)) }
    rows.sort { $0.start < $1.start }
    var starts: Set<Int> = []
    var released = 0
    var result: [StoredEntry] = []
    result.reserveCapacity(rows.count)
    for (number, row) in rows.enumerated() {
      let next = number + 1 < rows.count ? rows[number + 1].start : end
      let id = index.id(row.position)
      let (entry, actual) = try unsafe file.withBytes { (raw) throws(ObjectError) in
        let entry = try unsafe PackEntry.parse(raw, at: row.start, end: end, place: path)
        return (entry, unsafe checksum32(UnsafeRawBufferPointer(rebasing: raw[row.start..<next])))
      }
      var isFit = actual == index.checksum(row.position) && entry.dataStart < next
      switch entry.form {
      case .whole: break
      case .offsetDelta(let base): isFit = isFit && starts.contains(base)
      case .idDelta: isFit = false
      }
      if !isFit {
        throw ObjectError(
          .packMalformed, object: id, place: "\(path), offset \(row.start)",
          message: "this object cannot be copied as it lies there")
      }
      starts.insert(row.start)
      released = file.releaseBehind(released, next)
      result.append(
        StoredEntry(
          id: id, form: entry.form, size: entry.size, start: row.start,
          dataStart: entry.dataStart, end: next, checksum: actual))
    }
    return result
  }
}

extension MappedFile {
  /// Gives pages back behind a reading from front to back, a MiB or more at a time.
  ///
  /// - Returns: up to where that was done.
  fileprivate func releaseBehind(_ released: Int, _ place: Int) -> Int {
    if place - released < 1 << 20 { return released }
    releaseAround(released..<place)
    return place
  }
}

/// Copies objects from packs into a new one as they lie there, compressed and as deltas.
///
/// A delta names its base by distance, so its head is written anew; the base is in the new pack
/// already, since it lay before the delta in the old one.
struct EntryCopier {
  private let writer: PackWriter
  private var seen: Set<ObjectID>
  /// Where each object of the new pack lies, where that is asked for.
  private var offsets: [ObjectID: Int]?
  /// Deltas below each object that is one.
  private(set) var depths: [ObjectID: Int] = [:]
  private var entries: [PackWriter.Entry] = []
  private var bytes: [UInt8] = []

  /// Bytes held in memory before they are written.
  private static var pieceSize: Int { 1 << 20 }

  /// - Parameters:
  ///   - seen: what `writer` has already.
  ///   - isTracking: whether `offset(of:)` will be asked.
  init(writer: PackWriter, seen: Set<ObjectID>, isTracking: Bool = false) {
    self.writer = writer
    self.seen = seen
    if isTracking { offsets = writer.offsets }
  }

  /// Where an object lies in the new pack; nil where it is not in it.
  func offset(of id: ObjectID) -> Int? { offsets?[id] }

  mutating func copy(_ rows: [StoredEntry], from pack: Pack) throws(ObjectError) {
    let file = try pack.data()
    let hasDeltas = rows.contains { $0.form.isDelta }
    if hasDeltas && offsets == nil { offsets = writer.offsets }
    var ids: [Int: ObjectID] = [:]
    if hasDeltas { for row in rows { ids[row.start] = row.id } }
    var released = 0
    for row in rows where seen.insert(row.id).inserted {
      let offset = writer.byteCount + bytes.count
      let start = bytes.count
      offsets?[row.id] = offset
      if case .offsetDelta(let base) = row.form {
        guard let baseID = ids[base], let base = offsets?[baseID] else {
          preconditionFailure("storedEntries checked that the base lies before")
        }
        depths[row.id] = (depths[baseID] ?? 0) + 1
        PackEntry.appendDeltaHead(size: row.size, distance: offset - base, to: &bytes)
        unsafe file.withBytes { raw in
          unsafe bytes.append(contentsOf: raw[row.dataStart..<row.end])
        }
        let sum = unsafe bytes[start...].withRawBytes { raw in unsafe checksum32(raw) }
        entries.append(PackWriter.Entry(id: row.id, count: bytes.count - start, checksum: sum))
      } else {
        unsafe file.withBytes { raw in unsafe bytes.append(contentsOf: raw[row.start..<row.end]) }
        entries.append(
          PackWriter.Entry(id: row.id, count: row.end - row.start, checksum: row.checksum))
      }
      released = file.releaseBehind(released, row.end)
      if bytes.count >= Self.pieceSize { try flush() }
    }
    try flush()
  }

  private mutating func flush() throws(ObjectError) {
    try writer.append(entries, bytes)
    entries.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }
}
