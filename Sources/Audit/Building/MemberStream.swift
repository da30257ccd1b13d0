internal import Evidence
internal import Platform

/// One member on its way into the output folder: rows collect in a buffer of 1 MiB, which is hashed
/// and written when it is full.
///
/// A class because it owns a file; it belongs to one thread.
final class MemberStream {
  /// Append rows here, then say `rowEnded`.
  var bytes: [UInt8] = []
  private let name: MemberName
  private let writer: FileWriter
  private var digest = StreamingDigest()
  private let capacity = 1 << 20

  init(_ name: MemberName, in folder: String, files: FileSystem) throws(AuditError) {
    self.name = name
    do throws(PlatformError) {
      writer = try files.create(Path.join(folder, name.rawValue))
    } catch {
      throw AuditError(.outputFailed, from: error)
    }
  }

  /// True when the buffer was handed on.
  @discardableResult
  func rowEnded() throws(AuditError) -> Bool {
    if bytes.count < capacity { return false }
    try drain()
    return true
  }

  /// Writes what is left and closes the file.
  func finish() throws(AuditError) -> ManifestEntry {
    try drain()
    do throws(PlatformError) {
      try writer.finish(durably: false)
    } catch {
      throw AuditError(.outputFailed, from: error)
    }
    return ManifestEntry(name, size: digest.size, digest: digest.text())
  }

  private func drain() throws(AuditError) {
    digest.update(bytes)
    do throws(PlatformError) {
      try writer.append(bytes)
    } catch {
      throw AuditError(.outputFailed, from: error)
    }
    bytes.removeAll(keepingCapacity: true)
  }
}
