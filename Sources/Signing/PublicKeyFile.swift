internal import Platform

/// A file with one public key: `TYPE BASE64 [COMMENT]` and a newline.
enum PublicKeyFile {
  /// Throws `key_not_found`, `key_malformed`.
  static func read(
    _ path: String, files: FileSystem = FileSystem()
  ) throws(SigningError) -> (key: SSHPublicKey, comment: String) {
    let bytes: [UInt8]?
    do throws(PlatformError) {
      bytes = try files.readIfPresent(path, limit: 64 << 10)
    } catch {
      throw SigningError(error)
    }
    guard var text = bytes else {
      throw SigningError(.keyNotFound, "there is no public key file", place: path)
    }
    if text.last == 0x0A { text.removeLast() }
    if text.last == 0x0D { text.removeLast() }
    guard !text.contains(0x0A), let line = String(validating: text, as: UTF8.self) else {
      throw SigningError(.keyMalformed, "a public key file has one line", place: path)
    }
    do throws(SigningError) {
      return try SSHPublicKey.parse(line: line)
    } catch {
      throw error.at(path)
    }
  }
}
