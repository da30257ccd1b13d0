internal import Platform

/// The files of a folder, each of a name and size that may leave the house (SHARING §3).
struct SharedFolder {
  let path: String
  private let files: FileSystem
  private(set) var sizes: [SharedName: Int] = [:]

  /// Throws `member_not_allowed`, `member_too_large`, `package_too_large`.
  init(_ path: String, files: FileSystem) throws(SharingError) {
    self.path = path
    self.files = files
    try collect(path, prefix: "")
    if sizes.values.reduce(0, +) > SharedName.sumLimit {
      throw SharingError(
        .packageTooLarge, "the files have more than \(SharedName.sumLimit) bytes together")
    }
  }

  private mutating func collect(_ folder: String, prefix: String) throws(SharingError) {
    let entries: [DirectoryEntry]
    do throws(PlatformError) {
      entries = try files.list(folder)
    } catch {
      throw SharingError(.memberMissing, "the folder of the package cannot be read")
    }
    for entry in entries {
      let name = Array(prefix.utf8) + entry.rawName
      if prefix.isEmpty, entry.kind == .directory, name == Array(SharedName.proofFolder.utf8) {
        try collect(Path.join(folder, SharedName.proofFolder), prefix: SharedName.proofFolder + "/")
        continue
      }
      guard entry.kind == .regular, let shared = SharedName(exactly: name) else {
        throw SharingError(
          .memberNotAllowed, "a file lies there that is none of the names that may be shared",
          hint: "wf export VERSION --public --attest writes those that may")
      }
      sizes[shared] = try size(shared)
    }
  }

  private func size(_ name: SharedName) throws(SharingError) -> Int {
    let size: Int
    do throws(PlatformError) {
      size = try files.status(Path.join(path, name.rawValue)).size
    } catch {
      throw SharingError(.memberMissing, place: name.rawValue, "the file cannot be read")
    }
    guard size <= name.sizeLimit else {
      throw SharingError(
        .memberTooLarge, place: name.rawValue, "the file has more than \(name.sizeLimit) bytes")
    }
    return size
  }

  func contains(_ name: SharedName) -> Bool { sizes[name] != nil }
  var hasProof: Bool { sizes.keys.contains(where: \.isProof) }

  /// The seven are there, and one signature: that of the backend.
  ///
  /// Throws `member_missing`, `signatures_many`, `unsigned`.
  func check(backend: Backend) throws(SharingError) {
    for name in SharedName.members where !contains(name) {
      throw SharingError(.memberMissing, place: name.rawValue, "a shared package has this member")
    }
    if contains(.envelope), contains(.bundle) {
      throw SharingError(
        .signaturesMany, "a shared package has one signature, and here are two files of them",
        hint: "leave out the one that the configuration does not speak of")
    }
    guard contains(backend.file) else {
      throw SharingError(
        .unsigned, place: backend.file.rawValue, "the package carries no signature of this kind",
        hint: backend == .selfSign
          ? "wf attest PACKAGE signs it"
          : "a Sigstore client signs what wf attest --statement-only writes")
    }
  }

  /// The bytes of a file, at most as many as it may have.
  func bytes(_ name: SharedName) throws(SharingError) -> [UInt8] {
    do throws(PlatformError) {
      return try files.read(Path.join(path, name.rawValue), limit: name.sizeLimit)
    } catch {
      throw SharingError(.memberMissing, place: name.rawValue, "the file cannot be read")
    }
  }

  var fileSystem: FileSystem { files }
}
