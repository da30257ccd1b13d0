internal import Evidence
internal import JSON
internal import Platform

/// Copies of a data folder, and folders made from such copies.
public struct Backup: Sendable {
  /// What a backup holds.
  public struct Report: Sendable, Equatable {
    public let files: Int
    public let bytes: Int
  }

  private static let schema = "wf.share_backup/1"
  private static let list = "backup.json"
  private let folder: DataFolder
  private let world: ServerWorld
  private var files: FileSystem { world.files }

  public init(dataFolder: String, world: ServerWorld) {
    folder = DataFolder(dataFolder, files: world.files)
    self.world = world
  }

  /// Writes a copy beside a server that goes on running.
  ///
  /// The tables are copied as they are at one moment; package bytes never change, and those that the
  /// tables point at are all there. `backup.json` lists every file with its digest.
  ///
  /// - Parameter target: a folder that is not there yet.
  public func write(to target: String) async throws -> Report {
    guard folder.isPresent else {
      throw ServerError(.dataFolderMissing, place: folder.path, "no share server's data lie here")
    }
    let output = try files.beginFolder(at: target, replacing: false)
    try files.changeMode(output.path, to: 0o700)
    let database = try SQLiteDatabase(path: folder.database)
    try await database.copy(to: Path.join(output.path, "share.sqlite"))
    let copied = try SQLiteDatabase(path: Path.join(output.path, "share.sqlite"))
    let keys = try await copied.read { session -> [String] in
      _ = try AuditLog.check(session)
      return try session.rows(
        "SELECT DISTINCT object_key FROM members WHERE object_key IS NOT NULL ORDER BY object_key",
        []
      ).map { try $0.text("object_key") }
    }
    try copied.close()
    try database.close()
    for name in ["share.sqlite-wal", "share.sqlite-shm"] {
      let left = Path.join(output.path, name)
      if files.exists(left) { try files.remove(left) }
    }
    var names = ["share.sqlite"]
    for key in keys { names.append("objects/" + key) }
    names += try configurationFiles()
    var rows: [JSONValue] = []
    var bytes = 0
    for name in names {
      let (size, digest) = try copy(name, into: output.path)
      bytes += size
      rows.append([
        "name": .string(name), "size": .number(JSONNumber(Int64(size))), "digest": .string(digest),
      ])
    }
    let list: JSONValue = ["schema": .string(Self.schema), "files": .array(rows)]
    try files.write(
      try CanonicalJSON.bytes(list) + [10], to: Path.join(output.path, Self.list), .durable,
      mode: 0o600)
    try output.publish()
    return Report(files: names.count, bytes: bytes)
  }

  /// Makes a data folder from a copy.
  ///
  /// A copy is older than what happened since: a link that was revoked meanwhile would work again.
  /// So links and keys are ended, unless they are to be kept: owners rotate their shares, and the
  /// operator gets a new first key.
  ///
  /// - Returns: the new key's secret, nil where the old ones are kept.
  /// - Throws: `backup_damaged`, `audit_log_broken`, `data_folder_taken`.
  public func restore(from source: String, keepingSecrets: Bool) async throws -> String? {
    if files.exists(folder.path) {
      throw ServerError(.dataFolderTaken, place: folder.path, "something is here already")
    }
    let names = try checkedNames(source)
    let output = try files.beginFolder(at: folder.path, replacing: false)
    try files.changeMode(output.path, to: 0o700)
    for name in names {
      let target = Path.join(output.path, name)
      try files.makeDirectories(Path.parent(target), mode: 0o700)
      try copyFile(Path.join(source, name), to: target)
    }
    let place = DataFolder(output.path, files: files)
    for part in [place.objects, place.incoming] { try files.makeDirectories(part, mode: 0o700) }
    let database = try SQLiteDatabase(path: place.database)
    try await database.write { session in
      _ = try AuditLog.check(session)
      if keepingSecrets { return }
      try session.change("UPDATE shares SET token_hash = NULL", [])
      try session.change("DELETE FROM unlocks", [])
      try session.change("DELETE FROM answers", [])
      try session.change(
        "UPDATE api_keys SET key_hash = NULL, revoked_at = COALESCE(revoked_at, ?)",
        [.integer(world.wall())])
    }
    try database.close()
    let key = keepingSecrets ? nil : try await FirstKey(folder: place, world: world).make()
    try output.publish()
    return key
  }

  // MARK: - Files

  /// The server's own files, and those that its configuration names.
  private func configurationFiles() throws -> [String] {
    let configuration = try ServerConfiguration(
      parsing: try files.read(folder.configuration, limit: 1 << 20))
    var names = ["secret", "server.json"]
    for workspace in configuration.workspaces {
      for name in [workspace.trustedSigners, workspace.sigstorePolicy].compactMap({ $0 }) {
        names.append(name)
        let bytes = try files.readIfPresent(Path.join(folder.path, name), limit: 1 << 20) ?? []
        if let root = (try? JSONValue.parse(bytes))?["trusted_root"]?.string {
          names.append(Path.join(Path.parent(name), root))
        }
      }
    }
    // What lies elsewhere on the machine is the operator's to keep.
    return Set(names.map(Path.normalise)).filter {
      !$0.hasPrefix("/") && !$0.hasPrefix("..") && files.exists(Path.join(folder.path, $0))
    }.sorted()
  }

  /// - Returns: bytes and `sha256:…`.
  private func copy(_ name: String, into target: String) throws -> (Int, String) {
    let place = Path.join(target, name)
    if name != "share.sqlite" {
      try files.makeDirectories(Path.parent(place), mode: 0o700)
      try copyFile(Path.join(folder.path, name), to: place)
    } else {
      try files.syncFile(place)
    }
    return try measure(place)
  }

  private func copyFile(_ source: String, to target: String) throws {
    let reader = try files.openForReading(source)
    let writer = try files.create(target, mode: 0o600)
    while true {
      var piece: [UInt8] = []
      if try reader.read(into: &piece, upTo: 1 << 20) == 0 { break }
      try writer.append(piece)
    }
    try writer.finish(durably: true)
  }

  private func measure(_ path: String) throws -> (Int, String) {
    let reader = try files.openForReading(path)
    var digest = StreamingDigest()
    while true {
      var piece: [UInt8] = []
      if try reader.read(into: &piece, upTo: 1 << 20) == 0 { break }
      digest.update(piece)
    }
    return (digest.size, digest.text())
  }

  /// The files of a backup, each of them as the list says.
  private func checkedNames(_ source: String) throws -> [String] {
    let list = Path.join(source, Self.list)
    func damaged(_ place: String, _ what: String) -> ServerError {
      ServerError(.backupDamaged, place: place, what)
    }
    guard let bytes = try files.readIfPresent(list, limit: 64 << 20),
      let value = try? JSONValue.parse(bytes), value["schema"]?.string == Self.schema,
      let rows = value["files"]?.array
    else { throw damaged(list, "this is no list of a backup's files") }
    return try rows.map { row in
      guard let name = row["name"]?.string, Path.normalise(name) == name, !name.hasPrefix("/"),
        !name.hasPrefix("..")
      else { throw damaged(list, "a name in the list is no name of a backup's file") }
      let path = Path.join(source, name)
      guard files.exists(path) else { throw damaged(path, "this file of the backup is not there") }
      let (size, digest) = try measure(path)
      guard Int64(size) == row["size"]?.int, digest == row["digest"]?.string else {
        throw damaged(path, "this file of the backup was changed")
      }
      return name
    }
  }
}
