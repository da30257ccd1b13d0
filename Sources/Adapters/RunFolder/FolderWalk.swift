internal import Evidence
internal import Platform

/// A file of the folder, as it was when it was listed.
struct WalkedFile: Sendable {
  /// Relative, as the file system has it.
  let path: [UInt8]
  let status: FileStatus

  var name: ArraySlice<UInt8> {
    guard let slash = path.lastIndex(of: 0x2F) else { return path[...] }
    return path[(slash + 1)...]
  }
}

/// A link and what its text leads to; the text itself is not kept.
struct WalkedLink: Sendable {
  let path: [UInt8]
  let target: [UInt8]
}

/// All names below a folder, with what the system says about each (IMPORT §7).
struct FolderWalk: Sendable {
  /// Regular files in the byte order of their paths.
  private(set) var files: [WalkedFile] = []
  private(set) var folders: Set<[UInt8]> = []
  private(set) var links: [WalkedLink] = []
  /// Pipes, sockets and devices.
  private(set) var special: [[UInt8]] = []
  private(set) var notes: [ImportNote] = []
  private(set) var entries = 0
  private(set) var bytes = 0
  private(set) var hit: RunFolderLimits.Hit?

  private let limits: RunFolderLimits
  private let exclude: [Glob]
  private let device: UInt64
  private let mounts: Set<[UInt8]>
  private let deadline: ImportDeadline

  /// Lists the folder; a limit ends it at once.
  init(
    _ root: ForeignFolder, mounts: MountPoints, options: RunFolderOptions,
    deadline: ImportDeadline
  ) throws(PlatformError) {
    limits = options.limits
    exclude = options.exclude.map { Glob($0) }
    device = root.status.device
    self.mounts = mounts.paths
    self.deadline = deadline
    try visit(root, path: [], depth: 0)
  }

  static let skippedNames: Set<[UInt8]> = Set(
    ["__pycache__", ".venv", "node_modules"].map { Array($0.utf8) })

  private mutating func visit(
    _ folder: ForeignFolder, path: [UInt8], depth: Int
  ) throws(PlatformError) {
    // One more than allowed is enough to see that there are too many.
    var listed = try folder.entries(limit: limits.entries - entries + 1)
    entries += listed.count
    if entries > limits.entries { return stop(.entries) }
    if deadline.hasPassed { return stop(.time) }
    listed.sort { Self.precedes($0, $1) }
    remarkCollisions(listed, path)
    for entry in listed {
      let place = path.isEmpty ? entry.name : path + [0x2F] + entry.name
      if entry.name.count > limits.nameBytes { return stop(.name) }
      if place.count > limits.pathBytes { return stop(.path) }
      if String(validating: entry.name, as: UTF8.self) == nil {
        notes.append(ImportNote(.nameNotUTF8, place))
      }
      if exclude.contains(where: { $0.matches(place) }) {
        notes.append(ImportNote(.excluded, place))
        continue
      }
      guard entry.status.device == device, mounts.isEmpty || !mounts.contains(place) else {
        notes.append(ImportNote(.otherFileSystem, place))
        continue
      }
      try take(entry, place, folder, depth)
      if hit != nil { return }
    }
  }

  private mutating func take(
    _ entry: ForeignFolder.Entry, _ place: [UInt8], _ folder: ForeignFolder, _ depth: Int
  ) throws(PlatformError) {
    switch entry.status.kind {
    case .directory: enter(entry, place, folder, depth)
    case .regular: add(WalkedFile(path: place, status: entry.status))
    case .symbolicLink:
      links.append(WalkedLink(path: place, target: folder.linkTarget(entry.name) ?? []))
    case .fifo, .other:
      special.append(place)
      notes.append(ImportNote(.specialFileSkipped, place))
    }
  }

  private mutating func add(_ file: WalkedFile) {
    let (sum, overflows) = bytes.addingReportingOverflow(file.status.size)
    bytes = overflows ? .max : sum
    files.append(file)
    if bytes > limits.bytes { stop(.bytes) }
  }

  private mutating func enter(
    _ entry: ForeignFolder.Entry, _ place: [UInt8], _ folder: ForeignFolder, _ depth: Int
  ) {
    folders.insert(place)
    if Self.skippedNames.contains(entry.name) {
      return notes.append(ImportNote(.skippedByName, place))
    }
    if depth >= limits.depth { return stop(.depth) }
    do throws(PlatformError) {
      let inner = try folder.folder(entry.name)
      if entry.name.elementsEqual(".git".utf8) {
        notes.append(ImportNote(.skippedByName, place))
        // In byte order, as everything here.
        for name in [".git-credentials", "config"].map({ Array($0.utf8) }) {
          if let status = inner.status(of: name), status.kind == .regular {
            add(WalkedFile(path: place + [0x2F] + name, status: status))
          }
        }
        return
      }
      try visit(inner, path: place, depth: depth + 1)
    } catch {
      notes.append(ImportNote(error.code == .fileNotFound ? .vanished : .unreadableFile, place))
    }
  }

  private mutating func stop(_ limit: RunFolderLimits.Hit) {
    if hit == nil { hit = limit }
  }

  /// The order of the whole paths: a folder stands where its files do.
  private static func precedes(_ a: ForeignFolder.Entry, _ b: ForeignFolder.Entry) -> Bool {
    let one = a.status.kind == .directory ? a.name + [0x2F] : a.name
    let other = b.status.kind == .directory ? b.name + [0x2F] : b.name
    return one.lexicographicallyPrecedes(other)
  }

  /// Names that another file system would take for the same.
  private mutating func remarkCollisions(_ listed: [ForeignFolder.Entry], _ path: [UInt8]) {
    var seen = Set<[UInt8]>(minimumCapacity: listed.count)
    for entry in listed where !seen.insert(Self.folded(entry.name)).inserted {
      notes.append(
        ImportNote(.pathCollision, path.isEmpty ? entry.name : path + [0x2F] + entry.name))
    }
  }

  private static func folded(_ name: [UInt8]) -> [UInt8] {
    if name.allSatisfy({ $0 < 0x80 }) { return name.map { ($0 &- 0x41) < 26 ? $0 | 0x20 : $0 } }
    guard let text = String(validating: name, as: UTF8.self) else { return name }
    return Array(TextRules.nfc(text.lowercased()).utf8)
  }
}
