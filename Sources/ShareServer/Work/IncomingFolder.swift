internal import Evidence
internal import Platform

/// Uploads that are not verified: `incoming/ARTIFACT/NAME`, private, outside of all that is served.
package struct IncomingFolder: Sendable {
  private let path: String
  let files: FileSystem

  package init(_ folder: DataFolder) {
    path = folder.incoming
    files = folder.files
  }

  /// The folder of one upload; its files have their shared names.
  func folder(_ artifactID: String) -> String { Path.join(path, artifactID) }

  func place(_ name: String, of artifactID: String) -> String {
    Path.join(folder(artifactID), name)
  }

  /// Begins a private file for bytes that arrive.
  func begin(_ artifactID: String) throws -> ArrivingFile {
    let folder = folder(artifactID)
    try files.makeDirectories(folder, mode: 0o700)
    let temporary = files.temporaryName(beside: Path.join(folder, "arriving"))
    return ArrivingFile(try files.create(temporary, mode: 0o600), files: files)
  }

  /// Gives a complete, durable file its name.
  func keep(_ file: String, as name: String, of artifactID: String) throws {
    let target = place(name, of: artifactID)
    try files.makeDirectories(Path.parent(target), mode: 0o700)
    try files.rename(file, to: target)
    try files.syncDirectory(Path.parent(target))
  }

  func discard(_ artifactID: String) throws { try files.removeTree(folder(artifactID)) }

  /// Removes what is left of files that were arriving when a server died.
  func sweep(keeping artifacts: Set<String>) throws {
    for entry in try files.listIfPresent(path) {
      guard let name = entry.name else { continue }
      if !artifacts.contains(name) {
        try files.removeTree(Path.join(path, name))
        continue
      }
      for file in try files.list(Path.join(path, name)) where file.rawName.first == 0x2E {
        if let left = file.name { try files.remove(Path.join(Path.join(path, name), left)) }
      }
    }
  }
}

/// A file that grows with what arrives, hashed on the way; thrown away unless it is finished.
///
/// `@unchecked Sendable`: one request's task owns it, and hands it to a thread only while it waits
/// for that thread.
final class ArrivingFile: @unchecked Sendable {
  private let writer: FileWriter
  private let files: FileSystem
  private var digest = StreamingDigest()
  private var isOpen = true

  fileprivate init(_ writer: FileWriter, files: FileSystem) {
    self.writer = writer
    self.files = files
  }

  deinit { if isOpen { try? files.remove(writer.path) } }

  var path: String { writer.path }
  var size: Int { writer.byteCount }

  func append(_ bytes: [UInt8]) throws {
    try writer.append(bytes)
    digest.update(bytes)
  }

  /// Makes the content durable; the caller gives the file its name.
  ///
  /// - Returns: `sha256:` and hex.
  func finish() throws -> String {
    try writer.finish(durably: true)
    return digest.text()
  }

  /// The file has another name now, or is not needed any more.
  func release(removing: Bool) {
    if removing { try? files.remove(writer.path) }
    isOpen = false
  }
}
