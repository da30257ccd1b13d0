internal import Platform

/// The file `packed-refs`: many refs, one a line, in order of their names.
struct PackedRefs: Sendable, Equatable {
  struct Row: Sendable, Equatable {
    let name: RefName
    let target: ObjectID
    /// What a tag object leads to, from the line that begins with `^`.
    let peeled: ObjectID?
  }

  var rows: [Row]
  /// Whether they are known to be in order of their names.
  private var isSorted = false

  init(rows: [Row]) { self.rows = rows }

  subscript(_ name: RefName) -> Row? { rows.first { $0.name == name } }

  /// The rows whose names begin so.
  func rows(below prefix: String) -> ArraySlice<Row> {
    if !isSorted { return rows.filter { $0.name.text.hasPrefix(prefix) }[...] }
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].name.text.precedes(prefix) { low = middle + 1 } else { high = middle }
    }
    return rows[low...].prefix { $0.name.text.hasPrefix(prefix) }
  }

  /// Reads the file strictly; where its head says `sorted` the names must be.
  ///
  /// - Throws: `packed_refs_malformed` with the number of the line.
  static func parse(_ bytes: [UInt8]) throws(ObjectError) -> PackedRefs {
    var rows: [Row] = []
    var isSorted = false
    var seen: Set<RefName> = []
    rows.reserveCapacity(bytes.count / 80)
    var (start, index) = (0, -1)
    while start < bytes.count {
      let line = bytes[start..<bytes[start...].end(before: 10)]
      start = line.endIndex + 1
      index += 1
      func malformed(_ why: String) -> ObjectError {
        ObjectError(.packedRefsMalformed, place: "packed-refs, line \(index + 1)", message: why)
      }
      if line.first == 35 {
        if index != 0 { throw malformed("a comment stands after the first line") }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        isSorted = words.contains("sorted")
        continue
      }
      if line.first == 94 {
        guard let last = rows.last, last.peeled == nil,
          let peeled = ObjectID(hexDigits: line.dropFirst())
        else { throw malformed("a peeled id belongs to no ref") }
        rows[rows.count - 1] = Row(name: last.name, target: last.target, peeled: peeled)
        continue
      }
      guard line.count > 65, line[line.startIndex + 64] == 32,
        let id = ObjectID(hexDigits: line.prefix(64)),
        let name = RefName(bytes: line.dropFirst(65))
      else { throw malformed("the line is no id and ref name") }
      if isSorted ? rows.last?.name == name : !seen.insert(name).inserted {
        throw malformed("the ref stands twice")
      }
      if isSorted, let last = rows.last, !(last.name < name) {
        throw malformed("the refs are not in the order that the first line promises")
      }
      rows.append(Row(name: name, target: id, peeled: nil))
    }
    var refs = PackedRefs(rows: rows)
    refs.isSorted = isSorted
    return refs
  }

  /// The file's bytes; no promise about peeled ids is made in its head.
  var encoded: [UInt8] {
    var bytes = Array("# pack-refs with: sorted \n".utf8)
    bytes.reserveCapacity(rows.count * 128)
    for row in rows.sorted(by: { $0.name < $1.name }) {
      row.target.appendHex(to: &bytes)
      bytes.append(32)
      bytes += row.name.text.utf8
      bytes.append(10)
      guard let peeled = row.peeled else { continue }
      bytes.append(94)
      peeled.appendHex(to: &bytes)
      bytes.append(10)
    }
    return bytes
  }
}
