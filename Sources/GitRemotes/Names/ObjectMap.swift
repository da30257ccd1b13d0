internal import Crypto
internal import Glibc
public import ObjectStore
public import Platform

/// Which object of the store is which object of the mirror, kept on disk.
///
/// A folder of tables that are never changed: each holds pairs sorted by either name, so that a look-up
/// reads a few pages however long the history is. New pairs make a new table, which takes in the
/// smaller ones before it, so that there are few. One object of the store may have several SHA-1
/// forms (signed or not); an object of the mirror has one of the store's.
///
/// Belongs to one thread.
public final class ObjectMap {
  public struct Pair: Hashable, Sendable {
    public let own: ObjectID
    public let other: SHA1ID

    public init(_ own: ObjectID, _ other: SHA1ID) {
      self.own = own
      self.other = other
    }
  }

  private let folder: String
  private let files: FileSystem
  private var tables: [MapTable]
  private var pendingOwn: [ObjectID: [SHA1ID]] = [:]
  private var pendingOther: [SHA1ID: ObjectID] = [:]
  private var pending: [Pair] = []

  /// - Throws: `mirror_damaged` for a table that is cut or changed.
  public init(_ folder: String, files: FileSystem) throws {
    self.folder = folder
    self.files = files
    let names = try files.listIfPresent(folder).compactMap(\.name)
      .filter { $0.hasSuffix(MapTable.ending) && !$0.hasPrefix(".") }
    tables = try names.sorted().reversed().map { try MapTable(Path.join(folder, $0), files: files) }
  }

  public var count: Int { pending.count + tables.reduce(0) { $0 + $1.count } }
  public var isEmpty: Bool { count == 0 }

  /// The SHA-1 forms of an object, the one added last first.
  public func others(of own: ObjectID) -> [SHA1ID] {
    var result = Array((pendingOwn[own] ?? []).reversed())
    for table in tables {
      for other in table.others(of: own) where !result.contains(other) { result.append(other) }
    }
    return result
  }

  public func other(of own: ObjectID) -> SHA1ID? {
    if let other = pendingOwn[own]?.last { return other }
    for table in tables {
      if let other = table.others(of: own).first { return other }
    }
    return nil
  }

  public func own(of other: SHA1ID) -> ObjectID? {
    if let own = pendingOther[other] { return own }
    for table in tables {
      if let own = table.own(of: other) { return own }
    }
    return nil
  }

  /// Adds a pair; it is kept by `save`.
  public func add(_ own: ObjectID, _ other: SHA1ID) {
    if self.own(of: other) == own { return }
    pendingOther[other] = own
    pendingOwn[own, default: []].append(other)
    pending.append(Pair(own, other))
  }

  /// Makes what was added survive, at two syncs.
  public func save() throws {
    if pending.isEmpty { return }
    _ = try files.makeDirectories(folder)
    var pairs = Set(pending)
    var taken: [MapTable] = []
    while let next = tables.first, next.count <= 4 * pairs.count {
      pairs.formUnion(try next.checkedPairs())
      taken.append(next)
      tables.removeFirst()
    }
    let last = (taken + tables).map(\.number).max() ?? 0
    let path = Path.join(folder, MapTable.name(last + 1))
    try files.write(MapTable.encode(pairs), to: path, .durable)
    tables.insert(try MapTable(path, files: files), at: 0)
    for table in taken { try? files.remove(table.path) }
    pending = []
    pendingOwn = [:]
    pendingOther = [:]
  }
}

/// One table of an `ObjectMap`: a head, rows of 52 bytes sorted by SHA-256 name, rows of 24 bytes (SHA-1
/// name and the number of its row above) sorted by that, and the SHA-256 of all before it.
final class MapTable {
  let path: String
  let number: Int
  let count: Int
  private let file: MappedFile

  static let ending = ".map"
  private static let magic = Array("wf-map\0\u{1}".utf8)
  private static let rowSize = 52
  private static let backSize = 24

  static func name(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ending
  }

  init(_ path: String, files: FileSystem) throws {
    self.path = path
    guard let number = Int(Path.lastComponent(path).dropLast(Self.ending.count)) else {
      throw Self.damaged(path)
    }
    self.number = number
    file = try files.map(path)
    let head = unsafe file.withBytes { raw in unsafe Array(raw.prefix(16)) }
    guard head.count == 16, Array(head.prefix(8)) == Self.magic else { throw Self.damaged(path) }
    let count = head.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    guard count < 1 << 40, file.count == 48 + Int(count) * (Self.rowSize + Self.backSize) else {
      throw Self.damaged(path)
    }
    self.count = Int(count)
  }

  private static func damaged(_ path: String) -> MirrorError {
    MirrorError(.mirrorDamaged, place: path, "the table of object names is cut or changed")
  }

  func others(of own: ObjectID) -> [SHA1ID] {
    let key = own.bytes
    return unsafe file.withBytes { raw in
      var row = unsafe Self.first(raw, key, at: 16, size: Self.rowSize, count: count)
      var result: [SHA1ID] = []
      while row < count {
        // Safe: rows below `count` lie inside of the file, whose size was checked.
        let bytes = unsafe raw[(16 + row * Self.rowSize)..<(16 + (row + 1) * Self.rowSize)]
        guard unsafe bytes.prefix(32).elementsEqual(key),
          let other = unsafe SHA1ID(bytes: Array(bytes.suffix(20)))
        else { break }
        result.append(other)
        row += 1
      }
      return result
    }
  }

  func own(of other: SHA1ID) -> ObjectID? {
    let key = other.bytes
    let start = 16 + count * Self.rowSize
    return unsafe file.withBytes { raw in
      let row = unsafe Self.first(raw, key, at: start, size: Self.backSize, count: count)
      if row >= count { return nil }
      let at = start + row * Self.backSize
      guard unsafe raw[at..<(at + 20)].elementsEqual(key) else { return nil }
      let index = unsafe Int(raw[(at + 20)..<(at + 24)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
      if index >= count { return nil }
      let from = 16 + index * Self.rowSize
      return unsafe ObjectID(loading: raw, at: from)
    }
  }

  /// The first row whose key is not before `key`.
  private static func first(
    _ raw: UnsafeRawBufferPointer, _ key: [UInt8], at start: Int, size: Int, count: Int
  ) -> Int {
    guard let bytes = raw.baseAddress else { return count }
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      let at = start + middle * size
      // Safe: rows below `count` lie inside of the file, whose size was checked.
      if unsafe memcmp(bytes + at, key, key.count) < 0 {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  /// All pairs, after the checksum was found right.
  func checkedPairs() throws -> [ObjectMap.Pair] {
    let bytes = unsafe file.withBytes { raw in unsafe Array(raw) }
    guard Array(SHA256.hash(data: bytes.dropLast(32))) == Array(bytes.suffix(32)) else {
      throw Self.damaged(path)
    }
    return try (0..<count).map { row in
      let at = 16 + row * Self.rowSize
      guard let own = ObjectID(bytes: bytes[at..<(at + 32)]),
        let other = SHA1ID(bytes: bytes[(at + 32)..<(at + 52)])
      else { throw Self.damaged(path) }
      return ObjectMap.Pair(own, other)
    }
  }

  static func encode(_ pairs: Set<ObjectMap.Pair>) -> [UInt8] {
    let rows = pairs.sorted { $0.own != $1.own ? $0.own < $1.own : $0.other < $1.other }
    var bytes = magic
    let count = UInt64(rows.count)
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: count >> UInt64(shift)))
    }
    bytes.reserveCapacity(48 + rows.count * (rowSize + backSize))
    for row in rows { bytes += row.own.bytes + row.other.bytes }
    for (index, row) in rows.enumerated().sorted(by: { $0.element.other < $1.element.other }) {
      bytes += row.other.bytes
      for shift in [24, 16, 8, 0] {
        bytes.append(UInt8(truncatingIfNeeded: UInt32(truncatingIfNeeded: index) >> UInt32(shift)))
      }
    }
    return bytes + Array(SHA256.hash(data: bytes))
  }
}
