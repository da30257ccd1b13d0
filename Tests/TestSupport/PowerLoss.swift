import Glibc
public import Platform
import Synchronization

/// Takes down the changes that a run makes.
public final class ChangeRecorder: Sendable {
  private let list = Mutex<[FileSystem.Change]>([])

  public init() {}

  public var changes: [FileSystem.Change] { list.withLock { $0 } }
  /// For `FileSystem(observer:)`.
  public var observer: FileSystem.Observer {
    { change in self.list.withLock { $0.append(change) } }
  }
}

/// A tree of files by path below its root, as it lies on a disk.
public struct DiskState: Hashable, Sendable {
  public enum Entry: Hashable, Sendable {
    case file([UInt8])
    case directory
    case link(String)
  }
  public var entries: [String: Entry] = [:]

  /// Puts the tree below a folder that is there.
  public func write(to folder: String) throws {
    let system = FileSystem()
    for (path, entry) in entries.sorted(by: { $0.key < $1.key }) {
      switch entry {
      case .directory: try system.makeDirectories(folder + "/" + path)
      case .file(let bytes):
        let writer = try system.create(folder + "/" + path, mode: 0o600)
        try writer.append(bytes)
        try writer.finish(durably: false)
      case .link(let text):
        if symlink(text, folder + "/" + path) != 0 { throw FixtureMissing(path: path) }
      }
    }
  }
}

/// A disk with a cache in front of it: what was not synced may be lost, or come out of order.
///
/// The model is stricter than most file systems. The content of a file is only kept by a sync of that
/// file: else nothing of it, a part, zeros or all. A name is only kept by a sync of its folder: else any
/// of the changes to a folder may be lost, also an earlier one of two. A rename in a folder is one change.
public final class CachedDisk {
  private final class File {
    var durable: [UInt8]
    var current: [UInt8]
    init(_ bytes: [UInt8]) { (durable, current) = (bytes, bytes) }
  }
  private final class Directory {
    var durable: [String: Node] = [:]
    var current: [String: Node] = [:]
    var pending: [NameChange] = []

    func change(_ change: NameChange) {
      change.apply(to: &current)
      pending.append(change)
    }
  }
  private enum Node {
    case file(File)
    case directory(Directory)
    case link(String)
  }
  private enum NameChange {
    case add(String, Node)
    case remove(String)
    case move(String, String, Node)

    func apply(to names: inout [String: Node]) {
      switch self {
      case .add(let name, let node): names[name] = node
      case .remove(let name): names[name] = nil
      case .move(let old, let new, let node):
        names[old] = nil
        names[new] = node
      }
    }
  }

  /// What becomes of content that was not synced.
  public enum LostContent: CaseIterable, Sendable { case all, none, zeros, part }
  /// What becomes of names that were not synced.
  public enum LostNames: CaseIterable, Sendable { case all, none, allButLast, allButFirst }

  private let root: String
  private let top = Directory()
  public private(set) var faults: [String] = []

  /// Everything below `root` as it is now, taken as durable.
  public init(root: String) throws {
    self.root = Path.normalise(root)
    try load(self.root, into: top)
  }

  private func load(_ path: String, into directory: Directory) throws {
    let system = FileSystem()
    for entry in try system.list(path) {
      guard let name = entry.name else { continue }
      let inner = path + "/" + name
      switch entry.kind {
      case .directory:
        let child = Directory()
        try load(inner, into: child)
        directory.current[name] = .directory(child)
      case .symbolicLink:
        directory.current[name] = .link(try run(["readlink", "-n", inner]).out)
      default: directory.current[name] = .file(File(try system.read(inner)))
      }
    }
    directory.durable = directory.current
  }

  /// Does to the model what was done to the disk.
  public func apply(_ change: FileSystem.Change) {
    switch change {
    case .created(let path):
      guard let (folder, name) = place(path) else { return }
      if folder.current[name] == nil { folder.change(.add(name, .file(File([])))) }
    case .wrote(let path, let bytes, let offset):
      guard let file = file(path) else { return }
      let start = offset ?? file.current.count
      let end = start + bytes.count
      if file.current.count < end {
        file.current += [UInt8](repeating: 0, count: end - file.current.count)
      }
      file.current.replaceSubrange(start..<end, with: bytes)
    case .renamed(let old, let new):
      guard let (from, name) = place(old), let (to, newName) = place(new),
        let node = from.current[name]
      else { return fault("rename of nothing: \(old)") }
      if from === to {
        from.change(.move(name, newName, node))
      } else {
        from.change(.remove(name))
        to.change(.add(newName, node))
      }
    case .linked(let old, let new):
      guard let (from, name) = place(old), let (to, newName) = place(new),
        let node = from.current[name]
      else { return fault("link of nothing: \(old)") }
      to.change(.add(newName, node))
    case .symbolicLink(let path, let text):
      if let (folder, name) = place(path) { folder.change(.add(name, .link(text))) }
    case .removed(let path), .removedDirectory(let path):
      if let (folder, name) = place(path) { folder.change(.remove(name)) }
    case .madeDirectory(let path):
      if let (folder, name) = place(path) { folder.change(.add(name, .directory(Directory()))) }
    case .syncedFile(let path):
      if let file = file(path) { file.durable = file.current }
    case .syncedDirectory(let path):
      guard let folder = directory(path) else { return }
      folder.durable = folder.current
      folder.pending = []
    }
  }

  /// What may be there when the power comes back.
  public func state(_ names: LostNames, _ content: LostContent) -> DiskState {
    state(
      keeps: { index, count in
        switch names {
        case .all: false
        case .none: true
        case .allButLast: index == count - 1
        case .allButFirst: index == 0
        }
      }, content: { content })
  }

  /// As `state`, each change kept or lost by chance.
  public func state(using generator: inout some RandomNumberGenerator) -> DiskState {
    var random = generator
    defer { generator = random }
    return state(
      keeps: { _, _ in Bool.random(using: &random) },
      content: { LostContent.allCases.randomElement(using: &random) ?? .all })
  }

  private func state(
    keeps: (Int, Int) -> Bool, content: () -> LostContent
  ) -> DiskState {
    var result = DiskState()
    flatten(top, "", keeps, content, into: &result)
    return result
  }

  private func flatten(
    _ directory: Directory, _ prefix: String, _ keeps: (Int, Int) -> Bool,
    _ content: () -> LostContent, into result: inout DiskState
  ) {
    var names = directory.durable
    let count = directory.pending.count
    for (index, change) in directory.pending.enumerated() where keeps(index, count) {
      change.apply(to: &names)
    }
    // In order, so that chance falls the same way each time.
    for (name, node) in names.sorted(by: { $0.key < $1.key }) {
      let path = prefix + name
      switch node {
      case .link(let text): result.entries[path] = .link(text)
      case .file(let file): result.entries[path] = .file(bytes(of: file, content))
      case .directory(let child):
        result.entries[path] = .directory
        flatten(child, path + "/", keeps, content, into: &result)
      }
    }
  }

  private func bytes(of file: File, _ content: () -> LostContent) -> [UInt8] {
    if file.durable == file.current { return file.current }
    switch content() {
    case .none: return file.current
    case .all: return file.durable
    case .zeros:
      let more = max(0, file.current.count - file.durable.count)
      return file.durable + [UInt8](repeating: 0, count: more)
    case .part:
      let more = file.current.count - file.durable.count
      return Array(file.current.prefix(file.durable.count + max(0, more) / 2))
    }
  }

  // MARK: - Paths

  private func fault(_ text: String) { faults.append(text) }

  private func parts(_ path: String) -> [String]? {
    guard let relative = Path.relative(path, to: root) else { return nil }
    return relative == "." ? [] : relative.split(separator: "/").map(String.init)
  }

  private func directory(_ path: String) -> Directory? {
    guard let parts = parts(path) else { return nil }
    return directory(parts[...])
  }

  private func directory(_ parts: ArraySlice<String>) -> Directory? {
    var folder = top
    for part in parts {
      guard case .directory(let next)? = folder.current[part] else {
        fault("no folder: \(parts.joined(separator: "/"))")
        return nil
      }
      folder = next
    }
    return folder
  }

  private func place(_ path: String) -> (Directory, String)? {
    guard let parts = parts(path), let name = parts.last,
      let folder = directory(parts.dropLast())
    else { return nil }
    return (folder, name)
  }

  private func file(_ path: String) -> File? {
    guard let (folder, name) = place(path) else { return nil }
    guard case .file(let file)? = folder.current[name] else {
      fault("no file: \(path)")
      return nil
    }
    return file
  }
}
