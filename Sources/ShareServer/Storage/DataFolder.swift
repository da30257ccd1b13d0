package import Platform

/// Where a share server keeps everything: readable by its own user only.
///
/// `server.json` (configuration) · `secret` (32 bytes, for keyed hashes; not in the database) ·
/// `share.sqlite` · `objects/` (package bytes by digest) · `incoming/` (uploads that are not verified)
/// · `server.lock`.
package struct DataFolder: Sendable {
  package let path: String
  package let files: FileSystem

  package init(_ path: String, files: FileSystem) {
    self.path = path
    self.files = files
  }

  package var configuration: String { Path.join(path, "server.json") }
  package var secret: String { Path.join(path, "secret") }
  package var database: String { Path.join(path, "share.sqlite") }
  package var objects: String { Path.join(path, "objects") }
  package var incoming: String { Path.join(path, "incoming") }
  private var lockFile: String { Path.join(path, "server.lock") }

  package static let secretSize = 32

  /// Whether a server's data lie here.
  package var isPresent: Bool { files.exists(secret) }

  /// Makes the folder with a new secret and an empty configuration.
  ///
  /// - Throws: `data_folder_taken`.
  package func create(secret bytes: [UInt8], configuration text: [UInt8]) throws {
    if isPresent {
      throw ServerError(.dataFolderTaken, place: path, "a share server's data lie here already")
    }
    try files.makeDirectories(path, mode: 0o700)
    try files.changeMode(path, to: 0o700)
    for folder in [objects, incoming] { try files.makeDirectories(folder, mode: 0o700) }
    if !files.exists(configuration) {
      try files.write(text, to: configuration, .durable, mode: 0o600)
    }
    // Last, since it is what makes the folder a server's.
    try files.write(bytes, to: secret, .durable, mode: 0o600)
  }

  /// Takes the folder for one server; given up with the process, however it ends.
  ///
  /// - Throws: `server_running`, `data_folder_missing`, `data_folder_open`.
  package func take() throws -> FileLease {
    guard isPresent else {
      throw ServerError(.dataFolderMissing, place: path, "no share server's data lie here")
    }
    for place in [path, secret] where try files.status(place).mode & 0o077 != 0 {
      throw ServerError(
        .dataFolderOpen, place: place, "other users of this machine can read the server's data")
    }
    guard let lease = try files.lease(lockFile, .alone) else {
      throw ServerError(.serverRunning, place: path, "another server works on this data folder")
    }
    return lease
  }

  package func readSecret() throws -> [UInt8] {
    let bytes = try files.read(secret, limit: Self.secretSize)
    guard bytes.count == Self.secretSize else {
      throw ServerError(.configInvalid, place: secret, "the secret is not \(Self.secretSize) bytes")
    }
    return bytes
  }
}
