internal import Evidence
internal import Platform

/// Copies that were made for sharing, found below a folder by the relative paths of the originals.
///
/// Only what a hash tells of a copy goes into a package (SCHEMAS §9, `export`).
struct RedactedExports {
  let root: ForeignFolder

  /// The copy of each path that has one.
  ///
  /// - Throws: `secret_in_export` for a copy in which a credential was left.
  func hashes(of paths: [String]) throws(AdapterError) -> [String: RawReference.Export] {
    let found = try concurrentMap(paths) { (path) throws(AdapterError) in try export(of: path) }
    return Dictionary(
      zip(paths, found).compactMap { path, export in export.map { (path, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  private func export(of path: String) throws(AdapterError) -> RawReference.Export? {
    let digest: FileDigest
    var text: [UInt8] = []
    do throws(PlatformError) {
      var cursor = FolderCursor(root)
      let file = try cursor.file(Array(path.utf8))
      var hasher = FileHasher(headLength: MediaType.prefixLength)
      guard let hashed = try hasher.digest(of: file), !hashed.isTorn else {
        throw PlatformError(.ioFailed, place: path, message: "this changed while it was hashed")
      }
      digest = hashed
      try file.read(into: &text, upTo: 64 << 20)
    } catch {
      if error.code == .fileNotFound || error.code == .notDirectory { return nil }
      throw AdapterError(error, path: path)
    }
    let isBinary = text.prefix(8192).contains(0)
    var content: SecretSearch.Content = isBinary ? .binary : []
    if path.hasSuffix(".json") || path.hasSuffix(".jsonl") { content.insert(.json) }
    if let secret = SecretSearch(key: []).findings(in: text, content).first {
      wipe(&text)
      throw AdapterError(
        .secretInExport, place: shown(path),
        message: "a \(secret.kind) was left in this redacted copy\(Self.line(secret))",
        hint: "make the copy again without it; the original is not touched")
    }
    return RawReference.Export(
      sha256: digest.text, size: digest.size,
      redactions: isBinary ? 0 : Redactor.placeholders(in: text))
  }

  private static func line(_ secret: SecretSearch.Finding) -> String {
    secret.line.map { ", line \($0)" } ?? ""
  }
}
