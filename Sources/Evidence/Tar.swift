/// A tar archive in the ustar format (POSIX.1-1988, `pax` interchange, "ustar").
///
/// Written deterministically: names in byte order, mode 0644, owner 0, one time for all. Read with
/// care: only regular files and folders; absolute names, `..`, links and bad checksums are refused.
public enum Tar {
  /// One file of an archive.
  public struct Entry: Sendable, Equatable {
    public var name: String
    public var bytes: [UInt8]
    public init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  private static let block = 512

  /// The archive of these files.
  ///
  /// - Parameter modified: Unix seconds, for every entry.
  /// - Throws: `archive_malformed` for a name that ustar cannot hold (over 100 bytes and not to be
  ///   split at a `/` into at most 155 and 100).
  public static func write(
    _ entries: [Entry], modified: Int64
  ) throws(EvidenceError) -> [UInt8] {
    var archive: [UInt8] = []
    archive.reserveCapacity(entries.reduce(1024) { $0 + $1.bytes.count + 1024 })
    for entry in entries.sorted(by: { precedes($0.name, $1.name) }) {
      archive += try header(name: entry.name, size: entry.bytes.count, modified: modified)
      archive += entry.bytes
      archive.append(contentsOf: repeatElement(0, count: padding(entry.bytes.count)))
    }
    archive.append(contentsOf: repeatElement(0, count: 2 * block))
    return archive
  }

  /// The header block of one regular file; its bytes and `padding` zeros follow.
  public static func header(
    name: String, size: Int, modified: Int64
  ) throws(EvidenceError) -> [UInt8] {
    guard let (prefix, rest) = split(Array(name.utf8)), size < 1 << 33 else {
      throw EvidenceError(
        .archiveMalformed, EvidencePlace(member: name),
        "expected a name of at most 100 bytes behind a / and a size below 8 GiB")
    }
    var header = [UInt8](repeating: 0, count: block)
    func put(_ text: [UInt8], _ place: Int) {
      header.replaceSubrange(place..<place + text.count, with: text)
    }
    put(rest, 0)
    put(octal(0o644, 7), 100)
    put(octal(0, 7), 108)
    put(octal(0, 7), 116)
    put(octal(Int64(size), 11), 124)
    put(octal(min(max(modified, 0), (1 << 33) - 1), 11), 136)
    put([UInt8](repeating: 0x20, count: 8), 148)
    header[156] = 0x30
    put(Array("ustar\0".utf8) + Array("00".utf8), 257)
    put(octal(0, 7), 329)
    put(octal(0, 7), 337)
    put(prefix, 345)
    put(octal(Int64(header.reduce(0) { $0 + Int($1) }), 6) + [0, 0x20], 148)
    return header
  }

  /// Zero bytes between the end of a file and the next block.
  public static func padding(_ size: Int) -> Int { (block - size % block) % block }

  /// The regular files of an archive, in its order.
  ///
  /// - Throws: `archive_malformed`, the place being the entry or `archive`.
  public static func read(_ archive: [UInt8]) throws(EvidenceError) -> [Entry] {
    var entries: [Entry] = []
    var seen: Set<[UInt8]> = []
    var place = 0
    while true {
      guard place + block <= archive.count else {
        throw malformed("archive", "expected a header or the end blocks at byte \(place)")
      }
      let header = Array(archive[place..<place + block])
      if header.allSatisfy({ $0 == 0 }) { break }
      let entry = try Header(header, at: place)
      let start = place + block
      guard entry.size <= archive.count - start else {
        throw malformed(entry.name, "expected \(entry.size) bytes of this file")
      }
      if entry.isFile {
        guard seen.insert(Array(entry.name.utf8)).inserted else {
          throw malformed(entry.name, "expected this name once")
        }
        entries.append(
          Entry(name: entry.name, bytes: Array(archive[start..<start + entry.size])))
      }
      place = start + entry.size + padding(entry.size)
    }
    guard archive[place...].allSatisfy({ $0 == 0 }) else {
      throw malformed("archive", "expected zeros only behind the end block")
    }
    return entries
  }

  /// A name's prefix and rest, split at a `/` where it is longer than 100 bytes.
  private static func split(_ name: [UInt8]) -> (prefix: [UInt8], rest: [UInt8])? {
    guard !name.isEmpty, !name.contains(0) else { return nil }
    if name.count <= 100 { return ([], name) }
    for place in name.indices where name[place] == 0x2F {
      let rest = name[(place + 1)...]
      if place <= 155, (1...100).contains(rest.count) {
        return (Array(name[..<place]), Array(rest))
      }
    }
    return nil
  }

  private static func octal(_ value: Int64, _ digits: Int) -> [UInt8] {
    let text = String(value, radix: 8)
    return Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8)
  }

  fileprivate static func malformed(_ name: String, _ message: String) -> EvidenceError {
    EvidenceError(.archiveMalformed, EvidencePlace(member: name), message)
  }
}

/// What is of interest in a header block.
private struct Header {
  let name: String
  let size: Int
  let isFile: Bool

  init(_ bytes: [UInt8], at place: Int) throws(EvidenceError) {
    func text(_ range: Range<Int>) -> [UInt8] { Array(bytes[range].prefix { $0 != 0 }) }
    let prefix = bytes.has("ustar", at: 257) ? text(345..<500) : []
    let raw = (prefix.isEmpty ? [] : prefix + [0x2F]) + text(0..<100)
    guard let name = String(validating: raw, as: UTF8.self), Self.isSafe(name) else {
      throw Tar.malformed("archive", "expected a relative name without .. at byte \(place)")
    }
    var blank = bytes
    blank.replaceSubrange(148..<156, with: repeatElement(0x20, count: 8))
    guard Self.octal(text(148..<156)) == blank.reduce(0, { $0 + Int($1) }) else {
      throw Tar.malformed(name, "expected the checksum of this header")
    }
    guard let size = Self.octal(text(124..<136)) else {
      throw Tar.malformed(name, "expected a size in octal digits")
    }
    switch bytes[156] {
    case 0x30, 0: isFile = !name.hasSuffix("/")
    case 0x35: isFile = false
    default: throw Tar.malformed(name, "expected regular files and folders only")
    }
    self.name = name
    self.size = size
  }

  private static func octal(_ field: [UInt8]) -> Int? {
    let digits = field.filter { $0 != 0x20 }
    guard (1...11).contains(digits.count), digits.allSatisfy({ (0x30...0x37).contains($0) }) else {
      return nil
    }
    return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }

  /// Relative, no `.`, `..` or empty part, no control character.
  private static func isSafe(_ name: String) -> Bool {
    let trimmed = name.hasSuffix("/") ? String(name.dropLast()) : name
    let parts = trimmed.split(separator: "/", omittingEmptySubsequences: false)
    return !trimmed.isEmpty && !TextRules.hasControl(name)
      && parts.allSatisfy { !$0.isEmpty && $0 != ".." && $0 != "." }
  }
}

extension PackageMembers {
  /// The members in a tar archive.
  ///
  /// Where all names lie below one common folder, as `tar cf p.tar folder` makes them, that folder is
  /// left out.
  public init(tar archive: [UInt8]) throws(EvidenceError) {
    self.init()
    let entries = try Tar.read(archive)
    let isAtRoot = entries.contains { MemberName(rawValue: $0.name) != nil }
    let folder = entries.first.map { $0.name.prefix { $0 != "/" } + "/" } ?? ""
    let isNested = !isAtRoot && entries.allSatisfy { $0.name.hasPrefix(folder) }
    for entry in entries {
      set(isNested ? String(entry.name.dropFirst(folder.count)) : entry.name, to: entry.bytes)
    }
  }

  /// A deterministic tar archive of all members.
  public func tar(modified: Int64) throws(EvidenceError) -> [UInt8] {
    var entries: [Tar.Entry] = []
    for name in names { entries.append(Tar.Entry(name: name, bytes: try bytes(name))) }
    return try Tar.write(entries, modified: modified)
  }
}
