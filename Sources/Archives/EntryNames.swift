/// The names of an archive's entries, checked as they come.
///
/// What is read here is not unpacked, but whoever unpacks it elsewhere should get the same files:
/// so no name may lead out of a folder, and no two may be one on a file system that folds case or
/// Unicode forms.
struct EntryNames {
  /// By the name with case folded; Swift compares strings by canonical equivalence.
  private var files: [String: [UInt8]] = [:]
  private var folders: [String: [UInt8]] = [:]

  /// Checks one name; gives it as text, without the slash of a folder.
  mutating func insert(_ raw: [UInt8], isFolder: Bool) throws(ArchiveError) -> String {
    let bytes = isFolder && raw.last == 0x2F ? Array(raw.dropLast()) : raw
    guard let name = String(validating: bytes, as: UTF8.self), Self.objection(name) == nil else {
      throw ArchiveError(
        .nameForbidden, Self.shown(raw), "an entry's name is no relative path without . and ..")
    }
    let key = name.lowercased()
    try insertParents(of: bytes)
    if isFolder {
      try insertFolder(bytes, key)
      return name
    }
    if let other = files[key] {
      if other == bytes { throw ArchiveError(.nameDuplicate, name, "the name is there twice") }
      throw Self.clash(name, other)
    }
    if let other = folders[key] { throw Self.clash(name, other) }
    files[key] = bytes
    return name
  }

  private mutating func insertParents(of bytes: [UInt8]) throws(ArchiveError) {
    // The nearest folder is known nearly always: entries come folder by folder.
    guard let slash = bytes.lastIndex(of: 0x2F) else { return }
    let parent = Array(bytes[..<slash])
    let key = String(decoding: parent, as: UTF8.self).lowercased()
    if folders[key] == parent { return }
    try insertParents(of: parent)
    try insertFolder(parent, key)
  }

  private mutating func insertFolder(_ bytes: [UInt8], _ key: String) throws(ArchiveError) {
    if let other = folders[key], other != bytes { throw Self.clash(Self.shown(bytes), other) }
    if let other = files[key] { throw Self.clash(Self.shown(bytes), other) }
    folders[key] = bytes
  }

  /// Why a name is refused; nil where it is fine.
  static func objection(_ name: String) -> String? {
    if name.isEmpty || name.utf8.count > 4096 { return "is empty or too long" }
    if name.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F) ~= $0.value }) {
      return "has a control character"
    }
    // A backslash and a drive letter lead elsewhere on Windows.
    let bytes = Array(name.utf8)
    if bytes.contains(0x5C) || bytes.count > 1 && bytes[1] == 0x3A {
      return "has a backslash or drive letter"
    }
    let parts = bytes.split(separator: 0x2F, omittingEmptySubsequences: false)
    if parts.count > 64 { return "has too many folders" }
    let isBad = parts.contains { part in
      part.isEmpty || part.elementsEqual([0x2E]) || part.elementsEqual([0x2E, 0x2E])
    }
    return isBad ? "has an empty part, . or .." : nil
  }

  private static func clash(_ name: String, _ other: [UInt8]) -> ArchiveError {
    ArchiveError(
      .nameClash, name, "this and \(shown(other)) are one name, or file and folder, to some system")
  }

  private static func shown(_ raw: [UInt8]) -> String {
    String(decoding: raw.prefix(200), as: UTF8.self)
  }
}

/// Checks names that do not come from an archive by the same rules.
public func checkEntryNames(_ names: [String]) throws(ArchiveError) {
  var seen = EntryNames()
  for name in names { _ = try seen.insert(Array(name.utf8), isFolder: false) }
}
