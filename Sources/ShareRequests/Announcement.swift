internal import Evidence
package import JSON
internal import Sharing

/// The files that an upload says it will have: the seven members, one signature, perhaps the proof.
package struct Announcement: Sendable, Equatable {
  package struct File: Sendable, Equatable {
    package let name: String
    /// Bytes.
    package let size: Int
    /// `sha256:` and hex.
    package let digest: String
  }

  package let files: [File]

  /// - Throws: 400, 413 or 422 with what is wrong.
  package init(_ value: JSONValue?, manifestDigest: String) throws(RequestMistake) {
    guard let rows = value?.array else { throw .malformed("members: expected a list") }
    guard rows.count <= SharedName.countLimit else { throw RequestMistake(422, .memberNotAllowed) }
    var files: [File] = []
    for row in rows {
      guard let object = row.object, let name = object["name"]?.string,
        let size = object["size"]?.int, size >= 0, let digest = object["digest"]?.string,
        Digest.isValid(digest)
      else { throw .malformed("members: expected rows of name, size and digest") }
      guard let shared = SharedName(exactly: name.utf8), !files.contains(where: { $0.name == name })
      else { throw RequestMistake(422, .memberNotAllowed) }
      guard size <= Int64(shared.sizeLimit) else {
        throw RequestMistake(413, .memberTooLarge, "\(name): at most \(shared.sizeLimit) bytes")
      }
      files.append(File(name: name, size: Int(size), digest: digest))
    }
    guard files.reduce(0, { $0 + $1.size }) <= SharedName.sumLimit else {
      throw RequestMistake(413, .memberTooLarge, "at most \(SharedName.sumLimit) bytes together")
    }
    let names = Set(files.map(\.name))
    for needed in SharedName.members where !names.contains(needed.rawValue) {
      throw RequestMistake(422, .memberMissing, needed.rawValue)
    }
    guard names.filter({ SharedName(rawValue: $0)?.isSignature == true }).count == 1 else {
      throw RequestMistake(422, .memberMissing, "exactly one file of a signature")
    }
    let manifest = files.first { $0.name == SharedName.artifactManifest.rawValue }
    guard manifest?.digest == manifestDigest else {
      throw RequestMistake(
        422, .digestMismatch, "manifest_digest and the digest of the manifest differ")
    }
    self.files = files
  }
}
