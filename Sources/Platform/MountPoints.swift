/// Where other file systems, or other folders, are mounted below a folder.
///
/// A folder that is bound in from the same file system has its device number, so numbers alone do not
/// tell; the kernel's own list does.
public struct MountPoints: Sendable {
  /// Paths relative to the folder, as the file system has them.
  public let paths: Set<[UInt8]>

  /// - Parameter folder: absolute, links resolved. An unreadable list gives no mount points.
  public init(below folder: String, files: FileSystem) {
    let table = (try? files.read("/proc/self/mountinfo", limit: 1 << 24)) ?? []
    paths = Self.parse(table, below: Array(folder.utf8))
  }

  /// The fifth field of each line of proc(5) `mountinfo`, where it lies below the folder.
  static func parse(_ table: [UInt8], below folder: [UInt8]) -> Set<[UInt8]> {
    let prefix = folder == [0x2F] ? folder : folder + [0x2F]
    var found = Set<[UInt8]>()
    for line in table.split(separator: 0x0A) {
      let fields = line.split(separator: 0x20, maxSplits: 5)
      guard fields.count > 4 else { continue }
      let place = unescaped(fields[4])
      if place.count > prefix.count, place.starts(with: prefix) {
        found.insert(Array(place.dropFirst(prefix.count)))
      }
    }
    return found
  }

  /// Space, tab, newline and backslash stand as three octal digits behind a backslash.
  private static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = field
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte == 0x5C, digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) {
        result.append(digits.reduce(0) { $0 &* 8 &+ ($1 - 0x30) })
        rest = rest.dropFirst(3)
      } else {
        result.append(byte)
      }
    }
    return result
  }
}
