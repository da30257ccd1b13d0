import ObjectStore
import TransparencyLog

/// The files of a log of tips in the tree of one commit of its ref.
struct TipLogFiles: Sendable {
  /// The commit's tree; nil before the first append.
  let tree: ObjectID?
  let objects: ObjectStore

  /// The id of a file; nil where there is none.
  func id(_ path: [String]) throws(ObjectError) -> ObjectID? {
    guard var id = tree else { return nil }
    for (place, name) in path.enumerated() {
      let isLast = place == path.count - 1
      guard let entry = try objects.tree(id)[name],
        entry.mode == (isLast ? .file : .directory)
      else { return nil }
      id = entry.id
    }
    return id
  }

  func bytes(_ path: [String]) throws(ObjectError) -> [UInt8]? {
    try id(path).map { (id) throws(ObjectError) in try objects.blob(id) }
  }

  /// The content of a tile, as readers of tiles ask for it.
  func tile(_ tile: Tile) throws(LogError) -> [UInt8]? {
    do throws(ObjectError) {
      return try bytes(tile.components)
    } catch {
      throw LogError(error)
    }
  }

  /// The entries of the bundle with this number in a log of `size` entries, oldest first.
  func entries(bundle: Int64, of size: Int64) throws(LogError) -> [[UInt8]] {
    let width = min(Int64(Tile.fullWidth), size - bundle * Int64(Tile.fullWidth))
    let tile = Tile(.entries, index: bundle, width: Int(width))
    guard let bytes = try self.tile(tile) else {
      throw LogError(.logTileMissing, "entries of the log are missing", place: tile.path)
    }
    return try EntryBundle.decode(bytes, count: tile.width)
  }

  func bundles(of size: Int64) -> Int64 {
    (size + Int64(Tile.fullWidth) - 1) / Int64(Tile.fullWidth)
  }
}

/// Names below one folder that are to be other files, or none.
struct TreeEdit {
  private enum Node {
    case file(ObjectID?)
    case folder(TreeEdit)
  }
  private var nodes: [String: Node] = [:]

  /// Puts a file at a path; nil takes it away.
  mutating func set(_ path: ArraySlice<String>, to id: ObjectID?) {
    guard let name = path.first else { return }
    if path.count == 1 {
      nodes[name] = .file(id)
      return
    }
    var folder = TreeEdit()
    if case .folder(let known) = nodes[name] { folder = known }
    folder.set(path.dropFirst(), to: id)
    nodes[name] = .folder(folder)
  }

  /// Writes the folder anew.
  ///
  /// - Returns: nil where nothing is left in it.
  func write(
    over old: ObjectID?, in objects: ObjectStore, to batch: ObjectBatch
  ) throws(ObjectError) -> ObjectID? {
    var entries: [String: TreeEntry] = [:]
    if let old {
      for entry in try objects.tree(old).entries { entries[entry.name] = entry }
    }
    for (name, node) in nodes {
      switch node {
      case .file(let id):
        entries[name] = id.map { TreeEntry(mode: .file, name: name, id: $0) }
      case .folder(let edit):
        let below = entries[name].flatMap { $0.mode == .directory ? $0.id : nil }
        let id = try edit.write(over: below, in: objects, to: batch)
        entries[name] = id.map { TreeEntry(mode: .directory, name: name, id: $0) }
      }
    }
    if entries.isEmpty { return nil }
    return try batch.add(try Tree(Array(entries.values)))
  }
}
